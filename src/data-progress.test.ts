import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "./clock.js";
import { createProgressTeller, describeProgress } from "./data-progress.js";

test("Progress is told in words with amounts.", () => {
	assert.equal(
		describeProgress({
			stage: "fetch",
			family: "mnist",
			file: "a.gz",
			url: "http://x/a.gz",
			bytes: 1_250_000,
			totalBytes: 9_900_000,
		}),
		"mnist: downloading a.gz, 1.3 of 9.9 MB",
	);
	assert.equal(
		describeProgress({ stage: "ask", family: "cifar-10" }),
		"cifar-10: not found on this machine; asking its mirrors",
	);
	assert.equal(
		describeProgress({ stage: "read", family: "mnist", file: "a" }),
		undefined,
	);
});

test("What goes on is told once a second, a new stage at once.", () => {
	let now = 0;
	const clock: Clock = { now: () => now, after: () => () => {} };
	const told: string[] = [];
	const tell = createProgressTeller(clock, (stage) => told.push(stage));
	const draw = (images: number) =>
		tell({ stage: "draw", family: "mnist", images, totalImages: 9 });
	draw(1);
	draw(2);
	now = 1000;
	draw(3);
	tell({ stage: "check", family: "mnist", file: "a" });
	draw(4);
	assert.deepEqual(told, ["draw", "draw", "check", "draw"]);
});
