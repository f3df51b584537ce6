import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeLeft } from "./time-left.js";

const waiting = (task: string, policy: string, epochs = 0, seconds = 0) => ({
	task: { id: task, budget: 100 },
	policy: { name: policy },
	epochs,
	seconds,
});

test("The rest is counted in epochs at the pace of the task, side by side.", () => {
	const left = new TimeLeft(2);
	left.played("a", "short", { epochs: 10, seconds: 20 });
	left.played("a", "none", { epochs: 0, seconds: 1 });
	assert.deepEqual(
		left.estimate([
			waiting("a", "short"),
			waiting("a", "none"),
			waiting("a", "new"),
			waiting("a", "short", 4, 9),
		]),
		{ seconds: (10 * 2 + 0 + 100 * 2 + 6 * 2) / 2, atLeast: false },
	);
});

test("A task that was not played yet is counted at the pace of its running episode, and without one the rest is a lower bound.", () => {
	const left = new TimeLeft(1);
	assert.deepEqual(left.estimate([waiting("a", "x", 20, 60)]), {
		seconds: 240,
		atLeast: false,
	});
	left.played("a", "x", { epochs: 1, seconds: 1 });
	assert.deepEqual(left.estimate([waiting("a", "x"), waiting("b", "x")]), {
		seconds: 1,
		atLeast: true,
	});
	assert.deepEqual(left.estimate([]), { seconds: 0, atLeast: false });
});
