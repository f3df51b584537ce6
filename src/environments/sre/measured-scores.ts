import type { MeasuredScore } from "./reference-scores.js";

/** Written by `npx nightshift report sre --seeds 1000 --split test --docs`, never by hand. */
export const measuredScores: readonly MeasuredScore[] = [
	{
		task: "sre/easy",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.01,
		half_width: 0,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/easy",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.018373,
		half_width: 0.002536,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0025",
	},
	{
		task: "sre/easy",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.320325,
		half_width: 0.028169,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0282",
	},
	{
		task: "sre/easy",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.645279,
		half_width: 0.024667,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0247",
	},
	{
		task: "sre/easy",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.842099,
		half_width: 0.013872,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0139",
	},
	{
		task: "sre/easy",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.98545,
		half_width: 0.003151,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0032",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.01,
		half_width: 0,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.019793,
		half_width: 0.002992,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0030",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.386503,
		half_width: 0.026098,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0261",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.556139,
		half_width: 0.020642,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0206",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.796062,
		half_width: 0.016327,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0163",
	},
	{
		task: "sre/medium",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.987751,
		half_width: 0.001887,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0019",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.147934,
		half_width: 0.018508,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0185",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.016949,
		half_width: 0.002577,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0026",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.297195,
		half_width: 0.023025,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0230",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.361867,
		half_width: 0.02154,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0215",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.710622,
		half_width: 0.020461,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0205",
	},
	{
		task: "sre/hard",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.970499,
		half_width: 0.004779,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0048",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.125099,
		half_width: 0.017145,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0171",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.017029,
		half_width: 0.002654,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0027",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.24224,
		half_width: 0.021602,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0216",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.28857,
		half_width: 0.019636,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0196",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.637773,
		half_width: 0.022216,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0222",
	},
	{
		task: "sre/hard_aliased",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.970129,
		half_width: 0.004298,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0043",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.01,
		half_width: 0,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.02806,
		half_width: 0.0037,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0037",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.842461,
		half_width: 0.005808,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0058",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.737736,
		half_width: 0.014937,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0149",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.963589,
		half_width: 0.005533,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0055",
	},
	{
		task: "sre/single_oom",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.99,
		half_width: 0,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.01,
		half_width: 0,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.030674,
		half_width: 0.004039,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0040",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.666684,
		half_width: 0.020701,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0207",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.61969,
		half_width: 0.019842,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0198",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.933817,
		half_width: 0.004832,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0048",
	},
	{
		task: "sre/db_connection_leak",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.99,
		half_width: 0,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "do-nothing",
		policy_version: 1,
		score: 0.01,
		half_width: 0,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "random",
		policy_version: 1,
		score: 0.01,
		half_width: 0,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0000",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "best-constant",
		policy_version: 1,
		score: 0.432392,
		half_width: 0.02009,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0201",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "naive-table",
		policy_version: 1,
		score: 0.247522,
		half_width: 0.014378,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0144",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "tuned-rule",
		policy_version: 1,
		score: 0.687856,
		half_width: 0.011727,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0117",
	},
	{
		task: "sre/flapping_network",
		task_version: 1,
		policy: "oracle",
		policy_version: 1,
		score: 0.900035,
		half_width: 0.00541,
		measured:
			"mean of 1000 episodes, split test, seeds 1..1000; 95 % interval ± 0.0054",
	},
];
