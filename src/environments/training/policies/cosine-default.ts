import type { Policy } from "../../policy.js";

/** The defaults under the schedule that most would choose. */
export const cosineDefault: Policy = {
	name: "cosine-default",
	version: 1,
	environment: "training",
	description:
		"Adam from 0.001 on a cosine to 0 over the whole budget, no regularisation; submits the best checkpoint.",
	start:
		() =>
		({ training }) => {
			if (!training?.configuration)
				return {
					configure_training: { lr_schedule: "LEARNING_RATE_SCHEDULE_COSINE" },
				};
			return training.remaining_budget === 0 || training.is_diverged
				? { submit_model: {} }
				: { run_epochs: { num_epochs: 20 } };
		},
};
