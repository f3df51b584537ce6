import assert from "node:assert/strict";
import { test } from "node:test";
import { meanInterval, studentQuantile } from "../student-t.js";
import { stratifiedMean } from "./stratified-mean.js";

test("Of one group it is the mean with Student's interval.", () => {
	const values = [0.1, 0.4, 0.7, 0.9];
	const { mean, halfWidth } = stratifiedMean([values]);
	const expected = meanInterval(values);
	assert.ok(Math.abs(mean - expected.mean) < 1e-12);
	assert.ok(
		Math.abs((halfWidth as number) - (expected.halfWidth as number)) < 1e-12,
	);
});

test("Groups weigh the same whatever their sizes, and their variances add.", () => {
	// Means 0 and 1, variances of the means 2/2 = 1 and (2/3)/4 = 1/6.
	const { mean, halfWidth } = stratifiedMean([
		[-1, 1],
		[0, 1, 1, 2],
	]);
	assert.equal(mean, 0.5);
	// Welch and Satterthwaite: (7/6)^2 / (1 + (1/6)^2 / 3), which is 1.34.
	const expected = (studentQuantile(0.95, 1) * Math.sqrt(7 / 6)) / 2;
	assert.ok(Math.abs((halfWidth as number) - expected) < 1e-9);
});

test("A group of one value leaves the interval open, no group at all is refused.", () => {
	assert.deepEqual(stratifiedMean([[0.25], [0.5, 1]]), {
		mean: 0.5,
		halfWidth: undefined,
	});
	assert.throws(() => stratifiedMean([]), RangeError);
	assert.throws(() => stratifiedMean([[1], []]), RangeError);
});
