import assert from "node:assert/strict";
import { test } from "node:test";
import type { Progress, Task } from "../../clients/typescript/index.js";
import { policyOf } from "../environments/policies.js";
import type { EpisodeChoice } from "../evaluation/episode-player.js";
import { createEntry } from "../evaluation/testing.js";
import { ReportView } from "./report-view.js";

test("Without a terminal there is a line for each episode that is over, with how long the rest takes.", () => {
	const { view, text } = createView(false);
	const [first, second] = [choiceOf("1"), choiceOf("2")];
	view.planned(
		[createEntry({ epochs: 10, wall_seconds: 20 })],
		[first, second],
	);
	view.started(first);
	view.progress(first, epochs(5));
	view.finished(first, createEntry({ score: 0.75 }));
	view.started(second);
	view.finished(second, createEntry());
	view.end();
	assert.equal(
		text(),
		`1 of 3 episodes are there, 2 are to be played
[2/3] training/x default seed 1: score 0.750, test accuracy 87.50 %, 10 epochs, 2.0 s; about 5.5 s left
[3/3] training/x default seed 2: score 0.500, test accuracy 87.50 %, 10 epochs, 2.0 s
`,
	);
});

test("On a terminal a line that updates itself tells what runs and how far it is, cut to the terminal's width.", () => {
	const { view, text, pass } = createView(true);
	const first = choiceOf("1");
	view.planned([], [first, choiceOf("2")]);
	view.started(first);
	assert.ok(
		text().endsWith("\r\u001b[K0 of 2; training/x default seed 1 0/100"),
	);
	pass(50);
	view.progress(first, epochs(50));
	assert.ok(
		text().endsWith(
			"\r\u001b[K0 of 2; more than 25 s left; training/x default seed",
		),
		text(),
	);
	view.end();
	assert.ok(text().endsWith("\r\u001b[K"));
});

test("When every episode is there, that is said.", () => {
	const { view, text } = createView(false);
	view.planned([createEntry()], []);
	assert.equal(text(), "all 1 episodes are there\n");
});

function createView(isTTY: boolean) {
	let written = "";
	let nowMs = 0;
	const output = {
		isTTY,
		columns: 53,
		write(part: string) {
			written += part;
			return true;
		},
	};
	return {
		view: new ReportView(output as unknown as NodeJS.WriteStream, () => nowMs),
		text: () => written,
		pass: (seconds: number) => {
			nowMs += seconds * 1000;
		},
	};
}

function choiceOf(seed: string): EpisodeChoice {
	return {
		task: { id: "training/x", budget: 100 } as Task,
		policy: policyOf("training", "default"),
		seed,
		split: "test",
	};
}

function epochs(epoch: number): Progress {
	return { training: { epoch: { epoch } } } as Progress;
}
