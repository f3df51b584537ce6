import assert from "node:assert/strict";
import { test } from "node:test";
import { sideBySide } from "./side-by-side.js";

const never = new AbortController().signal;

test("Jobs begin in their order, so many at once and no more.", async () => {
	const begun: number[] = [];
	const waiting: (() => void)[] = [];
	const done = sideBySide([1, 2, 3, 4], 2, never, (job) => {
		begun.push(job);
		return new Promise((resolve) => waiting.push(resolve));
	});
	assert.deepEqual(begun, [1, 2]);
	for (const expected of [
		[1, 2, 3],
		[1, 2, 3, 4],
	]) {
		waiting.pop()?.();
		await turn();
		assert.deepEqual(begun, expected);
	}
	for (const finish of waiting) finish();
	await done;
});

test("The first failure cuts the others off, waits for them and is thrown; no further job begins.", async () => {
	const begun: number[] = [];
	let other = "runs";
	await assert.rejects(
		sideBySide([1, 2, 3], 2, never, async (job, signal) => {
			begun.push(job);
			if (job === 1) throw new Error("the first");
			await aborted(signal);
			other = "cut off";
			throw new Error("the second");
		}),
		/the first/,
	);
	assert.equal(other, "cut off");
	assert.deepEqual(begun, [1, 2]);
});

test("An abort from outside ends it as a failure, also where every job bears it.", async () => {
	const controller = new AbortController();
	const begun: number[] = [];
	const done = sideBySide([1, 2], 1, controller.signal, async (job, signal) => {
		begun.push(job);
		await aborted(signal);
	});
	controller.abort(new Error("outside"));
	await assert.rejects(done, /outside/);
	assert.deepEqual(begun, [1]);
});

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) =>
		signal.addEventListener("abort", () => resolve(), { once: true }),
	);
}

function turn(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
