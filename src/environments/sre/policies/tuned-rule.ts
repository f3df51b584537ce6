import type { Policy } from "../../policy.js";
import { playRule } from "./rule.js";
import { tunedFor } from "./tuned-constants.js";

export const tunedRule: Policy = {
	name: "tuned-rule",
	version: 1,
	environment: "sre",
	description:
		"Moving averages, localisation by the graph, and a table of 48 cells, tuned on the split train.",
	start: (task, seed) => playRule(tunedFor(task).rule)(task, seed),
};
