import assert from "node:assert/strict";
import { test } from "node:test";
import {
	hiddenUnits,
	layerShapes,
	type Network,
	parameterCount,
} from "../../workers/network.js";
import { cnn, deepCnn, mlp } from "./networks.js";

/** The design page: layers of each network, and the parameters that follow from them. */
const designed: readonly (readonly [Network, number, string])[] = [
	[mlp, 784 * 128 + 128 + 128 * 10 + 10, "101,770"],
	[
		cnn,
		9 * 32 + 32 + 9 * 32 * 64 + 64 + 7 * 7 * 64 * 56 + 56 + 56 * 10 + 10,
		"195,058",
	],
	[
		deepCnn,
		9 * 3 * 32 +
			32 +
			9 * 32 * 64 +
			64 +
			9 * 64 * 128 +
			128 +
			4 * 4 * 128 * 192 +
			192 +
			192 * 10 +
			10,
		"488,586",
	],
];

test("The networks have the parameters of the design page: 101,770, 195,058 and 488,586.", () => {
	for (const [network, closedForm, said] of designed) {
		assert.equal(parameterCount(network), closedForm);
		assert.equal(closedForm.toLocaleString("en-US"), said);
	}
});

test("Each network has one hidden dense layer and gives ten logits.", () => {
	assert.deepEqual(
		designed.map(([network]) => hiddenUnits(network)),
		[[128], [56], [192]],
	);
	for (const [network] of designed)
		assert.deepEqual(layerShapes(network).at(-1), [10]);
});

test("Networks have names of their own, since the workers' models go by name.", () => {
	assert.equal(new Set(designed.map(([{ name }]) => name)).size, 3);
});
