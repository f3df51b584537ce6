import { createHash } from "node:crypto";

/**
 * Random numbers of one named use. A stream is fixed by the episode's key (32 bytes), a name and counters, so that no use disturbs another
 * and any of them can be drawn again. The generator is xoshiro128** (Blackman and Vigna), seeded by SHA-256; all of its arithmetic is on
 * 32-bit integers, so every machine draws the same.
 */
export class RandomStream {
	private s0: number;
	private s1: number;
	private s2: number;
	private s3: number;

	constructor(key: Uint8Array, name: string, ...counters: readonly number[]) {
		const digest = createHash("sha256")
			.update(key)
			.update(`/${name}/${counters.join("/")}`)
			.digest();
		this.s0 = digest.readInt32LE(0);
		this.s1 = digest.readInt32LE(4);
		this.s2 = digest.readInt32LE(8);
		this.s3 = digest.readInt32LE(12) | 1;
	}

	/** A whole number in 0..2^32-1. */
	nextUint32(): number {
		const scaled = Math.imul(this.s1, 5);
		const result = Math.imul((scaled << 7) | (scaled >>> 25), 9);
		const shifted = this.s1 << 9;
		this.s2 ^= this.s0;
		this.s3 ^= this.s1;
		this.s1 ^= this.s2;
		this.s0 ^= this.s3;
		this.s2 ^= shifted;
		this.s3 = (this.s3 << 11) | (this.s3 >>> 21);
		return result >>> 0;
	}

	/** A real number in [0, 1), of 32 random bits. */
	nextUnit(): number {
		return this.nextUint32() * 2 ** -32;
	}

	/** A real number in [minimum, maximum). */
	nextBetween(minimum: number, maximum: number): number {
		return minimum + (maximum - minimum) * this.nextUnit();
	}

	/** A whole number in 0..bound-1, each equally likely (Lemire's multiplication, bias under bound / 2^32). */
	nextBelow(bound: number): number {
		return Math.floor(this.nextUnit() * bound);
	}

	/** A number of the standard normal distribution (Marsaglia's polar method). */
	nextNormal(): number {
		for (;;) {
			const u = this.nextBetween(-1, 1);
			const v = this.nextBetween(-1, 1);
			const s = u * u + v * v;
			if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
		}
	}

	/** 0..count-1 in random order (Fisher and Yates). */
	permutation(count: number): Uint32Array {
		const order = Uint32Array.from({ length: count }, (_, index) => index);
		for (let last = count - 1; last > 0; last--) {
			const other = this.nextBelow(last + 1);
			const kept = order[last] as number;
			order[last] = order[other] as number;
			order[other] = kept;
		}
		return order;
	}
}
