import { exponential } from "./exponential.js";

/**
 * Counter-based random numbers: each is a hash of (seed, t, node, stream), so that any of them can be drawn alone, in any order and again, and
 * two courses of the same incident draw the same ones. All arithmetic is on 32-bit integers or exact in IEEE 754; every machine draws the same.
 */
export interface Seed {
	/** 32 bits each; as signed or unsigned integers. */
	readonly low: number;
	readonly high: number;
}

/** What a random number is for. A number is used once per (t, node). */
export const STREAM = {
	load: 0,
	loadSecondPass: 1,
	fixByRestart: 2,
	fixByScaleUp: 3,
	fixByCircuitBreak: 4,
	fixByRollback: 5,
	generation: 6,
	lag: 7,
	missing: 8,
	latency: 9,
	errors: 10,
	errorsNormal: 11,
	cpu: 12,
	memory: 13,
	cpuGain: 14,
	cpuOffset: 15,
	memoryOffset: 16,
} as const;

/** Simulated time begins a few steps before the agent's first: t is -8 or later. */
const TIME_OFFSET = 64;

/** 32 random bits. t in -64..191, node 0..255, stream 0..255. */
export function hash(
	seed: Seed,
	t: number,
	node: number,
	stream: number,
): number {
	return hashCounter(seed, ((t + TIME_OFFSET) << 16) | (node << 8) | stream);
}

/** In (0, 1). */
export function uniform(
	seed: Seed,
	t: number,
	node: number,
	stream: number,
): number {
	return toUniform(hash(seed, t, node, stream));
}

/** Of the standard normal distribution, in steps of 1/4096 of its mass; within ±3.7. */
export function normal(
	seed: Seed,
	t: number,
	node: number,
	stream: number,
): number {
	return toNormal(hash(seed, t, node, stream));
}

/**
 * Writes the `hash` of every service and of each of these streams, next to one another for a service. Many at once take a third of the time that
 * each alone would.
 */
export function hashAll(
	seed: Seed,
	t: number,
	services: number,
	streams: readonly number[],
	into: Uint32Array,
): void {
	let at = 0;
	for (let k = 0; k < services; k++) {
		const counter = ((t + TIME_OFFSET) << 16) | (k << 8);
		for (let stream = 0; stream < streams.length; stream++)
			into[at++] = hashCounter(seed, counter | (streams[stream] as number));
	}
}

/** The uniform number of a hash. */
export function toUniform(hashed: number): number {
	return (hashed + 0.5) * UNIT;
}

/** The normal number of a hash. */
export function toNormal(hashed: number): number {
	return NORMAL_QUANTILES[hashed >>> 20] as number;
}

/** The lognormal factor of a hash, out of those of its spread. */
export function toLognormal(factors: Float64Array, hashed: number): number {
	return factors[hashed >>> 20] as number;
}

/** e to the power of `spread` times each value that `normal` can give; for `toLognormal`. */
export function lognormalFactors(spread: number): Float64Array {
	return NORMAL_QUANTILES.map((z) => exponential(spread * z));
}

/** The random numbers of a scenario's generation, one after the other. */
export class Draws {
	private drawn = 0;

	constructor(private readonly seed: Seed) {}

	/** In (0, 1). */
	unit(): number {
		const counter = 0x1000000 | this.drawn++;
		return (hashCounter(this.seed, counter) + 0.5) * UNIT;
	}

	between(minimum: number, maximum: number): number {
		return minimum + (maximum - minimum) * this.unit();
	}

	/** 0..bound-1. */
	below(bound: number): number {
		return Math.floor(bound * this.unit());
	}

	chance(probability: number): boolean {
		return this.unit() < probability;
	}
}

/** A bijection of 32-bit integers that scatters them (the finaliser of MurmurHash3, Appleby). */
export function scatter(value: number): number {
	let x = value;
	x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
	x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
	return x ^ (x >>> 16);
}

function hashCounter(seed: Seed, counter: number): number {
	const mixed = scatter(Math.imul(counter, 0x9e3779b1) ^ seed.low);
	return scatter(mixed ^ seed.high) >>> 0;
}

/** 2^-32. */
const UNIT = 1 / 0x1_0000_0000;

const NORMAL_QUANTILES = normalQuantiles(4096);

/** The middles of `count` equally likely parts of the standard normal distribution, by Newton's method from the middle outwards. */
function normalQuantiles(count: number): Float64Array {
	const quantiles = new Float64Array(count);
	let z = 0;
	for (let upper = count / 2; upper < count; upper++) {
		const target = (upper + 0.5) / count;
		for (let iteration = 0; iteration < 8; iteration++)
			z += (target - normalShareBelow(z)) / normalDensity(z);
		quantiles[upper] = z;
		quantiles[count - 1 - upper] = -z;
	}
	return quantiles;
}

function normalDensity(z: number): number {
	return 0.3989422804014327 * exponential((-z * z) / 2);
}

/** Share of the standard normal distribution below z >= 0: 1/2 + phi(z) (z + z^3/3 + z^5/15 + ...), Marsaglia's series. */
function normalShareBelow(z: number): number {
	let term = z;
	let sum = z;
	for (let odd = 3; term > 1e-17 * sum; odd += 2) {
		term *= (z * z) / odd;
		sum += term;
	}
	return 0.5 + sum * normalDensity(z);
}
