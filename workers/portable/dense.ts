import {
	addBias,
	addBiasAndRectify,
	rectifyGradient,
	sumRows,
} from "./bias-and-relu.js";
import type { Layer, LayerParameters } from "./layer.js";
import { type Matrix, multiples, transposed } from "./matrix.js";
import { multiply } from "./matrix-product.js";

export interface DenseOptions {
	readonly inputs: number;
	readonly units: number;
	/** Whether ReLU follows. */
	readonly hidden: boolean;
	readonly capacity: number;
	readonly wantsInputGradient: boolean;
}

/** output = input x kernel + bias, then ReLU where it is hidden. */
export class Dense implements Layer {
	private readonly output: Float32Array;
	private readonly inputGradient: Float32Array | undefined;
	private readonly kernel: Matrix;
	private readonly inputRows: Int32Array;
	private readonly inputColumns: Int32Array;
	private readonly outputRows: Int32Array;
	private readonly sums: Float64Array;
	private input: Float32Array = new Float32Array(0);

	constructor(
		private readonly options: DenseOptions,
		private readonly parameters: LayerParameters,
	) {
		const { inputs, units, capacity, wantsInputGradient } = options;
		this.output = new Float32Array(capacity * units);
		this.inputGradient = wantsInputGradient
			? new Float32Array(capacity * inputs)
			: undefined;
		this.kernel = {
			data: parameters.kernel,
			rowOffsets: multiples(units, inputs),
			columnOffsets: multiples(1, units),
		};
		this.inputRows = multiples(inputs, capacity);
		this.inputColumns = multiples(1, inputs);
		this.outputRows = multiples(units, capacity);
		this.sums = new Float64Array(units);
	}

	forward(input: Float32Array, count: number): Float32Array {
		const { inputs, units, hidden } = this.options;
		this.input = input;
		multiply(
			{ rows: count, columns: units, depth: inputs },
			this.inputMatrix(),
			this.kernel,
			this.output,
			false,
		);
		if (hidden) addBiasAndRectify(this.output, this.parameters.bias, count);
		else addBias(this.output, this.parameters.bias, count);
		return this.output;
	}

	backward(gradient: Float32Array, count: number): Float32Array | undefined {
		const { inputs, units, hidden } = this.options;
		if (hidden) rectifyGradient(gradient, this.output, count * units);
		sumRows(gradient, count, this.sums, this.parameters.biasGradient);
		const outer = {
			data: gradient,
			rowOffsets: this.outputRows,
			columnOffsets: this.kernel.columnOffsets,
		};
		multiply(
			{ rows: inputs, columns: units, depth: count },
			transposed(this.inputMatrix()),
			outer,
			this.parameters.kernelGradient,
			false,
		);
		if (this.inputGradient !== undefined)
			multiply(
				{ rows: count, columns: inputs, depth: units },
				outer,
				transposed(this.kernel),
				this.inputGradient,
				false,
			);
		return this.inputGradient;
	}

	private inputMatrix(): Matrix {
		return {
			data: this.input,
			rowOffsets: this.inputRows,
			columnOffsets: this.inputColumns,
		};
	}
}
