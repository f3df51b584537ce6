import { INTERVENTIONS, type Intervention, type SreAction } from "./actions.js";
import { faultOf } from "./faults/catalogue.js";
import { KIND } from "./graph.js";
import { STREAM, uniform } from "./random.js";
import type { Scenario } from "./scenario.js";
import type { SystemState } from "./system-state.js";

/** What each intervention costs, in units of the objective. */
export const COSTS: Readonly<Record<Intervention, number>> = {
	restart: 0.02,
	scale_up: 0.04,
	circuit_break: 0.01,
	rollback: 0.08,
};

/** Steps with an open breaker, its own counted. */
const BREAKER_STEPS = 3;
/** Added capacity acts in the fourth step, its own counted. */
const SCALE_STEPS = 4;

/** A breaker is all that can be done to a provider, and budgets bound the rest. */
export function isPossible(
	system: SystemState,
	scenario: Scenario,
	action: SreAction,
): boolean {
	if (action.name === "wait") return true;
	return (
		(system.budgets[INTERVENTIONS.indexOf(action.name)] as number) > 0 &&
		(action.name === "circuit_break" ||
			scenario.graph.kinds[action.service] !== KIND.provider)
	);
}

/** Takes a possible action: budget, cost, the draw of the fix, and what it does at once. */
export function intervene(
	system: SystemState,
	scenario: Scenario,
	action: SreAction,
): void {
	if (action.name === "wait") return;
	const { name, service } = action;
	const number = INTERVENTIONS.indexOf(name);
	system.budgets[number] = (system.budgets[number] as number) - 1;
	system.cost += COSTS[name];
	const fault = faultOf(scenario);
	const atRoot = service === scenario.root && !system.fixed;
	switch (name) {
		case "restart":
			system.down[service] = 1;
			system.downByAgent[service] = 1;
			system.coldStart[service] = 1;
			break;
		case "scale_up":
			if (system.scaleTimer[service] === 0)
				system.scaleTimer[service] = SCALE_STEPS;
			break;
		case "circuit_break":
			system.breaker[service] = BREAKER_STEPS;
			break;
		case "rollback":
			if (atRoot && fault.fromRelease) system.fixed = true;
			else if (scenario.migration[service] === 1) system.broken[service] = 1;
			break;
	}
	if (atRoot && fault.respond !== undefined) {
		const draw = uniform(
			scenario.seed,
			system.t,
			service,
			STREAM.fixByRestart + number,
		);
		fault.respond(system, name, draw < scenario.fixProbability, scenario);
	}
}
