import type { Policy } from "../../policy.js";

/** Submits the initial weights. */
export const instantSubmit: Policy = {
	name: "instant-submit",
	version: 1,
	environment: "training",
	description: "Submits the untrained weights at once.",
	start: () => () => ({ submit_model: {} }),
};
