import assert from "node:assert/strict";
import { test } from "node:test";
import { Dense } from "./dense.js";

function exampleDense(hidden: boolean) {
	const parameters = {
		kernel: Float32Array.of(1, -1, 2, 0.5),
		bias: Float32Array.of(0.5, -2),
		kernelGradient: new Float32Array(4),
		biasGradient: new Float32Array(2),
	};
	return {
		parameters,
		dense: new Dense(
			{ inputs: 2, units: 2, hidden, capacity: 2, wantsInputGradient: true },
			parameters,
		),
	};
}
const input = Float32Array.of(1, 2, -1, 0);

test("A dense layer gives input times kernel plus bias; a hidden one sets what is negative to 0.", () => {
	assert.deepEqual(
		exampleDense(false).dense.forward(input, 2),
		Float32Array.of(5.5, -2, -0.5, -1),
	);
	assert.deepEqual(
		exampleDense(true).dense.forward(input, 2),
		Float32Array.of(5.5, 0, 0, 0),
	);
});

test("A ReLU does not hide a NaN.", () => {
	assert.ok(
		exampleDense(true)
			.dense.forward(Float32Array.of(Number.NaN, 0), 1)
			.slice(0, 2)
			.every(Number.isNaN),
	);
});

test("Back, a dense layer sums over the images.", () => {
	const { dense, parameters } = exampleDense(false);
	dense.forward(input, 2);
	assert.deepEqual(
		dense.backward(Float32Array.of(1, 10, 100, 1000), 2),
		Float32Array.of(1 - 10, 2 + 5, 100 - 1000, 200 + 500),
	);
	assert.deepEqual(
		parameters.kernelGradient,
		Float32Array.of(1 - 100, 10 - 1000, 2, 20),
	);
	assert.deepEqual(parameters.biasGradient, Float32Array.of(101, 1010));
});

test("Back, a hidden dense layer passes the gradient only where its output is above 0.", () => {
	const { dense, parameters } = exampleDense(true);
	dense.forward(input, 2);
	assert.deepEqual(
		dense.backward(Float32Array.of(1, 10, 100, 1000), 2),
		Float32Array.of(1, 2, 0, 0),
	);
	assert.deepEqual(parameters.biasGradient, Float32Array.of(1, 0));
});
