import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type Contender,
	contest,
	figuresOf,
	keepUnderWay,
	type Pace,
	ratioOf,
} from "./contest.js";
import { tell } from "./figures.js";

const paces: Pace[] = [
	{ aSecond: 100, aCoreSecond: 300, p99: 5 },
	{ aSecond: 120, aCoreSecond: 200, p99: 4 },
	{ aSecond: 90, aCoreSecond: 600, p99: 9 },
];

test("Figures are medians of rounds with their range, and a ratio is that of the same rounds.", () => {
	assert.deepEqual(figuresOf("them", paces, "steps/s"), [
		{ figure: "them", value: 100, unit: "steps/s", range: [90, 120] },
		{
			figure: "them, a core of server",
			value: 300,
			unit: "steps/s",
			range: [200, 600],
		},
		{ figure: "them, p99", value: 5, unit: "ms", range: [4, 9] },
	]);
	const ours = [600, 600, 600].map((aCoreSecond) => ({
		aSecond: 1,
		aCoreSecond,
		p99: 1,
	}));
	const ratio = ratioOf("us / them", ours, paces);
	assert.deepEqual(ratio, {
		figure: "us / them",
		value: 2,
		unit: "ratio",
		range: [1, 3],
	});
	assert.match(tell(ratio), /us \/ them +2\.00 ratio \(1\.00 to 3\.00\)$/);
	const [first] = figuresOf("once", paces.slice(0, 1), "calls/s");
	assert.deepEqual(first, { figure: "once", value: 100, unit: "calls/s" });
});

test("A contest asks all in turns, round after round, and counts processor time between its samples.", async () => {
	const log: string[] = [];
	const contender = (label: string, seconds: number): Contender => {
		let processor = 0;
		return {
			label,
			server: {
				sample: () =>
					Promise.resolve({ processor, memory: null, threads: null }),
			},
			play: () => {
				log.push(label);
				processor += seconds;
				return Promise.resolve({ count: 60, times: [1, 2, 3] });
			},
			leave: () => log.push(`${label} left`),
		};
	};
	const measured = await contest([contender("a", 2), contender("b", 3)], {
		warmUpMs: 0,
		rounds: 2,
		roundMs: 0,
		progress: () => {},
	});
	assert.deepEqual(log, ["a", "b", "a", "b", "a", "b", "a left", "b left"]);
	assert.deepEqual(
		measured.map((rounds) => rounds.map(({ aCoreSecond }) => aCoreSecond)),
		[
			[30, 30],
			[20, 20],
		],
	);
	assert.equal(measured[0]?.[0]?.p99, 3);
});

test("Every call that is kept under way is counted, with its steps, whichever is answered first.", async () => {
	let calls = 0;
	const played = await keepUnderWay(4, performance.now() + 20, async () => {
		calls += 1;
		await new Promise(setImmediate);
		return 8;
	});
	assert.ok(calls >= 4);
	assert.equal(played.count, calls * 8);
	assert.equal(played.times.length, calls);
});
