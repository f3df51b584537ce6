import { KIND } from "../graph.js";
import { untilFixed } from "../plans.js";
import type { Fault } from "./fault.js";

/** Memory above which collecting garbage slows the service, and above which the process is killed; percent. */
const COLLECTION_FROM = 64;
const KILLED_ABOVE = 98;
/** A process that was restarted in good order holds less than one that has run for a while; percentage points. */
const FRESH_PROCESS = -15;

/**
 * Since a release memory grows by 7.5 points a step; the level is what has leaked. The service slows, is killed every 6 to 9 steps, and begins
 * again. A restart buys some good steps; only a rollback ends it.
 */
export const memoryLeak: Fault = {
	faultClass: "FAULT_CLASS_MEMORY_LEAK",
	name: "memory_leak",
	fixes: ["rollback"],
	traps: ["restart"],
	aliases: ["single_oom"],
	endsByFix: true,
	healsItself: false,
	fromRelease: true,
	plans: [untilFixed("rollback")],
	strikes: [KIND.service],
	advance(system, { root, severity, baseMemory }) {
		system.faultLevel += 7.5 * severity;
		if ((baseMemory[root] as number) + system.faultLevel > KILLED_ABOVE) {
			system.faultLevel = 0;
			system.down[root] = 1;
			system.downByAgent[root] = 0;
			system.coldStart[root] = 1;
		}
	},
	affect(effects, { faultLevel }, { root, baseMemory }) {
		effects.addedMemory = faultLevel;
		const over = (baseMemory[root] as number) + faultLevel - COLLECTION_FROM;
		if (over > 0) effects.serviceTimeFactor = 1 + (over / 10) * (over / 10);
	},
	respond(system, intervention) {
		if (intervention === "restart") system.faultLevel = FRESH_PROCESS;
	},
};
