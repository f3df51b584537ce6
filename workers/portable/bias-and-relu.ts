/** Adds to each of `count` rows the bias. */
export function addBias(
	values: Float32Array,
	bias: Float32Array,
	count: number,
): void {
	const units = bias.length;
	for (let row = 0, at = 0; row < count; row++) {
		for (let unit = 0; unit < units; unit++, at++)
			values[at] = (values[at] as number) + (bias[unit] as number);
	}
}

/** Adds the bias and sets what is negative to 0; NaN stays NaN. */
export function addBiasAndRectify(
	values: Float32Array,
	bias: Float32Array,
	count: number,
): void {
	const units = bias.length;
	for (let row = 0, at = 0; row < count; row++) {
		for (let unit = 0; unit < units; unit++, at++)
			values[at] = Math.max((values[at] as number) + (bias[unit] as number), 0);
	}
}

/** Takes the gradient at ReLU's output to that at its input, in place: it passes where the output is above 0. */
export function rectifyGradient(
	gradient: Float32Array,
	output: Float32Array,
	length: number,
): void {
	for (let at = 0; at < length; at++)
		if (!((output[at] as number) > 0)) gradient[at] = 0;
}

/** The bias's gradient: the sum of the rows. */
export function sumRows(
	gradient: Float32Array,
	count: number,
	sums: Float64Array,
	biasGradient: Float32Array,
): void {
	const units = biasGradient.length;
	sums.fill(0);
	for (let row = 0, at = 0; row < count; row++) {
		for (let unit = 0; unit < units; unit++, at++)
			sums[unit] = (sums[unit] as number) + (gradient[at] as number);
	}
	biasGradient.set(sums);
}
