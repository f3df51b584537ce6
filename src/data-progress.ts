import type { DataSetProgress } from "../datasets/load.js";

/** What is being done about a data set, in words; nothing for what is over in a moment. */
export function describeProgress(
	progress: DataSetProgress,
): string | undefined {
	const { family } = progress;
	switch (progress.stage) {
		case "wait":
			return `${family}: another process is fetching it; waiting`;
		case "fetch":
			return `${family}: downloading ${progress.file}, ${megabytes(progress.bytes)} of ${megabytes(progress.totalBytes)} MB`;
		case "check":
			return `${family}: checking ${progress.file}`;
		case "unpack":
			return `${family}: unpacking ${progress.file}`;
		case "give-up":
			return `${family}: ${progress.reason} A synthetic set of the same shape takes its place.`;
		case "read":
			return undefined;
		case "draw":
			return `${family}: drawing synthetic images, ${progress.images} of ${progress.totalImages}`;
	}
}

function megabytes(bytes: number): string {
	return (bytes / 1e6).toFixed(1);
}
