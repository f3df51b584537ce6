import type { Grade } from "../../../workers/job-result.js";
import type { EpochRecord, Submission } from "./episode.js";

/** How a task is scored. Accuracy counts from `floor` (0) to `target` (1). */
export interface ScoreRule {
	readonly kind: "accuracy" | "generalisation" | "efficiency";
	readonly floor: number;
	readonly target: number;
}

export interface Score {
	/** 0..1. */
	readonly score: number;
	readonly accuracyShare: number;
	readonly generalisationShare?: number;
	readonly efficiencyShare?: number;
	readonly stabilityShare?: number;
}

/** The gap between train and test accuracy at which generalisation counts 0. */
const WIDEST_GAP = 0.12;
/** A validation accuracy this near to the submitted one has arrived. */
const ARRIVAL = 0.005;
/** Accuracies are fractions of a few thousand images; their difference in floating point misses the exact one by less than this. */
const ROUNDING = 1e-9;
/** The sum of the validation loss's rises, nats, at which stability counts 0. */
const UNSTABLE_RISES = 1;

/** What scores an episode, beside the grade of its submission. */
export interface Scored {
	readonly submission: Submission;
	readonly epochs: readonly EpochRecord[];
	readonly charged: number;
	readonly budget: number;
}

/** Every part is multiplied by the accuracy's share, so nothing counts without the work. */
export function scoreSubmission(
	rule: ScoreRule,
	grade: Grade,
	scored: Scored,
): Score {
	if (!grade.finite) return { score: 0, accuracyShare: 0 };
	const a = clampShare(
		(grade.testAccuracy - rule.floor) / (rule.target - rule.floor),
	);
	switch (rule.kind) {
		case "accuracy":
			return { score: a, accuracyShare: a };
		case "generalisation": {
			const g = clampShare(
				1 - (grade.trainAccuracy - grade.testAccuracy) / WIDEST_GAP,
			);
			return {
				score: a * (0.6 + 0.4 * g),
				accuracyShare: a,
				generalisationShare: g,
			};
		}
		case "efficiency": {
			const { efficiency, stability } = lineShares(scored);
			return {
				score: a * (0.5 + 0.3 * efficiency + 0.2 * stability),
				accuracyShare: a,
				efficiencyShare: efficiency,
				stabilityShare: stability,
			};
		}
	}
}

/**
 * Efficiency and stability of the line: the epochs that led to the submitted weights, through checkpoints, without what was abandoned. The
 * line arrives at its first epoch whose validation accuracy lies within 0.005 of the submitted one's. Stability counts every rise of the
 * validation loss on the way there and no fall, so neither frozen epochs, before or after, nor a late copy of a checkpoint buys anything.
 */
export function lineShares({ submission, epochs, charged, budget }: Scored): {
	efficiency: number;
	stability: number;
} {
	const line = submission.line.map((index) => epochs[index] as EpochRecord);
	const submitted = submission.validationAccuracy;
	const arrival =
		submitted === undefined
			? -1
			: line.findIndex(
					({ validationAccuracy }) =>
						validationAccuracy !== undefined &&
						Math.abs(validationAccuracy - submitted) <= ARRIVAL + ROUNDING,
				);
	if (arrival < 0) return { efficiency: 0, stability: 0 };
	const efficiency = clampShare(1 - (charged - (arrival + 1)) / budget);
	const losses = line
		.slice(0, arrival + 1)
		.map(({ validationLoss }) => validationLoss as number);
	const stability = clampShare(1 - sumOfRises(losses) / UNSTABLE_RISES);
	return { efficiency, stability };
}

/** A value put in between can add to it, never take from it. */
function sumOfRises(values: readonly number[]): number {
	return values.reduce((sum, value, index) => {
		const rise = index === 0 ? 0 : value - (values[index - 1] as number);
		// Written so that what is not a number counts.
		return rise <= 0 ? sum : sum + rise;
	}, 0);
}

/** 0 also for what is not a number, as the rise to a loss that is not finite. */
function clampShare(value: number): number {
	return value > 0 ? Math.min(1, value) : 0;
}
