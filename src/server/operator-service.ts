import { createHash, timingSafeEqual } from "node:crypto";
import type { handleUnaryCall, Metadata } from "@grpc/grpc-js";
import type { OperatorServiceHandlers } from "../../proto/generated/nightshift/v1/OperatorService.js";
import type { CallObserver } from "../door/call-observer.js";
import { readAllPage, readSessionId, toPage } from "../door/requests.js";
import { NightshiftError } from "../errors.js";
import type { Sessions } from "../sessions/sessions.js";
import { unary } from "./handlers.js";

export interface OperatorServiceOptions {
	readonly sessions: Sessions;
	/** Absent: nothing is served. */
	readonly token: string | undefined;
	readonly observe: CallObserver;
	/** Begins to drain the server. */
	readonly drain: () => void;
}

/** The contract's service for the operator: every call proves first that it has the token. */
export function createOperatorService({
	sessions,
	token,
	observe,
	drain,
}: OperatorServiceOptions): OperatorServiceHandlers {
	const guarded = <Request, Response>(
		method: string,
		handle: (request: Request) => Response,
	): handleUnaryCall<Request, Response> =>
		unary(method, observe, (request: Request, _, metadata) => {
			checkOperator(token, metadata);
			return handle(request);
		});
	return {
		GetHiddenState: guarded("GetHiddenState", ({ session_id }) => ({
			state_json: JSON.stringify(
				sessions.get(readSessionId(session_id)).reveal(),
			),
		})),
		ListAllSessions: guarded("ListAllSessions", (request) =>
			toPage(sessions.all, readAllPage(request)),
		),
		Drain: guarded("Drain", () => {
			drain();
			return {};
		}),
	};
}

/** Errors: OPERATOR_OFF, OPERATOR_ONLY. */
function checkOperator(token: string | undefined, metadata: Metadata): void {
	if (token === undefined)
		throw new NightshiftError(
			"OPERATOR_OFF",
			"This server does not serve the operator's calls; start it with a token in the environment variable NIGHTSHIFT_OPERATOR_TOKEN, and send it as the metadata authorization: Bearer TOKEN.",
		);
	const given = metadata.get("authorization");
	if (given.length !== 1 || !isEqual(String(given[0]), `Bearer ${token}`))
		throw new NightshiftError(
			"OPERATOR_ONLY",
			"This call is for the operator alone; send the server's token as the metadata authorization: Bearer TOKEN.",
		);
}

/** In a time that tells nothing of where two texts differ, nor of their lengths. */
function isEqual(a: string, b: string): boolean {
	return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
	return createHash("sha256").update(text).digest();
}
