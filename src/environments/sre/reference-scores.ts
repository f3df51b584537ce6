import type { ReferenceScore } from "../../../proto/generated/nightshift/v1/ReferenceScore.js";
import { measuredScores } from "./measured-scores.js";

/** Scores of the reference policies on a version of a task. One that was not measured has none. */
export function referenceScores(
	taskId: string,
	taskVersion: number,
): ReferenceScore[] {
	return measuredScores
		.filter((row) => row.task === taskId && row.task_version === taskVersion)
		.map(({ policy, score, measured }) => ({ policy, score, measured }));
}
