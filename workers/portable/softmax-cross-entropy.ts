import type { EvaluationMetrics } from "../engine.js";

/** The cross-entropies, in nats, of the softmax of count x classes logits, and how many of the greatest logits (the first of equal ones) are the label's. */
export function softmaxCrossEntropy(
	logits: Float32Array,
	labels: Int32Array,
	count: number,
	classes: number,
): EvaluationMetrics {
	let lossSum = 0;
	let correct = 0;
	for (let row = 0; row < count; row++) {
		const start = row * classes;
		const label = labels[row] as number;
		const maximum = greatest(logits, start, classes);
		lossSum +=
			Math.log(exponentialSum(logits, start, classes, maximum)) -
			((logits[start + label] as number) - maximum);
		if (position(logits, start, classes, maximum) === label) correct += 1;
	}
	return { lossSum, correct };
}

/** The gradient of the mean cross-entropy at the logits: (softmax - one at the label) / count. */
export function softmaxCrossEntropyGradient(
	logits: Float32Array,
	labels: Int32Array,
	count: number,
	classes: number,
	gradient: Float32Array,
): void {
	for (let row = 0; row < count; row++) {
		const start = row * classes;
		const maximum = greatest(logits, start, classes);
		const sum = exponentialSum(logits, start, classes, maximum);
		for (let column = 0; column < classes; column++) {
			const probability =
				Math.exp((logits[start + column] as number) - maximum) / sum;
			gradient[start + column] =
				(probability - (column === labels[row] ? 1 : 0)) / count;
		}
	}
}

/** The greatest of a row; NaNs are passed over here and come in through the sum. */
function greatest(
	logits: Float32Array,
	start: number,
	classes: number,
): number {
	let maximum = -Infinity;
	for (let at = start; at < start + classes; at++)
		if ((logits[at] as number) > maximum) maximum = logits[at] as number;
	return maximum;
}

function position(
	logits: Float32Array,
	start: number,
	classes: number,
	maximum: number,
): number {
	for (let column = 0; column < classes; column++)
		if (logits[start + column] === maximum) return column;
	return 0;
}

/** Exponentials are taken less the maximum, so that none overflows. */
function exponentialSum(
	logits: Float32Array,
	start: number,
	classes: number,
	maximum: number,
): number {
	let sum = 0;
	for (let at = start; at < start + classes; at++)
		sum += Math.exp((logits[at] as number) - maximum);
	return sum;
}
