import { KIND } from "../graph.js";
import { untilFixed } from "../plans.js";
import type { Fault } from "./fault.js";

/** A release made a service slower and wrong. Capacity hides the slowness, not the errors; a rollback ends both. */
export const badDeploy: Fault = {
	faultClass: "FAULT_CLASS_BAD_DEPLOY",
	name: "bad_deploy",
	fixes: ["rollback"],
	traps: ["scale_up"],
	aliases: ["traffic_surge", "noisy_neighbour", "lock_contention"],
	endsByFix: true,
	healsItself: false,
	fromRelease: true,
	plans: [untilFixed("rollback")],
	strikes: [KIND.service],
	affect(effects, _system, { severity }) {
		effects.serviceTimeFactor = 1 + 0.9 * severity;
		effects.addedErrors = 0.04 * severity;
	},
};
