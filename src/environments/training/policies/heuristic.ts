import type { Action } from "../../../../proto/generated/nightshift/v1/Action.js";
import type { ConfigureTraining } from "../../../../proto/generated/nightshift/v1/ConfigureTraining.js";
import type { Observation__Output } from "../../../../proto/generated/nightshift/v1/Observation.js";
import type { TrainingObservation__Output } from "../../../../proto/generated/nightshift/v1/TrainingObservation.js";
import type { Policy } from "../../policy.js";

/** What an engineer would begin with on each kind of task, before seeing a curve. */
const OPENINGS: Readonly<Record<string, ConfigureTraining>> = {
	easy: { learning_rate: 2e-3, augmentation: true, augmentation_strength: 0.4 },
	medium: {
		learning_rate: 1e-3,
		dropout: 0.5,
		weight_decay: 1e-4,
		augmentation: true,
		augmentation_strength: 1,
	},
	hard: {
		learning_rate: 1e-3,
		dropout: 0.4,
		weight_decay: 1e-4,
		augmentation: true,
		augmentation_strength: 0.8,
	},
};

/** Epochs a call: enough to see a trend, few enough to act on it. */
const EPOCHS_A_CALL = 10;
/** Further rates that are tried after divergences. */
const RESCUES = 3;

/**
 * A scripted engineer: Adam under a warm-up and a cosine over the whole budget, augmentation from the start; ten epochs
 * a call; after a divergence back to the best checkpoint (or to new weights) at a third of the rate; submits the best checkpoint when the
 * budget is spent.
 */
export const heuristic: Policy = {
	name: "heuristic",
	version: 1,
	environment: "training",
	description:
		"Adam, warm-up and cosine over the budget, augmentation; rescues diverged runs; submits the best checkpoint.",
	start(task) {
		const opening = OPENINGS[task.difficulty] ?? OPENINGS.medium;
		let rescues = 0;
		return ({ training }: Observation__Output): Action => {
			const seen = training as TrainingObservation__Output;
			if (!seen.configuration) {
				return {
					configure_training: {
						optimizer: "OPTIMIZER_ADAM",
						batch_size: 64,
						lr_schedule: "LEARNING_RATE_SCHEDULE_WARMUP_COSINE",
						warmup_epochs: 3,
						...opening,
					},
				};
			}
			if (seen.remaining_budget === 0) return { submit_model: {} };
			if (seen.is_diverged) {
				rescues += 1;
				if (rescues > RESCUES) return { submit_model: {} };
				return {
					configure_training: {
						resume_from:
							seen.best_val_accuracy === undefined
								? "RESUME_FROM_SCRATCH"
								: "RESUME_FROM_BEST_CHECKPOINT",
						learning_rate: Math.max(1e-6, seen.configuration.learning_rate / 3),
						warmup_epochs: Math.min(
							seen.configuration.warmup_epochs,
							seen.remaining_budget - 1,
						),
					},
				};
			}
			return { run_epochs: { num_epochs: EPOCHS_A_CALL } };
		};
	},
};
