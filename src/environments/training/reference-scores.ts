import type { ReferenceScore } from "../../../proto/generated/nightshift/v1/ReferenceScore.js";
import { referenceScoresOf } from "../reference-scores.js";
import { measuredScores } from "./measured-scores.js";

export type { MeasuredScore } from "../reference-scores.js";

/** Scores of the reference policies on a version of a task. */
export function referenceScores(
	taskId: string,
	taskVersion: number,
): ReferenceScore[] {
	return referenceScoresOf(measuredScores, taskId, taskVersion);
}
