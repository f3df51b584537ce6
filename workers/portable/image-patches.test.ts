import assert from "node:assert/strict";
import { test } from "node:test";
import { ImagePatches } from "./image-patches.js";

function patch(patches: ImagePatches, pixel: number): number[] {
	const { data, rowOffsets, columnOffsets } = patches.matrix;
	return Array.from(
		columnOffsets,
		(offset) => data[(rowOffsets[pixel] as number) + offset] as number,
	);
}

test("A patch is the 3x3 pixels around its pixel, row by row, zeros beyond the border.", () => {
	const patches = new ImagePatches(2, 3, 1, 1);
	patches.load(Float32Array.of(1, 2, 3, 4, 5, 6), 0, 1);
	assert.deepEqual(patch(patches, 0), [0, 0, 0, 0, 1, 2, 0, 4, 5]);
	assert.deepEqual(patch(patches, 4), [1, 2, 3, 4, 5, 6, 0, 0, 0]);
});

test("The channels of a pixel stand together.", () => {
	const patches = new ImagePatches(1, 2, 2, 1);
	patches.load(Float32Array.of(1, 2, 3, 4), 0, 1);
	assert.deepEqual(
		patch(patches, 1),
		[0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0],
	);
});

test("Images do not see each other, and a group can begin at any image.", () => {
	const patches = new ImagePatches(1, 1, 1, 2);
	patches.load(Float32Array.of(7, 8, 9), 1, 2);
	assert.deepEqual(patch(patches, 0), [0, 0, 0, 0, 8, 0, 0, 0, 0]);
	assert.deepEqual(patch(patches, 1), [0, 0, 0, 0, 9, 0, 0, 0, 0]);
});
