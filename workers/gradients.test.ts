import assert from "node:assert/strict";
import { test } from "node:test";
import type { Batch, Engine, Model } from "./engine.js";
import { type Layer, type Network, parametersOf } from "./network.js";
import { meanLoss } from "./peers/double-precision.js";
import {
	drawBatch,
	drawMasks,
	drawState,
	SMALL_CONVOLUTIONAL_NET,
	SMALL_NET,
	TWO_CONVOLUTIONS_NET,
	testStream,
} from "./portable/drawn-cases.js";
import { createPortableEngine } from "./portable/portable-engine.js";
import {
	createTensorFlowEngine,
	tensorFlowVersion,
} from "./tensorflow/tensorflow-engine.js";

// TensorFlow reads these when the add-on loads, which is below.
process.env.TF_CPP_MIN_LOG_LEVEL = "3";
process.env.TF_NUM_INTRAOP_THREADS = "1";
process.env.TF_NUM_INTEROP_THREADS = "2";

const convolution = (filters: number): Layer => ({
	kind: "convolution",
	filters,
});
const dense = (units: number): Layer => ({ kind: "dense", units });
const maxPooling: Layer = { kind: "max-pooling" };
const flatten: Layer = { kind: "flatten" };

/** One layer kind more each, so that the first that fails names it. */
const networks: readonly Network[] = [
	{
		name: "dense-and-cross-entropy",
		input: [3, 2, 2],
		layers: [flatten, dense(10)],
	},
	{
		name: "relu-and-dropout",
		input: [3, 2, 2],
		layers: [flatten, dense(8), dense(10)],
	},
	SMALL_NET,
	{
		name: "pooled-image",
		input: [5, 7, 2],
		layers: [maxPooling, flatten, dense(10)],
	},
	{
		name: "convolution",
		input: [4, 5, 2],
		layers: [convolution(3), flatten, dense(10)],
	},
	{
		name: "convolution-of-convolution",
		input: [4, 3, 1],
		layers: [convolution(3), convolution(2), flatten, dense(10)],
	},
	SMALL_CONVOLUTIONAL_NET,
	TWO_CONVOLUTIONS_NET,
];

let skip: string | false = false;
try {
	tensorFlowVersion();
} catch (error) {
	skip = `The native TensorFlow add-on cannot be loaded here: ${String(error instanceof Error ? error.message : error).split("\n", 1)[0]}`;
}
const engines: readonly (readonly [
	name: string,
	engine: Engine,
	skip: string | false,
])[] = [
	["portable", createPortableEngine(), false],
	[
		"native",
		skip === false
			? await createTensorFlowEngine("native", networks)
			: (undefined as never as Engine),
		skip,
	],
];

/** sgd's momentum after the first step is the gradient. */
function gradientOf(
	model: Model,
	weights: Float32Array,
	batch: Batch,
	dropoutMasks: readonly Float32Array[] | undefined,
) {
	const zeros = new Float32Array(weights.length);
	model.restore({ weights, first: zeros, second: zeros, steps: 0 });
	const metrics = model.step(batch, {
		optimizer: "sgd",
		learningRate: 0.1,
		weightDecay: 0,
		dropoutMasks,
	});
	return { ...metrics, gradient: model.snapshot().first };
}

/** So small that no ReLU and no maximum changes over on the way; in double precision a difference is still exact to 1e-9. */
const STEP = 1e-6;

/** Central differences of the loss in each weight. */
function slopesOf(
	network: Network,
	weights: Float64Array,
	batch: Batch,
	masks: readonly Float32Array[] | undefined,
): Float64Array {
	return weights.map((weight, at) => {
		const moved = weights.slice();
		moved[at] = weight + STEP;
		const above = meanLoss(network, moved, batch, masks);
		moved[at] = weight - STEP;
		return (above - meanLoss(network, moved, batch, masks)) / (2 * STEP);
	});
}

function assertNear(actual: number, expected: number, what: string): void {
	assert.ok(
		Math.abs(actual - expected) <= 1e-5 * Math.abs(expected),
		`${what}: ${actual} instead of ${expected}`,
	);
}

for (const network of networks)
	for (const dropout of [false, true]) {
		const stream = testStream(`gradients ${network.name}`);
		const { weights } = drawState(network, stream);
		const batch = drawBatch(network, 6, stream);
		const masks = dropout ? drawMasks(network, 6, 0.3, stream) : undefined;
		if (dropout && masks?.length === 0) continue;
		const inDouble = Float64Array.from(weights);
		let slopes: Float64Array | undefined;
		for (const [name, engine, skip] of engines)
			test(`In ${network.name} ${dropout ? "with" : "without"} dropout, the ${name} engine's gradient of each parameter is the slope of the loss.`, {
				skip,
			}, () => {
				const model = engine.model(network);
				const { loss, gradientNorm, gradient } = gradientOf(
					model,
					weights,
					batch,
					masks,
				);
				assertNear(loss, meanLoss(network, inDouble, batch, masks), "loss");
				slopes ??= slopesOf(network, inDouble, batch, masks);
				assertNear(gradientNorm, Math.hypot(...slopes), "gradient norm");
				for (const { name, offset, size } of parametersOf(network)) {
					const part = slopes.subarray(offset, offset + size);
					const greatest = Math.max(...part.map(Math.abs));
					assert.ok(greatest > 0.05, `${name} has no gradient`);
					part.forEach((slope, index) => {
						const found = gradient[offset + index] as number;
						assert.ok(
							Math.abs(found - slope) < 1e-5 * greatest,
							`${name}, entry ${index}: gradient ${found}, slope ${slope}`,
						);
					});
				}
			});
	}

for (const [name, engine, skip] of engines)
	test(`Evaluation by the ${name} engine knows no dropout: units count whole, with neither mask nor scale, also after a step that had masks.`, {
		skip,
	}, () => {
		for (const network of networks) {
			const stream = testStream(`evaluation ${network.name}`);
			const { weights } = drawState(network, stream);
			const batch = drawBatch(network, 6, stream);
			const masks = drawMasks(network, 6, 0.5, stream);
			const model = engine.model(network);
			gradientOf(model, weights, batch, masks);
			const zeros = new Float32Array(weights.length);
			model.restore({ weights, first: zeros, second: zeros, steps: 0 });
			assertNear(
				model.evaluate(batch).lossSum / 6,
				meanLoss(network, Float64Array.from(weights), batch, undefined),
				network.name,
			);
		}
	});
