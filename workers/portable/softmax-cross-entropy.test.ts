import assert from "node:assert/strict";
import { test } from "node:test";
import {
	softmaxCrossEntropy,
	softmaxCrossEntropyGradient,
} from "./softmax-cross-entropy.js";

test("Equal logits cost ln 10 an image, and the first of them is the guess.", () => {
	const { lossSum, correct } = softmaxCrossEntropy(
		new Float32Array(20),
		Int32Array.of(0, 3),
		2,
		10,
	);
	assert.ok(Math.abs(lossSum - 2 * Math.log(10)) < 1e-12);
	assert.equal(correct, 1);
});

test("Huge logits do not overflow.", () => {
	const { lossSum, correct } = softmaxCrossEntropy(
		Float32Array.of(3e38, 0, -3e38),
		Int32Array.of(0),
		1,
		3,
	);
	assert.deepEqual({ lossSum, correct }, { lossSum: 0, correct: 1 });
	assert.equal(
		softmaxCrossEntropy(Float32Array.of(1000, 0), Int32Array.of(1), 1, 2)
			.lossSum,
		1000,
	);
});

test("Logits that are not finite give a loss that is not finite.", () => {
	for (const logit of [Number.NaN, Infinity])
		assert.ok(
			!Number.isFinite(
				softmaxCrossEntropy(
					Float32Array.of(1, logit, 0),
					Int32Array.of(0),
					1,
					3,
				).lossSum,
			),
		);
});

test("The gradient is softmax less one at the label, by the number of images.", () => {
	const gradient = new Float32Array(4);
	softmaxCrossEntropyGradient(
		Float32Array.of(0, Math.log(3), 0, 0),
		Int32Array.of(0, 1),
		2,
		2,
		gradient,
	);
	[-0.375, 0.375, 0.25, -0.25].forEach((expected, index) => {
		assert.ok(Math.abs((gradient[index] as number) - expected) < 1e-7);
	});
});
