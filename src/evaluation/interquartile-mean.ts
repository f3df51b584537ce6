import { type MeanInterval, studentQuantile } from "./student-t.js";

const CONFIDENCE = 0.95;

/**
 * The mean of the middle half of independent values (a quarter of them, rounded down, is left out at each end), with its 95 % confidence
 * interval from the winsorised variance (Tukey and McLaughlin 1963). Errors: RangeError without values.
 */
export function interquartileMean(values: readonly number[]): MeanInterval {
	const count = values.length;
	if (count === 0) throw new RangeError("There are no values to average.");
	const sorted = [...values].sort((a, b) => a - b);
	const cut = Math.floor(count / 4);
	const middle = sorted.slice(cut, count - cut);
	const mean = average(middle);
	if (middle.length < 2) return { mean, halfWidth: undefined };
	const least = middle[0] as number;
	const most = middle.at(-1) as number;
	const winsorised = sorted.map((value) =>
		Math.min(most, Math.max(least, value)),
	);
	const centre = average(winsorised);
	const variance =
		winsorised.reduce((sum, value) => sum + (value - centre) ** 2, 0) /
		(count - 1);
	const kept = middle.length / count;
	return {
		mean,
		halfWidth:
			(studentQuantile(CONFIDENCE, middle.length - 1) *
				Math.sqrt(variance / count)) /
			kept,
	};
}

function average(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
