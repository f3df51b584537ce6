import assert from "node:assert/strict";
import { test } from "node:test";
import { drawInitialState } from "./initial-state.js";
import { type Network, parameterCount, parametersOf } from "./network.js";

const network: Network = {
	name: "initial",
	input: [8, 8, 3],
	layers: [
		{ kind: "convolution", filters: 40 },
		{ kind: "max-pooling" },
		{ kind: "flatten" },
		{ kind: "dense", units: 30 },
		{ kind: "dense", units: 200 },
		{ kind: "dense", units: 10 },
	],
};
const key = new Uint8Array(32).fill(7);

test("Weights follow He's rule: normal, mean 0, variance 2 / fan-in.", () => {
	const { weights } = drawInitialState(network, key, 1);
	for (const { name, fanIn, offset, size } of parametersOf(network)) {
		if (fanIn === 0) continue;
		const values = weights.subarray(offset, offset + size);
		const variance = 2 / fanIn;
		const mean = values.reduce((sum, value) => sum + value, 0) / size;
		const second = values.reduce((sum, value) => sum + value ** 2, 0) / size;
		// Five standard errors of a normal sample of this size.
		assert.ok(
			Math.abs(mean) < 5 * Math.sqrt(variance / size),
			`${name}: mean ${mean}`,
		);
		assert.ok(
			Math.abs(second / variance - 1) < 5 * Math.sqrt(2 / size),
			`${name}: variance ${second} instead of ${variance}`,
		);
	}
});

test("Biases, moments and the step count begin at 0.", () => {
	const { weights, first, second, steps } = drawInitialState(network, key, 1);
	for (const { fanIn, offset, size } of parametersOf(network))
		if (fanIn === 0)
			assert.deepEqual(
				weights.slice(offset, offset + size),
				new Float32Array(size),
			);
	const zeros = new Float32Array(parameterCount(network));
	assert.deepEqual(first, zeros);
	assert.deepEqual(second, zeros);
	assert.equal(steps, 0);
});

test("The same key and trial give the same weights; another trial or key gives others.", () => {
	const state = drawInitialState(network, key, 2);
	assert.deepEqual(drawInitialState(network, key, 2), state);
	assert.notDeepEqual(drawInitialState(network, key, 3).weights, state.weights);
	assert.notDeepEqual(
		drawInitialState(network, new Uint8Array(32), 2).weights,
		state.weights,
	);
});
