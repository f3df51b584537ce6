import { type MeanInterval, studentQuantile } from "../student-t.js";

const CONFIDENCE = 0.95;

/**
 * The mean of the means of independent groups of values, each group weighing the same, with its 95 % confidence interval: variances of the
 * groups' means added, degrees of freedom by Welch and Satterthwaite, rounded down. No interval where a group has fewer than two values.
 * Errors: RangeError without groups, or with an empty one.
 */
export function stratifiedMean(
	groups: readonly (readonly number[])[],
): MeanInterval {
	if (groups.length === 0 || groups.some((group) => group.length === 0))
		throw new RangeError("There are no values to average.");
	const means = groups.map(averageOf);
	const mean = averageOf(means);
	if (groups.some((group) => group.length < 2))
		return { mean, halfWidth: undefined };
	const parts = groups.map((group, k) => ({
		/** Of the group's mean. */
		variance:
			group.reduce(
				(sum, value) => sum + (value - (means[k] as number)) ** 2,
				0,
			) /
			(group.length - 1) /
			group.length,
		degrees: group.length - 1,
	}));
	const total = parts.reduce((sum, { variance }) => sum + variance, 0);
	if (total === 0) return { mean, halfWidth: 0 };
	const degrees =
		total ** 2 /
		parts.reduce(
			(sum, { variance, degrees }) => sum + variance ** 2 / degrees,
			0,
		);
	return {
		mean,
		halfWidth:
			(studentQuantile(CONFIDENCE, Math.max(1, Math.floor(degrees + 1e-9))) *
				Math.sqrt(total)) /
			groups.length,
	};
}

function averageOf(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
