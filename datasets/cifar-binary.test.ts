import assert from "node:assert/strict";
import { test } from "node:test";
import { countCifarRecords, decodeCifarRecords } from "./cifar-binary.js";
import { DataSetError } from "./data-set-error.js";

test("the three planes of a record become pixels of red, green and blue", () => {
	const bytes = new Uint8Array(2 * 3073);
	bytes[3073] = 7;
	for (let pixel = 0; pixel < 1024; pixel++) {
		bytes[3074 + pixel] = pixel % 256;
		bytes[3074 + 1024 + pixel] = 100;
		bytes[3074 + 2048 + pixel] = 200;
	}
	const images = new Uint8Array(3 * 3072);
	const labels = new Uint8Array(3);
	assert.equal(
		decodeCifarRecords(bytes, "batch", { images, labels, first: 1 }),
		2,
	);
	assert.deepEqual([...labels], [0, 0, 7]);
	assert.deepEqual(
		[...images.subarray(2 * 3072, 2 * 3072 + 6)],
		[0, 100, 200, 1, 100, 200],
	);
	assert.deepEqual([...images.subarray(3 * 3072 - 3)], [255, 100, 200]);
});

test("a size that is no whole number of records is refused with the bytes expected and found", () => {
	assert.throws(
		() => countCifarRecords(new Uint8Array(5000), "batch"),
		damaged(/batch is cut off.*6146 bytes.*5000 were found/),
	);
	assert.throws(
		() => countCifarRecords(new Uint8Array(0), "batch"),
		damaged(/3073 bytes.*0 were found/),
	);
});

test("a label above 9 is refused with its place", () => {
	const bytes = new Uint8Array(2 * 3073);
	bytes[3073] = 11;
	const into = {
		images: new Uint8Array(2 * 3072),
		labels: new Uint8Array(2),
		first: 0,
	};
	assert.throws(
		() => decodeCifarRecords(bytes, "batch", into),
		damaged(/image 1 the label 11; labels are 0 to 9/),
	);
});

function damaged(message: RegExp): (error: unknown) => boolean {
	return (error) =>
		error instanceof DataSetError &&
		error.reason === "damaged" &&
		message.test(error.message);
}
