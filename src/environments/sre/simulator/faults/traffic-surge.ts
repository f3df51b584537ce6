import { KIND } from "../graph.js";
import { inSteps } from "../plans.js";
import type { Fault } from "./fault.js";

const STEPS = 28;

/** Three quarters more traffic than usual, or twice as much, for 28 steps. Capacity helps, three steps late; a breaker bridges until then. */
export const trafficSurge: Fault = {
	faultClass: "FAULT_CLASS_TRAFFIC_SURGE",
	name: "traffic_surge",
	fixes: ["scale_up", "circuit_break"],
	traps: ["restart"],
	aliases: ["retry_storm"],
	endsByFix: false,
	healsItself: false,
	fromRelease: false,
	plans: [
		inSteps(["scale_up", 0]),
		inSteps(["scale_up", 0], ["circuit_break", 1]),
		inSteps(["scale_up", 0], ["circuit_break", 3]),
	],
	strikes: [KIND.service, KIND.store],
	affect(effects, { t }, { onset, severity }) {
		if (t < onset + STEPS) effects.addedLoad = 0.45 + 0.45 * severity;
	},
};
