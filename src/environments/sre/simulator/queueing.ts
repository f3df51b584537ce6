import { exponential } from "./exponential.js";

/** Utilisation above which the mean wait is no longer raised by it; the rest of an overload is dropped and waits in line. */
const HIGHEST_UTILISATION = 0.985;
const LONGEST_OVERLOAD_WAIT_MS = 500;

/**
 * Mean wait in line, milliseconds: Sakasegawa's approximation for c servers with exponential arrivals and services,
 * W = s rho^(sqrt(2(c+1)) - 1) / (c (1 - rho)), its exponent rounded to 2, 3 and 5 for c = 4, 8 and 16.
 */
export function meanWaitMs(
	utilisation: number,
	serviceTimeMs: number,
	servers: number,
): number {
	const rho =
		utilisation < HIGHEST_UTILISATION ? utilisation : HIGHEST_UTILISATION;
	let power = rho * rho;
	if (servers === 8) power *= rho;
	else if (servers === 16) power = power * power * rho;
	return (power * serviceTimeMs) / (servers * (1 - rho));
}

/** Extra wait in an overloaded line, milliseconds; utilisation above 1. */
export function overloadWaitMs(utilisation: number): number {
	const share = 0.3 + 2 * (utilisation - 1);
	return LONGEST_OVERLOAD_WAIT_MS * (share < 1 ? share : 1);
}

/** Share of requests that an overloaded service drops. */
export function dropShare(utilisation: number): number {
	return utilisation > 1 ? 1 - 1 / utilisation : 0;
}

/** Share of its demand that a service passes on to those that it calls. */
export function passShare(utilisation: number): number {
	return utilisation > 1 ? 0.5 + 0.5 / utilisation : 1;
}

const LOWEST = -3;
const HIGHEST = 5;
const PER_UNIT = 256;
const TIMEOUT_TABLE = Float64Array.from(
	{ length: (HIGHEST - LOWEST) * PER_UNIT },
	(_, index) => timeoutFormula(LOWEST + index / PER_UNIT),
);

/**
 * Probability that a call takes longer than its deadline: 1 / (1 + 1.5 exp(4.19 (T - m) / sqrt(x))), .4 with the deadline at the mean and .01 at
 * the 99th percentile. From a table in steps of 1/256; exactly 1 and 0 outside -3..5.
 */
export function timeoutProbability(
	deadlineMs: number,
	meanMs: number,
	tailMs2: number,
): number {
	const slackMs = deadlineMs - meanMs;
	// Most calls are this far from their deadline, and need neither root nor division.
	if (slackMs > 0 && slackMs * slackMs >= HIGHEST * HIGHEST * tailMs2) return 0;
	const distance = slackMs / Math.sqrt(tailMs2);
	if (distance <= LOWEST) return 1;
	if (distance >= HIGHEST) return 0;
	return TIMEOUT_TABLE[((distance - LOWEST) * PER_UNIT) | 0] as number;
}

function timeoutFormula(distance: number): number {
	return 1 / (1 + 1.5 * exponential(4.19 * distance));
}

/** Probability that a call fails in the end: f (.4 + .6 f^r), f^r being `allFail`; 40 % of failures are correlated, so that no retry helps. */
export function finalFailure(failure: number, allFail: number): number {
	return failure * (0.4 + 0.6 * allFail);
}
