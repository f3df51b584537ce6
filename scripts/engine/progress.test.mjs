import assert from "node:assert/strict";
import { test } from "node:test";
import { createProgressWriter, track } from "./progress.mjs";

/** @type {import('./progress.mjs').EngineEvent} */
const STEP = { kind: "step", text: "downloading (274 MB)" };

test("a terminal gets one line that updates itself, and steps on lines of their own", () => {
	const { stream, text } = createStream({ isTTY: true, columns: 80 });
	const { log, end } = createProgressWriter(stream);
	log(STEP);
	log(progress(1_000));
	log(progress(1_500));
	end();
	assert.equal(
		text(),
		"downloading (274 MB)\n\r\u001b[K  downloading, 5 MB of 274 MB, 1.0 s\r\u001b[K  downloading, 5 MB of 274 MB, 1.5 s\r\u001b[K",
	);
});

test("a line never grows over a narrow terminal's width", () => {
	const { stream, text } = createStream({ isTTY: true, columns: 30 });
	createProgressWriter(stream).log(progress(1_000));
	assert.equal(text().replace("\r\u001b[K", "").length, 29);
});

test("a log gets a line every five seconds of a piece of work", () => {
	const { stream, text } = createStream({});
	const { log } = createProgressWriter(stream);
	for (const elapsedMs of [0, 2_000, 4_999, 5_000, 7_000, 10_000])
		log(progress(elapsedMs));
	assert.deepEqual(text().match(/[\d.]+ s$/gm), ["5.0 s", "10.0 s"]);
});

test("work is told when it begins and when it has ended, and its failure is not told as an end", async () => {
	/** @type {string[]} */
	const steps = [];
	let nowMs = 0;
	const options = { text: "unpacking", totalBytes: 854e6, now: () => nowMs };
	const log = (/** @type {import('./progress.mjs').EngineEvent} */ event) =>
		steps.push(event.text);
	const result = await track(log, options, async () => {
		nowMs = 3_100;
		return 7;
	});
	assert.equal(result, 7);
	await assert.rejects(
		track(log, options, async () => Promise.reject(new Error("no"))),
	);
	assert.deepEqual(steps, [
		"unpacking (854 MB)",
		"unpacking: 3.1 s",
		"unpacking (854 MB)",
	]);
});

test("while work goes on, what is done of it is measured", async () => {
	/** @type {(event: import('./progress.mjs').EngineEvent) => void} */
	let heard = () => {};
	const event = new Promise((resolve) => {
		heard = (told) => told.kind === "progress" && resolve(told);
	});
	const told = await track(
		(next) => heard(next),
		{
			text: "downloading",
			everyMs: 1,
			measure: async () => 5,
			totalBytes: 9,
			now: () => 0,
		},
		() => event,
	);
	assert.deepEqual(told, {
		kind: "progress",
		text: "downloading",
		elapsedMs: 0,
		doneBytes: 5,
		totalBytes: 9,
	});
});

/**
 * @param {number} elapsedMs
 * @returns {import('./progress.mjs').EngineEvent}
 */
function progress(elapsedMs) {
	return {
		kind: "progress",
		text: "downloading",
		elapsedMs,
		doneBytes: 5e6,
		totalBytes: 274e6,
	};
}

/** @param {{ isTTY?: boolean, columns?: number }} terminal */
function createStream(terminal) {
	/** @type {string[]} */
	const parts = [];
	return {
		stream: {
			...terminal,
			write: (/** @type {string} */ part) => parts.push(part),
		},
		text: () => parts.join(""),
	};
}
