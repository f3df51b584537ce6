import { KIND } from "../graph.js";
import { breakersOrCapacity } from "../plans.js";
import type { Fault } from "./fault.js";

/**
 * A store lost its cache and warms up over about nine steps; the level is how many steps warm it is. A breaker takes the load off and lets it
 * warm sooner; a restart empties it again.
 */
export const cacheCold: Fault = {
	faultClass: "FAULT_CLASS_CACHE_COLD",
	name: "cache_cold",
	fixes: ["circuit_break"],
	traps: ["restart"],
	aliases: ["lock_contention"],
	endsByFix: false,
	healsItself: true,
	fromRelease: false,
	plans: breakersOrCapacity,
	strikes: [KIND.store],
	advance(system) {
		system.faultLevel++;
	},
	affect(effects, { faultLevel }, { severity }) {
		effects.serviceTimeFactor =
			1 + (2.2 * severity) / (1 + (faultLevel * faultLevel) / 70);
	},
	respond(system, intervention) {
		if (intervention === "restart") system.faultLevel = 0;
		if (intervention === "circuit_break") system.faultLevel += 4;
	},
};
