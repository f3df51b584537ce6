import assert from "node:assert/strict";
import { test } from "node:test";
import type { OptimizerName } from "../engine.js";
import { applyUpdate } from "./optimizers.js";

/** Runs updates of one weight that begins at 2, with these gradients. */
function run(
	optimizer: OptimizerName,
	learningRate: number,
	weightDecay: number,
	gradients: readonly number[],
) {
	const trained = {
		weights: Float32Array.of(2),
		first: new Float32Array(1),
		second: new Float32Array(1),
	};
	gradients.forEach((gradient, index) => {
		applyUpdate(
			trained,
			Float32Array.of(gradient),
			{ optimizer, learningRate, weightDecay },
			index + 1,
		);
	});
	return {
		weight: trained.weights[0] as number,
		first: trained.first[0] as number,
		second: trained.second[0] as number,
	};
}

function assertNear(actual: number, expected: number): void {
	assert.ok(
		Math.abs(actual - expected) <= 3e-7 * Math.abs(expected),
		`${actual} instead of ${expected}`,
	);
}

test("sgd with momentum 0.9 moves by rate times (gradient + 0.9 times the last move).", () => {
	const { weight, first, second } = run("sgd", 0.1, 0, [1, 3]);
	assertNear(first, 0.9 * 1 + 3);
	assertNear(weight, 2 - 0.1 * 1 - 0.1 * 3.9);
	assert.equal(second, 0);
});

test("With sgd, weight decay adds to the gradient.", () => {
	const { weight, first } = run("sgd", 0.1, 0.5, [1]);
	assertNear(first, 1 + 0.5 * 2);
	assertNear(weight, 2 - 0.1 * 2);
});

test("The first step of adam has the length of the rate, whatever the gradient.", () => {
	for (const gradient of [1e-3, 1, 1e3])
		assertNear(
			run("adam", 0.1, 0, [gradient]).weight,
			2 - 0.1 * (gradient / (gradient + 1e-8)),
		);
});

test("The second step of adam divides the corrected first moment by the root of the corrected second.", () => {
	const { weight, first, second } = run("adam", 0.1, 0, [1, -3]);
	assertNear(first, 0.9 * 0.1 - 0.1 * 3);
	assertNear(second, 0.999 * 0.001 + 0.001 * 9);
	const afterOne = 2 - 0.1;
	const mean = -0.21 / (1 - 0.81);
	const square = 0.009999 / (1 - 0.999 ** 2);
	assertNear(weight, afterOne - (0.1 * mean) / (Math.sqrt(square) + 1e-8));
});

test("With adam, weight decay adds to the gradient, so it goes through the moments.", () => {
	const { weight, first } = run("adam", 0.1, 0.5, [1]);
	assertNear(first, 0.1 * (1 + 0.5 * 2));
	assertNear(weight, 2 - 0.1);
});

test("With adamw, weight decay shrinks the weights before the step and leaves the moments alone.", () => {
	const { weight, first } = run("adamw", 0.1, 0.5, [1]);
	assertNear(first, 0.1);
	assertNear(weight, 2 * (1 - 0.1 * 0.5) - 0.1);
});

test("A gradient of 0 leaves a weight where it is.", () => {
	for (const optimizer of ["sgd", "adam", "adamw"] as const)
		assert.equal(run(optimizer, 1, 0, [0, 0]).weight, 2);
});
