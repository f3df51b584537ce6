import assert from "node:assert/strict";
import { test } from "node:test";
import { FaultClass } from "../../../../../proto/generated/nightshift/v1/FaultClass.js";
import {
	type Accepted,
	acceptedScenarios,
	anyScenario,
	mean,
	smallScenario,
	warmSystem,
} from "../../testing.js";
import type { Intervention } from "../actions.js";
import { KIND } from "../graph.js";
import { playOut, step } from "../play-out.js";
import type { Scenario } from "../scenario.js";
import {
	copySystem,
	newSystemState,
	restSystem,
	type SystemState,
} from "../system-state.js";
import { tick } from "../tick.js";
import { FAULTS } from "./catalogue.js";
import { linkIsBad } from "./flapping-network.js";

test("The catalogue has the contract's fault classes in their order, and names no unknown alias.", () => {
	const classes = Object.keys(FaultClass).filter(
		(name) => name !== FaultClass.FAULT_CLASS_UNSPECIFIED,
	);
	assert.deepEqual(
		FAULTS.map(({ faultClass }) => faultClass),
		classes,
	);
	const names = FAULTS.map(({ name }) => name);
	for (const { aliases } of FAULTS)
		for (const alias of aliases) assert.ok(names.includes(alias), alias);
});

test("A connection leak slows its root while the root's processor falls, and a restart gives the connections back.", () => {
	const scenario = rooted("db_connection_leak", 1);
	const system = atRest(scenario);
	const levels: number[] = [];
	const cpu: number[] = [];
	for (let minute = 0; minute < 20; minute++) {
		tick(system, scenario);
		levels.push(system.faultLevel);
		cpu.push(at(system.cpu, 1));
	}
	near(levels[0] as number, 0.06, 1e-12);
	near(levels[9] as number, 0.6, 1e-9);
	near(levels[19] as number, 0.88, 1e-12);
	assert.ok((cpu[19] as number) < 0.5 * (cpu[0] as number));
	assert.ok(at(system.p99Ms, 1) > 200);
	step(system, scenario, { name: "restart", service: 1 });
	assert.ok(system.fixed);
	for (let minute = 0; minute < 3; minute++) tick(system, scenario);
	assert.ok(at(system.p99Ms, 1) < 50);
});

test("A restart that fails to end a connection leak still gives the connections back, and they leak again.", () => {
	const scenario = rooted("db_connection_leak", 1, { fixProbability: 0 });
	const system = atRest(scenario);
	for (let minute = 0; minute < 12; minute++) tick(system, scenario);
	step(system, scenario, { name: "restart", service: 1 });
	assert.ok(!system.fixed);
	near(system.faultLevel, 0.06, 1e-12);
});

test("A memory leak slows its root above 64 %, kills it above 98 %, and begins again.", () => {
	const scenario = rooted("memory_leak", 1);
	const system = atRest(scenario);
	const downs: number[] = [];
	for (let minute = 0; minute < 20; minute++) {
		tick(system, scenario);
		if (at(system.errorRate, 1) === 1) downs.push(minute);
		const over = 50 + system.faultLevel - 64;
		if (over > 0 && at(system.errorRate, 1) < 1)
			near(
				at(system.utilisation, 1) / (at(system.loadRps, 1) / 1000),
				1 + (over / 10) ** 2,
				1e-9,
			);
	}
	assert.deepEqual(downs, [6, 13]);
	step(system, scenario, { name: "restart", service: 1 });
	near(system.faultLevel, -15 + 7.5, 1e-12);
	assert.ok(!system.fixed);
	step(system, scenario, { name: "rollback", service: 1 });
	assert.ok(system.fixed);
});

test("An exhausted memory halves capacity, fails 12 % and shows; a cold start follows its restart.", () => {
	const scenario = rooted("single_oom", 1);
	const system = atRest(scenario);
	tick(system, scenario);
	near(at(system.utilisation, 1), at(system.loadRps, 1) / 500, 1e-9);
	near(at(system.errorRate, 1), 0.1205, 1e-9);
	assert.ok(at(system.memory, 1) > 95);
	step(system, scenario, { name: "restart", service: 1 });
	assert.ok(system.fixed);
	tick(system, scenario);
	near(at(system.utilisation, 1), (1.4 * at(system.loadRps, 1)) / 1000, 1e-9);
});

test("A noisy neighbour slows its root while the root's processor looks idle.", () => {
	const scenario = rooted("noisy_neighbour", 1);
	const system = atRest(scenario);
	tick(system, scenario);
	near(at(system.utilisation, 1), (2.1 * at(system.loadRps, 1)) / 1000, 1e-9);
	near(at(system.cpu, 1), 50 * at(system.utilisation, 1), 1e-9);
});

