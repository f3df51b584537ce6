import assert from "node:assert/strict";
import { test } from "node:test";
import { interquartileMean } from "./interquartile-mean.js";
import { studentQuantile } from "./student-t.js";

test("The mean of the middle half leaves a quarter out at each end, in any order.", () => {
	assert.equal(interquartileMean([100, 1, 3, 2, 5, 4, -7, 6]).mean, 3.5);
	assert.equal(interquartileMean([4, 2, 9]).mean, 5);
	assert.equal(interquartileMean([4]).halfWidth, undefined);
	assert.throws(() => interquartileMean([]), RangeError);
});

test("Its interval is that of the winsorised values over the share that is kept.", () => {
	// Winsorised: 2, 2, 2, 3, 4, 5, 5, 5, with mean 3.5 and squared deviations 14.
	const { halfWidth } = interquartileMean([100, 1, 3, 2, 5, 4, -7, 6]);
	assert.ok(
		Math.abs(
			(halfWidth as number) -
				(studentQuantile(0.95, 3) * Math.sqrt(14 / 7 / 8)) / 0.5,
		) < 1e-12,
	);
});
