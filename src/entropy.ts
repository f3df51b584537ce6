import { randomBytes, randomInt } from "node:crypto";

/** The one place that draws what is not reproducible: ids, and seeds that the client left to the server. */

/** 128 random bits in hexadecimal. */
export function drawSessionId(): string {
	return randomBytes(16).toString("hex");
}

/** A short name under which an error stands in the log. */
export function drawIncident(): string {
	return randomBytes(6).toString("hex");
}

/** Asking the system costs more than a step of some environments, so seeds come in bulk. */
let seeds = Buffer.alloc(0);

/** A seed of 64 bits, in decimal. */
export function drawSeed(): string {
	if (seeds.length === 0) seeds = randomBytes(8 * 128);
	const seed = seeds.readBigUInt64LE().toString();
	seeds = seeds.subarray(8);
	return seed;
}

/** A fraction, at least 0 and below 1, that spreads out repeated requests. */
export function drawFraction(): number {
	return randomInt(2 ** 32) / 2 ** 32;
}
