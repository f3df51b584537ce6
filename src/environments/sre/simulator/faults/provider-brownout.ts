import { KIND } from "../graph.js";
import { breakersOrCapacity } from "../plans.js";
import type { Fault } from "./fault.js";

/** An external provider is slow and wrong for 14 to 22 steps. Nothing fixes it; a breaker keeps it from the callers. */
export const providerBrownout: Fault = {
	faultClass: "FAULT_CLASS_PROVIDER_BROWNOUT",
	name: "provider_brownout",
	fixes: ["circuit_break"],
	traps: [],
	aliases: ["flapping_network"],
	endsByFix: false,
	healsItself: true,
	fromRelease: false,
	plans: breakersOrCapacity,
	strikes: [KIND.provider],
	affect(effects, { t }, { onset, shape, severity }) {
		if (t >= onset + 14 + 8 * shape) return;
		effects.addedServiceMs = 70 * severity;
		effects.addedErrors = 0.03 * severity;
		effects.cpuFactor = 0.3;
	},
};
