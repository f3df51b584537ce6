import assert from "node:assert/strict";
import { test } from "node:test";
import { smallScenario } from "../testing.js";
import { step } from "./play-out.js";
import { finalFailure, meanWaitMs, timeoutProbability } from "./queueing.js";
import type { Scenario } from "./scenario.js";
import {
	newSystemState,
	restSystem,
	type SystemState,
} from "./system-state.js";
import { goodputOf, tick } from "./tick.js";

test("A healthy pair of services has the latencies, errors, processor and memory of the formulas.", () => {
	const scenario = smallScenario();
	const system = atRest(scenario);
	tick(system, scenario);
	const demand = at(system.loadRps, 0);
	near(demand, 400, 80);
	const storeDemand = at(system.loadRps, 1);
	near(storeDemand / demand, at(system.attempts, 0), 1e-3);
	const storeRho = storeDemand / 1000;
	const storeWait = meanWaitMs(storeRho, 5, 8);
	const storeTail = (1.6 * 5 + 3.6 * storeWait) ** 2;
	near(at(system.meanMs, 1), 5 + storeWait, 1e-9);
	near(at(system.p99Ms, 1), 5 + storeWait + Math.sqrt(storeTail), 1e-9);
	near(at(system.errorRate, 1), 0.0005, 1e-12);
	const late = timeoutProbability(400, 5 + storeWait, storeTail);
	const failure = 1 - (1 - 0.0005) * (1 - late);
	// Two retries multiply attempts by (1 - f^3) / (1 - f).
	const attempts = (1 - failure ** 3) / (1 - failure);
	const ownWait = meanWaitMs(demand / 800, 3, 4);
	const gatewayMean = 3 + ownWait + attempts * (5 + storeWait);
	const gatewayTail = (1.6 * 3 + 3.6 * ownWait) ** 2 + attempts * storeTail;
	near(at(system.meanMs, 0), gatewayMean, 1e-9);
	near(at(system.p99Ms, 0), gatewayMean + Math.sqrt(gatewayTail), 1e-9);
	near(
		at(system.errorRate, 0),
		1 - (1 - 0.0005) * (1 - finalFailure(failure, failure ** 2)),
		1e-12,
	);
	near(at(system.cpu, 0), (100 * demand) / 800, 1e-9);
	near(at(system.memory, 0), 40 + 0.02 * gatewayMean * (demand / 400), 1e-9);
	near(
		system.goodput,
		goodputOf(at(system.p99Ms, 0), at(system.errorRate, 0)),
		0,
	);
	assert.equal(system.objectiveShare, 1);
	near(system.objectiveSum, 0.6 * system.goodput + 0.4, 1e-12);
});

test("Goodput falls with errors and, from 200 ms to 1,200 ms, with latency.", () => {
	assert.equal(goodputOf(150, 0), 1);
	assert.equal(goodputOf(700, 0), 0.5);
	assert.equal(goodputOf(1500, 0), 0);
	assert.equal(goodputOf(100, 0.25), 0.75);
});

test("Retries raise the demand on a failing service only to the cap of 1.2 attempts.", () => {
	const scenario = smallScenario();
	const system = atRest(scenario);
	for (let minute = 0; minute < 10; minute++) {
		system.down[1] = 2;
		tick(system, scenario);
	}
	near(at(system.attempts, 0), 1.2, 1e-3);
	near(at(system.loadRps, 1) / at(system.loadRps, 0), 1.2, 1e-3);
	assert.equal(at(system.errorRate, 1), 1);
	near(at(system.errorRate, 0), 1, 1e-12);
});

test("An open breaker lets 5 % through, fails hard callers whole and callers with a fallback a little.", () => {
	for (const [criticality, lost] of [
		[1, 1],
		[0.3, 0.12],
	] as const) {
		const scenario = smallScenario();
		scenario.graph.criticality[0] = criticality;
		const system = atRest(scenario);
		step(system, scenario, { name: "circuit_break", service: 1 });
		near(1 - at(system.errorRate, 0), 0.9995 * (1 - lost), 1e-12);
		assert.equal(at(system.errorRate, 1), 1);
		step(system, scenario, { name: "circuit_break", service: 0 });
		near(at(system.loadRps, 1) / at(system.loadRps, 0), 0.05, 1e-9);
	}
});

