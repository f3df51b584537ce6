import type { Action } from "../../../../proto/generated/nightshift/v1/Action.js";
import type { ConfigureTraining } from "../../../../proto/generated/nightshift/v1/ConfigureTraining.js";
import type { TrainingObservation__Output } from "../../../../proto/generated/nightshift/v1/TrainingObservation.js";
import type { Policy } from "../../policy.js";

/** A training run as data: what is set, how long it lasts and when it is good enough. */
export interface Recipe {
	/** The one configure_training; a rate in it is the highest of the run. */
	readonly configuration: ConfigureTraining & {
		readonly learning_rate: number;
	};
	/** Share of the budget that the run lasts at most, above 0 and at most 1. */
	readonly length: number;
	/** Epochs of linear warm-up before the cosine to 0 over the run's length. */
	readonly warmupEpochs: number;
	/** Epochs between two looks, 1 to 20: the rate is set anew and the accuracy compared after each. */
	readonly epochsACall: number;
	/** Validation accuracy, 0..1, at which the last weights are submitted before the run is over; absent: never. */
	readonly enough?: number;
	/** What is submitted when the run is over. */
	readonly checkpoint: "CHECKPOINT_BEST" | "CHECKPOINT_LAST";
}

/**
 * Plays a recipe. The rate follows a cosine over the run's own length by adjust_learning_rate, since the environment's schedules always last
 * as long as the budget. A diverged run submits its best checkpoint.
 */
export function playRecipe(recipe: Recipe): Policy["start"] {
	return () =>
		({ training }): Action => {
			const seen = training as TrainingObservation__Output;
			const length = Math.max(1, Math.round(recipe.length * seen.max_epochs));
			if (!seen.configuration)
				return {
					configure_training: {
						...recipe.configuration,
						learning_rate: rateOf(recipe, 0, length),
					},
				};
			if (seen.is_diverged) return { submit_model: {} };
			if (
				recipe.enough !== undefined &&
				(seen.val_accuracy ?? 0) >= recipe.enough
			)
				return { submit_model: { checkpoint: "CHECKPOINT_LAST" } };
			if (seen.current_epoch >= length || seen.remaining_budget === 0)
				return { submit_model: { checkpoint: recipe.checkpoint } };
			const rate = rateOf(recipe, seen.current_epoch, length);
			if (seen.configuration.learning_rate !== rate)
				return { adjust_learning_rate: { new_lr: rate } };
			return {
				run_epochs: {
					num_epochs: Math.min(recipe.epochsACall, length - seen.current_epoch),
				},
			};
		};
}

/** The rate of the epoch after `epoch` ones, within the contract's bounds. */
function rateOf(
	{ configuration: { learning_rate: highest }, warmupEpochs }: Recipe,
	epoch: number,
	length: number,
): number {
	const rate =
		epoch < warmupEpochs
			? (highest * (epoch + 1)) / warmupEpochs
			: (highest *
					(1 +
						Math.cos(
							(Math.PI * (epoch - warmupEpochs)) /
								Math.max(1, length - warmupEpochs),
						))) /
				2;
	return Math.min(1, Math.max(1e-6, rate));
}
