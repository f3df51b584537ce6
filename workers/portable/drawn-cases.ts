import type { Batch, ModelState } from "../engine.js";
import {
	hiddenUnits,
	type Network,
	parametersOf,
	product,
} from "../network.js";
import { RandomStream } from "../random-stream.js";

/** Networks and numbers for tests of engines. Nothing else uses them. */
export const SMALL_NET: Network = {
	name: "small-net",
	input: [6, 5, 2],
	layers: [
		{ kind: "flatten" },
		{ kind: "dense", units: 12 },
		{ kind: "dense", units: 7 },
		{ kind: "dense", units: 10 },
	],
};

export const SMALL_CONVOLUTIONAL_NET: Network = {
	name: "small-convolutional-net",
	input: [6, 6, 2],
	layers: [
		{ kind: "convolution", filters: 3 },
		{ kind: "max-pooling" },
		{ kind: "flatten" },
		{ kind: "dense", units: 5 },
		{ kind: "dense", units: 10 },
	],
};

/** An odd size after the first pooling, so the second leaves a row and a column out. */
export const TWO_CONVOLUTIONS_NET: Network = {
	name: "two-convolutions-net",
	input: [10, 10, 2],
	layers: [
		{ kind: "convolution", filters: 5 },
		{ kind: "max-pooling" },
		{ kind: "convolution", filters: 6 },
		{ kind: "max-pooling" },
		{ kind: "flatten" },
		{ kind: "dense", units: 9 },
		{ kind: "dense", units: 10 },
	],
};

export function testStream(name: string): RandomStream {
	return new RandomStream(new Uint8Array(32), name);
}

/** Weights by He's rule, biases around 0.1, moments 0. */
export function drawState(network: Network, stream: RandomStream): ModelState {
	const weights = parametersOf(network).flatMap(({ size, fanIn }) =>
		Array.from(
			{ length: size },
			() => stream.nextNormal() * (fanIn === 0 ? 0.1 : Math.sqrt(2 / fanIn)),
		),
	);
	const zeros = () => new Float32Array(weights.length);
	return {
		weights: Float32Array.from(weights),
		first: zeros(),
		second: zeros(),
		steps: 0,
	};
}

export function drawBatch(
	network: Network,
	count: number,
	stream: RandomStream,
): Batch {
	const images = Float32Array.from(
		{ length: count * product(network.input) },
		() => stream.nextNormal(),
	);
	const labels = Int32Array.from({ length: count }, () => stream.nextBelow(10));
	return { images, labels, count };
}

export function drawMasks(
	network: Network,
	count: number,
	rate: number,
	stream: RandomStream,
): Float32Array[] {
	return hiddenUnits(network).map((units) =>
		Float32Array.from({ length: count * units }, () =>
			stream.nextUnit() < rate ? 0 : 1 / (1 - rate),
		),
	);
}
