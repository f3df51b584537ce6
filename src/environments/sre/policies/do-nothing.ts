import type { Policy } from "../../policy.js";

/** Lets all 30 steps pass. */
export const doNothing: Policy = {
	name: "do-nothing",
	version: 1,
	environment: "sre",
	description: "Waits, whatever happens.",
	start: () => () => ({ wait: {} }),
};
