import type { Policy } from "../../policy.js";

/** Work that teaches the network nothing: an epoch at the lowest learning rate that there is. */
export const hopelessRate: Policy = {
	name: "hopeless-rate",
	version: 1,
	environment: "training",
	description: "Trains one epoch at a learning rate of 1e-6, then submits.",
	start:
		() =>
		({ training }) => {
			if (!training?.configuration)
				return { configure_training: { learning_rate: 1e-6 } };
			return training.current_epoch === 0
				? { run_epochs: { num_epochs: 1 } }
				: { submit_model: {} };
		},
};
