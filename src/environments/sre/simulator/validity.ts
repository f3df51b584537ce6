import { ceiling, objectiveOfWaiting } from "./ceiling.js";
import { faultOf } from "./faults/catalogue.js";
import { warmUp } from "./generate.js";
import type { Scenario } from "./scenario.js";
import { newSystemState, restSystem } from "./system-state.js";
import { tick } from "./tick.js";

/** What an accepted scenario is worth. */
export interface Worth {
	/** J of doing nothing. */
	readonly doNothing: number;
	/** J of the best privileged plan. */
	readonly ceiling: number;
}

export type Verdict =
	| { readonly accepted: true; readonly worth: Worth }
	| { readonly accepted: false; readonly reason: RejectionReason };

export type RejectionReason =
	| "ill without its fault"
	| "harmless"
	| "unsolvable";

/** What an agent can win back, and how well an incident can end, at least. */
const LEAST_GAP = 0.15;
const LEAST_CEILING = 0.78;
/** Of incidents that heal by themselves. */
const LEAST_HEALING_CEILING = 0.6;
const MOST_HEALING_DO_NOTHING = 0.9;
const HEALTHY_GOODPUT = 0.985;
const HEALTHY_STEPS = 8;

const system = newSystemState();

/** Judges a scenario: healthy without its fault, harmful with it, solvable with the five actions. */
export function judge(scenario: Scenario): Verdict {
	if (!isHealthyWithoutFault(scenario))
		return { accepted: false, reason: "ill without its fault" };
	warmUp(system, scenario, 0);
	const doNothing = objectiveOfWaiting(system, scenario);
	const fault = faultOf(scenario);
	if (scenario.root < 0)
		return { accepted: true, worth: { doNothing, ceiling: doNothing } };
	const harmful = fault.healsItself
		? doNothing < MOST_HEALING_DO_NOTHING
		: doNothing <= 1 - LEAST_GAP;
	if (!harmful) return { accepted: false, reason: "harmless" };
	const best = ceiling(system, scenario, doNothing);
	if (best < (fault.healsItself ? LEAST_HEALING_CEILING : LEAST_CEILING))
		return { accepted: false, reason: "unsolvable" };
	if (!fault.healsItself && best - doNothing < LEAST_GAP)
		return { accepted: false, reason: "harmless" };
	return { accepted: true, worth: { doNothing, ceiling: best } };
}

/** Without fault and decoy every service holds its objective, and the gateway's goodput .985, in each of eight steps. */
export function isHealthyWithoutFault(scenario: Scenario): boolean {
	const healthy: Scenario = { ...scenario, fault: 0, root: -1, decoy: -1 };
	restSystem(system, healthy, -HEALTHY_STEPS);
	while (system.t < 0) {
		tick(system, healthy);
		if (system.objectiveShare < 1 || system.goodput < HEALTHY_GOODPUT)
			return false;
	}
	return true;
}
