import { KIND } from "../graph.js";
import { breakersOrCapacity } from "../plans.js";
import type { Fault } from "./fault.js";

/** The spike that started it lasts two steps, and ends before the agent's first. */
const TRIGGER_STEPS = 2;
const LONGEST_DEADLINE_MS = 300;

/**
 * A metastable failure (Bronson et al. 2021): a short spike overloaded a service whose callers retry three times, and now their retries keep it
 * overloaded. A restart lets them pile up; a breaker, opened once, lets the line drain; more capacity does, too, late and dear.
 */
export const retryStorm: Fault = {
	faultClass: "FAULT_CLASS_RETRY_STORM",
	name: "retry_storm",
	fixes: ["circuit_break"],
	traps: ["restart"],
	aliases: ["traffic_surge"],
	endsByFix: false,
	healsItself: false,
	fromRelease: false,
	plans: breakersOrCapacity,
	strikes: [KIND.service, KIND.store],
	prepare({ graph, root, shape, capacityRps, baseLoadRps }) {
		graph.callee.forEach((callee, call) => {
			if (callee !== root) return;
			graph.retries[call] = 3;
			const deadline = graph.deadlineMs[call] as number;
			graph.deadlineMs[call] = Math.min(deadline, LONGEST_DEADLINE_MS);
		});
		capacityRps[root] = (baseLoadRps[root] as number) / (0.68 + 0.1 * shape);
	},
	affect(effects, { t }, { onset }) {
		effects.retriesUncapped = true;
		if (t < onset + TRIGGER_STEPS) effects.addedLoad = 1.2;
	},
};
