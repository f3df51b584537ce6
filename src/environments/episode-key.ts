import { createHash } from "node:crypto";

/** What an episode is drawn from. */
export interface EpisodeSource {
	readonly taskId: string;
	readonly taskVersion: number;
	readonly split: "train" | "validation" | "test";
	/** 0..2^64-1, in decimal. */
	readonly seed: string;
}

/**
 * The key of an episode: SHA-256 over task, version, split and seed. Every random stream is this key, a name and counters, so splits are
 * disjoint for any seed.
 */
export function episodeKey({
	taskId,
	taskVersion,
	split,
	seed,
}: EpisodeSource): Uint8Array {
	return new Uint8Array(
		createHash("sha256")
			.update(`nightshift/${taskId}/${taskVersion}/${split}/${seed}`)
			.digest(),
	);
}
