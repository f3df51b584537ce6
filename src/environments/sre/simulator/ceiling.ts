import { type SreAction, WAIT } from "./actions.js";
import { faultOf } from "./faults/catalogue.js";
import { trafficSurge } from "./faults/traffic-surge.js";
import { isPossible } from "./intervene.js";
import type { Plan } from "./plans.js";
import { playOut, step } from "./play-out.js";
import type { Scenario } from "./scenario.js";
import {
	copySystem,
	newSystemState,
	type SystemState,
} from "./system-state.js";
import { EPISODE_STEPS } from "./tick.js";

/** Overwritten by every course that is tried. */
const tried = newSystemState();

/** J of doing nothing from here on. `system` is not changed. */
export function objectiveOfWaiting(
	system: SystemState,
	scenario: Scenario,
): number {
	copySystem(system, tried);
	return playOut(tried, scenario).objective;
}

/**
 * The highest J that a privileged plan of the fault reaches on these random numbers, each plan tried with and without mopping up: opening, once
 * the root is dealt with, the breaker of the most overloaded service. At least `waiting`, the J of doing nothing.
 */
export function ceiling(
	system: SystemState,
	scenario: Scenario,
	waiting: number,
): number {
	let best = Math.max(waiting, courseOf(null, true, system, scenario));
	for (const plan of faultOf(scenario).plans) {
		const mopped = courseOf(plan, true, system, scenario);
		best = Math.max(best, mopped);
		if (moppedUp)
			best = Math.max(best, courseOf(plan, false, system, scenario));
	}
	return best;
}

/** Whether the last course opened a breaker to mop up; if not, it is the same without. */
let moppedUp = false;

function courseOf(
	plan: Plan | null,
	mopsUp: boolean,
	system: SystemState,
	scenario: Scenario,
): number {
	copySystem(system, tried);
	moppedUp = false;
	while (tried.t < EPISODE_STEPS) {
		let action = plan === null ? WAIT : planned(plan, tried, scenario);
		if (mopsUp && action.name === "wait") {
			action = mopUp(tried, scenario);
			if (action.name !== "wait") moppedUp = true;
		}
		step(tried, scenario, action);
	}
	return playOut(tried, scenario).objective;
}

/** The breaker of the most overloaded service, where the fault is gone or is nothing but load. */
function mopUp(system: SystemState, scenario: Scenario): SreAction {
	const { utilisation, breaker, scaleTimer, budgets } = system;
	if (
		!(system.fixed || faultOf(scenario) === trafficSurge) ||
		budgets[2] === 0 ||
		system.t >= EPISODE_STEPS - 3
	)
		return WAIT;
	let worst = -1;
	let highest = 1;
	for (let k = scenario.graph.kinds.length - 1; k >= 1; k--)
		if ((utilisation[k] as number) > highest && breaker[k] === 0) {
			worst = k;
			highest = utilisation[k] as number;
		}
	return worst < 0 || scaleTimer[worst] !== 0
		? WAIT
		: { name: "circuit_break", service: worst };
}

/** The plan's action where it is possible, else a wait. */
export function planned(
	plan: Plan,
	system: SystemState,
	scenario: Scenario,
): SreAction {
	const action = plan(system, scenario);
	return isPossible(system, scenario, action) ? action : WAIT;
}
