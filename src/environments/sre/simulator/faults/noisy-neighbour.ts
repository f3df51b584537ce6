import { KIND } from "../graph.js";
import { untilFixed } from "../plans.js";
import type { Fault } from "./fault.js";

/** Another load on the same host takes the processor: the service is slow while its own use looks low. A restart moves it to another host. */
export const noisyNeighbour: Fault = {
	faultClass: "FAULT_CLASS_NOISY_NEIGHBOUR",
	name: "noisy_neighbour",
	fixes: ["restart"],
	traps: ["scale_up"],
	aliases: ["db_connection_leak"],
	endsByFix: true,
	healsItself: false,
	fromRelease: false,
	plans: [untilFixed("restart")],
	strikes: [KIND.service],
	affect(effects, _system, { severity }) {
		effects.serviceTimeFactor = 1.8 + 0.3 * severity;
		effects.cpuFactor = 0.5;
	},
	respond(system, intervention, drawn) {
		if (intervention === "restart" && drawn) system.fixed = true;
	},
};
