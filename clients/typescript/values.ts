const SEEDS = 2n ** 64n;

/** A seed as the contract writes it. Errors: RangeError for what is no whole number from 0 to 2^64-1, or not exact. */
export function toSeed(seed: bigint | number | string): string {
	const isWhole =
		typeof seed === "bigint" ||
		(typeof seed === "number" && Number.isSafeInteger(seed)) ||
		(typeof seed === "string" && /^\d{1,20}$/.test(seed));
	if (isWhole && BigInt(seed) >= 0n && BigInt(seed) < SEEDS)
		return String(BigInt(seed));
	throw new RangeError(
		`The seed ${seed} is not allowed; a whole number from 0 to 2^64-1, as a bigint or a string beyond 2^53-1.`,
	);
}

/** A google.protobuf.Duration. */
export function toDuration(seconds: number): {
	seconds: number;
	nanos: number;
} {
	const ms = Math.round(seconds * 1000);
	return { seconds: Math.trunc(ms / 1000), nanos: (ms % 1000) * 1e6 };
}
