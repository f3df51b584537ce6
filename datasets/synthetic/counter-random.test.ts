import assert from "node:assert/strict";
import { test } from "node:test";
import { CounterRandom } from "./counter-random.js";

test("a stream is a function of its key", () => {
	const draws = (...key: number[]) => {
		const random = new CounterRandom(...key);
		return Array.from({ length: 20 }, () => random.unit());
	};
	assert.deepEqual(draws(7, 0, 3), draws(7, 0, 3));
	for (const other of [
		[7, 0, 4],
		[7, 3, 0],
		[8, 0, 3],
		[7, 0, 3, 0],
	])
		assert.notDeepEqual(draws(...other), draws(7, 0, 3));
});

test("uniform numbers fill their range evenly, within a stream and across streams", () => {
	const along = new CounterRandom(1);
	for (const draw of [
		() => along.unit(),
		(index: number) => new CounterRandom(7, 0, index).unit(),
	]) {
		const bins = Array.from({ length: 10 }, () => 0);
		for (let index = 0; index < 20_000; index++) {
			const value = draw(index);
			assert.ok(value >= 0 && value < 1);
			bins[Math.floor(value * 10)] =
				(bins[Math.floor(value * 10)] as number) + 1;
		}
		// Chi-squared with 9 degrees of freedom lies below 33.7 in 9,999 of 10,000 cases.
		assert.ok(
			bins.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0) < 33.7,
		);
	}
});

test("normal numbers have mean 0 and the deviation asked for", () => {
	const random = new CounterRandom(2);
	const draws = Array.from({ length: 20_000 }, () => random.normal(3));
	const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
	const deviation = Math.sqrt(
		draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length,
	);
	assert.ok(Math.abs(mean) < 0.1 && Math.abs(deviation - 3) < 0.06);
});

test("whole numbers, ranges, choices and chances keep within their bounds", () => {
	const random = new CounterRandom(3);
	for (let draw = 0; draw < 1_000; draw++) {
		const whole = random.below(7);
		assert.ok(Number.isInteger(whole) && whole >= 0 && whole < 7);
		const between = random.between(-2, 5);
		assert.ok(between >= -2 && between < 5);
		assert.ok(["a", "b"].includes(random.pick(["a", "b"])));
		assert.equal(random.chance(0), false);
		assert.equal(random.chance(1), true);
	}
});
