import type { Policy } from "../../policy.js";

/** Leaves the episode as it began. */
export const doNothing: Policy = {
	name: "do-nothing",
	version: 1,
	environment: "training",
	description: "Takes no action; the episode is finished as it began.",
	start: () => () => undefined,
};
