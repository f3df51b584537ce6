import assert from "node:assert/strict";
import { test } from "node:test";
import type {
	EnvSession,
	EpisodeResult,
	Progress,
	StepResponse,
	Task,
} from "../../clients/typescript/index.js";
import { heuristic } from "../environments/training/policies/heuristic.js";
import { EpisodeView } from "./episode-view.js";

test("An episode is shown with its data, actions, epochs, rewards and the parts of its score.", () => {
	const { view, text } = createView(false);
	view.begin();
	view.acting({ run_epochs: { num_epochs: 2 } });
	view.progress(epochProgress(1, 0.5));
	view.progress(epochProgress(2, 0.75));
	view.acted({
		reward: 0.25,
		reward_breakdown: [
			{ name: "progress", value: 0.25 },
			{ name: "divergence", value: 0 },
		],
		info: { notice: "Said so." },
	} as StepResponse);
	view.end({
		score: 0.625,
		terminated: true,
		steps: 3,
		total_reward: 0.875,
		training: {
			test_accuracy: 0.9,
			test_images: 2000,
			epoch: 2,
			accuracy_share: 0.625,
			epochs_charged: 2,
			efficiency_share: 0.5,
		},
	} as EpisodeResult);
	const shown = text();
	assert.match(
		shown,
		/^data: {4}synthetic-digits \(drawn from a seed: no real images were found\), 40 training and 10 validation images\n/,
	);
	assert.match(shown, /> run_epochs num_epochs=2\n/);
	assert.match(
		shown,
		/ 1 {6}1\.0000 {4}2\.0000 {10}- {3}0\.5000 {2}improving {5}▁ /,
	);
	assert.match(shown, / 2 .* 0\.7500 .*▁█ .* s\n/);
	assert.match(shown, /reward \+0\.250 \(progress \+0\.250\)\n {2}Said so\.\n/);
	assert.match(
		shown,
		/score {4}0\.625 {2}\(submitted after 3 actions, sum of rewards \+0\.875\)/,
	);
	assert.match(shown, /test accuracy {3}90\.00 % on 2000 hidden images/);
	assert.match(shown, /efficiency {6}share 0\.500/);
	assert.doesNotMatch(shown, /stability/);
});

test("Batches are shown on a terminal alone, on a line that updates itself.", () => {
	const batch: Progress = {
		training: {
			epoch_of_call: 1,
			epochs_of_call: 1,
			batch: { epoch: 1, batch: 7, batches: 63, train_loss: 1.5 },
		},
	} as Progress;
	const pipe = createView(false);
	pipe.view.progress(batch);
	assert.equal(pipe.text(), "");
	const terminal = createView(true);
	terminal.view.progress(batch);
	assert.ok(terminal.text().startsWith("\r\u001b[K       1 "));
	assert.ok(terminal.text().endsWith("1.5000  batch 7 of 63"));
});

function createView(isTTY: boolean) {
	let written = "";
	const output = {
		isTTY,
		write(part: string) {
			written += part;
			return true;
		},
	} as unknown as NodeJS.WriteStream;
	const session = {
		info: { seed: "7" },
		observation: {
			training: {
				engine: "an engine",
				data_set: {
					name: "synthetic-digits",
					train_images: 40,
					validation_images: 10,
				},
			},
		},
	} as unknown as EnvSession;
	const task = { id: "training/x", goal: "Do it.", budget: 10 } as Task;
	return {
		view: new EpisodeView(output, task, session, heuristic),
		text: () => written,
	};
}

function epochProgress(epoch: number, accuracy: number): Progress {
	return {
		training: {
			epoch_of_call: epoch,
			epochs_of_call: 2,
			epoch: {
				epoch,
				train_loss: 1,
				val_loss: 2,
				val_accuracy: accuracy,
				convergence_signal: "CONVERGENCE_SIGNAL_IMPROVING",
			},
		},
	} as Progress;
}
