import assert from "node:assert/strict";
import { test } from "node:test";
import { Canvas } from "./canvas.js";
import { rectangle } from "./geometry.js";

const white = (): number => 1;

test("a filled polygon covers the pixels inside it, and its edges by half", () => {
	const canvas = new Canvas(6, 5, 1);
	canvas.fill(rectangle(1, 1, 4, 3), white);
	assert.deepEqual(rows(canvas), [
		[0, 0, 0, 0, 0, 0],
		[0, 0.5, 0.5, 0.5, 0.5, 0],
		[0, 0.5, 1, 1, 0.5, 0],
		[0, 0.5, 0.5, 0.5, 0.5, 0],
		[0, 0, 0, 0, 0, 0],
	]);
});

test("a stroke covers what lies within its radius, and a part of it is no fill", () => {
	const canvas = new Canvas(5, 3, 1);
	canvas.stroke(
		[
			[0, 1],
			[4, 1],
		],
		0.5,
		white,
	);
	assert.deepEqual(rows(canvas), [
		[0, 0, 0, 0, 0],
		[1, 1, 1, 1, 1],
		[0, 0, 0, 0, 0],
	]);
});

test("opacity mixes with what was there, channel by channel", () => {
	const canvas = new Canvas(3, 3, 3);
	canvas.cover((_x, _y, channel) => channel / 4);
	canvas.fill(rectangle(-5, -5, 8, 8), white, 0.5);
	assert.deepEqual([...canvas.pixels.subarray(12, 15)], [0.5, 0.625, 0.75]);
});

test("what lies outside of the canvas is not drawn", () => {
	const canvas = new Canvas(4, 4, 1);
	canvas.fill(rectangle(10, 10, 12, 12), white);
	canvas.stroke(
		[
			[-9, -9],
			[-5, -5],
		],
		1,
		white,
	);
	assert.ok(canvas.pixels.every((value) => value === 0));
});

test("bytes are rounded and kept within 0 to 255", () => {
	const canvas = new Canvas(2, 2, 1);
	canvas.pixels.set([-1, 0.5, 1, 7]);
	const images = new Uint8Array(8);
	canvas.writeBytes(images, 4);
	assert.deepEqual([...images], [0, 0, 0, 0, 0, 128, 255, 255]);
});

function rows(canvas: Canvas): number[][] {
	return Array.from({ length: canvas.height }, (_, y) => [
		...canvas.pixels.subarray(y * canvas.width, (y + 1) * canvas.width),
	]);
}
