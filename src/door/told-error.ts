import {
	type CodeName,
	type FieldViolation,
	type NightshiftError,
	REASONS,
	type Reason,
} from "../errors.js";

/** Sentences quote what a client sent, and trailers have a limit (16 kB with many clients). */
const LONGEST_MESSAGE = 1000;
const LONGEST_DESCRIPTION = 300;
const MOST_VIOLATIONS = 20;

/** An error as every door tells it, each in its own form: within bounds, and without its cause. */
export interface ToldError {
	readonly reason: Reason;
	readonly code: CodeName;
	readonly message: string;
	readonly violations: readonly FieldViolation[];
	readonly metadata: Readonly<Record<string, string>>;
	/** After how long it is worth asking again, where it is. */
	readonly retryAfterMs: number | undefined;
}

export function toToldError(error: NightshiftError): ToldError {
	const { code, retryAfterMs } = REASONS[error.reason];
	return {
		reason: error.reason,
		code,
		message: cut(error.message, LONGEST_MESSAGE),
		violations: error.violations
			.slice(0, MOST_VIOLATIONS)
			.map(({ field, description }) => ({
				field,
				description: cut(description, LONGEST_DESCRIPTION),
			})),
		metadata: error.metadata,
		retryAfterMs,
	};
}

/** Cut to a length and without halves of surrogate pairs, which grpc-js cannot write into a header. */
function cut(text: string, longest: number): string {
	const short =
		text.length > longest ? `${text.slice(0, longest - 4)} ...` : text;
	return Buffer.from(short).toString();
}
