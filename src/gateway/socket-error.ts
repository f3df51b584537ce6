import { toToldError } from "../door/told-error.js";
import { NightshiftError, type Reason } from "../errors.js";
import type { Sessions } from "../sessions/sessions.js";
import { type FieldDetail, HttpRefusal, toDetails } from "./http-error.js";

/** The codes of OpenEnv's WebSocket. */
export type SocketCode =
	| "INVALID_JSON"
	| "UNKNOWN_TYPE"
	| "VALIDATION_ERROR"
	| "EXECUTION_ERROR"
	| "CAPACITY_REACHED"
	| "FACTORY_ERROR"
	| "SESSION_ERROR";

/** What only a WebSocket refuses: how something is asked, and not what. */
export class SocketRefusal extends Error {
	override readonly name = "SocketRefusal";

	constructor(
		readonly code: SocketCode,
		/** One sentence: what was wrong, what is allowed, what to do. */
		message: string,
	) {
		super(message);
	}
}

/** A message that says why not. Clients show message and code alone, so the fields at fault stand in the message, too. */
export interface SocketError {
	readonly type: "error";
	readonly data: {
		readonly message: string;
		readonly code: SocketCode;
		readonly errors?: readonly FieldDetail[];
		/** A name of the contract's ErrorReason, where it is an error of the contract. */
		readonly reason?: Reason;
		readonly retry_after_ms?: number;
		readonly incident?: string;
		readonly active_sessions?: number;
		readonly max_sessions?: number;
		readonly factory_name?: string;
	};
}

/** Fields of the error are paths in the message `raw`. */
export function toSocketError(
	thrown: unknown,
	raw: unknown,
	sessions: Sessions,
): SocketError {
	if (thrown instanceof SocketRefusal)
		return refusal(thrown.code, thrown.message);
	if (thrown instanceof HttpRefusal)
		return refusal(
			thrown.status === 504 ? "EXECUTION_ERROR" : "SESSION_ERROR",
			thrown.message,
		);
	const { reason, message, violations, metadata, retryAfterMs } = toToldError(
		NightshiftError.from(thrown),
	);
	const errors = toDetails(violations, [], raw);
	const code = codeOf(reason, errors.length > 0);
	return {
		type: "error",
		data: {
			message:
				errors.length > 0 ? errors.map(({ msg }) => msg).join(" ") : message,
			code,
			...(errors.length > 0 && { errors }),
			reason,
			...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
			...(metadata.incident && { incident: metadata.incident }),
			...(code === "CAPACITY_REACHED" && {
				active_sessions: sessions.openCount,
				max_sessions: sessions.maxSessions,
			}),
			...(code === "FACTORY_ERROR" && { factory_name: "nightshift" }),
		},
	};
}

function refusal(code: SocketCode, message: string): SocketError {
	return { type: "error", data: { message, code } };
}

function codeOf(reason: Reason, hasFields: boolean): SocketCode {
	switch (reason) {
		case "INVALID_FIELD":
		case "UNKNOWN_TASK":
		case "WRONG_ACTION":
		case "REQUEST_MISMATCH":
			return "VALIDATION_ERROR";
		case "TOO_MANY_SESSIONS":
			return "CAPACITY_REACHED";
		case "DATA_UNAVAILABLE":
			return "FACTORY_ERROR";
		case "SESSION_ENDED":
		case "SESSION_LOST":
		case "RESULT_EXPIRED":
			return "SESSION_ERROR";
		default:
			return hasFields ? "VALIDATION_ERROR" : "EXECUTION_ERROR";
	}
}
