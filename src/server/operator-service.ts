import type { handleUnaryCall, Metadata } from "@grpc/grpc-js";
import type { OperatorServiceHandlers } from "../../proto/generated/nightshift/v1/OperatorService.js";
import type { CallObserver } from "../door/call-observer.js";
import { checkOperator } from "../door/operator.js";
import { readAllPage, readSessionId, toPage } from "../door/requests.js";
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
			checkOperator(token, bearerOf(metadata));
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

/** Nothing where it is not given exactly once. */
function bearerOf(metadata: Metadata): string | undefined {
	const given = metadata.get("authorization");
	return given.length === 1 ? String(given[0]) : undefined;
}
