import assert from "node:assert/strict";
import { test } from "node:test";
import type { Configuration } from "./actions.js";
import type { TrainingEpisode } from "./episode.js";
import { trainingTasks } from "./tasks.js";
import {
	createConfigured,
	createEpisode,
	createEpochs,
	createState,
	createTrialRow,
	repeat,
	task,
} from "./testing.js";
import { describeTraining } from "./text.js";

/** The configuration whose words are longest. */
const wordy: Configuration = {
	optimizer: "adamw",
	learning_rate: 0.0001234567,
	batch_size: 256,
	weight_decay: 0.00001234567,
	dropout: 0.1234567,
	lr_schedule: "warmup_cosine",
	warmup_epochs: 20,
	augmentation: true,
	augmentation_strength: 0.7654321,
};

/** Hundreds of epochs, each under another configuration, with long numbers; the best was early. */
function long(changes: Partial<TrainingEpisode> = {}): TrainingEpisode {
	const count = 200;
	return createConfigured({
		configuration: wordy,
		charged: 29,
		trial: 201,
		epochs: createEpochs(
			repeat(
				{
					trainLoss: 0.000123456789,
					gradientNorm: 0.000123456789,
					validationLoss: 0.000123456789,
					validationAccuracy: 0.123456789,
					trainAccuracy: 0.123456789,
					trial: 201,
				},
				count,
			),
		),
		best: {
			state: createState(1),
			momentsOf: "adam",
			epoch: 100,
			trial: 1,
			validationAccuracy: 0.987654321,
			validationLoss: 1,
			line: [],
		},
		trials: Array.from({ length: count }, (_, index) =>
			createTrialRow({
				trial: index + 1,
				configuration: wordy,
				firstEpoch: index + 100,
				epochs: 1,
				bestAccuracy: index === 2 ? 0.987654321 : 0.123456789,
				lastLoss: 0.000123456789,
				diverged: true,
			}),
		),
		...changes,
	});
}

const bytes = (text: string) => Buffer.byteLength(text);

test("A text stays under 4 kB, however long the history.", () => {
	for (const one of [task, ...trainingTasks])
		for (const episode of [
			long(),
			long({
				epochs: createEpochs(
					repeat(
						{
							trainLoss: Number.NaN,
							gradientNorm: Number.NaN,
							validationLoss: Number.NaN,
							validationAccuracy: Number.NaN,
							trainAccuracy: Number.NaN,
						},
						200,
					),
				),
				trials: long().trials.map((row) => ({ ...row, lastLoss: Number.NaN })),
			}),
		])
			assert.ok(bytes(describeTraining(episode, one)) < 4000);
});

test("Of a long history the best and the latest rows are shown, and how many are not.", () => {
	const lines = describeTraining(long(), task).split("\n");
	const rows = lines.filter((line) => /^ {2}trial /.test(line));
	assert.deepEqual(
		rows.map((row) => /^ {2}trial (\d+),/.exec(row)?.[1]),
		["3", "194", "195", "196", "197", "198", "199", "200"],
	);
	assert.ok(lines.includes("  (192 more not shown)"));
});

test("Rows that are all shown are shown once, and nothing is said to be missing.", () => {
	const trials = [1, 2, 3].map((trial) =>
		createTrialRow({ trial, bestAccuracy: 0.1 * trial }),
	);
	const text = describeTraining(long({ trials }), task);
	assert.equal(text.match(/^ {2}trial /gm)?.length, 3);
	assert.doesNotMatch(text, /not shown/);
});

test("Before the first action the text says what comes first.", () => {
	assert.equal(
		describeTraining(createEpisode(), task),
		[
			`task: training/tested - ${task.goal}`,
			"data: mnist (sha256:0), 20 training and 10 validation images",
			"engine: test engine",
			"epochs: 0 trained, 30 of 30 left in the budget",
			"signal: not_started",
			"best: no whole epoch yet",
			"configuration: none yet; configure_training comes first",
		].join("\n"),
	);
});

test("After epochs the text tells them, the best, the configuration and the trials.", () => {
	const episode = createConfigured({
		charged: 4,
		epochs: createEpochs([
			{ trainLoss: 2.345678, validationLoss: 2.5 },
			{ trainLoss: 1.5, validationLoss: 1.75 },
			{
				trainLoss: 1,
				validationLoss: 1.25,
				trainAccuracy: 0.7,
				validationAccuracy: 0.65,
				gradientNorm: 3.45678,
			},
		]),
		best: {
			state: createState(1),
			momentsOf: "adam",
			epoch: 3,
			trial: 1,
			validationAccuracy: 0.65,
			validationLoss: 1.25,
			line: [],
		},
		trials: [createTrialRow({ bestAccuracy: 0.65, lastLoss: 1.25 })],
	});
	const configuration =
		"adam lr 0.001 constant, batch 64, weight_decay 0, dropout 0, augmentation off";
	assert.equal(
		describeTraining(episode, task),
		[
			`task: training/tested - ${task.goal}`,
			"data: mnist (sha256:0), 20 training and 10 validation images",
			"engine: test engine",
			"epochs: 3 trained, 26 of 30 left in the budget",
			"signal: improving",
			"last epoch: train_loss 1, val_loss 1.25, train_accuracy 0.7, val_accuracy 0.65, gradient_norm 3.457",
			"val_loss of the last 10 epochs: 2.5 1.75 1.25",
			"train_loss of the last 10 epochs: 2.346 1.5 1",
			"best: val_accuracy 0.65 at epoch 3",
			`configuration: ${configuration}; next learning rate 0.001`,
			"trial 1; configurations tried:",
			`  trial 1, epochs 1-3: ${configuration} -> best val_accuracy 0.65, last val_loss 1.25`,
		].join("\n"),
	);
});

test("A divergence is told, and what is not finite or unknown is said so.", () => {
	const text = describeTraining(
		createConfigured({
			charged: 30,
			diverged: true,
			epochs: createEpochs([
				{
					diverged: true,
					trainLoss: Number.NaN,
					gradientNorm: Number.POSITIVE_INFINITY,
					validationLoss: undefined,
					validationAccuracy: undefined,
					trainAccuracy: undefined,
				},
			]),
			trials: [
				createTrialRow({
					epochs: 1,
					bestAccuracy: undefined,
					lastLoss: undefined,
					diverged: true,
				}),
			],
		}),
		task,
	);
	assert.match(text, /^signal: diverged$/m);
	assert.match(
		text,
		/^last epoch: train_loss not finite, val_loss -, train_accuracy -, val_accuracy -, gradient_norm not finite$/m,
	);
	assert.match(text, /best val_accuracy -, last val_loss -, diverged$/m);
	assert.doesNotMatch(text, /next learning rate/);
});

test("A text holds nothing volatile: equal states give equal texts, and neither keys nor weights matter.", () => {
	const episode = long();
	assert.equal(
		describeTraining(structuredClone(episode), task),
		describeTraining(episode, task),
	);
	assert.equal(
		describeTraining(
			long({ key: new Uint8Array(32).fill(9), current: createState(7) }),
			task,
		),
		describeTraining(episode, task),
	);
});
