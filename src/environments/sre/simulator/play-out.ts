import { type SreAction, WAIT } from "./actions.js";
import { intervene } from "./intervene.js";
import type { Scenario } from "./scenario.js";
import type { SystemState } from "./system-state.js";
import { EPISODE_STEPS, tick } from "./tick.js";

/** Steps that are played after the agent left. */
export const PROBATION_STEPS = 15;
/** The last of them, in which recovery is measured. */
const RECOVERY_STEPS = 8;
/** The first of them replay a higher load. */
const REPLAY_STEPS = 2;
const REPLAY_LOAD = 1.15;
const RECOVERED_GOODPUT = 0.97;

/** What an incident came to. */
export interface Course {
	/** J: mean over 45 steps of .6 goodput + .4 share of services within their objective, less the costs; a 32-bit float. */
	readonly objective: number;
	/** Share of the last 8 steps with goodput over .97 and at most one service out of its objective, 0..1. */
	readonly recovery: number;
	/** C: what the actions cost. */
	readonly cost: number;
	/** L: mean over 45 steps of .4 times the share of services that the agent itself held down. */
	readonly downtime: number;
	/** Number of the last of the agent's steps in which some service missed its objective; 0 when none did. */
	readonly lastBreach: number;
}

/** One of the agent's steps: a possible action, then a minute. */
export function step(
	system: SystemState,
	scenario: Scenario,
	action: SreAction,
): void {
	intervene(system, scenario, action);
	tick(system, scenario);
}

/**
 * Plays the steps that are left as waits, then the probation: breakers closed, added capacity taken away, two steps of 15 % more load, the fault
 * still live. The system is at its end afterwards.
 */
export function playOut(system: SystemState, scenario: Scenario): Course {
	while (system.t < EPISODE_STEPS) step(system, scenario, WAIT);
	system.scale.fill(1);
	system.scaleTimer.fill(0);
	system.breaker.fill(0);
	const oneOut = 1 - 1.01 / scenario.graph.kinds.length;
	let recovered = 0;
	for (let played = 0; played < PROBATION_STEPS; played++) {
		system.loadFactor = played < REPLAY_STEPS ? REPLAY_LOAD : 1;
		tick(system, scenario);
		if (
			played >= PROBATION_STEPS - RECOVERY_STEPS &&
			system.goodput > RECOVERED_GOODPUT &&
			system.objectiveShare >= oneOut
		)
			recovered++;
	}
	const steps = EPISODE_STEPS + PROBATION_STEPS;
	return {
		objective: Math.fround(system.objectiveSum / steps - system.cost),
		recovery: recovered / RECOVERY_STEPS,
		cost: system.cost,
		downtime: system.downtimeSum / steps,
		lastBreach: system.lastBreach,
	};
}
