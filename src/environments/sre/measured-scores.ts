import type { MeasuredScore } from "./reference-scores.js";

/** Written by `npx nightshift report sre --seeds 1000 --split test --docs`, never by hand. */
export const measuredScores: readonly MeasuredScore[] = [
	{
		task: "sre/easy",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.01,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/easy",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.0184,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0025",
	},
	{
		task: "sre/easy",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.3203,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0282",
	},
	{
		task: "sre/easy",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.6453,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0247",
	},
	{
		task: "sre/easy",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.8421,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0139",
	},
	{
		task: "sre/easy",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.9854,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0032",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.01,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.0198,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0030",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.3865,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0261",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.5561,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0206",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.7961,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0163",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.9878,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0019",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.1479,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0185",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.0169,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0026",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.2972,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0230",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.3619,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0215",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.7106,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0205",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.9705,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0048",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.1251,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0171",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.017,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0027",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.2422,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0216",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.2886,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0196",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.6378,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0222",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.9701,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0043",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.01,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.0281,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0037",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.8425,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0058",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.7377,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0149",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.9636,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0055",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.99,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.01,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.0307,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0040",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.6667,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0207",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.6197,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0198",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.9338,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0048",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.99,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.01,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.01,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.4324,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0201",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.2475,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0144",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.6879,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0117",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.9,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0054",
	},
];
