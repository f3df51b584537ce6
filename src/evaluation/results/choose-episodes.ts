import type { EpisodeDigest } from "./episode-digest.js";
import { groupBy } from "./tally.js";

/** Pictures of single episodes in a page at most: a large evaluation's page stays one that can be opened. */
export const MOST_PICTURES = 36;

export interface ChosenEpisode {
	readonly episode: EpisodeDigest;
	/** "best", "median", "worst"; several where one episode is more than one of them. */
	readonly standing: string;
}

/**
 * Which episodes are shown: of each agent on each task the best, the median and the worst one by score (the lower of two medians; among equals
 * the earlier seed of the header), or where that were more pictures than there may be, the median one of the first of them. Episodes come in
 * the header's order.
 */
export function chooseEpisodes(
	episodes: readonly EpisodeDigest[],
): ChosenEpisode[] {
	const groups = [
		...groupBy(episodes, ({ task, agent }) =>
			JSON.stringify([task, agent]),
		).values(),
	];
	const chosen = groups.map(standings);
	const total = chosen.reduce((sum, some) => sum + some.length, 0);
	if (total <= MOST_PICTURES) return chosen.flat();
	return chosen
		.flatMap((some) =>
			some.filter(({ standing }) => /median|only/.test(standing)),
		)
		.slice(0, MOST_PICTURES);
}

function standings(episodes: readonly EpisodeDigest[]): ChosenEpisode[] {
	// A stable sort, so equals stay in the header's order.
	const sorted = [...episodes].sort((a, b) => b.score - a.score);
	const names = new Map<EpisodeDigest, string[]>();
	const name = (episode: EpisodeDigest | undefined, standing: string) => {
		if (episode) names.set(episode, [...(names.get(episode) ?? []), standing]);
	};
	name(sorted[0], "best");
	name(sorted[Math.floor(sorted.length / 2)], "median");
	name(sorted.at(-1), "worst");
	return [...names].map(([episode, standing]) => ({
		episode,
		standing: episodes.length === 1 ? "only" : standing.join(", "),
	}));
}
