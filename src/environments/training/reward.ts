import type { Outcome } from "../environment.js";
import type { TrainingEpisode } from "./episode.js";

/** Losses count within these bounds, so that every part is finite; the upper is that of guessing among ten classes. */
const LEAST_LOSS = 1e-4;
const GREATEST_LOSS = Math.log(10);
/** A gap between train and validation accuracy up to this is free. */
const FREE_GAP = 0.08;

const PROGRESS = 0.3;
const CONVERGENCE = 0.05;
const DIVERGENCE = -0.2;
const OVERFITTING = -0.05;

/** The part of the reward that is the score. */
export const SCORE_PART = "submission";

/** Least and greatest reward of one step: a divergence and the widest gap; all of each potential and a score of 1. */
export const REWARD_BOUNDS = {
	minimum: DIVERGENCE + OVERFITTING * (1 - FREE_GAP),
	maximum:
		PROGRESS +
		CONVERGENCE * Math.log(GREATEST_LOSS / LEAST_LOSS) -
		OVERFITTING * (1 - FREE_GAP) +
		1,
};

/**
 * Pays what is due since the last payment, and the score where the episode ends. Each part but the last two is the rise of a potential, so
 * that no way of cutting the same work into calls brings more; only calls that train or end the episode come here.
 */
export function payReward(
	episode: TrainingEpisode,
	score: number | undefined,
): Outcome["rewardParts"] {
	const { paid } = episode;
	const bestAccuracy = episode.best?.validationAccuracy ?? 0;
	const bestLoss = clampLoss(episode.bestLoss);
	const excess = gapExcess(episode);
	const divergences = Math.min(1, paid.divergencesDue);
	const parts = [
		{ name: "progress", value: PROGRESS * (bestAccuracy - paid.bestAccuracy) },
		{
			name: "convergence",
			value: CONVERGENCE * Math.log(paid.bestLoss / bestLoss),
		},
		{ name: "divergence", value: divergences > 0 ? DIVERGENCE : 0 },
		{
			name: "overfitting",
			value: withoutNegativeZero(OVERFITTING * (excess - paid.gapExcess)),
		},
		{ name: SCORE_PART, value: score ?? 0 },
	];
	paid.bestAccuracy = bestAccuracy;
	paid.bestLoss = bestLoss;
	paid.gapExcess = excess;
	paid.divergencesDue -= divergences;
	return parts;
}

/** What is paid for everything else: nothing. */
export const unpaid: Outcome["rewardParts"] = [
	"progress",
	"convergence",
	"divergence",
	"overfitting",
	SCORE_PART,
].map((name) => ({ name, value: 0 }));

/** Of the last epoch that did not diverge: a divergence moves no other part, and hides none that the epochs before it moved. */
function gapExcess({ epochs }: TrainingEpisode): number {
	const last = epochs.findLast(({ diverged }) => !diverged);
	if (
		last?.trainAccuracy === undefined ||
		last.validationAccuracy === undefined
	)
		return 0;
	return Math.max(0, last.trainAccuracy - last.validationAccuracy - FREE_GAP);
}

function clampLoss(loss: number): number {
	return Math.min(GREATEST_LOSS, Math.max(LEAST_LOSS, loss));
}

function withoutNegativeZero(value: number): number {
	return value === 0 ? 0 : value;
}
