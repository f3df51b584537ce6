import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_CONFIGURATION } from "./actions.js";
import type { TrainingEpisode } from "./episode.js";
import { observationFields, observeTraining } from "./observation.js";
import {
	createConfigured,
	createEpisode,
	createEpochs,
	createState,
	createTrialRow,
	task,
} from "./testing.js";

const dataSet = {
	name: "mnist",
	digest: "sha256:0",
	train_images: 20,
	validation_images: 10,
};

const defaults = {
	...DEFAULT_CONFIGURATION,
	optimizer: "OPTIMIZER_ADAM",
	lr_schedule: "LEARNING_RATE_SCHEDULE_CONSTANT",
};

/** Twelve epochs, of which the ninth was the best. */
function trained(changes: Partial<TrainingEpisode> = {}): TrainingEpisode {
	return createConfigured({
		charged: 13,
		epochs: createEpochs(
			Array.from({ length: 12 }, (_, index) => ({
				trainLoss: 2 - index / 10,
				validationLoss: 2.5 - index / 10,
				validationAccuracy: 0.5 + index / 100,
				trainAccuracy: 0.6 + index / 100,
				gradientNorm: index,
			})),
		),
		best: {
			state: createState(1),
			momentsOf: "adam",
			epoch: 9,
			trial: 1,
			validationAccuracy: 0.7,
			validationLoss: 1,
			line: [],
		},
		bestLoss: 1,
		trials: [createTrialRow({ epochs: 12, bestAccuracy: 0.7, lastLoss: 1.4 })],
		...changes,
	});
}

test("Before the first action nothing is known but the task, the data and the engine.", () => {
	assert.deepEqual(observeTraining(createEpisode(), task), {
		current_epoch: 0,
		max_epochs: 30,
		remaining_budget: 30,
		loss_history_last_10: [],
		val_loss_history_last_10: [],
		convergence_signal: "CONVERGENCE_SIGNAL_NOT_STARTED",
		is_diverged: false,
		trial: 1,
		trials: [],
		engine: "test engine",
		data_set: dataSet,
	});
});

test("An observation tells the last epoch, the best one, ten losses, what is configured and what was tried.", () => {
	const { loss_history_last_10, val_loss_history_last_10, ...rest } =
		observeTraining(trained(), task);
	assert.deepEqual(rest, {
		current_epoch: 12,
		max_epochs: 30,
		remaining_budget: 17,
		train_loss: 2 - 1.1,
		val_loss: 2.5 - 1.1,
		train_accuracy: 0.71,
		val_accuracy: 0.61,
		best_val_accuracy: 0.7,
		best_val_epoch: 9,
		convergence_signal: "CONVERGENCE_SIGNAL_IMPROVING",
		is_diverged: false,
		configuration: defaults,
		learning_rate: 1e-3,
		gradient_norm: 11,
		trial: 1,
		trials: [
			{
				trial: 1,
				configuration: defaults,
				first_epoch: 1,
				epochs: 12,
				best_val_accuracy: 0.7,
				last_val_loss: 1.4,
				diverged: false,
			},
		],
		engine: "test engine",
		data_set: dataSet,
	});
	const expected = (from: number) =>
		Array.from({ length: 10 }, (_, index) => from - (index + 2) / 10);
	assert.deepEqual(loss_history_last_10, expected(2));
	assert.deepEqual(val_loss_history_last_10, expected(2.5));
});

test("What is not finite or was not measured is absent, and left out of the histories.", () => {
	const observation = observeTraining(
		createConfigured({
			epochs: createEpochs([
				{ trainLoss: 2, validationLoss: 2.5 },
				{
					diverged: true,
					trainLoss: Number.NaN,
					gradientNorm: Number.POSITIVE_INFINITY,
					validationLoss: undefined,
					validationAccuracy: undefined,
					trainAccuracy: undefined,
				},
			]),
			diverged: true,
			charged: 30,
			trials: [
				createTrialRow({
					bestAccuracy: undefined,
					lastLoss: Number.NaN,
					diverged: true,
				}),
			],
		}),
		task,
	);
	for (const name of [
		"train_loss",
		"val_loss",
		"train_accuracy",
		"val_accuracy",
		"gradient_norm",
		"learning_rate",
		"best_val_accuracy",
		"best_val_epoch",
	])
		assert.ok(!(name in observation), name);
	assert.deepEqual(observation.loss_history_last_10, [2]);
	assert.deepEqual(observation.val_loss_history_last_10, [2.5]);
	assert.equal(observation.is_diverged, true);
	assert.equal(observation.convergence_signal, "CONVERGENCE_SIGNAL_DIVERGED");
	assert.deepEqual(Object.keys(observation.trials?.[0] ?? {}), [
		"trial",
		"configuration",
		"first_epoch",
		"epochs",
		"diverged",
	]);
});

test("A measured loss of a divergence is told.", () => {
	const observation = observeTraining(
		createConfigured({
			epochs: createEpochs([{ diverged: true, validationLoss: 12 }]),
			diverged: true,
		}),
		task,
	);
	assert.equal(observation.val_loss, 12);
});

test("The signal looks at the current trial alone, the histories at all epochs.", () => {
	const observation = observeTraining(trained({ trial: 2 }), task);
	assert.equal(
		observation.convergence_signal,
		"CONVERGENCE_SIGNAL_NOT_STARTED",
	);
	assert.equal(observation.loss_history_last_10?.length, 10);
	assert.equal(observation.trial, 2);
});

test("Equal states give equal observations, and looking changes nothing.", () => {
	const episode = trained();
	const before = structuredClone(episode);
	const observation = observeTraining(episode, task);
	assert.deepEqual(episode, before);
	assert.equal(
		JSON.stringify(observeTraining(before, task)),
		JSON.stringify(observation),
	);
});

test("Weights, the key and what is hidden stand in no observation.", () => {
	const text = JSON.stringify(observeTraining(trained(), task));
	assert.doesNotMatch(text, /weights|key|test_|seed|paid|line/);
});

test("Every field of an observation is described, within its bounds, and no other.", () => {
	const described = observationFields(task);
	const observation = observeTraining(trained(), task);
	assert.deepEqual(
		new Set(described.map(({ name }) => name)),
		new Set(Object.keys(observation)),
	);
	assert.equal(described.length, Object.keys(observation).length);
	for (const { name, minimum, maximum, description } of described) {
		assert.ok((description ?? "") !== "");
		const value = observation[name as keyof typeof observation];
		if (typeof value !== "number") continue;
		assert.ok(minimum === undefined || value >= Number(minimum), name);
		assert.ok(maximum === undefined || value <= Number(maximum), name);
	}
});
