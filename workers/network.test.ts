import assert from "node:assert/strict";
import { test } from "node:test";
import {
	hiddenUnits,
	layerShapes,
	type Network,
	parameterCount,
	parametersOf,
} from "./network.js";

const network: Network = {
	name: "example",
	input: [9, 6, 2],
	layers: [
		{ kind: "convolution", filters: 4 },
		{ kind: "max-pooling" },
		{ kind: "flatten" },
		{ kind: "dense", units: 5 },
		{ kind: "dense", units: 7 },
		{ kind: "dense", units: 3 },
	],
};

test("A convolution keeps height and width, pooling halves them and leaves an odd row out, flatten joins all.", () => {
	assert.deepEqual(layerShapes(network), [
		[9, 6, 2],
		[9, 6, 4],
		[4, 3, 4],
		[48],
		[5],
		[7],
		[3],
	]);
});

test("Each layer with weights has a kernel and a bias, whose sizes are its units times its inputs and its units.", () => {
	assert.deepEqual(
		parametersOf(network).map(({ name, shape, size, fanIn }) => ({
			name,
			shape,
			size,
			fanIn,
		})),
		[
			{ name: "kernel_0", shape: [3, 3, 2, 4], size: 72, fanIn: 18 },
			{ name: "bias_0", shape: [4], size: 4, fanIn: 0 },
			{ name: "kernel_3", shape: [48, 5], size: 240, fanIn: 48 },
			{ name: "bias_3", shape: [5], size: 5, fanIn: 0 },
			{ name: "kernel_4", shape: [5, 7], size: 35, fanIn: 5 },
			{ name: "bias_4", shape: [7], size: 7, fanIn: 0 },
			{ name: "kernel_5", shape: [7, 3], size: 21, fanIn: 7 },
			{ name: "bias_5", shape: [3], size: 3, fanIn: 0 },
		],
	);
	assert.equal(parameterCount(network), 72 + 4 + 240 + 5 + 35 + 7 + 21 + 3);
});

test("Parameters stand one after the other without a gap.", () => {
	let next = 0;
	for (const { offset, size } of parametersOf(network)) {
		assert.equal(offset, next);
		next += size;
	}
	assert.equal(next, parameterCount(network));
});

test("The dense layers before the last are hidden.", () => {
	assert.deepEqual(hiddenUnits(network), [5, 7]);
	assert.deepEqual(
		hiddenUnits({
			...network,
			layers: [{ kind: "flatten" }, { kind: "dense", units: 3 }],
		}),
		[],
	);
});

test("Layers that do not fit each other are an error that names the network, the layer and the shape.", () => {
	const error = (...layers: Network["layers"]) => {
		const broken: Network = { name: "broken", input: [4, 4, 1], layers };
		let message = "";
		assert.throws(
			() => parametersOf(broken),
			(thrown: Error) => {
				message = thrown.message;
				return true;
			},
		);
		assert.throws(() => layerShapes(broken), { message });
		return message;
	};
	assert.equal(
		error({ kind: "dense", units: 3 }),
		"network broken: a dense layer needs a flat input, not [4,4,1]",
	);
	assert.equal(
		error({ kind: "flatten" }, { kind: "convolution", filters: 2 }),
		"network broken: a convolution needs [height, width, channels], not [16]",
	);
	assert.equal(
		error({ kind: "flatten" }, { kind: "max-pooling" }),
		"network broken: max-pooling needs [height, width, channels], not [16]",
	);
	assert.equal(
		error(
			{ kind: "max-pooling" },
			{ kind: "max-pooling" },
			{ kind: "max-pooling" },
		),
		"network broken: max-pooling needs at least 2 x 2 pixels, not [1,1,1]",
	);
});
