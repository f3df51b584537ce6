import type { ReferenceScore } from "../../../proto/generated/nightshift/v1/ReferenceScore.js";

const MEASURED =
	"one episode, split train, seed 1, real images cut down (8,000 to 10,000 for training, 2,000 for testing), tensorflow-2.21.0 avx512-fp16; nightshift demo --policy NAME --json";

const scores = (doNothing: number, heuristic: number): ReferenceScore[] => [
	{ policy: "do-nothing", score: doNothing, measured: MEASURED },
	{ policy: "heuristic", score: heuristic, measured: MEASURED },
];

/** Scores of the reference policies, as they were measured; to be measured again when an engine, a task or a policy changes. A task that is not here has none. */
const measured: Readonly<Record<string, readonly ReferenceScore[]>> = {
	"training/easy_mnist": scores(0, 0.905),
	"training/medium_fashion": scores(0, 0.758),
	"training/hard_cifar": scores(0, 0.934),
};

export function referenceScores(taskId: string): ReferenceScore[] {
	return [...(measured[taskId] ?? [])];
}
