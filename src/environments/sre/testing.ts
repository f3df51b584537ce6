import { FAULTS } from "./simulator/faults/catalogue.js";
import { drawScenario, scenarioSeed, warmUp } from "./simulator/generate.js";
import type { Scenario } from "./simulator/scenario.js";
import { newSystemState, type SystemState } from "./simulator/system-state.js";
import { judge, type Worth } from "./simulator/validity.js";
import { sreTask } from "./tasks.js";

/** Scenarios of a chosen fault, which no table holds. Only tests use them. */

/** No task has this number, so that no table's scenario is among them. */
const TESTED_TASK = 255;

export interface Accepted {
	readonly scenario: Scenario;
	readonly worth: Worth;
}

/** Any scenario, valid or not. */
export function anyScenario(
	taskId: string,
	faultName: string,
	row: number,
): Scenario {
	const fault = FAULTS.findIndex(({ name }) => name === faultName);
	const seed = scenarioSeed({
		taskNumber: TESTED_TASK,
		taskVersion: 1,
		split: "train",
		row,
		attempt: 0,
	});
	const { scenarios } = sreTask(taskId);
	return drawScenario(scenarios, { fault, root: undefined }, seed);
}

/** The first valid scenarios of a fault. */
export function acceptedScenarios(
	taskId: string,
	faultName: string,
	count: number,
): Accepted[] {
	const accepted: Accepted[] = [];
	for (let row = 0; accepted.length < count; row++) {
		const scenario = anyScenario(taskId, faultName, row);
		const verdict = judge(scenario);
		if (verdict.accepted) accepted.push({ scenario, worth: verdict.worth });
	}
	return accepted;
}

/** The scenario's system at the agent's first step. */
export function warmSystem(scenario: Scenario): SystemState {
	const system = newSystemState();
	warmUp(system, scenario, 0);
	return system;
}

export function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * A gateway that calls one store, once per request, with no fault and figures as told; healthy utilisation is .5 and .4. Columns may be changed
 * before it is used.
 */
export function smallScenario(changes: Partial<Scenario> = {}): Scenario {
	return {
		seed: { low: 1, high: 2 },
		graph: {
			names: ["api_gateway", "user_db"],
			kinds: Uint8Array.of(0, 2),
			firstCall: Uint8Array.of(0, 1, 1),
			callee: Uint8Array.of(1),
			callsPerRequest: Float64Array.of(1),
			deadlineMs: Float64Array.of(400),
			criticality: Float64Array.of(1),
			retries: Uint8Array.of(2),
		},
		serviceTimeMs: Float64Array.of(3, 5),
		servers: Uint8Array.of(4, 8),
		capacityRps: Float64Array.of(800, 1000),
		baseMemory: Float64Array.of(40, 50),
		baseLoadRps: Float64Array.of(400, 400),
		recentRelease: new Uint8Array(2),
		migration: new Uint8Array(2),
		fault: 0,
		root: -1,
		severity: 1,
		shape: 0.5,
		phase: 0.5,
		onset: -1,
		decoy: -1,
		decoyKind: "processor",
		fixProbability: 1,
		...changes,
	};
}
