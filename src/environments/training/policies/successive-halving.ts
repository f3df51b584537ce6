import type { TrainingObservation__Output } from "../../../../proto/generated/nightshift/v1/TrainingObservation.js";
import { RandomStream } from "../../../../workers/random-stream.js";
import type { Policy } from "../../policy.js";
import {
	annealBestAndSubmit,
	lastReached,
	playScript,
	type Script,
	trainAnew,
	trainBestFurther,
} from "./script.js";
import type { Tried } from "./search.js";
import { drawPoint, toConfiguration } from "./search-space.js";

/** Trials of the first round, where the budget has room for them. */
const MOST_TRIALS = 8;

interface Contender extends Tried {
	/** Whether the best checkpoint of the episode is of it. */
	readonly leads: boolean;
}

/**
 * Source: Jamieson and Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter Optimization, 2016. Eight random configurations, or
 * fewer; each round keeps the better half and doubles what each has been trained for. The environment keeps one checkpoint, the best: the
 * contender that it is of goes on from it, the others begin anew with the round's whole length. The last one gets what is left.
 */
export const successiveHalving: Policy = {
	name: "successive-halving",
	version: 1,
	environment: "training",
	description:
		"Eight random configurations; each round keeps the better half and trains it twice as long, the last one to the end of the budget.",
	start(task, seed) {
		const stream = new RandomStream(
			new TextEncoder().encode(`successive-halving/${task.id}/${seed}`),
			"policy",
		);
		return playScript(function* (seen) {
			const { trials, epochs } = splitBudget(seen.max_epochs);
			let now = seen;
			let contenders: Contender[] = Array.from({ length: trials }, () => ({
				point: drawPoint(stream),
				reached: 0,
				leads: false,
			}));
			for (let length = epochs; ; length *= 2) {
				[now, contenders] = yield* playRound(now, contenders, length);
				if (contenders.length <= 2) break;
				contenders = contenders.slice(0, contenders.length / 2);
			}
			yield* annealBestAndSubmit(now);
		});
	},
};

/** Brings every contender to a length of training; gives them from the best to the worst. */
function* playRound(
	seen: TrainingObservation__Output,
	contenders: readonly Contender[],
	length: number,
): Script<[TrainingObservation__Output, Contender[]]> {
	let now = seen;
	const played: Contender[] = [];
	// The leader is the first of a round, before another can take the best checkpoint's place.
	for (const { point, reached, leads } of contenders) {
		const before = now.best_val_epoch;
		now = leads
			? yield* trainBestFurther(now, length / 2)
			: yield* trainAnew(now, toConfiguration(point), length);
		const takesLead = now.best_val_epoch !== before;
		if (takesLead)
			played.forEach((other, place) => {
				played[place] = { ...other, leads: false };
			});
		played.push({
			point,
			reached: Math.max(reached, lastReached(now)),
			leads: takesLead || leads,
		});
	}
	// The leader has the highest accuracy, and is the first of those with the same.
	played.sort(
		(a, b) => b.reached - a.reached || Number(b.leads) - Number(a.leads),
	);
	return [now, played];
}

/** The most trials, 8, 4, 2 or 1, whose rounds leave an epoch at least of the budget; and the epochs of each in the first round. */
function splitBudget(budget: number): { trials: number; epochs: number } {
	for (let trials = MOST_TRIALS; trials > 1; trials /= 2) {
		const epochs = Math.floor((budget - 1) / costOfRounds(trials));
		if (epochs >= 1) return { trials, epochs };
	}
	return { trials: 1, epochs: 1 };
}

/** Epochs of all rounds but the last one's end, where each trial of the first takes one. */
function costOfRounds(trials: number): number {
	let cost = trials;
	for (let left = trials / 2, length = 2; left > 1; left /= 2, length *= 2)
		cost += length / 2 + (left - 1) * length;
	return cost;
}
