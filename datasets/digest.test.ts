import assert from "node:assert/strict";
import { test } from "node:test";
import { createLabelledImages } from "./data-set.js";
import { digestOf } from "./digest.js";

test("the digest depends on every image byte, every label, the shape and the counts, and on nothing else", async () => {
	const content = () => ({
		shape: [2, 2, 1] as const,
		train: createLabelledImages(3, [2, 2, 1]),
		test: createLabelledImages(2, [2, 2, 1]),
	});
	const digest = await digestOf(content());
	assert.match(digest, /^sha256:[0-9a-f]{64}$/);
	assert.equal(await digestOf(content()), digest);

	const changes: ((changed: ReturnType<typeof content>) => void)[] = [
		({ train }) => train.images.fill(1, 11),
		({ train }) => train.labels.fill(1, 2),
		({ test }) => test.images.fill(1, 7),
		({ test }) => test.labels.fill(1, 1),
	];
	for (const change of changes) {
		const changed = content();
		change(changed);
		assert.notEqual(await digestOf(changed), digest);
	}
	assert.notEqual(await digestOf({ ...content(), shape: [1, 4, 1] }), digest);
	const moved = {
		shape: [2, 2, 1] as const,
		train: createLabelledImages(2, [2, 2, 1]),
		test: createLabelledImages(3, [2, 2, 1]),
	};
	assert.notEqual(await digestOf(moved), digest);
});

test("computing a digest stops when its signal is aborted", async () => {
	const images = createLabelledImages(1, [2, 2, 1]);
	await assert.rejects(
		digestOf(
			{ shape: [2, 2, 1], train: images, test: images },
			AbortSignal.abort(),
		),
		{ name: "AbortError" },
	);
});
