/** What went wrong with a data set, for callers that map it to their own reasons. */
export type DataSetErrorReason =
	/** A directory or file that was named does not exist or cannot be read. */
	| "missing"
	/** What was found is not a data set: wrong magic, truncated, labels out of range, counts that differ. */
	| "damaged"
	/** No mirror gave the file: unreachable, refused, stalled, cut off or with a wrong checksum. */
	| "unreachable"
	/** The cache cannot be made or written, so nothing can be fetched. */
	| "unwritable"
	/** The caller asked for what cannot be: an unknown family, a count out of range. */
	| "invalid";

/** A failure to find, fetch or read a data set. Its message is one sentence: what was wrong, what is allowed, what to do. */
export class DataSetError extends Error {
	override readonly name = "DataSetError";

	constructor(
		readonly reason: DataSetErrorReason,
		message: string,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}
