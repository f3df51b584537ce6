import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { DataSetError } from "./data-set-error.js";
import { MANIFESTS } from "./manifests/manifests.js";
import { readImages } from "./read.js";
import {
	cifarBatch,
	idxImages,
	idxLabels,
	temporaryDirectory,
	writeIdxSet,
} from "./testing.js";

test("IDX files are read plain and gzipped into shared memory", async (context) => {
	const folder = temporaryDirectory(context);
	writeIdxSet(folder);
	const files: string[] = [];
	const { train, test } = await readImages(folder, MANIFESTS.mnist, {
		onFile: (file) => files.push(file),
	});
	assert.equal(train.count, 20);
	assert.equal(test.count, 10);
	assert.ok(
		train.images.buffer instanceof SharedArrayBuffer &&
			test.labels.buffer instanceof SharedArrayBuffer,
	);
	assert.equal(train.images.length, 20 * 784);
	assert.equal(train.images[19 * 784], 19);
	assert.equal(train.labels[13], 3);
	assert.equal(files.length, 4);
});

test("of the CIFAR-10 batches those that are present are read in their order", async (context) => {
	const folder = temporaryDirectory(context);
	writeFileSync(join(folder, "data_batch_4.bin"), cifarBatch(2, 4, 44));
	writeFileSync(
		join(folder, "data_batch_2.bin.gz"),
		gzipSync(cifarBatch(3, 1, 22)),
	);
	writeFileSync(join(folder, "test_batch.bin"), cifarBatch(1, 9, 99));
	const { train, test } = await readImages(folder, MANIFESTS["cifar-10"]);
	assert.deepEqual([...train.labels], [1, 2, 3, 4, 5]);
	assert.deepEqual(
		[train.images[0], train.images[5 * 3072 - 1], test.images[0]],
		[22, 44, 99],
	);
	assert.equal(train.images.length, 5 * 3072);
});

test("a damaged file is named with what was expected and what was found", async (context) => {
	const folder = temporaryDirectory(context);
	const damages: [name: string, bytes: Uint8Array, message: RegExp][] = [
		[
			"t10k-images-idx3-ubyte",
			idxImages(10).subarray(0, 1000),
			/t10k-images-idx3-ubyte is cut off.*7856 bytes, and 1000 were found/,
		],
		[
			"t10k-images-idx3-ubyte",
			idxImages(9),
			/t10k-images-idx3-ubyte holds 9 images and .*t10k-labels-idx1-ubyte 10 labels/,
		],
		[
			"t10k-images-idx3-ubyte",
			idxImages(10, 14),
			/images of 14x14; MNIST has 28x28/,
		],
		[
			"t10k-labels-idx1-ubyte",
			idxLabels(10).fill(12, 17),
			/image 9 the label 12/,
		],
		[
			"train-images-idx3-ubyte.gz",
			gzipSync(idxImages(20)).subarray(0, 60),
			/train-images-idx3-ubyte.gz is cut off.*15696 bytes, and \d+ were found/,
		],
		[
			"train-images-idx3-ubyte.gz",
			withoutTrailer(gzipSync(idxImages(20))),
			/train-images-idx3-ubyte.gz is a damaged gzip file/,
		],
	];
	for (const [name, bytes, message] of damages) {
		rmSync(folder, { recursive: true });
		writeIdxSet(folder);
		writeFileSync(join(folder, name), bytes);
		await assert.rejects(
			readImages(folder, MANIFESTS.mnist),
			(error) =>
				error instanceof DataSetError &&
				error.reason === "damaged" &&
				message.test(error.message),
		);
	}
});

test("a file that is absent is named", async (context) => {
	const folder = join(temporaryDirectory(context), "cifar");
	mkdirSync(folder);
	await assert.rejects(
		readImages(folder, MANIFESTS["cifar-10"]),
		/data_batch_1.bin does not exist, nor does data_batch_1.bin.gz/,
	);
});

test("reading stops when its signal is aborted", async (context) => {
	const folder = temporaryDirectory(context);
	writeIdxSet(folder);
	const controller = new AbortController();
	const reading = readImages(folder, MANIFESTS.mnist, {
		signal: controller.signal,
		onFile: () => controller.abort(),
	});
	await assert.rejects(reading, { name: "AbortError" });
});

function withoutTrailer(gzipped: Uint8Array): Uint8Array {
	return gzipped.subarray(0, -6);
}
