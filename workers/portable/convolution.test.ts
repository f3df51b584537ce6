import assert from "node:assert/strict";
import { test } from "node:test";
import { Convolution } from "./convolution.js";

/** Two filters on a 1x2 image of one channel: the pixel itself, and its right neighbour less it. */
function exampleConvolution() {
	const kernel = new Float32Array(18);
	kernel[4 * 2] = 1;
	kernel[4 * 2 + 1] = -1;
	kernel[5 * 2 + 1] = 1;
	const parameters = {
		kernel,
		bias: Float32Array.of(0, 0.5),
		kernelGradient: new Float32Array(18),
		biasGradient: new Float32Array(2),
	};
	return {
		parameters,
		convolution: new Convolution(
			{
				height: 1,
				width: 2,
				channels: 1,
				filters: 2,
				capacity: 3,
				wantsInputGradient: true,
			},
			parameters,
		),
	};
}

test("A convolution gives kernel times patch plus bias where that is positive, else 0.", () => {
	const { convolution } = exampleConvolution();
	assert.deepEqual(
		convolution.forward(Float32Array.of(2, 5), 1).slice(0, 4),
		Float32Array.of(2, 3.5, 5, 0),
	);
});

test("Back, a convolution adds up images and passes nothing where ReLU gave 0.", () => {
	const { convolution, parameters } = exampleConvolution();
	convolution.forward(Float32Array.of(2, 5, 1, 1), 2);
	const inputGradient = convolution.backward(
		Float32Array.of(1, 10, 100, 1000, 1, 10, 100, 1000),
		2,
	);
	// The second filter's output at the right pixel is 5 x -1 + 0.5 in the first image and 1 x -1 + 0.5 in the second: cut off.
	assert.deepEqual(parameters.biasGradient, Float32Array.of(202, 20));
	assert.deepEqual(
		inputGradient?.slice(0, 4),
		Float32Array.of(1 - 10, 100 + 10, 1 - 10, 100 + 10),
	);
	const expected = new Float32Array(18);
	expected[3 * 2] = 100 * 2 + 100 * 1; // the left neighbour, seen from the right pixel
	expected[4 * 2] = 1 * 2 + 100 * 5 + 1 * 1 + 100 * 1;
	expected[4 * 2 + 1] = 10 * 2 + 10 * 1;
	expected[5 * 2] = 1 * 5 + 1 * 1;
	expected[5 * 2 + 1] = 10 * 5 + 10 * 1;
	assert.deepEqual(parameters.kernelGradient, expected);
});
