import assert from "node:assert/strict";
import { test } from "node:test";
import { exponential } from "./exponential.js";
import {
	dropShare,
	finalFailure,
	meanWaitMs,
	overloadWaitMs,
	passShare,
	timeoutProbability,
} from "./queueing.js";

test("The exponential agrees with the machine's to twelve digits.", () => {
	for (let x = -40; x <= 40; x += 0.37)
		near(exponential(x) / Math.exp(x), 1, 1e-12);
	assert.equal(exponential(0), 1);
});

test("The mean wait is Sakasegawa's with its exponent rounded, and is bounded at a utilisation of .985.", () => {
	for (const [servers, exponent] of [
		[4, 2],
		[8, 3],
		[16, 5],
	] as const) {
		for (const rho of [0.1, 0.5, 0.9])
			near(
				meanWaitMs(rho, 6, servers),
				(6 * rho ** exponent) / (servers * (1 - rho)),
				1e-12,
			);
		assert.ok(Math.abs(Math.sqrt(2 * (servers + 1)) - 1 - exponent) < 0.35);
		assert.equal(meanWaitMs(3, 6, servers), meanWaitMs(0.985, 6, servers));
	}
});

test("An overloaded service drops what it cannot do, passes on less, and its line costs up to half a second.", () => {
	assert.equal(dropShare(0.9), 0);
	assert.equal(dropShare(2), 0.5);
	assert.equal(passShare(0.9), 1);
	assert.equal(passShare(2), 0.75);
	near(overloadWaitMs(1.1), 250, 1e-9);
	assert.equal(overloadWaitMs(4), 500);
});

test("A deadline at the mean is missed by 40 % of calls, at the 99th percentile by 1 %, and far from both by all or none.", () => {
	near(timeoutProbability(100, 100, 400), 0.4, 1e-12);
	near(timeoutProbability(120, 100, 400), 0.01, 2e-4);
	assert.equal(timeoutProbability(10, 100, 400), 1);
	assert.equal(timeoutProbability(300, 100, 400), 0);
});

test("The table of timeouts follows its formula to the width of its steps and never rises with the deadline.", () => {
	let last = 1;
	for (let distance = -2.99; distance < 4.99; distance += 0.013) {
		const found = timeoutProbability(1000 + 20 * distance, 1000, 400);
		near(found, 1 / (1 + 1.5 * Math.exp(4.19 * distance)), 0.0045);
		assert.ok(found <= last);
		last = found;
	}
});

test("Retries save only the uncorrelated failures.", () => {
	for (const failure of [0, 0.2, 0.7])
		for (const retries of [1, 2, 3])
			near(
				finalFailure(failure, failure ** retries),
				failure * (0.4 + 0.6 * failure ** retries),
				1e-12,
			);
	assert.equal(finalFailure(1, 1), 1);
});

function near(found: number, wanted: number, tolerance: number): void {
	assert.ok(
		Math.abs(found - wanted) <= tolerance,
		`${found} is not within ${tolerance} of ${wanted}`,
	);
}
