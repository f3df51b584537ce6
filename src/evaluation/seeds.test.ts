import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSeeds } from "./seeds.js";

test("Seeds are numbers and ranges, each once, in the order of their mention.", () => {
	assert.deepEqual(parseSeeds("1..3"), ["1", "2", "3"]);
	assert.deepEqual(parseSeeds("7, 2..4,3,07"), ["7", "2", "3", "4"]);
	assert.deepEqual(parseSeeds("18446744073709551615"), [
		"18446744073709551615",
	]);
	assert.equal(parseSeeds("0..9999").length, 10_000);
});

test("What is no seed, a range that runs backwards and too many seeds are told in a sentence.", () => {
	for (const text of [
		"",
		"x",
		"1,",
		"1.5",
		"-1",
		"3..1",
		"1..",
		"18446744073709551616",
		"0..10000",
		"0..18446744073709551615",
	])
		assert.throws(
			() => parseSeeds(text),
			(error: unknown) =>
				error instanceof RangeError &&
				error.message.startsWith(`"${text}" is not allowed; seeds from 0`),
			text,
		);
});
