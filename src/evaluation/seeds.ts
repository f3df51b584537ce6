const LAST_SEED = 2n ** 64n - 1n;
const MOST_SEEDS = 10_000;

/**
 * Reads seeds: numbers and ranges with both ends, separated by commas ("1..3,7"). Gives each once, in the order of their first mention, in
 * decimal. Errors: RangeError with a sentence.
 */
export function parseSeeds(text: string): string[] {
	const seeds = new Set<string>();
	for (const part of text.split(",")) {
		const [, first, last = first] =
			/^\s*(\d{1,20})(?:\.\.(\d{1,20}))?\s*$/.exec(part) ?? [];
		if (first === undefined || last === undefined) throw wrong(text);
		if (BigInt(last) > LAST_SEED || BigInt(last) < BigInt(first))
			throw wrong(text);
		for (let seed = BigInt(first); seed <= BigInt(last); seed++) {
			seeds.add(String(seed));
			if (seeds.size > MOST_SEEDS) throw wrong(text);
		}
	}
	return [...seeds];
}

function wrong(text: string): RangeError {
	return new RangeError(
		`"${text}" is not allowed; seeds from 0 to 2^64-1 as numbers and ranges, for example 1..3,7, at most ${MOST_SEEDS} of them`,
	);
}
