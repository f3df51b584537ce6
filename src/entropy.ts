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

/** A seed of 64 bits, in decimal. */
export function drawSeed(): string {
	return randomBytes(8).readBigUInt64LE().toString();
}

/** A fraction, at least 0 and below 1, that spreads out repeated requests. */
export function drawFraction(): number {
	return randomInt(2 ** 32) / 2 ** 32;
}
