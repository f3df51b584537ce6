import { toToldError } from "../door/told-error.js";
import {
	type CodeName,
	type FieldViolation,
	NightshiftError,
} from "../errors.js";

/** What only this door refuses: where or how something is asked, and not what. */
export class HttpRefusal extends Error {
	override readonly name = "HttpRefusal";

	constructor(
		readonly status: number,
		/** One sentence: what was wrong, what is allowed, what to do. */
		message: string,
		readonly headers: Readonly<Record<string, string>> = {},
	) {
		super(message);
	}
}

/** An answer that says why not. */
export interface HttpError {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: {
		/** A sentence; with status 422 a list, one entry a field at fault. */
		readonly detail: string | readonly FieldDetail[];
		/** A name of the contract's ErrorReason, where it is an error of the contract. */
		readonly reason?: string;
		readonly retry_after_ms?: number;
		readonly incident?: string;
	};
}

/** As FastAPI tells it. */
export interface FieldDetail {
	readonly type: "missing" | "extra_forbidden" | "value_error" | "json_invalid";
	/** Where in the request: for HTTP "body" or "query", then the names on the way. */
	readonly loc: readonly string[];
	readonly msg: string;
	/** What is there, where that is short. */
	readonly input?: unknown;
}

/** The statuses that gRPC's codes have in HTTP, but for a request that is at fault: that one is OpenEnv's. */
const STATUS: Readonly<Record<CodeName, number>> = {
	CANCELLED: 499,
	INVALID_ARGUMENT: 422,
	NOT_FOUND: 404,
	PERMISSION_DENIED: 403,
	RESOURCE_EXHAUSTED: 429,
	FAILED_PRECONDITION: 409,
	ABORTED: 409,
	OUT_OF_RANGE: 400,
	UNIMPLEMENTED: 501,
	INTERNAL: 500,
	UNAVAILABLE: 503,
};

const LONGEST_INPUT = 100;

/**
 * Any error as HTTP tells it. `part` is what of the request was read ("body" or "query") and `request` what was in it; fields of an error
 * are paths in it.
 */
export function toHttpError(
	thrown: unknown,
	part: "body" | "query",
	request: unknown,
): HttpError {
	if (thrown instanceof HttpRefusal)
		return {
			status: thrown.status,
			headers: thrown.headers,
			body: { detail: thrown.message },
		};
	const { reason, code, message, violations, metadata, retryAfterMs } =
		toToldError(NightshiftError.from(thrown));
	const status = STATUS[code];
	const details = toDetails(violations, [part], request);
	return {
		status,
		headers:
			retryAfterMs === undefined
				? {}
				: { "retry-after": String(Math.ceil(retryAfterMs / 1000)) },
		body: {
			detail:
				status !== 422
					? message
					: details.length > 0
						? details
						: [{ type: "value_error", loc: [part], msg: message }],
			reason,
			...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
			...(metadata.incident && { incident: metadata.incident }),
		},
	};
}

/** Fields are paths in `request`, which stands at `place`. */
export function toDetails(
	violations: readonly FieldViolation[],
	place: readonly string[],
	request: unknown,
): FieldDetail[] {
	return violations.map(({ field, description }) => {
		const path = field === "" ? [] : field.split(".");
		const input = valueAt(request, path);
		return {
			type: typeOf(description),
			loc: [...place, ...path],
			msg: `${[...place, ...path].join(".") || "the message"}: ${description}`,
			...(isShort(input) && { input }),
		};
	});
}

function typeOf(description: string): FieldDetail["type"] {
	if (description.startsWith("is missing")) return "missing";
	if (/^is no (argument|key) of/.test(description)) return "extra_forbidden";
	if (description.startsWith("is no JSON")) return "json_invalid";
	return "value_error";
}

function valueAt(request: unknown, path: readonly string[]): unknown {
	let value = request;
	for (const name of path)
		value =
			typeof value === "object" && value !== null && Object.hasOwn(value, name)
				? (value as Record<string, unknown>)[name]
				: undefined;
	return value;
}

function isShort(value: unknown): boolean {
	return (
		value === null ||
		typeof value === "number" ||
		typeof value === "boolean" ||
		(typeof value === "string" && value.length <= LONGEST_INPUT)
	);
}
