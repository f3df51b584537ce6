import assert from "node:assert/strict";
import { test } from "node:test";
import { mean, smallScenario } from "../testing.js";
import { normal, type Seed, STREAM, uniform } from "./random.js";
import { newSystemState, restSystem } from "./system-state.js";
import {
	binomial,
	keepTruth,
	lagOf,
	measure,
	newTelemetry,
	observedPotential,
	type Telemetry,
	type TelemetryRule,
	UNKNOWN,
} from "./telemetry.js";

const clear: TelemetryRule = {
	noise: 0.2,
	spans: 300,
	longestLag: 0,
	missing: 0,
	aliased: false,
};
const scenario = smallScenario();

test("Latency is lognormal about the truth with the task's spread; processor and memory are normal with 25 and 18 points times it.", () => {
	const measured = manyMeasurements(clear, 8000);
	const logs = measured.map(({ latencyMs }) => Math.log(at(latencyMs, 1) / 80));
	near(mean(logs), 0, 0.01);
	near(deviation(logs), 0.2, 0.01);
	const skew = mean(logs.map((log) => (log / 0.2) ** 3));
	near(skew, 0, 0.15);
	const cpu = measured.map((telemetry) => at(telemetry.cpu, 1));
	near(mean(cpu), 50, 0.3);
	near(deviation(cpu), 5, 0.2);
	const memory = measured.map((telemetry) => at(telemetry.memory, 1));
	near(mean(memory), 60, 0.2);
	near(deviation(memory), 3.6, 0.15);
});

function drawErrors(seed: Seed, n: number, p: number): number {
	return binomial(
		n,
		p,
		uniform(seed, 1, 0, STREAM.errors),
		normal(seed, 1, 0, STREAM.errorsNormal),
	);
}

test("Errors are binomial: whole counts of the sampled requests, with the mean and spread of the truth, few or many.", () => {
	for (const p of [0.0005, 0.01, 0.3, 0.97]) {
		const n = 300;
		const counts = Array.from({ length: 8000 }, (_, index) =>
			drawErrors({ low: index, high: 3 }, n, p),
		);
		assert.ok(
			counts.every(
				(count) => Number.isInteger(count) && count >= 0 && count <= n,
			),
		);
		const spread = Math.sqrt(n * p * (1 - p));
		near(mean(counts), n * p, 0.05 * spread);
		near(deviation(counts), spread, 0.04 * spread);
	}
	assert.equal(drawErrors({ low: 1, high: 1 }, 300, 0), 0);
	assert.equal(drawErrors({ low: 1, high: 1 }, 300, 1), 300);
	const none = Array.from({ length: 8000 }, (_, index) =>
		drawErrors({ low: index, high: 4 }, 120, 0.01),
	).filter((count) => count === 0).length;
	near(none / 8000, 0.99 ** 120, 0.02);
});

test("A lost sample is flagged, comes as often as the task says, and leaves the objective's status as it was.", () => {
	const measured = manyMeasurements({ ...clear, missing: 0.2 }, 8000);
	const lost = measured.filter(({ missing }) => missing[1] === 1);
	near(lost.length / 8000, 0.2, 0.015);
	for (const telemetry of lost) {
		assert.equal(telemetry.latencyMs[1], 0);
		assert.equal(telemetry.objectiveMet[1], UNKNOWN);
	}
	for (const { missing, latencyMs } of measured)
		if (missing[1] === 0) assert.ok(at(latencyMs, 1) > 0);

	const telemetry = newTelemetry({ low: 5, high: 5 });
	const system = truth(1);
	keepTruth(telemetry, system);
	measure(telemetry, system, scenario, clear);
	assert.equal(telemetry.objectiveMet[1], 1);
	system.p99Ms.fill(4000);
	keepTruth(telemetry, system);
	measure(telemetry, system, scenario, { ...clear, missing: 1 });
	assert.equal(telemetry.objectiveMet[1], 1);
	measure(telemetry, system, scenario, clear);
	assert.equal(telemetry.objectiveMet[1], 0);
});

