import { RandomStream } from "../../../../workers/random-stream.js";
import type { Policy } from "../../policy.js";
import {
	annealBestAndSubmit,
	lastReached,
	playScript,
	trainAnew,
} from "./script.js";
import { type Point, toConfiguration } from "./search-space.js";

/** A trial that was made, and the highest validation accuracy that it reached, 0..1. */
export interface Tried {
	readonly point: Point;
	readonly reached: number;
}

/** Trials of a search, where the budget has room for them. */
const TRIALS = 10;
/** Share of the budget that they spend. */
const SEARCH_SHARE = 0.5;

/**
 * Searches with half of the budget: ten trials of equally many epochs, or fewer trials of one epoch, each from new weights at a constant rate. The
 * other half goes on from the best checkpoint of them all, its rate falling on a cosine. `propose` chooses a trial from those before it; its
 * stream is keyed by name, task and seed.
 */
export function playSearch(
	name: string,
	propose: (tried: readonly Tried[], stream: RandomStream) => Point,
): Policy["start"] {
	return (task, seed) => {
		const stream = new RandomStream(
			new TextEncoder().encode(`${name}/${task.id}/${seed}`),
			"policy",
		);
		return playScript(function* (seen) {
			const { trials, epochs } = splitBudget(seen.max_epochs);
			const tried: Tried[] = [];
			let now = seen;
			while (tried.length < trials) {
				const point = propose(tried, stream);
				now = yield* trainAnew(now, toConfiguration(point), epochs);
				tried.push({ point, reached: lastReached(now) });
			}
			yield* annealBestAndSubmit(now);
		});
	};
}

function splitBudget(budget: number): { trials: number; epochs: number } {
	const share = Math.max(1, Math.floor(budget * SEARCH_SHARE));
	const trials = Math.min(TRIALS, share);
	return { trials, epochs: Math.floor(share / trials) };
}
