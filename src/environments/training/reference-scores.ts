import type { ReferenceScore } from "../../../proto/generated/nightshift/v1/ReferenceScore.js";

/**
 * Scores of the reference policies, as they were measured. A task that is not here has none. Measured again with `nightshift demo --json`
 * whenever an engine, a task or a policy changes.
 */
const measured: Readonly<Record<string, readonly ReferenceScore[]>> = {};

export function referenceScores(taskId: string): ReferenceScore[] {
	return [...(measured[taskId] ?? [])];
}
