import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { RandomStream } from "./random-stream.js";

const key = Uint8Array.from({ length: 32 }, (_, index) => index);
const otherKey = new Uint8Array(32);

const draw = (stream: RandomStream, count = 8) =>
	Array.from({ length: count }, () => stream.nextUint32());

/** Blackman and Vigna's xoshiro128** 1.1, on integers of any size. */
function* xoshiro128StarStar(seed: readonly bigint[]): Generator<number> {
	const word = (value: bigint) => BigInt.asUintN(32, value);
	const rotated = (value: bigint, left: bigint) =>
		word((value << left) | (value >> (32n - left)));
	const s = [...seed] as [bigint, bigint, bigint, bigint];
	for (;;) {
		yield Number(word(rotated(word(s[1] * 5n), 7n) * 9n));
		const shifted = word(s[1] << 9n);
		s[2] ^= s[0];
		s[3] ^= s[1];
		s[1] ^= s[2];
		s[0] ^= s[3];
		s[2] ^= shifted;
		s[3] = rotated(s[3], 11n);
	}
}

test("From the state 1, 2, 3, 4 come the numbers that the generator's authors' program gives.", () => {
	const stream = new RandomStream(key, "any");
	Object.assign(stream, { s0: 1, s1: 2, s2: 3, s3: 4 });
	assert.deepEqual(
		draw(stream, 10),
		[
			11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034,
			3734860849, 3729100597, 4258142804,
		],
	);
});

test("A stream is xoshiro128** from the SHA-256 of key, name and counters.", () => {
	const cases: readonly (readonly [string, readonly number[], string])[] = [
		["subset", [], "/subset/"],
		["order", [3, 17], "/order/3/17"],
		["dropout", [1, 2, 63, 0], "/dropout/1/2/63/0"],
	];
	for (const [name, counters, suffix] of cases) {
		const hash = createHash("sha256")
			.update(Buffer.concat([key, Buffer.from(suffix)]))
			.digest();
		const words = [0, 4, 8, 12].map((at) => BigInt(hash.readUInt32LE(at)));
		// The generator must not start from four zeros.
		words[3] = (words[3] as bigint) | 1n;
		const reference = xoshiro128StarStar(words);
		assert.deepEqual(
			draw(new RandomStream(key, name, ...counters), 1000),
			Array.from({ length: 1000 }, () => reference.next().value),
		);
	}
});

test("Another key, name, counter or number of counters gives another stream.", () => {
	const streams = [
		new RandomStream(key, "order", 1, 12),
		new RandomStream(otherKey, "order", 1, 12),
		new RandomStream(key, "dropout", 1, 12),
		new RandomStream(key, "order", 1, 13),
		new RandomStream(key, "order", 11, 2),
		new RandomStream(key, "order", 1, 1, 2),
		new RandomStream(key, "order", 1),
		new RandomStream(key, "order"),
	];
	const first = streams.map((stream) => draw(stream, 2).join());
	assert.equal(new Set(first).size, streams.length);
});

test("Drawing from one stream does not disturb another.", () => {
	const alone = draw(new RandomStream(key, "order", 1));
	const stream = new RandomStream(key, "order", 1);
	const other = new RandomStream(key, "dropout", 1);
	const interleaved = alone.map(() => {
		other.nextNormal();
		return stream.nextUint32();
	});
	assert.deepEqual(interleaved, alone);
});

test("A unit is the 32 bits as a fraction, at least 0 and below 1.", () => {
	const bits = draw(new RandomStream(key, "unit"), 1000);
	const stream = new RandomStream(key, "unit");
	for (const bit of bits) {
		const unit = stream.nextUnit();
		assert.equal(unit, bit / 4294967296);
		assert.ok(unit >= 0 && unit < 1);
	}
	const greatest = new RandomStream(key, "greatest");
	greatest.nextUint32 = () => 4294967295;
	assert.ok(greatest.nextUnit() < 1);
	assert.equal(greatest.nextBelow(60_000), 59_999);
});

test("A number between bounds is the unit's share of the way from one to the other.", () => {
	const stream = new RandomStream(key, "between");
	stream.nextUint32 = () => 2 ** 30;
	assert.equal(stream.nextBetween(-3, 5), -1);
	stream.nextUint32 = () => 0;
	assert.equal(stream.nextBetween(-3, 5), -3);
});

test("Numbers below a bound are equally likely.", () => {
	const stream = new RandomStream(key, "below");
	const counts = Array.from({ length: 10 }, () => 0);
	const draws = 100_000;
	for (let i = 0; i < draws; i++) {
		const value = stream.nextBelow(10);
		counts[value] = (counts[value] as number) + 1;
	}
	const expected = draws / 10;
	const chiSquare = counts.reduce(
		(sum, count) => sum + (count - expected) ** 2 / expected,
		0,
	);
	// 99.9 % of fair draws with nine degrees of freedom stay below 27.9.
	assert.ok(chiSquare < 27.9, `chi square ${chiSquare}`);
});

test("Normal numbers have the moments of the standard normal distribution.", () => {
	const stream = new RandomStream(key, "normal");
	const count = 100_000;
	const values = Array.from({ length: count }, () => stream.nextNormal());
	const moment = (power: number) =>
		values.reduce((sum, value) => sum + value ** power, 0) / count;
	// Five standard errors each: of x 1, of x^2 sqrt 2, of x^3 sqrt 15, of x^4 sqrt 96.
	const within = 5 / Math.sqrt(count);
	assert.ok(Math.abs(moment(1)) < within);
	assert.ok(Math.abs(moment(2) - 1) < within * Math.sqrt(2));
	assert.ok(Math.abs(moment(3)) < within * Math.sqrt(15));
	assert.ok(Math.abs(moment(4) - 3) < within * Math.sqrt(96));
});

test("A permutation holds every index once.", () => {
	for (const count of [0, 1, 2, 97]) {
		const order = new RandomStream(key, "permutation", count).permutation(
			count,
		);
		assert.deepEqual(
			[...order].sort((a, b) => a - b),
			Array.from({ length: count }, (_, index) => index),
		);
	}
});

test("All six orders of three things are equally likely.", () => {
	const counts = new Map<string, number>();
	const stream = new RandomStream(key, "orders");
	const draws = 60_000;
	for (let i = 0; i < draws; i++) {
		const order = stream.permutation(3).join();
		counts.set(order, (counts.get(order) ?? 0) + 1);
	}
	assert.equal(counts.size, 6);
	const expected = draws / 6;
	const chiSquare = [...counts.values()].reduce(
		(sum, count) => sum + (count - expected) ** 2 / expected,
		0,
	);
	// 99.9 % of fair draws with five degrees of freedom stay below 20.5.
	assert.ok(chiSquare < 20.5, `chi square ${chiSquare}`);
});
