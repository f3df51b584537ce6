import assert from "node:assert/strict";
import { test } from "node:test";
import { MaxPooling } from "./max-pooling.js";

test("The gradient goes to the maximum of each window, and to the first of equal ones.", () => {
	const pooling = new MaxPooling(2, 6, 1, 1);
	const output = pooling.forward(
		Float32Array.of(1, 3, 2, 2, 0, 0, /* second row */ 3, 2, 1, 2, 0, 0),
		1,
	);
	assert.deepEqual(output, Float32Array.of(3, 2, 0));
	assert.deepEqual(
		pooling.backward(Float32Array.of(10, 20, 30), 1),
		Float32Array.of(0, 10, 20, 0, 30, 0, /* second row */ 0, 0, 0, 0, 0, 0),
	);
});

test("Channels are pooled apart, and a last odd row or column gets no gradient.", () => {
	const pooling = new MaxPooling(3, 3, 2, 1);
	const image = Float32Array.of(
		1,
		8,
		2,
		7,
		99,
		99,
		3,
		6,
		4,
		5,
		99,
		99,
		99,
		99,
		99,
		99,
		99,
		99,
	);
	assert.deepEqual(pooling.forward(image, 1), Float32Array.of(4, 8));
	pooling.backward(Float32Array.of(5, 5), 1);
	assert.deepEqual(
		pooling.backward(Float32Array.of(1, -1), 1),
		Float32Array.of(0, -1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	);
});

test("A NaN counts as the maximum, wherever it stands in the window.", () => {
	for (let position = 0; position < 4; position++) {
		const window = Float32Array.of(1, 2, 3, 4);
		window[position] = Number.NaN;
		assert.ok(Number.isNaN(new MaxPooling(2, 2, 1, 1).forward(window, 1)[0]));
	}
});
