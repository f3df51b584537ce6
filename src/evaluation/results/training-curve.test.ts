import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation } from "../../../clients/typescript/index.js";
import {
	createStep,
	createTraining,
	createTrainingObservation,
} from "./testing.js";
import { curveOf } from "./training-curve.js";

test("Losses of every epoch come out of the histories, accuracies after each call.", () => {
	const run = (epoch: number) => ({
		...createStep({ run_epochs: { num_epochs: 2 } }, 0),
		observation: createTrainingObservation(epoch),
	});
	const curve = curveOf(
		createTraining({
			firstObservation: createTrainingObservation(0),
			steps: [
				createTraining().steps[0],
				run(2),
				{
					...createStep({ adjust_learning_rate: { new_lr: 0.5 } }, 0),
					refusal: "no",
				},
				run(4),
			].map((step) => step as ReturnType<typeof run>),
		}),
	);
	assert.deepEqual(curve?.validationLoss, [
		[1, 3],
		[2, 1.5],
		[3, 1],
		[4, 0.75],
	]);
	assert.deepEqual(curve?.trainLoss[3], [4, 0.5]);
	assert.deepEqual(curve?.validationAccuracy, [
		[2, 0.5],
		[4, 1],
	]);
	assert.deepEqual(
		curve?.actions.map(({ epoch, name, told, refused }) => [
			epoch,
			name,
			told,
			refused,
		]),
		[
			[0, "configure_training", "learning_rate 0.001", false],
			[2, "adjust_learning_rate", "new_lr 0.5", true],
		],
	);
	assert.equal(curve?.maxEpochs, 6);
});

test("Epochs that were told one by one all have their points, accuracies too.", () => {
	const epochs = [1, 2, 3].map((epoch) => ({
		epoch,
		trial: 1,
		learning_rate: 0.1,
		train_loss: 1 / epoch,
		val_loss: 2 / epoch,
		train_accuracy: epoch / 10,
		val_accuracy: epoch / 20,
		convergence_signal: "CONVERGENCE_SIGNAL_UNSPECIFIED" as const,
		diverged: epoch === 3,
	}));
	const curve = curveOf(
		createTraining({
			firstObservation: createTrainingObservation(0),
			steps: [{ ...createStep({ run_epochs: { num_epochs: 3 } }, 0), epochs }],
		}),
	);
	assert.deepEqual(curve?.trainLoss, [
		[1, 1],
		[2, 1 / 2],
		[3, 1 / 3],
	]);
	assert.deepEqual(curve?.validationAccuracy, [
		[1, 1 / 20],
		[2, 2 / 20],
		[3, 3 / 20],
	]);
	assert.deepEqual(curve?.divergences, [3]);
});

test("A loss that was not finite leaves its epoch free and moves no other.", () => {
	const seen = (
		current_epoch: number,
		losses: readonly number[],
		isDiverged: boolean,
	) => ({
		...createStep({ run_epochs: { num_epochs: 1 } }, 0),
		observation: {
			training: {
				current_epoch,
				max_epochs: 6,
				is_diverged: isDiverged,
				loss_history_last_10: losses,
				val_loss_history_last_10: losses,
				...(!isDiverged && {
					train_loss: losses.at(-1),
					val_loss: losses.at(-1),
				}),
			},
		} as unknown as Observation,
	});
	const curve = curveOf(
		createTraining({
			steps: [
				seen(1, [0.5], false),
				seen(2, [0.5], true),
				seen(3, [0.5, 0.25], false),
			],
		}),
	);
	assert.deepEqual(curve?.trainLoss, [
		[1, 0.5],
		[3, 0.25],
	]);
	assert.deepEqual(curve?.divergences, [2]);
});

test("What was not told in the typed view has no curve.", () => {
	assert.equal(
		curveOf(createTraining({ firstObservation: { text: "x" } as Observation })),
		undefined,
	);
});
