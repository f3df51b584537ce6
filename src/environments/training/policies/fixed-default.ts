import type { Policy } from "../../policy.js";

/** The defaults, unseen: what a first script does. */
export const fixedDefault: Policy = {
	name: "default",
	version: 1,
	environment: "training",
	description:
		"Adam at a constant 0.001 and no regularisation for the whole budget; submits the best checkpoint.",
	start: () => {
		let configured = false;
		return ({ training }) => {
			if (!configured) {
				configured = true;
				return { configure_training: {} };
			}
			return training?.remaining_budget === 0 || training?.is_diverged
				? { submit_model: {} }
				: { run_epochs: { num_epochs: 20 } };
		};
	},
};
