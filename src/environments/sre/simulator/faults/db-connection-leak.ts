import { KIND } from "../graph.js";
import { untilFixed } from "../plans.js";
import type { Fault } from "./fault.js";

const MOST_LEAKED = 0.88;

/**
 * Connections of the pool are used up one by one; the level is the share that is lost. Requests wait for a connection while the processor
 * idles. A restart gives all of them back, and ends the leak most times.
 */
export const dbConnectionLeak: Fault = {
	faultClass: "FAULT_CLASS_DB_CONNECTION_LEAK",
	name: "db_connection_leak",
	fixes: ["restart"],
	traps: ["circuit_break"],
	aliases: ["noisy_neighbour", "provider_brownout"],
	endsByFix: true,
	healsItself: false,
	fromRelease: false,
	plans: [untilFixed("restart")],
	strikes: [KIND.service, KIND.store],
	advance(system, { severity }) {
		const leaked = system.faultLevel + 0.06 * severity;
		system.faultLevel = leaked < MOST_LEAKED ? leaked : MOST_LEAKED;
	},
	affect(effects, { faultLevel }) {
		effects.capacityFactor = 1 - faultLevel;
		effects.cpuFactor = 1 - faultLevel;
	},
	respond(system, intervention, drawn) {
		if (intervention !== "restart") return;
		system.faultLevel = 0;
		if (drawn) system.fixed = true;
	},
};
