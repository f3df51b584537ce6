import { KIND } from "../graph.js";
import { untilFixed } from "../plans.js";
import type { Fault } from "./fault.js";

const PERIOD = 5;
const BAD_STEPS = 2;
/** Steps that a restart holds, its own counted. */
const RELIEF_STEPS = 8;

/**
 * Since a change of configuration a service crashes in two of five steps. A restart holds for a while (the level counts the steps left, and this one);
 * only a rollback ends it.
 */
export const crashLoop: Fault = {
	faultClass: "FAULT_CLASS_CRASH_LOOP",
	name: "crash_loop",
	fixes: ["rollback"],
	traps: ["restart"],
	aliases: ["flapping_network"],
	endsByFix: true,
	healsItself: false,
	fromRelease: true,
	plans: [untilFixed("rollback")],
	strikes: [KIND.service],
	advance(system) {
		if (system.faultLevel > 0) system.faultLevel--;
	},
	affect(effects, { t, faultLevel }, { phase }) {
		if (faultLevel > 0) return;
		if ((t + Math.floor(PERIOD * phase) + 70) % PERIOD < BAD_STEPS) {
			effects.addedErrors = 0.6;
			effects.capacityFactor = 0.5;
		} else effects.addedErrors = 0.02;
	},
	respond(system, intervention) {
		if (intervention === "restart") system.faultLevel = RELIEF_STEPS + 1;
	},
};
