/** A stream of random numbers that is a pure function of its key and a counter: integer arithmetic alone, so it is the same
 * on every machine and any image can be drawn without the ones before it. The mixing is MurmurHash3's 32-bit finaliser
 * (Appleby) over a Weyl sequence. */
export class CounterRandom {
	readonly #key: number;
	#counter = 0;

	/** @param key whole numbers that name the stream, such as a seed, a split and an image's index */
	constructor(...key: readonly number[]) {
		this.#key = key.reduce(
			(state, part) => mix(Math.imul(state, 0x9e3779b1) ^ mix(part | 0)),
			0x243f6a88,
		);
	}

	/** Uniform over 0 (included) to 1 (excluded), a multiple of 2 to the power -24. */
	unit(): number {
		this.#counter = (this.#counter + 0x9e3779b9) | 0;
		return (mix(mix(this.#counter ^ this.#key) + this.#key) >>> 8) / 16_777_216;
	}

	/** Uniform over `low` to `high`. */
	between(low: number, high: number): number {
		return low + (high - low) * this.unit();
	}

	/** A whole number from 0 to `count` - 1. */
	below(count: number): number {
		return Math.floor(this.unit() * count);
	}

	chance(probability: number): boolean {
		return this.unit() < probability;
	}

	pick<T>(choices: readonly T[]): T {
		return choices[this.below(choices.length)] as T;
	}

	/** Nearly normal with mean 0 and the given standard deviation, within 3.5 deviations: a sum of four uniform numbers. */
	normal(deviation: number): number {
		return (
			(this.unit() + this.unit() + this.unit() + this.unit() - 2) *
			1.7320508075688772 *
			deviation
		);
	}
}

function mix(value: number): number {
	let hash = value ^ (value >>> 16);
	hash = Math.imul(hash, 0x85ebca6b);
	hash ^= hash >>> 13;
	hash = Math.imul(hash, 0xc2b2ae35);
	return hash ^ (hash >>> 16);
}
