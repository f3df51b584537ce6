import type { RandomStream } from "../../../../workers/random-stream.js";
import type { Policy } from "../../policy.js";
import { playSearch, type Tried } from "./search.js";
import {
	type Dimension,
	type DimensionName,
	drawPoint,
	forEachDimension,
	type Point,
} from "./search-space.js";

/** Trials that are drawn before the estimator has a say. */
const STARTING_TRIALS = 4;
/** Share of the trials that count as good. */
const GOOD_SHARE = 0.25;
/** Points of which the most promising is tried. */
const CANDIDATES = 24;

/**
 * The Tree-structured Parzen Estimator of Bergstra, Bardenet, Bengio and Kégl, Algorithms for Hyper-Parameter Optimization, 2011, over the table
 * of levels: the trials are split into good and bad, each side's levels are smoothed into a distribution for every dimension, and of 24 points
 * drawn from the good side that with the highest ratio of good to bad is tried. The table has no branches, so the tree is flat.
 */
export const tpe: Policy = {
	name: "tpe",
	version: 1,
	environment: "training",
	description:
		"As random-search, but after four trials a Parzen estimator proposes the next from those before it.",
	start: playSearch("tpe", proposePoint),
};

/** The next point to try. */
export function proposePoint(
	tried: readonly Tried[],
	stream: RandomStream,
): Point {
	if (tried.length < STARTING_TRIALS) return drawPoint(stream);
	const best = [...tried].sort((a, b) => b.reached - a.reached);
	const count = Math.ceil(GOOD_SHARE * best.length);
	const good = smoothed(best.slice(0, count));
	const bad = smoothed(best.slice(count));
	let proposed: Point | undefined;
	let highest = Number.NEGATIVE_INFINITY;
	for (let candidate = 0; candidate < CANDIDATES; candidate++) {
		const point = drawFrom(good, stream);
		const promise = likelihoodRatio(point, good, bad);
		if (promise <= highest) continue;
		proposed = point;
		highest = promise;
	}
	return proposed as Point;
}

/** Probabilities of the levels of each dimension. */
type Distributions = Readonly<Record<DimensionName, readonly number[]>>;

function smoothed(tried: readonly Tried[]): Distributions {
	return forEachDimension((dimension, name) =>
		parzenEstimate(
			dimension,
			tried.map(({ point }) => point[name]),
		),
	);
}

/**
 * The mean of an even distribution and one kernel for each level that was seen. An ordered dimension's kernels are Gaussian, as wide as the
 * farther of the two neighbours among the seen levels and the ends is away, and at least one level; else a kernel is its level alone.
 */
export function parzenEstimate(
	{ levels, ordered }: Dimension,
	seen: readonly number[],
): number[] {
	const sums = levels.map(() => 1 / levels.length);
	const sorted = [...seen].sort((a, b) => a - b);
	sorted.forEach((centre, place) => {
		const width = Math.max(
			1,
			centre - (sorted[place - 1] ?? 0),
			(sorted[place + 1] ?? levels.length - 1) - centre,
		);
		const kernel = levels.map((_, level) =>
			ordered
				? Math.exp(-(((level - centre) / width) ** 2) / 2)
				: Number(level === centre),
		);
		const total = kernel.reduce((sum, weight) => sum + weight, 0);
		kernel.forEach((weight, level) => {
			sums[level] = (sums[level] as number) + weight / total;
		});
	});
	return sums.map((sum) => sum / (seen.length + 1));
}

function drawFrom(distributions: Distributions, stream: RandomStream): Point {
	return forEachDimension(({ levels }, name) => {
		let left = stream.nextUnit();
		const level = distributions[name].findIndex((share) => {
			left -= share;
			return left < 0;
		});
		// Shares that were rounded may miss 1 by a little.
		return level < 0 ? levels.length - 1 : level;
	});
}

/** Logarithm of how much likelier the point is among the good than among the bad. */
function likelihoodRatio(
	point: Point,
	good: Distributions,
	bad: Distributions,
): number {
	const ratios = forEachDimension(
		(_, name) =>
			(good[name][point[name]] as number) / (bad[name][point[name]] as number),
	);
	return Object.values(ratios).reduce((sum, ratio) => sum + Math.log(ratio), 0);
}
