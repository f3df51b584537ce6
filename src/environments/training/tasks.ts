import { isDeepStrictEqual } from "node:util";
import type { DataSetFamily } from "../../../datasets/load.js";
import type { AugmentationRule } from "../../../workers/augmentation.js";
import type { Network } from "../../../workers/network.js";
import { cnn, deepCnn, mlp } from "../../training/networks.js";
import type { ScoreRule } from "./score.js";

/** A training task: data, network, budget and how it is scored. A new task is a row in `trainingTasks`; docs/extending.md shows how. */
export interface TrainingTask {
	/** "training/" and its name. */
	readonly id: string;
	/** Raised by any change that changes a byte of an observation or score. */
	readonly version: number;
	readonly description: string;
	readonly goal: string;
	readonly difficulty: "easy" | "medium" | "hard";
	readonly data: DataSetFamily;
	readonly network: Network;
	/** Images drawn from the training file for training, and beside them for validation. */
	readonly trainImages: number;
	readonly validationImages: number;
	/** Epochs. */
	readonly budget: number;
	readonly augmentation: AugmentationRule;
	readonly score: ScoreRule;
}

/** Transforms nothing, at any strength. */
export const noAugmentation: AugmentationRule = {
	rotationDegrees: 0,
	shiftShare: 0,
	flipProbability: 0,
	cropPadding: 0,
	colourShare: 0,
};

/** Names, sizes, budgets and goals are those of the environment's founding document; floors and targets those of its design page. */
export const trainingTasks: readonly TrainingTask[] = [
	{
		id: "training/easy_mnist",
		version: 2,
		description:
			"Train a small multilayer perceptron (101,770 parameters) on 4,000 handwritten digits. Graded on the accuracy on hidden test images.",
		goal: "Reach a validation accuracy of 0.96 or more within 100 epochs, then submit.",
		difficulty: "easy",
		data: "mnist",
		network: mlp,
		trainImages: 4000,
		validationImages: 1000,
		budget: 100,
		augmentation: { ...noAugmentation, rotationDegrees: 15, shiftShare: 0.1 },
		score: { kind: "accuracy", floor: 0.88, target: 0.975 },
	},
	{
		id: "training/medium_fashion",
		version: 2,
		description:
			"Train a small convolutional network (195,058 parameters) on 6,500 pictures of clothes. Graded on the accuracy on hidden test images (60 %) and on how little train and test accuracy differ (40 %).",
		goal: "Reach a validation accuracy of 0.87 or more with a gap between train and validation accuracy under 0.05 within 80 epochs, then submit.",
		difficulty: "medium",
		data: "fashion-mnist",
		network: cnn,
		trainImages: 6500,
		validationImages: 1500,
		budget: 80,
		augmentation: {
			...noAugmentation,
			rotationDegrees: 10,
			flipProbability: 0.5,
		},
		score: { kind: "generalisation", floor: 0.75, target: 0.9 },
	},
	{
		id: "training/hard_cifar",
		version: 2,
		description:
			"Train a deeper convolutional network (488,586 parameters) on 8,000 small photographs. Graded on the accuracy on hidden test images (50 %), on how few epochs were wasted (30 %) and on how stable the validation loss was (20 %).",
		goal: "Reach a validation accuracy of 0.65 or more within 60 epochs, wasting few of them, then submit.",
		difficulty: "hard",
		data: "cifar-10",
		network: deepCnn,
		trainImages: 8000,
		validationImages: 2000,
		budget: 60,
		augmentation: {
			...noAugmentation,
			cropPadding: 4,
			flipProbability: 0.5,
			colourShare: 0.2,
		},
		score: { kind: "efficiency", floor: 0.4, target: 0.68 },
	},
];

/**
 * The networks that these tasks train, each once. Workers know networks by name: throws where two tasks name different ones alike.
 */
export function networksOf(tasks: readonly TrainingTask[]): Network[] {
	const byName = new Map<string, Network>();
	for (const { network } of tasks) {
		const named = byName.get(network.name) ?? network;
		if (!isDeepStrictEqual(named, network))
			throw new Error(
				`two different networks are called "${network.name}"; give each a name of its own`,
			);
		byName.set(network.name, network);
	}
	return [...byName.values()];
}
