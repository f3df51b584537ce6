/** A share of independent trials with how sure it is. */
export interface Proportion {
	readonly count: number;
	/** At least 1. */
	readonly of: number;
	readonly share: number;
	/** Ends of Wilson's 95 % confidence interval, 0..1. */
	readonly low: number;
	readonly high: number;
}

/** The normal quantile of a 95 % interval. */
const Z = 1.959963984540054;

/** Share and Wilson's score interval (Wilson 1927), which holds for few trials and for shares of 0 and 1, too. Errors: RangeError without trials. */
export function proportion(count: number, of: number): Proportion {
	if (of < 1) throw new RangeError("There are no trials to take a share of.");
	const share = count / of;
	const weight = 1 + Z ** 2 / of;
	const centre = (share + Z ** 2 / (2 * of)) / weight;
	const half =
		(Z / weight) *
		Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
	return {
		count,
		of,
		share,
		low: count === 0 ? 0 : Math.max(0, centre - half),
		high: count === of ? 1 : Math.min(1, centre + half),
	};
}
