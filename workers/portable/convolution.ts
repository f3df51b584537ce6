import {
	addBiasAndRectify,
	rectifyGradient,
	sumRows,
} from "./bias-and-relu.js";
import { ImagePatches } from "./image-patches.js";
import type { Layer, LayerParameters } from "./layer.js";
import { type Matrix, multiples, transposed } from "./matrix.js";
import { multiply } from "./matrix-product.js";

export interface ConvolutionOptions {
	readonly height: number;
	readonly width: number;
	readonly channels: number;
	readonly filters: number;
	readonly capacity: number;
	readonly wantsInputGradient: boolean;
}

/**
 * A 3x3 convolution that keeps the size, bias and ReLU: patches of the input x kernel. Back, the kernel's gradient is the patches,
 * transposed, x the output's gradient; the input's gradient is again a convolution, of the output's gradient with the kernel turned by
 * half a circle. Images are taken in groups, so that patches stay in the cache;
 * a group's size does not depend on the capacity, since the order of the sums depends on it.
 */
export class Convolution implements Layer {
	private readonly output: Float32Array;
	private readonly inputGradient: Float32Array | undefined;
	private readonly kernel: Matrix;
	private readonly turnedKernel: Matrix;
	private readonly inputPatches: ImagePatches;
	private readonly gradientPatches: ImagePatches | undefined;
	private readonly outputRows: Int32Array;
	private readonly sums: Float64Array;
	private readonly group: number;
	private input: Float32Array = new Float32Array(0);

	constructor(
		private readonly options: ConvolutionOptions,
		private readonly parameters: LayerParameters,
	) {
		const { height, width, channels, filters, capacity, wantsInputGradient } =
			options;
		const pixels = height * width;
		this.group = Math.ceil(GROUP_PIXELS / pixels);
		this.output = new Float32Array(capacity * pixels * filters);
		this.inputGradient = wantsInputGradient
			? new Float32Array(capacity * pixels * channels)
			: undefined;
		this.inputPatches = new ImagePatches(height, width, channels, this.group);
		this.gradientPatches = wantsInputGradient
			? new ImagePatches(height, width, filters, this.group)
			: undefined;
		this.kernel = {
			data: parameters.kernel,
			rowOffsets: multiples(filters, 9 * channels),
			columnOffsets: multiples(1, filters),
		};
		const turnedRows = Int32Array.from(
			{ length: 9 * filters },
			(_, row) =>
				(8 - Math.floor(row / filters)) * channels * filters + (row % filters),
		);
		this.turnedKernel = {
			data: parameters.kernel,
			rowOffsets: turnedRows,
			columnOffsets: multiples(filters, channels),
		};
		this.outputRows = multiples(filters, this.group * pixels);
		this.sums = new Float64Array(filters);
	}

	forward(input: Float32Array, count: number): Float32Array {
		const { height, width, channels, filters } = this.options;
		const pixels = height * width;
		this.input = input;
		for (let first = 0; first < count; first += this.group) {
			const images = Math.min(this.group, count - first);
			this.inputPatches.load(input, first, images);
			const output = this.output.subarray(first * pixels * filters);
			multiply(
				{ rows: images * pixels, columns: filters, depth: 9 * channels },
				this.inputPatches.matrix,
				this.kernel,
				output,
				false,
			);
		}
		addBiasAndRectify(this.output, this.parameters.bias, count * pixels);
		return this.output;
	}

	backward(gradient: Float32Array, count: number): Float32Array | undefined {
		const { height, width, channels, filters } = this.options;
		const pixels = height * width;
		rectifyGradient(gradient, this.output, count * pixels * filters);
		sumRows(gradient, count * pixels, this.sums, this.parameters.biasGradient);
		for (let first = 0; first < count; first += this.group) {
			const images = Math.min(this.group, count - first);
			this.inputPatches.load(this.input, first, images);
			const outer = {
				data: gradient.subarray(first * pixels * filters),
				rowOffsets: this.outputRows,
				columnOffsets: this.kernel.columnOffsets,
			};
			multiply(
				{ rows: 9 * channels, columns: filters, depth: images * pixels },
				transposed(this.inputPatches.matrix),
				outer,
				this.parameters.kernelGradient,
				first > 0,
			);
			if (
				this.inputGradient === undefined ||
				this.gradientPatches === undefined
			)
				continue;
			this.gradientPatches.load(gradient, first, images);
			const inner = this.inputGradient.subarray(first * pixels * channels);
			multiply(
				{ rows: images * pixels, columns: channels, depth: 9 * filters },
				this.gradientPatches.matrix,
				this.turnedKernel,
				inner,
				false,
			);
		}
		return this.inputGradient;
	}
}

const GROUP_PIXELS = 1024;