test("Lock contention does not mind capacity; a bad deploy does.", () => {
	const growth = (name: string) => {
		const scenario = rooted(name, 1);
		const system = atRest(scenario);
		step(system, scenario, { name: "scale_up", service: 1 });
		const before = at(system.utilisation, 1) / at(system.loadRps, 1);
		for (let minute = 0; minute < 4; minute++) tick(system, scenario);
		return at(system.utilisation, 1) / at(system.loadRps, 1) / before;
	};
	near(growth("lock_contention"), 1, 1e-9);
	near(growth("bad_deploy"), 0.5, 1e-9);
});

test("A surge adds its traffic for 28 steps from its onset.", () => {
	const scenario = rooted("traffic_surge", 1);
	const system = atRest(scenario);
	const extra: boolean[] = [];
	for (let minute = 0; minute < 30; minute++) {
		tick(system, scenario);
		extra.push(at(system.loadRps, 1) - at(system.loadRps, 0) > 300);
	}
	assert.deepEqual(
		extra,
		Array.from({ length: 30 }, (_, t) => t < scenario.onset + 28),
	);
});

test("A flapping link is bad for two to four steps and good for as many; a breaker ends it only while it is bad.", () => {
	for (const shape of [0.1, 0.5, 0.9]) {
		const half = 2 + Math.floor(3 * shape);
		const scenario = rooted("flapping_network", 1, { shape });
		const bad = Array.from({ length: 40 }, (_, t) => linkIsBad(scenario, t));
		for (let t = 0; t + half < 40; t++)
			assert.equal(bad[t], !bad[t + half], `step ${t}`);
		for (let t = 0; t < 8; t++) {
			const system = atRest(scenario);
			for (let minute = 0; minute < t; minute++) tick(system, scenario);
			step(system, scenario, { name: "circuit_break", service: 1 });
			assert.equal(system.fixed, bad[t]);
		}
	}
});

test("A crash loop fails in two of five steps, and a restart holds it off for eight steps, its own counted.", () => {
	const scenario = rooted("crash_loop", 1);
	const crashes = (system: SystemState, steps: number) =>
		Array.from({ length: steps }, () => {
			tick(system, scenario);
			return at(system.errorRate, 1) > 0.5;
		});
	const system = atRest(scenario);
	assert.equal(crashes(system, 20).filter(Boolean).length, 8);
	step(system, scenario, { name: "restart", service: 1 });
	assert.ok(crashes(system, 7).every((crash) => !crash));
	assert.equal(crashes(system, 20).filter(Boolean).length, 8);
});

test("A provider's brown-out heals between 14 and 22 steps after its onset.", () => {
	for (const shape of [0.01, 0.99]) {
		const scenario = rooted("provider_brownout", 1, { shape });
		const system = atRest(scenario);
		let bad = 0;
		for (let minute = 0; minute < 30; minute++) {
			tick(system, scenario);
			if (at(system.errorRate, 1) > 0.02) bad++;
		}
		assert.equal(bad, shape < 0.5 ? 14 : 21);
	}
});

test("A cold cache warms by itself, sooner behind a breaker, and a restart empties it again.", () => {
	const scenario = rooted("cache_cold", 1);
	const slowness = (action?: Intervention) => {
		const system = atRest(scenario);
		for (let minute = 0; minute < 5; minute++) tick(system, scenario);
		if (action !== undefined)
			step(system, scenario, { name: action, service: 1 });
		else tick(system, scenario);
		for (let minute = 0; minute < 4; minute++) tick(system, scenario);
		return at(system.utilisation, 1) / at(system.loadRps, 1);
	};
	near(slowness() * 1000, 1 + 2.2 / (1 + 100 / 70), 1e-9);
	near(slowness("circuit_break") * 1000, 1 + 2.2 / (1 + 196 / 70), 1e-9);
	near(slowness("restart") * 1000, 1 + 2.2 / (1 + 25 / 70), 1e-9);
});

test("A retry storm stays for 30 waits, one cycle of its breaker clears most, and a restart clears none.", () => {
	const cases = acceptedScenarios("sre/hard", "retry_storm", 60);
	const storms = (act?: Intervention) =>
		cases.filter(({ scenario }) => {
			const system = warmSystem(scenario);
			const { root } = scenario;
			if (act !== undefined)
				step(system, scenario, { name: act, service: root });
			for (let minute = 0; minute < (act ? 12 : 30); minute++)
				tick(system, scenario);
			return at(system.utilisation, root) > 0.95;
		}).length;
	assert.equal(storms(), 60);
	assert.ok(storms("circuit_break") <= 15, `${storms("circuit_break")}`);
	assert.equal(storms("restart"), 60);
});

