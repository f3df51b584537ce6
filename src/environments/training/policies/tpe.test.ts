import assert from "node:assert/strict";
import { test } from "node:test";
import { RandomStream } from "../../../../workers/random-stream.js";
import type { Tried } from "./search.js";
import { drawPoint, type Point, SEARCH_SPACE } from "./search-space.js";
import { parzenEstimate, proposePoint } from "./tpe.js";

const { optimizer, rate } = SEARCH_SPACE;
const streamOf = (name: string) => new RandomStream(new Uint8Array(32), name);

test("A Parzen estimate sums to 1, is even without trials, and peaks at the levels that were seen.", () => {
	for (const dimension of [optimizer, rate])
		for (const seen of [[], [0], [2, 2], [0, 1, 2]]) {
			const shares = parzenEstimate(dimension, seen);
			const sum = shares.reduce((total, share) => total + share, 0);
			assert.ok(Math.abs(sum - 1) < 1e-12);
			assert.ok(shares.every((share) => share > 0));
		}
	const third = 1 / 3;
	assert.deepEqual(parzenEstimate(optimizer, []), [third, third, third]);
	assert.deepEqual(parzenEstimate(optimizer, [1]), [
		third / 2,
		(1 + third) / 2,
		third / 2,
	]);
	const shares = parzenEstimate(rate, [2, 2, 3]) as [number, number, number];
	assert.equal(Math.max(...shares), shares[2]);
	// Unlike a choice, what lies beside it gains too.
	assert.ok(shares[1] > shares[0]);
});

test("A kernel is as wide as the farther neighbour or end is away, and at least one level.", () => {
	for (const [level, beside, width] of [
		[2, 3, 4],
		[5, 4, 5],
	] as const) {
		const even = 1 / 14;
		const shares = parzenEstimate(rate, [level]) as number[];
		const fall =
			((shares[beside] as number) - even) / ((shares[level] as number) - even);
		assert.ok(Math.abs(fall - Math.exp(-1 / width ** 2 / 2)) < 1e-12);
	}
	const crowded = parzenEstimate(rate, [0, 1, 2, 3, 4, 5, 6]) as number[];
	assert.ok((crowded[3] as number) > (crowded[0] as number));
});

test("The first four trials are drawn as random ones are; later ones gather where trials were good.", () => {
	const value = (point: Point) =>
		-Math.abs(point.rate - 5) - Math.abs(point.augmentation - 3);
	const drawn = streamOf("drawn");
	const guided = streamOf("drawn");
	const tried: Tried[] = [];
	for (let trial = 0; trial < 60; trial++) {
		const point = proposePoint(tried, guided);
		if (trial < 4) assert.deepEqual(point, drawPoint(drawn));
		tried.push({ point, reached: value(point) });
	}
	const meanOf = (some: readonly Tried[]) =>
		some.reduce((sum, { reached }) => sum + reached, 0) / some.length;
	const byChance = Array.from({ length: 40 }, () => {
		const point = drawPoint(drawn);
		return { point, reached: value(point) };
	});
	assert.ok(meanOf(tried.slice(20)) > meanOf(byChance) + 1);
});

test("Trials that all came to the same, as when each diverged, leave every proposal within the table.", () => {
	const stream = streamOf("same");
	const tried: Tried[] = [];
	for (let trial = 0; trial < 12; trial++) {
		const point = proposePoint(tried, stream);
		for (const [name, level] of Object.entries(point))
			assert.ok(
				level >= 0 && level < SEARCH_SPACE[name as keyof Point].levels.length,
			);
		tried.push({ point, reached: 0 });
	}
});
