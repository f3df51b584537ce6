import { type Intervention, type SreAction, WAIT } from "./actions.js";
import type { Scenario } from "./scenario.js";
import type { SystemState } from "./system-state.js";

/** What one who sees everything does in the next step. The action need not be possible; if not, the plan waits. */
export type Plan = (system: SystemState, scenario: Scenario) => SreAction;

/** The intervention at the root, again and again until the fault is gone, with pauses while the root is down or its breaker open. */
export function untilFixed(name: Intervention): Plan {
	return (system, { root }) =>
		system.fixed || system.down[root] !== 0 || system.breaker[root] !== 0
			? WAIT
			: { name, service: root };
}

/** Interventions at the root, each in its step. */
export function inSteps(
	...moves: readonly (readonly [name: Intervention, step: number])[]
): Plan {
	return (system, { root }) => {
		const move = moves.find(([, step]) => step === system.t);
		return move === undefined ? WAIT : { name: move[0], service: root };
	};
}

/** One to four breakers in a row, more capacity, or capacity with a breaker while it comes. */
export const breakersOrCapacity: readonly Plan[] = [
	inSteps(["circuit_break", 0]),
	inSteps(["circuit_break", 0], ["circuit_break", 3]),
	inSteps(["circuit_break", 0], ["circuit_break", 3], ["circuit_break", 6]),
	inSteps(
		["circuit_break", 0],
		["circuit_break", 3],
		["circuit_break", 6],
		["circuit_break", 9],
	),
	inSteps(["scale_up", 0]),
	inSteps(["scale_up", 0], ["circuit_break", 3]),
];
