import type { NightshiftRpcError } from "../../clients/typescript/index.js";

/** An attempt at an episode that the infrastructure cut off: nobody's score, and worth another attempt. */
export class AttemptFailure extends Error {
	override readonly name = "AttemptFailure";
}

/** What no other attempt would help: the whole evaluation ends with this sentence. */
export class EvaluationFailure extends Error {
	override readonly name = "EvaluationFailure";
}

/** Codes of CreateSession that say of the question that it cannot be answered here. */
const HOPELESS_TO_CREATE = [
	"INVALID_ARGUMENT",
	"NOT_FOUND",
	"FAILED_PRECONDITION",
	"OUT_OF_RANGE",
	"ALREADY_EXISTS",
];
/** Of any call. */
const HOPELESS = ["UNIMPLEMENTED", "PERMISSION_DENIED", "UNAUTHENTICATED"];

/** Reasons of a server that is full: whoever asks again has its turn. */
const FULL = ["TOO_MANY_SESSIONS", "QUEUE_FULL", "TOO_MANY_STREAMS"];

/** After how many milliseconds a full server is asked again; absent where it is not that. */
export function fullForMs(error: NightshiftRpcError): number | undefined {
	return FULL.includes(error.reason) ? error.retryAfterMs : undefined;
}

/** What an error of CreateSession comes to. */
export function toCreationFailure(error: NightshiftRpcError): Error {
	return HOPELESS_TO_CREATE.includes(error.code)
		? new EvaluationFailure(tell(error), { cause: error })
		: toFailure(error);
}

/** What an error of any other call comes to. */
export function toFailure(error: NightshiftRpcError): Error {
	return HOPELESS.includes(error.code)
		? new EvaluationFailure(tell(error), { cause: error })
		: new AttemptFailure(tell(error), { cause: error });
}

function tell({ code, message }: NightshiftRpcError): string {
	return `${code}: ${message}`;
}
