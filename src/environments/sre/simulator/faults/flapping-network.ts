import { WAIT } from "../actions.js";
import { KIND } from "../graph.js";
import { untilFixed } from "../plans.js";
import type { Scenario } from "../scenario.js";
import type { Fault } from "./fault.js";

/**
 * A link comes and goes, regularly: 2 to 4 steps bad, as many good. A breaker that opens while it is bad moves the traffic off it, most times;
 * opened in a good phase it does nothing.
 */
export const flappingNetwork: Fault = {
	faultClass: "FAULT_CLASS_FLAPPING_NETWORK",
	name: "flapping_network",
	fixes: ["circuit_break"],
	traps: ["restart"],
	aliases: ["crash_loop", "provider_brownout"],
	endsByFix: true,
	healsItself: false,
	fromRelease: false,
	plans: [
		(system, scenario) =>
			linkIsBad(scenario, system.t)
				? untilFixed("circuit_break")(system, scenario)
				: WAIT,
	],
	strikes: [KIND.store, KIND.provider],
	affect(effects, { t }, scenario) {
		if (!linkIsBad(scenario, t)) return;
		effects.addedErrors = 0.12 * scenario.severity;
		effects.addedServiceMs = 25 * scenario.severity;
	},
	respond(system, intervention, drawn, scenario) {
		if (
			intervention === "circuit_break" &&
			drawn &&
			linkIsBad(scenario, system.t)
		)
			system.fixed = true;
	},
};

/** Whether step t lies in a bad phase. */
export function linkIsBad({ shape, phase }: Scenario, t: number): boolean {
	const half = 2 + Math.floor(3 * shape);
	return (t + Math.floor(7 * phase) + 70) % (2 * half) < half;
}
