import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type AugmentationRule,
	drawTransform,
	transformImage,
} from "./augmentation.js";
import { BatchReader, drawSubset } from "./episode-images.js";
import type { EpisodeImages } from "./job.js";
import { RandomStream } from "./random-stream.js";

const key = new Uint8Array(32).fill(3);
const shape = [4, 4, 3] as const;
const size = 48;
const count = 100;
const mean = [0.5, 0.25, 0.1];
const deviation = [0.25, 0.5, 2];

const stream = new RandomStream(new Uint8Array(32), "images");
const images: EpisodeImages = {
	shape,
	mean,
	deviation,
	train: {
		images: Uint8Array.from({ length: count * size }, () =>
			stream.nextBelow(256),
		),
		labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
		count,
	},
	test: { images: new Uint8Array(size), labels: new Uint8Array(1), count: 1 },
	trainCount: 60,
	validationCount: 25,
};

const rule: AugmentationRule = {
	rotationDegrees: 15,
	shiftShare: 0.1,
	flipProbability: 0.5,
	cropPadding: 0,
	colourShare: 0.2,
};

/** What the design page says of inputs: bytes as shares of 255, less the mean, by the deviation. */
const normalised = (value: number, channel: number) =>
	(value / 255 - (mean[channel] as number)) / (deviation[channel] as number);

function assertNear(actual: Float32Array, expected: readonly number[]): void {
	assert.equal(actual.length, expected.length);
	expected.forEach((value, at) => {
		assert.ok(
			Math.abs((actual[at] as number) - value) < 1e-5,
			`at ${at}: ${actual[at]} instead of ${value}`,
		);
	});
}

test("Training and validation images of an episode are disjoint and as many as asked for.", () => {
	const { train, validation } = drawSubset(images, key);
	assert.equal(train.length, 60);
	assert.equal(validation.length, 25);
	const all = [...train, ...validation];
	assert.equal(new Set(all).size, 85);
	assert.ok(all.every((index) => index < count));
});

test("The same key draws the same images, another key others.", () => {
	const subset = drawSubset(images, key);
	assert.deepEqual(drawSubset(images, key), subset);
	assert.notDeepEqual(drawSubset(images, new Uint8Array(32)), subset);
});

test("A file can be used up to its last image.", () => {
	const { train, validation } = drawSubset(
		{ ...images, trainCount: 70, validationCount: 30 },
		key,
	);
	assert.equal(new Set([...train, ...validation]).size, count);
});

test("A batch holds the images in the order asked for, normalised channel by channel, and their labels.", () => {
	const indices = Uint32Array.of(42, 7, 99, 7);
	const batch = new BatchReader(images).read(images.train, indices);
	assert.equal(batch.count, 4);
	assert.deepEqual([...batch.labels], [2, 7, 9, 7]);
	assertNear(
		batch.images,
		[...indices].flatMap((index) =>
			Array.from({ length: size }, (_, at) =>
				normalised(images.train.images[index * size + at] as number, at % 3),
			),
		),
	);
});

test("A reader that has read a long batch reads a short one whole and nothing more.", () => {
	const reader = new BatchReader(images);
	const long = reader.read(images.train, Uint32Array.of(1, 2, 3, 4, 5));
	const short = reader.read(images.train, Uint32Array.of(4));
	assert.equal(short.count, 1);
	assert.deepEqual(short.images, long.images.slice(3 * size, 4 * size));
	assert.deepEqual(short.labels, Int32Array.of(4));
});

test("Augmentation of strength 0 by turns and shifts gives what no augmentation gives.", () => {
	const reader = new BatchReader(images);
	const indices = Uint32Array.of(5, 50);
	const { images: plain, labels } = reader.read(images.train, indices);
	const augmented = reader.readAugmented(images.train, indices, rule, 0, [
		new RandomStream(key, "augmentation"),
	]);
	assertNear(augmented.images, [...plain]);
	assert.deepEqual(augmented.labels, labels);
});

test("Each image is transformed by the eight numbers of its place in the batch, then normalised.", () => {
	const indices = Uint32Array.of(5, 50, 95);
	const batch = new BatchReader(images).readAugmented(
		images.train,
		indices,
		rule,
		0.8,
		[new RandomStream(key, "augmentation", 1)],
	);
	const reference = new RandomStream(key, "augmentation", 1);
	const expected = [...indices].flatMap((index) => {
		const output = new Float32Array(size);
		transformImage(
			images.train.images.subarray(index * size, (index + 1) * size),
			shape,
			drawTransform(rule, 0.8, 4, reference),
			output,
		);
		return [...output].map((value, at) => normalised(value, at % 3));
	});
	assertNear(batch.images, expected);
	assert.deepEqual([...batch.labels], [5, 0, 5]);
});

test("Another image before it in the batch changes nothing about an image's transform.", () => {
	const read = (first: number) =>
		new BatchReader(images)
			.readAugmented(images.train, Uint32Array.of(first, 30), rule, 1, [
				new RandomStream(key, "augmentation", 2),
			])
			.images.slice(size);
	assert.deepEqual(read(10), read(20));
});

test("Reading changes none of the shared bytes.", () => {
	const before = images.train.images.slice();
	const reader = new BatchReader(images);
	reader.read(images.train, Uint32Array.of(0, 1));
	reader.readAugmented(images.train, Uint32Array.of(0, 1), rule, 1, [
		new RandomStream(key, "augmentation"),
	]);
	assert.deepEqual(images.train.images, before);
});
