import assert from "node:assert/strict";
import { test } from "node:test";
import { meanInterval, studentQuantile } from "./student-t.js";

test("Quantiles are those of the printed tables, for odd and even degrees of freedom.", () => {
	const table: readonly (readonly [number, number, number])[] = [
		[0.95, 1, 12.706204736],
		[0.95, 2, 4.302652729911],
		[0.95, 3, 3.182446305284],
		[0.95, 4, 2.776445105198],
		[0.95, 5, 2.570581835636],
		[0.95, 10, 2.228138851965],
		[0.95, 29, 2.045229642133],
		[0.95, 1000, 1.962339080793],
		[0.99, 7, 3.49948329735],
		[0.5, 1, 1],
	];
	for (const [probability, degrees, expected] of table) {
		const found = studentQuantile(probability, degrees);
		assert.ok(
			Math.abs(found - expected) < 1e-8,
			`t(${probability}, ${degrees}) = ${found}, not ${expected}`,
		);
	}
});

test("For three values the interval is the closed form's: t with 2 degrees of freedom is p / sqrt((1 - p^2) / 2).", () => {
	const values = [0.7, 0.8, 0.75];
	const deviation = 0.05;
	const t = 0.95 / Math.sqrt((1 - 0.95 ** 2) / 2);
	const { mean, halfWidth } = meanInterval(values);
	assert.ok(Math.abs(mean - 0.75) < 1e-12);
	assert.ok(
		Math.abs((halfWidth as number) - (t * deviation) / Math.sqrt(3)) < 1e-12,
	);
});

test("Equal values have no width, one value has no interval, and none is an error.", () => {
	assert.deepEqual(meanInterval([0.5, 0.5]), { mean: 0.5, halfWidth: 0 });
	assert.deepEqual(meanInterval([0.5]), { mean: 0.5, halfWidth: undefined });
	assert.throws(() => meanInterval([]), RangeError);
});
