import type { Layer } from "./layer.js";

/** Multiplies by the mask it was last given; passes everything without one. */
export class Dropout implements Layer {
	/** Factors, count x units. */
	mask: Float32Array | undefined;
	private readonly output: Float32Array;

	constructor(
		readonly units: number,
		capacity: number,
	) {
		this.output = new Float32Array(capacity * units);
	}

	forward(input: Float32Array, count: number): Float32Array {
		if (this.mask === undefined) return input;
		scale(input, this.mask, count * this.units, this.output);
		return this.output;
	}

	backward(gradient: Float32Array, count: number): Float32Array {
		if (this.mask !== undefined)
			scale(gradient, this.mask, count * this.units, gradient);
		return gradient;
	}
}

function scale(
	values: Float32Array,
	factors: Float32Array,
	length: number,
	to: Float32Array,
): void {
	for (let at = 0; at < length; at++)
		to[at] = (values[at] as number) * (factors[at] as number);
}