test("The objective's status follows the noisy figures, not the truth.", () => {
	let against = 0;
	for (const telemetry of manyMeasurements(clear, 2000, 195)) {
		const noisy =
			at(telemetry.latencyMs, 1) <= 200 && at(telemetry.errorRate, 1) <= 0.01;
		assert.equal(telemetry.objectiveMet[1], noisy ? 1 : 0);
		if (!noisy) against++;
	}
	near(against / 2000, 0.45, 0.06);
});

test("A service's samples are late by a lag of its own, fixed for the incident, of each length equally often.", () => {
	const lags = [0, 0, 0];
	for (let low = 0; low < 600; low++) {
		const lag = lagOf({ low, high: 8 }, 3, 2);
		lags[lag] = (lags[lag] as number) + 1;
	}
	for (const count of lags) near(count, 200, 50);
	const exact = { ...clear, noise: 0, longestLag: 2 };
	for (let low = 0; low < 20; low++) {
		const seed = { low, high: 8 };
		const telemetry = newTelemetry(seed);
		for (let t = -3; t <= 6; t++) {
			const system = truth(t);
			system.p99Ms.fill(100 + t);
			keepTruth(telemetry, system);
			measure(telemetry, system, scenario, exact);
			if (t >= 0)
				near(at(telemetry.latencyMs, 1), 100 + t - lagOf(seed, 1, 2), 1e-9);
		}
	}
});

test("Unknown baselines move processor and memory by service, the same in each step, and are off in the other tiers.", () => {
	const exact = { ...clear, noise: 0 };
	const seen = (low: number, t: number, aliased: boolean) => {
		const telemetry = newTelemetry({ low, high: 1 });
		const system = truth(t);
		keepTruth(telemetry, system);
		measure(telemetry, system, scenario, { ...exact, aliased });
		return [at(telemetry.cpu, 1), at(telemetry.memory, 1)];
	};
	assert.deepEqual(seen(1, 4, false), [50, 60]);
	assert.deepEqual(seen(1, 4, true), seen(1, 9, true));
	const cpus = Array.from({ length: 300 }, (_, low) => seen(low, 0, true)[0]);
	const least = Math.min(...(cpus as number[]));
	const most = Math.max(...(cpus as number[]));
	assert.ok(least < 30 && most > 65, `${least}..${most}`);
});

test("Measuring twice gives the same, and another seed another noise.", () => {
	const once = (seed: Seed) => {
		const telemetry = newTelemetry(seed);
		const system = truth(3);
		keepTruth(telemetry, system);
		measure(telemetry, system, scenario, clear);
		measure(telemetry, system, scenario, clear);
		return [...telemetry.latencyMs];
	};
	assert.deepEqual(once({ low: 1, high: 1 }), once({ low: 1, high: 1 }));
	assert.notDeepEqual(once({ low: 1, high: 1 }), once({ low: 1, high: 2 }));
});

test("The observed potential is half the share seen within the objective, half the gateway's observed goodput.", () => {
	const telemetry = newTelemetry({ low: 1, high: 1 });
	assert.equal(observedPotential(telemetry, 4), 1);
	telemetry.objectiveMet.set([1, 0, UNKNOWN, 0]);
	telemetry.gatewayGoodput = 0.5;
	assert.equal(observedPotential(telemetry, 4), 0.5);
});

/** The same truth under many seeds: service 1 at `p99Ms`, .1 % errors, 50 % processor and 60 % memory. */
function manyMeasurements(
	rule: TelemetryRule,
	count: number,
	p99Ms = 80,
): Telemetry[] {
	return Array.from({ length: count }, (_, low) => {
		const telemetry = newTelemetry({ low, high: 77 });
		const system = truth(2);
		system.p99Ms.fill(p99Ms);
		keepTruth(telemetry, system);
		measure(telemetry, system, scenario, rule);
		return telemetry;
	});
}

function truth(t: number) {
	const system = newSystemState();
	restSystem(system, scenario, t);
	system.p99Ms.fill(80);
	system.errorRate.fill(0.001);
	system.cpu.fill(50);
	system.memory.fill(60);
	return system;
}

function deviation(values: readonly number[]): number {
	const centre = mean(values);
	return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
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
