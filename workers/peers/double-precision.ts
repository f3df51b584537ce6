import type { Batch } from "../engine.js";
import {
	layerShapes,
	type Network,
	type Parameter,
	parametersOf,
} from "../network.js";

/**
 * The mean cross-entropy of a batch, nats, by the definition of each layer in double precision: slow, and exact enough to take differences
 * of. `masks` are those of `Update`.
 */
export function meanLoss(
	network: Network,
	weights: Float64Array,
	{ images, labels, count }: Batch,
	masks: readonly Float32Array[] | undefined,
): number {
	const parameters = new Map(
		parametersOf(network).map((parameter) => [parameter.name, parameter]),
	);
	const shapes = layerShapes(network);
	const size = images.length / count;
	let sum = 0;
	for (let row = 0; row < count; row++) {
		let hidden = 0;
		let x: Float64Array = Float64Array.from(
			images.subarray(row * size, (row + 1) * size),
		);
		network.layers.forEach((layer, index) => {
			const [height, width, channels] = shapes[index] as [
				number,
				number,
				number,
			];
			const part = (name: string) => {
				const { offset, size } = parameters.get(
					`${name}_${index}`,
				) as Parameter;
				return weights.subarray(offset, offset + size);
			};
			switch (layer.kind) {
				case "convolution":
					x = relu(
						convolve(
							x,
							[height, width, channels],
							part("kernel"),
							part("bias"),
						),
					);
					break;
				case "max-pooling":
					x = pool(x, [height, width, channels]);
					break;
				case "flatten":
					break;
				case "dense":
					x = combine(x, part("kernel"), part("bias"));
					if (index === network.layers.length - 1) break;
					x = relu(x);
					if (masks !== undefined) {
						const mask = masks[hidden] as Float32Array;
						const first = row * layer.units;
						x = x.map((value, unit) => value * (mask[first + unit] as number));
					}
					hidden += 1;
					break;
			}
		});
		sum += crossEntropy(x, labels[row] as number);
	}
	return sum / count;
}

/** Each output is the sum over the 3 x 3 neighbourhood, 0 outside, of input x kernel[dy, dx, in, out]. */
function convolve(
	x: Float64Array,
	[height, width, channels]: readonly [number, number, number],
	kernel: Float64Array,
	bias: Float64Array,
): Float64Array {
	const filters = bias.length;
	const output = new Float64Array(height * width * filters);
	for (let y = 0; y < height; y++)
		for (let column = 0; column < width; column++)
			for (let filter = 0; filter < filters; filter++) {
				let sum = bias[filter] as number;
				for (let dy = 0; dy < 3; dy++)
					for (let dx = 0; dx < 3; dx++) {
						const [fromY, fromX] = [y + dy - 1, column + dx - 1];
						if (fromY < 0 || fromY >= height || fromX < 0 || fromX >= width)
							continue;
						for (let channel = 0; channel < channels; channel++)
							sum +=
								at(x, (fromY * width + fromX) * channels + channel) *
								at(
									kernel,
									((dy * 3 + dx) * channels + channel) * filters + filter,
								);
					}
				output[(y * width + column) * filters + filter] = sum;
			}
	return output;
}

/** The greatest of each 2 x 2 square; an odd last row or column is left out. */
function pool(
	x: Float64Array,
	[height, width, channels]: readonly [number, number, number],
): Float64Array {
	const [rows, columns] = [height >> 1, width >> 1];
	return Float64Array.from(
		{ length: rows * columns * channels },
		(_, index) => {
			const channel = index % channels;
			const column = Math.floor(index / channels) % columns;
			const row = Math.floor(index / channels / columns);
			const value = (dy: number, dx: number) =>
				at(x, ((2 * row + dy) * width + 2 * column + dx) * channels + channel);
			return Math.max(value(0, 0), value(0, 1), value(1, 0), value(1, 1));
		},
	);
}

function combine(
	x: Float64Array,
	kernel: Float64Array,
	bias: Float64Array,
): Float64Array {
	return bias.map((start, unit) =>
		x.reduce(
			(sum, value, input) =>
				sum + value * at(kernel, input * bias.length + unit),
			start,
		),
	);
}

function relu(x: Float64Array): Float64Array {
	return x.map((value) => Math.max(0, value));
}

function crossEntropy(logits: Float64Array, label: number): number {
	const greatest = Math.max(...logits);
	const sum = logits.reduce(
		(total, logit) => total + Math.exp(logit - greatest),
		0,
	);
	return greatest + Math.log(sum) - at(logits, label);
}

function at(values: Float64Array, index: number): number {
	return values[index] as number;
}
