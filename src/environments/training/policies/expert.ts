import type { Policy } from "../../policy.js";
import { playRecipe, type Recipe } from "./recipe.js";

/** PLACEHOLDER */
const RECIPES: Readonly<Record<"easy" | "medium" | "hard", Recipe>> = {
	easy: {
		configuration: {
			optimizer: "OPTIMIZER_ADAM",
			learning_rate: 4e-3,
			batch_size: 64,
			augmentation: true,
			augmentation_strength: 0.6,
		},
		length: 1,
		warmupEpochs: 3,
		epochsACall: 2,
		checkpoint: "CHECKPOINT_BEST",
	},
	medium: {
		configuration: {
			optimizer: "OPTIMIZER_ADAM",
			learning_rate: 2e-3,
			batch_size: 64,
			dropout: 0.5,
			weight_decay: 5e-4,
			augmentation: true,
			augmentation_strength: 1,
		},
		length: 0.5,
		warmupEpochs: 3,
		epochsACall: 1,
		checkpoint: "CHECKPOINT_LAST",
	},
	hard: {
		configuration: {
			optimizer: "OPTIMIZER_ADAM",
			learning_rate: 1e-3,
			batch_size: 64,
			dropout: 0.4,
			weight_decay: 1e-4,
			augmentation: true,
			augmentation_strength: 0.8,
		},
		length: 0.8,
		warmupEpochs: 3,
		epochsACall: 1,
		enough: 0.7,
		checkpoint: "CHECKPOINT_BEST",
	},
};

/** A recipe for each difficulty, tuned on the split train by scripts/tune-expert.mjs; docs/training-report.md tells what it reaches on others. */
export const expert: Policy = {
	name: "expert",
	version: 1,
	environment: "training",
	description:
		"A tuned recipe for each task: optimizer, schedule, regularisation, augmentation and when to stop.",
	start: (task, seed) =>
		playRecipe(
			RECIPES[task.difficulty as keyof typeof RECIPES] ?? RECIPES.medium,
		)(task, seed),
};
