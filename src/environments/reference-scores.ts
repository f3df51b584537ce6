import type { ReferenceScore } from "../../proto/generated/nightshift/v1/ReferenceScore.js";

/** A policy's mean score on a task, as a report measured it. */
export interface MeasuredScore {
	readonly task: string;
	readonly task_version: number;
	readonly policy: string;
	readonly policy_version: number;
	/** 0..1. */
	readonly score: number;
	/** Of the 95 % interval; absent where there was one episode. */
	readonly half_width?: number;
	/** Episodes, interval, and what else they depend on: images, engine. */
	readonly measured: string;
}

/** Of what was measured, the scores of the reference policies on a version of a task. One that was not measured has none. */
export function referenceScoresOf(
	measuredScores: readonly MeasuredScore[],
	taskId: string,
	taskVersion: number,
): ReferenceScore[] {
	return measuredScores
		.filter((row) => row.task === taskId && row.task_version === taskVersion)
		.map(({ policy, score, measured, half_width }) => ({
			policy,
			score,
			measured,
			...(half_width !== undefined && { interval_half_width: half_width }),
		}));
}
