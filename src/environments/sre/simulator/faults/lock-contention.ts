import { KIND } from "../graph.js";
import { untilFixed } from "../plans.js";
import type { Fault } from "./fault.js";

/** A store's transactions wait for each other, so that more capacity does nothing. A restart breaks the knot, most times. */
export const lockContention: Fault = {
	faultClass: "FAULT_CLASS_LOCK_CONTENTION",
	name: "lock_contention",
	fixes: ["restart"],
	traps: ["scale_up"],
	aliases: ["cache_cold"],
	endsByFix: true,
	healsItself: false,
	fromRelease: false,
	plans: [untilFixed("restart")],
	strikes: [KIND.store],
	affect(effects, _system, { severity }) {
		effects.serviceTimeFactor = 1.9 + 0.7 * severity;
		effects.scaleIsUseless = true;
	},
	respond(system, intervention, drawn) {
		if (intervention === "restart" && drawn) system.fixed = true;
	},
};
