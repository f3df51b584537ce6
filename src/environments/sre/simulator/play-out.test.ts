import assert from "node:assert/strict";
import { test } from "node:test";
import { smallScenario } from "../testing.js";
import { playOut, step } from "./play-out.js";
import type { Scenario } from "./scenario.js";
import {
	newSystemState,
	restSystem,
	type SystemState,
} from "./system-state.js";

test("A healthy system left alone comes to an objective near 1, recovered, without cost, downtime or breach.", () => {
	const scenario = smallScenario();
	const system = atRest(scenario);
	const { objective, ...rest } = playOut(system, scenario);
	assert.ok(objective > 0.998 && objective < 1);
	assert.equal(objective, Math.fround(objective));
	assert.deepEqual(rest, {
		recovery: 1,
		cost: 0,
		downtime: 0,
		lastBreach: 0,
	});
	assert.equal(system.t, 45);
});

test("The objective is the mean over 45 steps, less the cost undivided.", () => {
	const scenario = smallScenario();
	const idle = playOut(atRest(scenario), scenario);
	const system = atRest(scenario);
	system.budgets[3] = 5;
	step(system, scenario, { name: "rollback", service: 1 });
	const paid = playOut(system, scenario);
	assert.equal(paid.objective, Math.fround(system.objectiveSum / 45 - 0.08));
	assert.ok(Math.abs(idle.objective - paid.objective - 0.08) < 1e-6);
});

test("The probation takes added capacity away, closes breakers and replays a higher load, which breaches no step of the agent's.", () => {
	const scenario = smallScenario({ capacityRps: Float64Array.of(800, 470) });
	const system = atRest(scenario);
	step(system, scenario, { name: "scale_up", service: 1 });
	while (system.t < 29) step(system, scenario, { name: "wait" });
	assert.equal(system.scale[1], 2);
	assert.equal(system.lastBreach, 0);
	step(system, scenario, { name: "circuit_break", service: 1 });
	assert.equal(system.lastBreach, 30);
	system.lastBreach = 0;
	const before = system.objectiveSum;
	const { lastBreach, recovery } = playOut(system, scenario);
	assert.equal(system.scale[1], 1);
	assert.equal(lastBreach, 0);
	assert.equal(recovery, 1);
	assert.ok(system.objectiveSum - before < 14.7, "the replay does no harm");
});

test("A course that is ill to the end has not recovered, and its last breach is the thirtieth step.", () => {
	const scenario = smallScenario({ capacityRps: Float64Array.of(800, 300) });
	const course = playOut(atRest(scenario), scenario);
	assert.equal(course.recovery, 0);
	assert.equal(course.lastBreach, 30);
	assert.ok(course.objective < 0.7);
});

function atRest(scenario: Scenario): SystemState {
	const system = newSystemState();
	restSystem(system, scenario, 0);
	return system;
}
