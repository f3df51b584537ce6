import type { MeasuredScore } from "./reference-scores.js";

/** Written by `npx nightshift report training --seeds 1..3 --split test --docs`, never by hand. */
export const measuredScores: readonly MeasuredScore[] = [
	{
		task: "training/easy_mnist",
		task_version: 2,
		policy: "do-nothing",
		policy_version: 1,
		score: 0,
		half_width: 0,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0000; mnist (sha256:b0194023f801250e5525b28a0abdf633e41caa6a9fbcc02406d8ecf0b5845c5f); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/easy_mnist",
		task_version: 2,
		policy: "instant-submit",
		policy_version: 1,
		score: 0,
		half_width: 0,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0000; mnist (sha256:b0194023f801250e5525b28a0abdf633e41caa6a9fbcc02406d8ecf0b5845c5f); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/easy_mnist",
		task_version: 2,
		policy: "hopeless-rate",
		policy_version: 1,
		score: 0,
		half_width: 0,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0000; mnist (sha256:b0194023f801250e5525b28a0abdf633e41caa6a9fbcc02406d8ecf0b5845c5f); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/easy_mnist",
		task_version: 2,
		policy: "random",
		policy_version: 1,
		score: 0.640351,
		half_width: 0.786242,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.7862; mnist (sha256:b0194023f801250e5525b28a0abdf633e41caa6a9fbcc02406d8ecf0b5845c5f); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/easy_mnist",
		task_version: 2,
		policy: "default",
		policy_version: 1,
		score: 0.65614,
		half_width: 0.064495,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0645; mnist (sha256:b0194023f801250e5525b28a0abdf633e41caa6a9fbcc02406d8ecf0b5845c5f); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/easy_mnist",
		task_version: 2,
		policy: "cosine-default",
		policy_version: 1,
		score: 0.663158,
		half_width: 0.067937,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0679; mnist (sha256:b0194023f801250e5525b28a0abdf633e41caa6a9fbcc02406d8ecf0b5845c5f); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/easy_mnist",
		task_version: 2,
		policy: "tpe",
		policy_version: 1,
		score: 0.894737,
		half_width: 0.107019,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.1070; mnist (sha256:b0194023f801250e5525b28a0abdf633e41caa6a9fbcc02406d8ecf0b5845c5f); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/easy_mnist",
		task_version: 2,
		policy: "random-search",
		policy_version: 1,
		score: 0.892982,
		half_width: 0.1398,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.1398; mnist (sha256:b0194023f801250e5525b28a0abdf633e41caa6a9fbcc02406d8ecf0b5845c5f); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/easy_mnist",
		task_version: 2,
		policy: "successive-halving",
		policy_version: 1,
		score: 0.880702,
		half_width: 0.189616,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.1896; mnist (sha256:b0194023f801250e5525b28a0abdf633e41caa6a9fbcc02406d8ecf0b5845c5f); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/easy_mnist",
		task_version: 2,
		policy: "heuristic",
		policy_version: 1,
		score: 0.926316,
		half_width: 0.069183,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0692; mnist (sha256:b0194023f801250e5525b28a0abdf633e41caa6a9fbcc02406d8ecf0b5845c5f); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/easy_mnist",
		task_version: 2,
		policy: "expert",
		policy_version: 1,
		score: 0.966667,
		half_width: 0.042028,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0420; mnist (sha256:b0194023f801250e5525b28a0abdf633e41caa6a9fbcc02406d8ecf0b5845c5f); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/medium_fashion",
		task_version: 2,
		policy: "do-nothing",
		policy_version: 1,
		score: 0,
		half_width: 0,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0000; fashion-mnist (sha256:db657f9badb0abb2df12068e18b21181030dc07de0489ec1c08e33ccc5777009); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/medium_fashion",
		task_version: 2,
		policy: "instant-submit",
		policy_version: 1,
		score: 0,
		half_width: 0,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0000; fashion-mnist (sha256:db657f9badb0abb2df12068e18b21181030dc07de0489ec1c08e33ccc5777009); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/medium_fashion",
		task_version: 2,
		policy: "hopeless-rate",
		policy_version: 1,
		score: 0,
		half_width: 0,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0000; fashion-mnist (sha256:db657f9badb0abb2df12068e18b21181030dc07de0489ec1c08e33ccc5777009); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/medium_fashion",
		task_version: 2,
		policy: "random",
		policy_version: 1,
		score: 0.617569,
		half_width: 0.136485,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.1365; fashion-mnist (sha256:db657f9badb0abb2df12068e18b21181030dc07de0489ec1c08e33ccc5777009); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/medium_fashion",
		task_version: 2,
		policy: "default",
		policy_version: 1,
		score: 0.5475,
		half_width: 0.151978,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.1520; fashion-mnist (sha256:db657f9badb0abb2df12068e18b21181030dc07de0489ec1c08e33ccc5777009); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/medium_fashion",
		task_version: 2,
		policy: "cosine-default",
		policy_version: 1,
		score: 0.565794,
		half_width: 0.040765,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0408; fashion-mnist (sha256:db657f9badb0abb2df12068e18b21181030dc07de0489ec1c08e33ccc5777009); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/medium_fashion",
		task_version: 2,
		policy: "tpe",
		policy_version: 1,
		score: 0.624493,
		half_width: 0.008887,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0089; fashion-mnist (sha256:db657f9badb0abb2df12068e18b21181030dc07de0489ec1c08e33ccc5777009); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/medium_fashion",
		task_version: 2,
		policy: "random-search",
		policy_version: 1,
		score: 0.663659,
		half_width: 0.200038,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.2000; fashion-mnist (sha256:db657f9badb0abb2df12068e18b21181030dc07de0489ec1c08e33ccc5777009); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/medium_fashion",
		task_version: 2,
		policy: "successive-halving",
		policy_version: 1,
		score: 0.693519,
		half_width: 0.094794,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0948; fashion-mnist (sha256:db657f9badb0abb2df12068e18b21181030dc07de0489ec1c08e33ccc5777009); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/medium_fashion",
		task_version: 2,
		policy: "heuristic",
		policy_version: 1,
		score: 0.709653,
		half_width: 0.157178,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.1572; fashion-mnist (sha256:db657f9badb0abb2df12068e18b21181030dc07de0489ec1c08e33ccc5777009); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/medium_fashion",
		task_version: 2,
		policy: "expert",
		policy_version: 1,
		score: 0.757491,
		half_width: 0.105726,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.1057; fashion-mnist (sha256:db657f9badb0abb2df12068e18b21181030dc07de0489ec1c08e33ccc5777009); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/hard_cifar",
		task_version: 2,
		policy: "do-nothing",
		policy_version: 1,
		score: 0,
		half_width: 0,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0000; cifar-10 (sha256:6219adcd0b605148ebe0c1036d32956a2449805404c8f1a113456da7895b3789); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/hard_cifar",
		task_version: 2,
		policy: "instant-submit",
		policy_version: 1,
		score: 0,
		half_width: 0,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0000; cifar-10 (sha256:6219adcd0b605148ebe0c1036d32956a2449805404c8f1a113456da7895b3789); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/hard_cifar",
		task_version: 2,
		policy: "hopeless-rate",
		policy_version: 1,
		score: 0,
		half_width: 0,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0000; cifar-10 (sha256:6219adcd0b605148ebe0c1036d32956a2449805404c8f1a113456da7895b3789); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/hard_cifar",
		task_version: 2,
		policy: "random",
		policy_version: 1,
		score: 0.291767,
		half_width: 0.635044,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.6350; cifar-10 (sha256:6219adcd0b605148ebe0c1036d32956a2449805404c8f1a113456da7895b3789); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/hard_cifar",
		task_version: 2,
		policy: "default",
		policy_version: 1,
		score: 0.415302,
		half_width: 0.232778,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.2328; cifar-10 (sha256:6219adcd0b605148ebe0c1036d32956a2449805404c8f1a113456da7895b3789); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/hard_cifar",
		task_version: 2,
		policy: "cosine-default",
		policy_version: 1,
		score: 0.426548,
		half_width: 0.089707,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0897; cifar-10 (sha256:6219adcd0b605148ebe0c1036d32956a2449805404c8f1a113456da7895b3789); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/hard_cifar",
		task_version: 2,
		policy: "tpe",
		policy_version: 1,
		score: 0.532258,
		half_width: 0.033072,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0331; cifar-10 (sha256:6219adcd0b605148ebe0c1036d32956a2449805404c8f1a113456da7895b3789); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/hard_cifar",
		task_version: 2,
		policy: "random-search",
		policy_version: 1,
		score: 0.574614,
		half_width: 0.448009,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.4480; cifar-10 (sha256:6219adcd0b605148ebe0c1036d32956a2449805404c8f1a113456da7895b3789); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/hard_cifar",
		task_version: 2,
		policy: "successive-halving",
		policy_version: 1,
		score: 0.580677,
		half_width: 0.406428,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.4064; cifar-10 (sha256:6219adcd0b605148ebe0c1036d32956a2449805404c8f1a113456da7895b3789); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/hard_cifar",
		task_version: 2,
		policy: "heuristic",
		policy_version: 1,
		score: 0.864905,
		half_width: 0.028218,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0282; cifar-10 (sha256:6219adcd0b605148ebe0c1036d32956a2449805404c8f1a113456da7895b3789); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
	{
		task: "training/hard_cifar",
		task_version: 2,
		policy: "expert",
		policy_version: 1,
		score: 0.935993,
		half_width: 0.051433,
		measured:
			"mean of 3 episodes, split test, seeds 1..3; 95 % interval ± 0.0514; cifar-10 (sha256:6219adcd0b605148ebe0c1036d32956a2449805404c8f1a113456da7895b3789); tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512-fp16, intel, caches 48K 2048K, math d70270cb, float32)",
	},
];
