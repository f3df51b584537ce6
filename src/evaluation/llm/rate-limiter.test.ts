import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../sessions/testing.js";
import { RateLimiter } from "./rate-limiter.js";

const never = new AbortController().signal;

/** Begins requests, and gives the seconds at which each began. */
function begin(limiter: RateLimiter, clock: ManualClock, count: number) {
	const zero = clock.now();
	const begun: number[] = [];
	for (let place = 0; place < count; place++)
		void limiter
			.take(never)
			.then(() => begun.push((clock.now() - zero) / 1000));
	return begun;
}

async function settle(): Promise<void> {
	await new Promise((resolve) => setImmediate(resolve));
}

/** Second by second, so that what is begun is known to the second. */
async function pass(clock: ManualClock, seconds: number): Promise<void> {
	for (let second = 0; second < seconds; second++) {
		clock.advance(1000);
		await settle();
	}
}

test("Requests begin evenly spaced, in the order in which they were asked for.", async () => {
	const clock = new ManualClock();
	const limiter = new RateLimiter(5, clock);
	const begun = begin(limiter, clock, 3);
	await settle();
	assert.deepEqual(begun, [0]);
	await pass(clock, 24);
	assert.deepEqual(begun, [0, 12, 24]);
	await pass(clock, 100);
	const later = begin(limiter, clock, 2);
	await settle();
	await pass(clock, 12);
	assert.deepEqual(later, [0, 12], "a pause is not made up for");
});

test("Without a limit requests begin at once, and a hold stops all of them.", async () => {
	const clock = new ManualClock();
	const limiter = new RateLimiter(0, clock);
	const free = begin(limiter, clock, 2);
	await settle();
	assert.deepEqual(free, [0, 0]);
	limiter.hold(3000);
	limiter.hold(1000);
	const held = begin(limiter, clock, 2);
	await pass(clock, 3);
	assert.deepEqual(held, [3, 3]);
});

test("A hold that comes while requests wait holds for them, too.", async () => {
	const clock = new ManualClock();
	const limiter = new RateLimiter(60, clock);
	const begun = begin(limiter, clock, 2);
	await settle();
	limiter.hold(10_000);
	await pass(clock, 10);
	assert.deepEqual(begun, [0, 10]);
});

test("A request that is given up while it waits takes no turn.", async () => {
	const clock = new ManualClock();
	const limiter = new RateLimiter(60, clock);
	await limiter.take(never);
	const giving = new AbortController();
	const given = limiter.take(giving.signal);
	const begun = begin(limiter, clock, 1);
	giving.abort(new Error("enough"));
	await assert.rejects(given, /enough/);
	await pass(clock, 1);
	assert.deepEqual(begun, [1]);
	await assert.rejects(limiter.take(giving.signal), /enough/);
});
