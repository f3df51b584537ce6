import type { MeasuredScore } from "./reference-scores.js";

/** Measured by hand until `npx nightshift report training --docs` writes this file. */
export const measuredScores: readonly MeasuredScore[] = [
	{
		task: "training/easy_mnist",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0,
		measured:
			"one episode, split train, seed 1, real images cut down (8,000 to 10,000 for training, 2,000 for testing), tensorflow-2.21.0 avx512-fp16; nightshift demo --policy NAME --json",
	},
	{
		task: "training/easy_mnist",
		task_version: 1,
		policy: "heuristic",
		policy_version: 1,
		score: 0.905,
		measured:
			"one episode, split train, seed 1, real images cut down (8,000 to 10,000 for training, 2,000 for testing), tensorflow-2.21.0 avx512-fp16; nightshift demo --policy NAME --json",
	},
	{
		task: "training/medium_fashion",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0,
		measured:
			"one episode, split train, seed 1, real images cut down (8,000 to 10,000 for training, 2,000 for testing), tensorflow-2.21.0 avx512-fp16; nightshift demo --policy NAME --json",
	},
	{
		task: "training/medium_fashion",
		task_version: 1,
		policy: "heuristic",
		policy_version: 1,
		score: 0.758,
		measured:
			"one episode, split train, seed 1, real images cut down (8,000 to 10,000 for training, 2,000 for testing), tensorflow-2.21.0 avx512-fp16; nightshift demo --policy NAME --json",
	},
	{
		task: "training/hard_cifar",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0,
		measured:
			"one episode, split train, seed 1, real images cut down (8,000 to 10,000 for training, 2,000 for testing), tensorflow-2.21.0 avx512-fp16; nightshift demo --policy NAME --json",
	},
	{
		task: "training/hard_cifar",
		task_version: 1,
		policy: "heuristic",
		policy_version: 1,
		score: 0.934,
		measured:
			"one episode, split train, seed 1, real images cut down (8,000 to 10,000 for training, 2,000 for testing), tensorflow-2.21.0 avx512-fp16; nightshift demo --policy NAME --json",
	},
];
