import { KIND } from "../graph.js";
import { untilFixed } from "../plans.js";
import type { Fault } from "./fault.js";

/** A service ran out of memory and works at half its capacity, failing requests. A restart frees it, most times. */
export const singleOom: Fault = {
	faultClass: "FAULT_CLASS_SINGLE_OOM",
	name: "single_oom",
	fixes: ["restart"],
	traps: ["scale_up"],
	aliases: ["memory_leak"],
	endsByFix: true,
	healsItself: false,
	fromRelease: false,
	plans: [untilFixed("restart")],
	strikes: [KIND.service],
	affect(effects, _system, { severity }) {
		effects.capacityFactor = 0.5;
		effects.addedErrors = 0.12 * severity;
		effects.addedMemory = 45;
	},
	respond(system, intervention, drawn) {
		if (intervention === "restart" && drawn) system.fixed = true;
	},
};