test("A breaker stays open for three steps, its own counted.", () => {
	const scenario = smallScenario();
	const system = atRest(scenario);
	step(system, scenario, { name: "circuit_break", service: 1 });
	const open = [at(system.errorRate, 1) === 1];
	for (let minute = 0; minute < 4; minute++) {
		tick(system, scenario);
		open.push(at(system.errorRate, 1) === 1);
	}
	assert.deepEqual(open, [true, true, true, false, false]);
});

test("A restart costs one step of errors and then a cold start that fades.", () => {
	const scenario = smallScenario();
	const system = atRest(scenario);
	step(system, scenario, { name: "restart", service: 1 });
	assert.equal(at(system.errorRate, 1), 1);
	assert.equal(at(system.memory, 1), 20);
	tick(system, scenario);
	assert.ok(at(system.errorRate, 1) < 0.01);
	const cold = at(system.loadRps, 1) * (1.4 / 1000);
	near(at(system.utilisation, 1), cold, 1e-9);
	tick(system, scenario);
	near(at(system.utilisation, 1), at(system.loadRps, 1) / 1000, 1e-9);
});

test("Added capacity acts in the fourth step, its own counted, and not more than twice.", () => {
	const scenario = smallScenario();
	const system = atRest(scenario);
	const scales: number[] = [];
	const add = () => {
		step(system, scenario, { name: "scale_up", service: 1 });
		scales.push(at(system.scale, 1));
		for (let minute = 0; minute < 3; minute++) {
			tick(system, scenario);
			scales.push(at(system.scale, 1));
		}
	};
	add();
	assert.deepEqual(scales, [1, 1, 1, 2]);
	near(at(system.utilisation, 1), at(system.loadRps, 1) / 2000, 1e-9);
	system.budgets[1] = 2;
	add();
	add();
	assert.deepEqual(scales.slice(4), [2, 2, 2, 4, 4, 4, 4, 4]);
});

test("A rollback over a migration breaks a service for good, and one without does nothing.", () => {
	const scenario = smallScenario({ migration: Uint8Array.of(0, 1) });
	const system = atRest(scenario);
	step(system, scenario, { name: "rollback", service: 0 });
	assert.equal(system.broken[0], 0);
	step(system, scenario, { name: "rollback", service: 1 });
	for (let minute = 0; minute < 20; minute++) tick(system, scenario);
	near(at(system.errorRate, 1), 0.0505, 1e-12);
});

test("Actions take from their budgets and cost what the page says.", () => {
	const scenario = smallScenario();
	const system = atRest(scenario);
	step(system, scenario, { name: "restart", service: 1 });
	step(system, scenario, { name: "scale_up", service: 1 });
	step(system, scenario, { name: "circuit_break", service: 1 });
	step(system, scenario, { name: "rollback", service: 1 });
	step(system, scenario, { name: "wait" });
	near(system.cost, 0.02 + 0.04 + 0.01 + 0.08, 1e-12);
	assert.deepEqual([...system.budgets], [2, 1, 3, 1]);
});

test("Only services that the agent holds down count as its downtime, not those that a fault does.", () => {
	const scenario = smallScenario();
	const system = atRest(scenario);
	system.down[1] = 1;
	tick(system, scenario);
	assert.equal(system.downtimeSum, 0);
	step(system, scenario, { name: "restart", service: 1 });
	near(system.downtimeSum, 0.2, 1e-12);
	step(system, scenario, { name: "circuit_break", service: 0 });
	near(system.downtimeSum, 0.4, 1e-12);
});

test("The three decoys show and do no harm.", () => {
	const show = (decoyKind: Scenario["decoyKind"]) => {
		const scenario = smallScenario({ decoy: 1, decoyKind });
		const system = atRest(scenario);
		tick(system, scenario);
		return system;
	};
	const plain = atRest(smallScenario());
	tick(plain, smallScenario());
	near(at(show("processor").cpu, 1), 1.45 * at(plain.cpu, 1), 1e-9);
	near(at(show("memory").memory, 1), 32 + at(plain.memory, 1), 1e-9);
	near(at(show("errors").errorRate, 1), 0.0065, 1e-9);
	for (const kind of ["processor", "memory", "errors"] as const)
		assert.equal(show(kind).objectiveShare, 1);
});

function atRest(scenario: Scenario): SystemState {
	const system = newSystemState();
	restSystem(system, scenario, 0);
	return system;
}

function at(column: Float64Array, index: number): number {
	return column[index] as number;
}

function near(found: number, wanted: number, tolerance: number): void {
	assert.ok(
		Math.abs(found - wanted) <= tolerance,
		`${found} is not within ${tolerance} of ${wanted}`,
	);
}
