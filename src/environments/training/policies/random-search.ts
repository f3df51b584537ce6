import type { Policy } from "../../policy.js";
import { playSearch } from "./search.js";
import { drawPoint } from "./search-space.js";

/** Source: Bergstra and Bengio, Random Search for Hyper-Parameter Optimization, 2012. */
export const randomSearch: Policy = {
	name: "random-search",
	version: 1,
	environment: "training",
	description:
		"Up to ten random configurations with half the budget; the rest goes to the best of them.",
	start: playSearch("random-search", (_, stream) => drawPoint(stream)),
};
