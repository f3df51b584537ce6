import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedScenarios, anyScenario, warmSystem } from "../testing.js";
import { ceiling, objectiveOfWaiting } from "./ceiling.js";
import { FAULTS } from "./faults/catalogue.js";
import { playOut } from "./play-out.js";
import { newSystemState, restSystem } from "./system-state.js";
import { tick } from "./tick.js";
import { isHealthyWithoutFault, judge } from "./validity.js";

test("Every accepted scenario is healthy without its fault over a whole episode.", () => {
	for (const fault of FAULTS)
		for (const { scenario } of acceptedScenarios("sre/hard", fault.name, 6)) {
			const healthy = { ...scenario, fault: 0, root: -1, decoy: -1 };
			const system = newSystemState();
			restSystem(system, healthy, -8);
			for (let minute = 0; minute < 38; minute++) {
				tick(system, healthy);
				assert.equal(system.objectiveShare, 1);
				assert.ok(system.goodput >= 0.985);
				assert.ok((system.p99Ms[0] as number) < 150);
			}
		}
});

test("Every accepted scenario is harmful and solvable, unless it heals by itself or has no fault.", () => {
	for (const fault of FAULTS)
		for (const { worth } of acceptedScenarios("sre/hard", fault.name, 12)) {
			const { doNothing, ceiling: best } = worth;
			if (fault.name === "no_fault") {
				assert.equal(best, doNothing);
				assert.ok(best > 0.98);
			} else if (fault.healsItself) {
				assert.ok(best >= 0.6 && doNothing < 0.9 && best >= doNothing);
			} else assert.ok(best >= 0.78 && best - doNothing >= 0.15);
		}
});

test("Scenarios that are ill in health, or whose fault harms little, are rejected for that.", () => {
	const reasons = new Set<string>();
	for (let row = 0; row < 40; row++) {
		const verdict = judge(anyScenario("sre/medium", "crash_loop", row));
		if (!verdict.accepted) reasons.add(verdict.reason);
	}
	assert.deepEqual([...reasons], ["harmless"]);
	const scenario = anyScenario("sre/medium", "bad_deploy", 0);
	assert.ok(isHealthyWithoutFault(scenario));
	scenario.capacityRps.forEach((rps, k) => {
		scenario.capacityRps[k] = rps / 3;
	});
	assert.deepEqual(judge(scenario), {
		accepted: false,
		reason: "ill without its fault",
	});
});

test("The worth of a scenario does not change the system, and is that of waiting and of the best plan.", () => {
	for (const { scenario, worth } of acceptedScenarios(
		"sre/medium",
		"lock_contention",
		5,
	)) {
		const system = warmSystem(scenario);
		const before = structuredClone(system);
		assert.equal(objectiveOfWaiting(system, scenario), worth.doNothing);
		assert.equal(ceiling(system, scenario, worth.doNothing), worth.ceiling);
		assert.deepEqual(system, before);
		assert.equal(playOut(system, scenario).objective, worth.doNothing);
	}
});
