import assert from "node:assert/strict";
import { test } from "node:test";
import { DATA_SET_FAMILIES, imageBytes } from "./data-set.js";
import { MANIFESTS } from "./manifests/manifests.js";
import { drawDataSet } from "./synthetic.js";

const FEW = { train: 60, test: 20 };

test("a synthetic set has the shape of the real one, equal numbers of each class and a name that says what it is", async () => {
	for (const family of DATA_SET_FAMILIES) {
		const drawn = await drawDataSet(family, FEW);
		assert.match(drawn.name, /^synthetic-/);
		assert.equal(drawn.synthetic, true);
		assert.deepEqual(drawn.shape, MANIFESTS[family].shape);
		assert.equal(new Set(drawn.classes).size, 10);
		assert.equal(drawn.train.images.length, 60 * imageBytes(drawn.shape));
		assert.ok(drawn.test.images.buffer instanceof SharedArrayBuffer);
		for (const [labels, each] of [
			[drawn.train.labels, 6],
			[drawn.test.labels, 2],
		] as const) {
			for (let label = 0; label < 10; label++)
				assert.equal(labels.filter((found) => found === label).length, each);
		}
		assert.deepEqual(
			[drawn.mean.length, drawn.deviation.length],
			[drawn.shape[2], drawn.shape[2]],
		);
	}
});

// If these change, so does every result that was measured on the synthetic sets: change them only on purpose.
const DIGESTS = {
	mnist:
		"sha256:44b1fb579f56b69d655a3fb682b7094a8471b79c2e0d0c238e2d9ba5542e0b2e",
	"fashion-mnist":
		"sha256:de639c8a5a1ac8bb7e42929aa413052bd0d6a07d0e4940d4cd219f2ce3af8e9b",
	"cifar-10":
		"sha256:6563b57cdc457426be3e06de45b068dbc95a58c55c7fdf2d73bc7691b63ff534",
} as const;

test("the same images are drawn on every machine", async () => {
	for (const family of DATA_SET_FAMILIES)
		assert.equal((await drawDataSet(family, FEW)).digest, DIGESTS[family]);
});

test("an image does not depend on how many are drawn, and another seed gives other images", async () => {
	const few = await drawDataSet("mnist", FEW);
	const more = await drawDataSet("mnist", { train: 200, test: 20 });
	assert.deepEqual(
		more.train.images.subarray(0, few.train.images.length),
		few.train.images,
	);
	assert.deepEqual(more.test.images, few.test.images);
	assert.notEqual(
		(await drawDataSet("mnist", { ...FEW, seed: 8 })).digest,
		few.digest,
	);
});

test("no image is drawn twice, and train and test share none", async () => {
	for (const family of DATA_SET_FAMILIES) {
		const { train, test, shape } = await drawDataSet(family, {
			train: 300,
			test: 100,
		});
		const size = imageBytes(shape);
		const images = [train, test].flatMap(({ images, count }) =>
			Array.from({ length: count }, (_, index) =>
				Buffer.from(images.subarray(index * size, (index + 1) * size)).toString(
					"latin1",
				),
			),
		);
		assert.equal(new Set(images).size, 400);
	}
});

test("classes can be told apart: the nearest of the train images has the right class far more often than by chance", async () => {
	for (const [family, least] of [
		["mnist", 0.6],
		["fashion-mnist", 0.6],
		["cifar-10", 0.15],
	] as const) {
		const { train, test, shape } = await drawDataSet(family, {
			train: 1_000,
			test: 100,
		});
		const size = imageBytes(shape);
		let right = 0;
		for (let index = 0; index < test.count; index++) {
			const image = test.images.subarray(index * size, (index + 1) * size);
			if (train.labels[nearest(image, train.images)] === test.labels[index])
				right++;
		}
		assert.ok(
			right / test.count >= least,
			`${family}: ${right} of ${test.count}`,
		);
	}
});

test("progress is counted up to the whole, and aborting stops the drawing", async () => {
	const seen: number[] = [];
	await drawDataSet("mnist", {
		...FEW,
		onProgress: (progress) =>
			progress.stage === "draw" && seen.push(progress.images),
	});
	assert.deepEqual(seen, [0, 60, 60, 80]);
	await assert.rejects(drawDataSet("mnist", { signal: AbortSignal.abort() }), {
		name: "AbortError",
	});
});

test("counts and seeds out of range are refused", async () => {
	await assert.rejects(
		drawDataSet("mnist", { train: 9 }),
		/9 train images .* from 10 to 1000000/,
	);
	await assert.rejects(
		drawDataSet("mnist", { test: 10.5 }),
		/10.5 test images/,
	);
	await assert.rejects(drawDataSet("mnist", { seed: 0.5 }), /The seed 0.5/);
});

function nearest(image: Uint8Array, images: Uint8Array): number {
	let best = 0;
	let least = Infinity;
	for (let start = 0; start < images.length; start += image.length) {
		let distance = 0;
		for (let at = 0; at < image.length; at++) {
			const gap = (image[at] as number) - (images[start + at] as number);
			distance += gap * gap;
		}
		if (distance < least) {
			least = distance;
			best = start / image.length;
		}
	}
	return best;
}
