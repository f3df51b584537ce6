/** A mean with how sure it is. */
export interface MeanInterval {
	readonly mean: number;
	/** Half the width of the 95 % confidence interval; absent for fewer than two values, which say nothing about their spread. */
	readonly halfWidth: number | undefined;
}

const CONFIDENCE = 0.95;

/** Mean and Student's 95 % confidence interval of independent, roughly normal values. Errors: RangeError without values. */
export function meanInterval(values: readonly number[]): MeanInterval {
	const count = values.length;
	if (count === 0) throw new RangeError("There are no values to average.");
	const mean = values.reduce((sum, value) => sum + value, 0) / count;
	if (count === 1) return { mean, halfWidth: undefined };
	const variance =
		values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
	return {
		mean,
		halfWidth:
			studentQuantile(CONFIDENCE, count - 1) * Math.sqrt(variance / count),
	};
}

/** The t for which |T| <= t with this probability, 0..1 (exclusive), T being Student's t with so many degrees of freedom, from 1. */
export function studentQuantile(probability: number, degrees: number): number {
	let low = 0;
	let high = 1;
	while (centralProbability(high, degrees) < probability) high *= 2;
	for (;;) {
		const middle = (low + high) / 2;
		if (middle === low || middle === high) return middle;
		if (centralProbability(middle, degrees) < probability) low = middle;
		else high = middle;
	}
}

/** P(|T| <= t), t from 0: the finite sums of Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4. */
export function centralProbability(t: number, degrees: number): number {
	const angle = Math.atan(t / Math.sqrt(degrees));
	const cosine = Math.cos(angle);
	const odd = degrees % 2 === 1;
	let term = odd ? cosine : 1;
	let sum = degrees === 1 ? 0 : term;
	for (let k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
		term *= (cosine * cosine * (k - 1)) / k;
		sum += term;
	}
	return odd
		? (2 / Math.PI) * (angle + Math.sin(angle) * sum)
		: Math.sin(angle) * sum;
}
