import assert from "node:assert/strict";
import { test } from "node:test";
import type { PerformContext } from "../environments/environment.js";
import { NightshiftError } from "../errors.js";
import { caller, Gate, patient, refused } from "./testing.js";
import { type Caller, WorkInProgress } from "./work-in-progress.js";

const five = { number: "5", fingerprint: "five" };

function gated(gate: Gate, begun: string[] = []) {
	return async ({ signal, onTiming }: PerformContext) => {
		begun.push("begun");
		await gate.pass(signal);
		onTiming({ queueMs: 3, computeMs: 4 });
		return { value: 42, timing: undefined };
	};
}

function shutGate(): Gate {
	const gate = new Gate();
	gate.shut();
	return gate;
}

test("Callers of the same numbered call share one run of the work, and each gets its answer with the time that it took.", async () => {
	const gate = shutGate();
	const begun: string[] = [];
	const work = new WorkInProgress();
	const first = work.run(five, patient, gated(gate, begun));
	assert.equal(work.isBusyWith(five), "same");
	assert.equal(work.isBusyWith({ ...five, fingerprint: "else" }), "other");
	assert.equal(
		work.isBusyWith({ number: undefined, fingerprint: "five" }),
		"other",
	);
	const second = work.run(five, patient, gated(gate, begun));
	await gate.holds();
	gate.open();
	const expected = { value: 42, timing: { queue_ms: 3, compute_ms: 4 } };
	assert.deepEqual(await Promise.all([first, second]), [expected, expected]);
	assert.deepEqual(begun, ["begun"]);
	assert.equal(work.isBusyWith(five), "nothing");
});

test("Two equal calls without a number are not the same call.", async () => {
	const gate = shutGate();
	const work = new WorkInProgress();
	const call = { number: undefined, fingerprint: "x" };
	const running = work.run(call, patient, gated(gate));
	assert.equal(work.isBusyWith(call), "other");
	gate.open();
	await running;
});

test("The work goes on while one of its callers stays, and the one that left is answered at once.", async () => {
	const gate = shutGate();
	const work = new WorkInProgress();
	const leaver = caller();
	const left = work.run(five, leaver, gated(gate));
	const stayed = work.run(five, patient, gated(gate));
	await gate.holds();
	leaver.leave();
	await assert.rejects(left, refused("CALL_CANCELLED"));
	assert.equal(work.isRunning, true);
	gate.open();
	assert.equal((await stayed).value, 42);
});

test("When the last caller leaves, the work is cancelled, and who waits for it to stop goes on.", async () => {
	const gate = shutGate();
	const work = new WorkInProgress();
	const callers = [caller(), caller()];
	const runs = callers.map((one) => work.run(five, one, gated(gate)));
	await gate.holds();
	for (const one of callers) one.leave();
	await work.stopped();
	assert.equal(work.isRunning, false);
	for (const run of runs) await assert.rejects(run, refused("CALL_CANCELLED"));
});

test("A caller that was gone before it called does not get an answer.", async () => {
	const work = new WorkInProgress();
	const gone = caller();
	gone.leave();
	await assert.rejects(
		work.run(five, gone, gated(new Gate())),
		refused("CALL_CANCELLED"),
	);
	await work.stopped();
	assert.equal(work.isRunning, false);
});

test("Cancelled from outside, every caller gets the reason.", async () => {
	const gate = shutGate();
	const work = new WorkInProgress();
	const runs = [patient, patient].map((one) =>
		work.run(five, one, gated(gate)),
	);
	await gate.holds();
	work.cancel(new NightshiftError("SERVER_DRAINING", "closing"));
	for (const run of runs)
		await assert.rejects(run, refused("SERVER_DRAINING", /closing/));
	await work.settled();
	assert.equal(work.isRunning, false);
});

test("Work that fails leaves room for the next.", async () => {
	const work = new WorkInProgress();
	await assert.rejects(
		work.run(five, patient, () => Promise.reject(new Error("broken"))),
		/broken/,
	);
	assert.equal((await work.run(five, patient, gated(new Gate()))).value, 42);
});

test("Progress is told to every caller that is there, and not to one that left.", async () => {
	const gate = shutGate();
	const work = new WorkInProgress();
	const told: string[] = [];
	const leaver = caller();
	const listening = (name: string, { signal }: Pick<Caller, "signal">) => ({
		signal,
		onProgress: () => told.push(name),
	});
	const tell = async ({ signal, onProgress }: PerformContext) => {
		onProgress({});
		await gate.pass(signal);
		onProgress({});
		return {};
	};
	const left = work.run(five, listening("leaver", leaver), tell);
	const stayed = work.run(five, listening("stayer", patient), tell);
	await gate.holds();
	leaver.leave();
	await assert.rejects(left);
	gate.open();
	await stayed;
	assert.deepEqual(told, ["leaver", "stayer", "stayer"]);
});
