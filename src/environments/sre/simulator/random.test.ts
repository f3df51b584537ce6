import assert from "node:assert/strict";
import { test } from "node:test";
import { Draws, hash, normal, STREAM, scatter, uniform } from "./random.js";

const seed = { low: 12_345, high: -678 };

test("A random number depends on nothing but seed, time, node and stream, and is the same on every machine.", () => {
	assert.deepEqual(
		[
			hash(seed, 3, 2, STREAM.latency),
			hash(seed, -7, 0, STREAM.load),
			hash({ low: 12_346, high: -678 }, 3, 2, STREAM.latency),
			hash({ low: 12_345, high: -677 }, 3, 2, STREAM.latency),
		],
		FIXED,
	);
});

test("Uniform numbers fill the interval evenly, along time, node, stream and seed.", () => {
	for (const draw of [
		(index: number) => uniform(seed, index % 45, index >> 10, (index / 45) & 7),
		(index: number) => uniform({ low: index, high: 1 }, 0, 0, 0),
		(index: number) => uniform({ low: 1, high: scatter(index) }, 5, 1, 9),
	]) {
		const shares = new Float64Array(16);
		const count = 16_384;
		let products = 0;
		for (let index = 0; index < count; index++) {
			const value = draw(index);
			shares[Math.floor(16 * value)] =
				(shares[Math.floor(16 * value)] as number) + 16 / count;
			products += ((value - 0.5) * (draw(index + 1) - 0.5) * 12) / count;
		}
		for (const share of shares) assert.ok(Math.abs(share - 1) < 0.15);
		assert.ok(Math.abs(products) < 0.03, `${products} of correlation`);
	}
});

test("Normal numbers have the standard normal distribution's moments and shares.", () => {
	const count = 60_000;
	const sums = [0, 0, 0, 0];
	let withinOne = 0;
	let beyondThree = 0;
	for (let index = 0; index < count; index++) {
		const value = normal({ low: index, high: 9 }, 1, 1, STREAM.cpu);
		for (let power = 0; power < 4; power++)
			sums[power] = (sums[power] as number) + value ** (power + 1) / count;
		if (Math.abs(value) < 1) withinOne++;
		if (Math.abs(value) > 3) beyondThree++;
	}
	const wanted = [0, 1, 0, 3];
	sums.forEach((sum, power) => {
		assert.ok(
			Math.abs(sum - (wanted[power] as number)) < 0.08,
			`moment ${power + 1} is ${sum}`,
		);
	});
	assert.ok(Math.abs(withinOne / count - 0.6827) < 0.006);
	assert.ok(Math.abs(beyondThree / count - 0.0027) < 0.001);
});

test("Draws of a seed repeat, and those of another seed differ.", () => {
	const first = new Draws(seed);
	const again = new Draws(seed);
	const other = new Draws({ low: 12_346, high: -678 });
	const values = Array.from({ length: 20 }, () => first.unit());
	assert.deepEqual(
		Array.from({ length: 20 }, () => again.unit()),
		values,
	);
	assert.notDeepEqual(
		Array.from({ length: 20 }, () => other.unit()),
		values,
	);
	const bounded = Array.from({ length: 200 }, () => first.below(3));
	assert.deepEqual(
		[...new Set(bounded)].sort((a, b) => a - b),
		[0, 1, 2],
	);
});

test("Scattering joins no two integers.", () => {
	const scattered = new Set<number>();
	for (let value = -20_000; value < 20_000; value++)
		scattered.add(scatter(value));
	assert.equal(scattered.size, 40_000);
});

/** Computed apart, in another language. */
const FIXED = [1_532_521_634, 1_165_944_744, 956_897_839, 2_302_270_227];
