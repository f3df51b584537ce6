import assert from "node:assert/strict";
import { test } from "node:test";
import type { EpisodeOutcome } from "./evaluation-file.js";
import { Tally } from "./tally.js";

const over = (
	score: number,
	seconds: number,
	changes: Partial<EpisodeOutcome> = {},
): EpisodeOutcome => ({
	kind: "episode",
	agent: "a",
	agentVersion: "1",
	task: "t",
	taskVersion: 1,
	split: "test",
	seed: "1",
	outcome: "ended",
	score,
	seconds,
	...changes,
});

test("Episodes are counted and averaged for each agent on each task.", () => {
	const tally = new Tally();
	const row = tally.rowOf({ agent: "a", task: "t" });
	assert.equal(typeof row.score, "undefined");
	row.add(over(0.25, 1));
	assert.deepEqual({ ...row.score }, { mean: 0.25, halfWidth: undefined });
	tally.rowOf(over(0, 0)).add(over(0.75, 3, { outcome: "limit" }));
	row.add(over(0.5, 2, { outcome: "agent-failed" }));
	tally.rowOf({ agent: "b", task: "t" }).queued = 2;
	assert.equal(row.score?.mean, 0.5);
	// Student's t of two degrees of freedom, times 0.25 / sqrt(3).
	assert.ok(Math.abs((row.score?.halfWidth ?? 0) - 0.621) < 0.001);
	assert.deepEqual(
		[row.done, row.limited, row.agentFailed, row.meanSeconds],
		[3, 1, 1, 2],
	);
	assert.deepEqual(
		tally.rows.map(({ agent, total }) => [agent, total]),
		[
			["a", 3],
			["b", 2],
		],
	);
	assert.equal(
		tally.sum(({ total }) => total),
		5,
	);
});

test("The time that is left follows from the episodes before, and is told to be a part where some are not known yet.", () => {
	const tally = new Tally();
	const slow = tally.rowOf({ agent: "a", task: "slow" });
	const fast = tally.rowOf({ agent: "a", task: "fast" });
	slow.queued = 3;
	fast.queued = 4;
	assert.equal(tally.timeLeft(2), undefined);
	fast.add(over(1, 2));
	assert.deepEqual(tally.timeLeft(2), { seconds: 4, atLeast: true });
	slow.add(over(1, 10));
	slow.running = 2;
	assert.deepEqual(tally.timeLeft(2), { seconds: 24, atLeast: false });
	slow.queued = slow.running = fast.queued = 0;
	assert.equal(tally.timeLeft(2), undefined);
});
