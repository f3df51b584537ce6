import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { type EpisodeSource, episodeKey } from "./episode-key.js";

const source: EpisodeSource = {
	taskId: "training/easy_mnist",
	taskVersion: 1,
	split: "train",
	seed: "42",
};
const hex = (key: Uint8Array) => Buffer.from(key).toString("hex");

test("The key is the SHA-256 of task, version, split and seed.", () => {
	assert.equal(
		hex(episodeKey(source)),
		createHash("sha256")
			.update("nightshift/training/easy_mnist/1/train/42")
			.digest("hex"),
	);
	assert.equal(episodeKey(source).length, 32);
});

test("Another task, version, split or seed gives another key.", () => {
	const sources: EpisodeSource[] = [
		source,
		{ ...source, taskId: "training/hard_cifar" },
		{ ...source, taskVersion: 2 },
		{ ...source, split: "validation" },
		{ ...source, split: "test" },
		{ ...source, seed: "43" },
		{ ...source, seed: "18446744073709551615" },
		{ ...source, seed: "18446744073709551614" },
		{ ...source, taskVersion: 14, seed: "2" },
	];
	assert.equal(
		new Set(sources.map((one) => hex(episodeKey(one)))).size,
		sources.length,
	);
});

test("A key shares its memory with nothing, so that it can be sent and kept as it is.", () => {
	const key = episodeKey(source);
	assert.equal(key.buffer.byteLength, 32);
	key[0] = (key[0] as number) ^ 1;
	assert.notDeepEqual(episodeKey(source), key);
});
