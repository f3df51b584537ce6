import type { Layer } from "./layer.js";

/**
 * The maximum of each 2x2 window, stride 2; a last odd row or column is left out. The gradient goes to the window's maximum, the first
 * one (row by row) of equal ones. A NaN counts as the maximum.
 */
export class MaxPooling implements Layer {
	private readonly output: Float32Array;
	private readonly inputGradient: Float32Array;
	/** Where in the input each maximum stood. */
	private readonly sources: Int32Array;

	constructor(
		private readonly height: number,
		private readonly width: number,
		private readonly channels: number,
		capacity: number,
	) {
		const outputs = capacity * (height >> 1) * (width >> 1) * channels;
		this.output = new Float32Array(outputs);
		this.sources = new Int32Array(outputs);
		this.inputGradient = new Float32Array(capacity * height * width * channels);
	}

	forward(input: Float32Array, count: number): Float32Array {
		const { height, width, channels, output, sources } = this;
		const below = width * channels;
		let to = 0;
		for (let image = 0; image < count; image++) {
			for (let y = 0; y < height - 1; y += 2) {
				for (let x = 0; x < width - 1; x += 2) {
					const start = ((image * height + y) * width + x) * channels;
					for (let corner = start; corner < start + channels; corner++) {
						let source = corner;
						let maximum = input[corner] as number;
						const right = input[corner + channels] as number;
						if (right > maximum || Number.isNaN(right)) {
							maximum = right;
							source = corner + channels;
						}
						const lower = input[corner + below] as number;
						if (lower > maximum || Number.isNaN(lower)) {
							maximum = lower;
							source = corner + below;
						}
						const lowerRight = input[corner + below + channels] as number;
						if (lowerRight > maximum || Number.isNaN(lowerRight)) {
							maximum = lowerRight;
							source = corner + below + channels;
						}
						output[to] = maximum;
						sources[to] = source;
						to++;
					}
				}
			}
		}
		return output;
	}

	backward(gradient: Float32Array, count: number): Float32Array {
		const { height, width, channels, inputGradient, sources } = this;
		inputGradient.fill(0, 0, count * height * width * channels);
		const outputs = count * (height >> 1) * (width >> 1) * channels;
		for (let at = 0; at < outputs; at++)
			inputGradient[sources[at] as number] = gradient[at] as number;
		return inputGradient;
	}
}
