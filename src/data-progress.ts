import type { DataSetProgress } from "../datasets/load.js";
import type { Clock } from "./clock.js";

/** What is being done about a data set, in words; nothing for what is over in a moment. */
export function describeProgress(
	progress: DataSetProgress,
): string | undefined {
	const { family } = progress;
	switch (progress.stage) {
		case "ask":
			return `${family}: not found on this machine; asking its mirrors`;
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

/** How often what goes on and on is told. */
const TOLD_EVERY_MS = 1000;

/** Tells progress in words: a new stage at once, the same one at most once a second. */
export function createProgressTeller(
	clock: Clock,
	tell: (stage: DataSetProgress["stage"], text: string) => void,
): (progress: DataSetProgress) => void {
	let last = { stage: "", atMs: 0 };
	return (progress) => {
		const text = describeProgress(progress);
		const now = clock.now();
		const goesOn = ["fetch", "draw"].includes(progress.stage);
		if (text === undefined) return;
		if (
			goesOn &&
			last.stage === progress.stage &&
			now - last.atMs < TOLD_EVERY_MS
		)
			return;
		last = { stage: progress.stage, atMs: now };
		tell(progress.stage, text);
	};
}
