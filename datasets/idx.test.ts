import assert from "node:assert/strict";
import { test } from "node:test";
import { DataSetError } from "./data-set-error.js";
import { parseIdxImages, parseIdxLabels } from "./idx.js";

test("images of an IDX file are given with their count, height, width and bytes", () => {
	const parsed = parseIdxImages(
		file([0x803, 2, 1, 3], [1, 2, 3, 4, 5, 6]),
		"images",
	);
	assert.deepEqual(
		{ ...parsed, pixels: [...parsed.pixels] },
		{ count: 2, height: 1, width: 3, pixels: [1, 2, 3, 4, 5, 6] },
	);
});

test("labels of an IDX file are given as bytes", () => {
	assert.deepEqual(
		[...parseIdxLabels(file([0x801, 3], [9, 0, 4]), "labels")],
		[9, 0, 4],
	);
});

test("an IDX file of another kind is refused with both magic numbers", () => {
	assert.throws(
		() => parseIdxImages(file([0x801, 2, 1, 1], [1, 2]), "some/images"),
		damaged(/some\/images.*0x00000801.*0x00000803/),
	);
	assert.throws(
		() => parseIdxLabels(file([0x803, 2], [1, 2]), "some/labels"),
		damaged(/some\/labels.*0x00000803.*0x00000801/),
	);
});

test("an IDX file that is cut off or too long is refused with the bytes expected and found", () => {
	assert.throws(
		() => parseIdxImages(file([0x803, 2, 2, 2], [1, 2, 3]), "images"),
		damaged(/images is cut off.*24 bytes.*19 were found/),
	);
	assert.throws(
		() => parseIdxLabels(file([0x801, 1], [1, 2]), "labels"),
		damaged(/labels has bytes past its end.*9 bytes.*10 were found/),
	);
	assert.throws(
		() => parseIdxImages(new Uint8Array(5), "images"),
		damaged(/images is cut off.*16 bytes.*5 were found/),
	);
});

test("an IDX file without images is refused", () => {
	assert.throws(
		() => parseIdxImages(file([0x803, 0, 28, 28], []), "images"),
		damaged(/holds no images/),
	);
});

test("a label above 9 is refused with its place", () => {
	assert.throws(
		() => parseIdxLabels(file([0x801, 3], [0, 10, 1]), "labels"),
		damaged(/image 1 the label 10; labels are 0 to 9/),
	);
});

function file(header: number[], body: number[]): Uint8Array {
	const bytes = new Uint8Array(header.length * 4 + body.length);
	const view = new DataView(bytes.buffer);
	for (const [index, word] of header.entries()) view.setUint32(index * 4, word);
	bytes.set(body, header.length * 4);
	return bytes;
}

function damaged(message: RegExp): (error: unknown) => boolean {
	return (error) =>
		error instanceof DataSetError &&
		error.reason === "damaged" &&
		message.test(error.message);
}
