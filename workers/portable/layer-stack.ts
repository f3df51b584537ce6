import {
	layerShapes,
	type Network,
	type Layer as NetworkLayer,
	parametersOf,
	product,
} from "../network.js";
import { Convolution } from "./convolution.js";
import { Dense } from "./dense.js";
import { Dropout } from "./dropout.js";
import type { Layer, LayerParameters } from "./layer.js";
import { MaxPooling } from "./max-pooling.js";

/** A network's layers with memory for up to `capacity` images. All that lasts, its weights, stands outside. */
export class LayerStack {
	/** One after each hidden dense layer. */
	readonly dropouts: readonly Dropout[];
	private readonly layers: readonly Layer[];

	/** `weights` and `gradients` are flat, in the order of `parametersOf`. */
	constructor(
		network: Network,
		weights: Float32Array,
		gradients: Float32Array,
		readonly capacity: number,
	) {
		this.layers = buildLayers(network, weights, gradients, capacity);
		this.dropouts = this.layers.filter((layer) => layer instanceof Dropout);
	}

	/** The logits, count x classes. */
	forward(images: Float32Array, count: number): Float32Array {
		let output = images;
		for (const layer of this.layers) output = layer.forward(output, count);
		return output;
	}

	/** Fills the gradients from that at the logits, which it overwrites. */
	backward(logitsGradient: Float32Array, count: number): void {
		let gradient: Float32Array | undefined = logitsGradient;
		for (
			let index = this.layers.length - 1;
			index >= 0 && gradient !== undefined;
			index--
		)
			gradient = (this.layers[index] as Layer).backward(gradient, count);
	}
}

function buildLayers(
	network: Network,
	weights: Float32Array,
	gradients: Float32Array,
	capacity: number,
): Layer[] {
	const shapes = layerShapes(network);
	const firstTrained = network.layers.findIndex(
		({ kind }) => kind === "convolution" || kind === "dense",
	);
	const lastDense = network.layers.findLastIndex(
		({ kind }) => kind === "dense",
	);
	const parameters = new Map(
		parametersOf(network).map(({ name, offset, size }) => [
			name,
			{ start: offset, end: offset + size },
		]),
	);
	const parametersFor = (index: number): LayerParameters => {
		const kernel = parameters.get(`kernel_${index}`) as {
			start: number;
			end: number;
		};
		const bias = parameters.get(`bias_${index}`) as {
			start: number;
			end: number;
		};
		return {
			kernel: weights.subarray(kernel.start, kernel.end),
			bias: weights.subarray(bias.start, bias.end),
			kernelGradient: gradients.subarray(kernel.start, kernel.end),
			biasGradient: gradients.subarray(bias.start, bias.end),
		};
	};
	const build = (layer: NetworkLayer, index: number): Layer[] => {
		const shape = shapes[index] as readonly number[];
		const [height, width, channels] = shape as [number, number, number];
		const wantsInputGradient = index > firstTrained;
		switch (layer.kind) {
			case "convolution":
				return [
					new Convolution(
						{
							height,
							width,
							channels,
							filters: layer.filters,
							capacity,
							wantsInputGradient,
						},
						parametersFor(index),
					),
				];
			case "max-pooling":
				return [new MaxPooling(height, width, channels, capacity)];
			case "flatten":
				return []; // The numbers of an image stand in one row already.
			case "dense": {
				const hidden = index !== lastDense;
				const dense = new Dense(
					{
						inputs: product(shape),
						units: layer.units,
						hidden,
						capacity,
						wantsInputGradient,
					},
					parametersFor(index),
				);
				return hidden ? [dense, new Dropout(layer.units, capacity)] : [dense];
			}
		}
	};
	return network.layers.flatMap(build);
}
