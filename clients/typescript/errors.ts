import { type Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { decodeDetail } from "./contract.js";

/** A field of a request that the server did not take. */
export interface FieldViolation {
	readonly field: string;
	readonly description: string;
}

/** What the service answered instead of a result. */
export class NightshiftRpcError extends Error {
	override readonly name = "NightshiftRpcError";

	private constructor(
		message: string,
		/** Name of the gRPC code, for example "FAILED_PRECONDITION". */
		readonly code: string,
		/** The contract's ErrorReason without prefix, for example "EPISODE_ENDED"; empty when the error did not come from the service. */
		readonly reason: string,
		/** ErrorInfo's domain, "nightshift"; empty when the error did not come from the service. */
		readonly domain: string,
		readonly violations: readonly FieldViolation[],
		/** After how long it is worth asking again; absent where it is not. */
		readonly retryAfterMs: number | undefined,
		readonly metadata: Readonly<Record<string, string>>,
		options: { cause: unknown },
	) {
		super(message, options);
	}

	/** Whatever a call was rejected with, as this error. */
	static from(error: unknown): NightshiftRpcError {
		if (error instanceof NightshiftRpcError) return error;
		const { code, details, metadata, message } = error as Partial<ServiceError>;
		const read = readDetails(metadata);
		return new NightshiftRpcError(
			details || message || String(error),
			code === undefined ? "UNKNOWN" : (status[code] ?? "UNKNOWN"),
			read.reason,
			read.domain,
			read.violations,
			read.retryAfterMs,
			read.metadata,
			{ cause: error },
		);
	}

	/** The error of a request that was not sent, since the wire would not hold what it says. */
	static unsendable(sentence: string): NightshiftRpcError {
		const field = /^[a-z_.0-9]+(?=: )/.exec(sentence)?.[0] ?? "action";
		return new NightshiftRpcError(
			sentence,
			"INVALID_ARGUMENT",
			"INVALID_FIELD",
			"",
			[{ field, description: sentence }],
			undefined,
			{},
			{ cause: undefined },
		);
	}

	/** What a play stream answered in-band: a google.rpc.Status. */
	static fromStatus(answered: {
		readonly code: number;
		readonly message: string;
		readonly details: readonly Any[];
	}): NightshiftRpcError {
		const read = readAll(answered.details);
		return new NightshiftRpcError(
			answered.message,
			status[answered.code] ?? "UNKNOWN",
			read.reason,
			read.domain,
			read.violations,
			read.retryAfterMs,
			read.metadata,
			{ cause: answered },
		);
	}

	/** The error of a call that its caller gave up between two attempts. */
	static cancelled(cause: unknown): NightshiftRpcError {
		return new NightshiftRpcError(
			"The call was cancelled.",
			"CANCELLED",
			"",
			"",
			[],
			undefined,
			{},
			{ cause },
		);
	}

	/** Whether the agent is at fault, so that its text may be shown to a model and the episode goes on. */
	get isAgentFault(): boolean {
		return ["INVALID_FIELD", "WRONG_ACTION", "ACTION_NOT_POSSIBLE"].includes(
			this.reason,
		);
	}
}

interface Any {
	readonly type_url: string;
	readonly value: Uint8Array;
}

interface Read {
	reason: string;
	domain: string;
	violations: FieldViolation[];
	retryAfterMs: number | undefined;
	metadata: Record<string, string>;
}

function readDetails(metadata: Metadata | undefined): Read {
	const bytes = metadata?.get("grpc-status-details-bin")[0];
	if (!(bytes instanceof Uint8Array)) return readAll([]);
	const { details } = decodeDetail("google.rpc.Status", bytes) as {
		details?: Any[];
	};
	return readAll(details ?? []);
}

function readAll(details: readonly Any[]): Read {
	const read: Read = {
		reason: "",
		domain: "",
		violations: [],
		retryAfterMs: undefined,
		metadata: {},
	};
	for (const { type_url, value } of details) {
		const type = type_url.slice(type_url.lastIndexOf("/") + 1);
		if (type === "google.rpc.ErrorInfo") {
			const info = decodeDetail(type, value) as {
				reason: string;
				domain: string;
				metadata?: Record<string, string>;
			};
			read.reason = info.reason;
			read.domain = info.domain;
			read.metadata = info.metadata ?? {};
		} else if (type === "google.rpc.BadRequest") {
			const { field_violations } = decodeDetail(type, value) as {
				field_violations?: FieldViolation[];
			};
			read.violations = (field_violations ?? []).map(
				({ field, description }) => ({ field, description }),
			);
		} else if (type === "google.rpc.RetryInfo") {
			const { retry_delay } = decodeDetail(type, value) as {
				retry_delay?: { seconds: number; nanos: number };
			};
			if (retry_delay)
				read.retryAfterMs =
					retry_delay.seconds * 1000 + retry_delay.nanos / 1e6;
		}
	}
	return read;
}
