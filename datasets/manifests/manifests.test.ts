import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { parseIdxImages } from "../idx.js";
import { DEBIAN_FASHION_MNIST } from "../locate.js";
import { FASHION_MNIST } from "./fashion-mnist.js";
import { MANIFESTS } from "./manifests.js";

const withoutDebian = existsSync(DEBIAN_FASHION_MNIST)
	? {}
	: { skip: "Debian's package dataset-fashion-mnist is not installed" };

test("every manifest has ten classes, moments for each channel, and mirrors, sizes and checksums for its files", () => {
	for (const [
		family,
		{ family: named, shape, classes, mean, deviation, published },
	] of Object.entries(MANIFESTS)) {
		assert.equal(named, family);
		assert.equal(new Set(classes).size, 10);
		assert.deepEqual([mean.length, deviation.length], [shape[2], shape[2]]);
		for (const mirror of published.mirrors)
			assert.match(mirror, /^https?:\/\/\S+\/$/);
		for (const { bytes, sha256 } of [
			...published.files,
			...published.contents,
		]) {
			assert.ok(bytes > 0);
			assert.match(sha256, /^[0-9a-f]{64}$/);
		}
	}
});

test(
	"Fashion-MNIST's contents are those of Debian's package",
	withoutDebian,
	() => {
		for (const { name, bytes, sha256 } of FASHION_MNIST.published.contents) {
			const content = gunzipSync(
				readFileSync(join(DEBIAN_FASHION_MNIST, `${name}.gz`)),
			);
			assert.equal(content.length, bytes);
			assert.equal(createHash("sha256").update(content).digest("hex"), sha256);
		}
	},
);

// Debian stores the authors' files without the name and time in their gzip headers; putting those back gives the files that
// the mirrors serve. The times were found by trying: 31 August 2017.
const AUTHORS_TIMES: Readonly<Record<string, number>> = {
	"train-images-idx3-ubyte.gz": 1_504_176_606,
	"train-labels-idx1-ubyte.gz": 1_504_176_606,
	"t10k-images-idx3-ubyte.gz": 1_504_176_627,
	"t10k-labels-idx1-ubyte.gz": 1_504_176_627,
};

test(
	"Fashion-MNIST's files are Debian's with the authors' gzip headers",
	withoutDebian,
	() => {
		for (const { name, bytes, sha256 } of FASHION_MNIST.published.files) {
			const header = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
			header.writeUInt32LE(AUTHORS_TIMES[name] as number, 4);
			const packed = readFileSync(join(DEBIAN_FASHION_MNIST, name)).subarray(
				header.length,
			);
			const file = Buffer.concat([
				header,
				Buffer.from(`${name.replace(".gz", "")}\0`),
				packed,
			]);
			assert.equal(file.length, bytes);
			assert.equal(createHash("sha256").update(file).digest("hex"), sha256);
		}
	},
);

test(
	"Fashion-MNIST's mean and deviation are those of its train images",
	withoutDebian,
	() => {
		const file = join(DEBIAN_FASHION_MNIST, "train-images-idx3-ubyte.gz");
		const { pixels } = parseIdxImages(gunzipSync(readFileSync(file)), file);
		let sum = 0;
		let squares = 0;
		for (const value of pixels) {
			sum += value;
			squares += value * value;
		}
		const mean = sum / pixels.length / 255;
		assert.ok(Math.abs(mean - (FASHION_MNIST.mean[0] as number)) < 0.0005);
		assert.ok(
			Math.abs(
				Math.sqrt(squares / pixels.length / 255 ** 2 - mean ** 2) -
					(FASHION_MNIST.deviation[0] as number),
			) < 0.0005,
		);
	},
);
