import type { Fault } from "./fault.js";

/** Nothing is wrong but the telemetry's noise, and perhaps a decoy. */
export const noFault: Fault = {
	faultClass: "FAULT_CLASS_NONE",
	name: "no_fault",
	fixes: [],
	traps: [],
	aliases: [],
	endsByFix: false,
	healsItself: true,
	fromRelease: false,
	plans: [],
	strikes: [],
	affect() {},
};
