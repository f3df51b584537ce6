import assert from "node:assert/strict";
import { test } from "node:test";
import { Dropout } from "./dropout.js";

test("Dropout multiplies the activations and the gradient by its mask.", () => {
	const dropout = new Dropout(2, 2);
	dropout.mask = Float32Array.of(0, 2, 2, 0);
	const input = Float32Array.of(1, 2, 3, 4);
	assert.deepEqual(dropout.forward(input, 2), Float32Array.of(0, 4, 6, 0));
	assert.deepEqual(input, Float32Array.of(1, 2, 3, 4));
	assert.deepEqual(
		dropout.backward(Float32Array.of(10, 20, 30, 40), 2),
		Float32Array.of(0, 40, 60, 0),
	);
});

test("Without a mask everything passes.", () => {
	const dropout = new Dropout(2, 1);
	assert.deepEqual(
		dropout.forward(Float32Array.of(1, 2), 1),
		Float32Array.of(1, 2),
	);
	assert.deepEqual(
		dropout.backward(Float32Array.of(3, 4), 1),
		Float32Array.of(3, 4),
	);
});
