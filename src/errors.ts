import type { ErrorReason } from "../proto/generated/nightshift/v1/ErrorReason.js";
import type { Departure } from "./departure.js";
import { drawIncident } from "./entropy.js";

/** Every reason for which a call can fail (proto/nightshift/v1/errors.proto), without its prefix. */
export type Reason = Exclude<
	ErrorReason extends infer R
		? R extends `ERROR_REASON_${infer Name}`
			? Name
			: never
		: never,
	"UNSPECIFIED"
>;

export type CodeName =
	| "CANCELLED"
	| "INVALID_ARGUMENT"
	| "NOT_FOUND"
	| "PERMISSION_DENIED"
	| "RESOURCE_EXHAUSTED"
	| "FAILED_PRECONDITION"
	| "ABORTED"
	| "OUT_OF_RANGE"
	| "UNIMPLEMENTED"
	| "INTERNAL"
	| "UNAVAILABLE";

/** The gRPC code of each reason, and after how many milliseconds it is worth asking again, where it is. */
export const REASONS: Readonly<
	Record<Reason, { readonly code: CodeName; readonly retryAfterMs?: number }>
> = {
	INVALID_FIELD: { code: "INVALID_ARGUMENT" },
	UNKNOWN_TASK: { code: "INVALID_ARGUMENT" },
	WRONG_ACTION: { code: "INVALID_ARGUMENT" },
	REQUEST_MISMATCH: { code: "INVALID_ARGUMENT" },
	REQUEST_NUMBER_PASSED: { code: "FAILED_PRECONDITION" },
	ACTION_NOT_POSSIBLE: { code: "FAILED_PRECONDITION" },
	EPISODE_ENDED: { code: "FAILED_PRECONDITION" },
	SESSION_ENDED: { code: "FAILED_PRECONDITION" },
	SESSION_LOST: { code: "NOT_FOUND" },
	RESULT_EXPIRED: { code: "NOT_FOUND" },
	SESSION_BUSY: { code: "ABORTED", retryAfterMs: 500 },
	TOO_MANY_SESSIONS: { code: "RESOURCE_EXHAUSTED", retryAfterMs: 5000 },
	QUEUE_FULL: { code: "RESOURCE_EXHAUSTED", retryAfterMs: 1000 },
	TOO_MANY_STREAMS: { code: "RESOURCE_EXHAUSTED", retryAfterMs: 5000 },
	EVENTS_DROPPED: { code: "OUT_OF_RANGE" },
	CALL_CANCELLED: { code: "CANCELLED" },
	WORKER_LOST: { code: "UNAVAILABLE", retryAfterMs: 1000 },
	SERVER_DRAINING: { code: "UNAVAILABLE", retryAfterMs: 5000 },
	DATA_UNAVAILABLE: { code: "FAILED_PRECONDITION" },
	NOT_YET_IMPLEMENTED: { code: "UNIMPLEMENTED" },
	INTERNAL: { code: "INTERNAL" },
	OPERATOR_ONLY: { code: "PERMISSION_DENIED" },
	OPERATOR_OFF: { code: "UNIMPLEMENTED" },
	OUT_OF_MEMORY: { code: "RESOURCE_EXHAUSTED", retryAfterMs: 5000 },
};

/** What is wrong with one field of a request, and what is allowed. */
export interface FieldViolation {
	/** Path of the field in the request, for example "action.run_epochs.num_epochs". */
	readonly field: string;
	readonly description: string;
}

/** The one error of the service: a reason out of the table and a sentence for the user. The cause goes to the log, never to the wire. */
export class NightshiftError extends Error {
	readonly reason: Reason;
	readonly violations: readonly FieldViolation[];
	readonly metadata: Readonly<Record<string, string>>;

	constructor(
		reason: Reason,
		message: string,
		details: {
			violations?: readonly FieldViolation[];
			metadata?: Readonly<Record<string, string>>;
			cause?: unknown;
		} = {},
	) {
		super(
			message,
			details.cause === undefined ? undefined : { cause: details.cause },
		);
		this.name = "NightshiftError";
		this.reason = reason;
		this.violations = details.violations ?? [];
		this.metadata = details.metadata ?? {};
	}

	/** The error itself, OUT_OF_MEMORY where memory could not be had, or an INTERNAL one that keeps an unexpected error as its cause. */
	static from(error: unknown): NightshiftError {
		if (error instanceof NightshiftError) return error;
		if (isOutOfMemory(error))
			return new NightshiftError(
				"OUT_OF_MEMORY",
				"The server has no memory for this now; nothing has changed, and what runs goes on. Ask again later, close sessions that are not needed, or give the server more memory.",
				{ cause: error },
			);
		const incident = drawIncident();
		return new NightshiftError(
			"INTERNAL",
			`The server has a defect and could not do this; its log has the cause as incident ${incident}.`,
			{ cause: error, metadata: { incident } },
		);
	}

	/** One INVALID_ARGUMENT that names every field at fault. */
	static invalid(violations: readonly FieldViolation[]): NightshiftError {
		return new NightshiftError(
			"INVALID_FIELD",
			violations
				.map(({ field, description }) => `${field}: ${description}`)
				.join(" "),
			{ violations },
		);
	}
}

/** What JavaScript, Node and the system throw where memory cannot be had. */
function isOutOfMemory(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	const { code = "" } = error as NodeJS.ErrnoException;
	return (
		["ENOMEM", "Z_MEM_ERROR", "ERR_MEMORY_ALLOCATION_FAILED"].includes(code) ||
		(error instanceof RangeError &&
			error.message.startsWith("Array buffer allocation failed"))
	);
}

/** Throws CALL_CANCELLED once the signal is aborted, with the signal's own error where it has one of ours. */
export function throwIfCancelled(signal: Departure): void {
	if (!signal.aborted) return;
	throw signal.reason instanceof NightshiftError
		? signal.reason
		: new NightshiftError(
				"CALL_CANCELLED",
				"The call was cancelled, or its deadline passed.",
			);
}
