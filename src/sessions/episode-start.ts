import type { SplitName } from "../environments/environment.js";
import { episodeKey } from "../environments/episode-key.js";
import type { EpisodeRecord } from "./session-record.js";

/** How a new episode is drawn. */
export interface EpisodeStart
	extends Pick<EpisodeRecord, "taskId" | "split" | "seed"> {
	readonly key: (taskVersion: number) => Uint8Array;
}

/** The episode of a seed, in decimal. */
export function toEpisodeStart(
	taskId: string,
	split: SplitName,
	seed: string,
): EpisodeStart {
	return {
		taskId,
		split,
		seed,
		key: (taskVersion) => episodeKey({ taskId, taskVersion, split, seed }),
	};
}
