import assert from "node:assert/strict";
import { test } from "node:test";
import { convergenceSignal } from "./convergence.js";
import { createEpochs } from "./testing.js";

/** The signal's name after the epochs with these losses. */
function signal(
	validation: readonly number[],
	train: readonly number[] = validation.map(() => 1),
	diverged = false,
): string {
	return convergenceSignal(
		createEpochs(
			validation.map((validationLoss, index) => ({
				validationLoss,
				trainLoss: train[index] as number,
			})),
		),
		diverged,
	)
		.slice("CONVERGENCE_SIGNAL_".length)
		.toLowerCase();
}

test("Before the first epoch of a trial nothing has started, and two epochs warm up.", () => {
	assert.equal(signal([]), "not_started");
	assert.equal(signal([2]), "warming_up");
	assert.equal(signal([2, 1]), "warming_up");
	assert.equal(signal([2, 1.5, 1]), "improving");
});

test("A divergence comes before all else, also before and in the first epoch.", () => {
	assert.equal(signal([], [], true), "diverged");
	assert.equal(signal([2], [2], true), "diverged");
	assert.equal(signal([3, 2, 1], [3, 2, 1], true), "diverged");
});

test("A rising validation loss under a falling training loss is overfitting.", () => {
	assert.equal(signal([1, 1.1, 1.2], [0.9, 0.8, 0.7]), "overfitting");
	assert.equal(signal([1, 0.5, 1.001], [0.9, 0.9, 0.899]), "overfitting");
});

test("Overfitting comes before a plateau.", () => {
	assert.equal(signal([1, 1.001, 1.002], [0.9, 0.8, 0.7]), "overfitting");
});

test("Validation losses within less than 0.005 have plateaued, whether they fall or rise.", () => {
	assert.equal(signal([1, 0.998, 0.996]), "plateaued");
	assert.equal(signal([1, 1.002, 1.004], [0.7, 0.8, 0.9]), "plateaued");
	assert.equal(signal([1, 1, 1], [0.9, 0.8, 0.7]), "plateaued");
	// 0.0078125 apart, exactly.
	assert.equal(signal([1, 0.9921875, 0.9921875]), "improving");
});

test("A last validation loss below the first is improving, whatever lies between.", () => {
	assert.equal(signal([2, 3, 1.9]), "improving");
});

test("What neither improves nor overfits nor plateaus is stalling.", () => {
	assert.equal(signal([1, 0.5, 1]), "stalling");
	assert.equal(signal([1, 1.1, 1.2], [0.7, 0.8, 0.9]), "stalling");
	assert.equal(signal([1, 1.1, 1.2], [0.7, 0.8, 0.7]), "stalling");
});

test("Only the last five epochs count.", () => {
	// Over all seven it would be improving.
	assert.equal(signal([9, 8, 1, 1.5, 2, 1.5, 1.1]), "stalling");
	// Over all six it would be stalling.
	assert.equal(signal([0.1, 5, 4, 3, 2, 1]), "improving");
	assert.equal(signal([9, 1, 1, 1.001, 1, 1.002]), "plateaued");
	// The window's first is the second epoch here.
	assert.equal(signal([9, 5, 4, 3, 2, 4.9]), "improving");
});
