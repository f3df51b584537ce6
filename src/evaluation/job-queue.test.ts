import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../sessions/testing.js";
import { JobQueue } from "./job-queue.js";
import { never } from "./testing-evaluation.js";

const create = (
	jobs: readonly string[],
	clock = new ManualClock(),
	signal = never,
) => new JobQueue(jobs, (job) => job.slice(0, 1), clock, signal);

const take = async (queue: JobQueue<string>, count: number) => {
	const taken: (string | undefined)[] = [];
	for (let left = count; left > 0; left--) taken.push(await queue.next());
	return taken;
};

test("One lane is given the jobs in their order.", async () => {
	const jobs = ["a1", "b1", "a2", "b2", "b3", "a3"];
	const queue = create(jobs);
	for (const expected of jobs) {
		assert.equal(await queue.next(), expected);
		queue.over(expected);
	}
	assert.equal(await queue.next(), undefined);
});

test("Several lanes share the groups: one that is slow does not have them all.", async () => {
	const queue = create(["a1", "a2", "a3", "a4", "b1", "b2", "b3", "c1"]);
	assert.deepEqual(await take(queue, 4), ["a1", "b1", "c1", "a2"]);
	queue.over("b1");
	assert.equal(await queue.next(), "b2");
	queue.over("b2");
	queue.over("c1");
	assert.deepEqual(await take(queue, 3), ["b3", "a3", "a4"]);
});

test("A job that comes again waits for its time and then behind the others; a lane waits for it.", async () => {
	const clock = new ManualClock();
	const queue = create(["a1", "a2"], clock);
	assert.equal(await queue.next(), "a1");
	queue.again("a1", 1000);
	assert.equal(await queue.next(), "a2");
	queue.over("a2");
	const next = queue.next();
	clock.advance(999);
	let isThere = false;
	void next.then(() => {
		isThere = true;
	});
	await Promise.resolve();
	assert.equal(isThere, false);
	clock.advance(1);
	assert.equal(await next, "a1");
	const last = queue.next();
	queue.over("a1");
	assert.equal(await last, undefined);
});

test("The signal sends all lanes home, also those that wait.", async () => {
	const stopping = new AbortController();
	const clock = new ManualClock();
	const queue = create(["a1", "a2"], clock, stopping.signal);
	assert.equal(await queue.next(), "a1");
	queue.again("a1", 5);
	assert.equal(await queue.next(), "a2");
	const waiting = queue.next();
	stopping.abort();
	assert.equal(await waiting, undefined);
	clock.advance(10);
	assert.equal(await queue.next(), undefined);
});