test("Each fault's fix, repeated until it holds, recovers nearly all scenarios; its trap recovers few and scores little.", () => {
	for (const fault of FAULTS) {
		if (!fault.endsByFix) continue;
		const task = fault.name === "flapping_network" ? "sre/hard" : "sre/medium";
		const cases = acceptedScenarios(task, fault.name, 25);
		const plan = fault.plans[0];
		assert.ok(plan !== undefined);
		const fixed = cases.map(({ scenario, worth }) => {
			const system = warmSystem(scenario);
			for (let minute = 0; minute < 30; minute++) {
				const action = plan(system, scenario);
				const spent =
					action.name === "circuit_break" && system.budgets[2] === 0;
				step(system, scenario, spent ? { name: "wait" } : action);
				if (action.name === "restart" && system.budgets[0] === 0) break;
			}
			return shareWonBack(playOut(system, scenario).objective, worth);
		});
		const trapped = cases.map(({ scenario, worth }) => {
			const system = warmSystem(scenario);
			for (const name of fault.traps)
				step(system, scenario, { name, service: scenario.root });
			const { objective, recovery } = playOut(system, scenario);
			return (
				Math.max(0, shareWonBack(objective, worth)) * (0.4 + 0.6 * recovery)
			);
		});
		assert.ok(mean(fixed) > 0.9, `${fault.name}: fix ${mean(fixed)}`);
		assert.ok(
			mean(trapped) < 0.25 * mean(fixed),
			`${fault.name}: trap ${mean(trapped)}`,
		);
	}
});

test("The traps that relieve do so for at least three steps in most scenarios.", () => {
	for (const [name, trap] of [
		["memory_leak", "restart"],
		["crash_loop", "restart"],
		["single_oom", "scale_up"],
		["bad_deploy", "scale_up"],
		["noisy_neighbour", "scale_up"],
	] as const) {
		const relieved = acceptedScenarios("sre/medium", name, 50).filter(
			({ scenario }) => stepsOfRelief(scenario, trap) >= 3,
		).length;
		assert.ok(relieved >= 25, `${name}: ${relieved} of 50`);
	}
});

test("A fault of a release marks its root as released and without a migration, and strikes only where it may.", () => {
	for (const fault of FAULTS.slice(1))
		for (let row = 0; row < 40; row++) {
			const { graph, root, recentRelease, migration } = anyScenario(
				"sre/hard",
				fault.name,
				row,
			);
			assert.ok(root > 0);
			assert.ok(fault.strikes.includes(graph.kinds[root] as number));
			if (!fault.fromRelease) continue;
			assert.equal(recentRelease[root], 1);
			assert.equal(migration[root], 0);
		}
	assert.equal(anyScenario("sre/hard", "no_fault", 0).root, -1);
});

/** The small scenario with a fault at one of its services, from before the first step on; a service stands in for any kind. */
function rooted(
	name: string,
	root: number,
	changes: Partial<Scenario> = {},
): Scenario {
	const fault = FAULTS.findIndex((row) => row.name === name);
	const scenario = smallScenario({ fault, root, ...changes });
	scenario.graph.kinds[root] = KIND.service;
	FAULTS[fault]?.prepare?.(scenario);
	return scenario;
}

function atRest(scenario: Scenario): SystemState {
	const system = newSystemState();
	restSystem(system, scenario, 0);
	return system;
}

/** Steps of the next 18 in which the gateway is better off for a trap taken in the seventh. */
function stepsOfRelief(scenario: Scenario, name: Intervention): number {
	const waiting = warmSystem(scenario);
	for (let minute = 0; minute < 6; minute++) tick(waiting, scenario);
	const trapped = newSystemState();
	copySystem(waiting, trapped);
	step(trapped, scenario, { name, service: scenario.root });
	tick(waiting, scenario);
	let relieved = 0;
	for (let minute = 0; minute < 18; minute++) {
		tick(waiting, scenario);
		tick(trapped, scenario);
		if (trapped.goodput > waiting.goodput + 0.01) relieved++;
	}
	return relieved;
}

function shareWonBack(objective: number, worth: Accepted["worth"]): number {
	return (objective - worth.doNothing) / (worth.ceiling - worth.doNothing);
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
