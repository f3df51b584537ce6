import assert from "node:assert/strict";
import { test } from "node:test";
import {
	affineAbout,
	curveThrough,
	ellipse,
	type Point,
	rectangle,
	transform,
} from "./geometry.js";

test("an affine map turns by twice the angle whose tangent it is given, about the point that it moves", () => {
	// The tangent of 22.5 degrees makes an eighth of a turn, from the x axis towards y.
	const map = affineAbout([1, 1], [10, 20], {
		tangent: Math.SQRT2 - 1,
		shear: 0,
		scaleX: 2,
		scaleY: 2,
	});
	assertNear(transform(map, [1, 1]), [10, 20]);
	assertNear(transform(map, [2, 1]), [10 + Math.SQRT2, 20 + Math.SQRT2]);
});

test("an affine map stretches and shears", () => {
	const map = affineAbout([0, 0], [0, 0], {
		tangent: 0,
		shear: 0.5,
		scaleX: 3,
		scaleY: 2,
	});
	assertNear(transform(map, [1, 0]), [3, 0]);
	assertNear(transform(map, [0, 1]), [1, 2]);
});

test("a curve goes through its points, and a closed one is smooth where it closes", () => {
	const points: Point[] = [
		[0, 0],
		[4, 0],
		[4, 4],
		[0, 4],
		[0, 0],
	];
	const curve = curveThrough(points, 4);
	assert.equal(curve.length, 17);
	for (const [index, point] of points.entries())
		assertNear(curve[index * 4] as Point, point);
	const [before, after] = [curve[15] as Point, curve[1] as Point];
	assertNear([before[0], before[1]], [after[1], after[0]]);
});

test("an ellipse has its radii, a rectangle its corners", () => {
	for (const [x, y] of ellipse(5, 6, 3, 2))
		assert.ok(Math.abs(((x - 5) / 3) ** 2 + ((y - 6) / 2) ** 2 - 1) < 1e-12);
	assert.deepEqual(rectangle(1, 2, 3, 4), [
		[1, 2],
		[3, 2],
		[3, 4],
		[1, 4],
	]);
});

function assertNear(found: Point, expected: Point): void {
	assert.ok(
		Math.abs(found[0] - expected[0]) < 1e-12 &&
			Math.abs(found[1] - expected[1]) < 1e-12,
		`${found.join()} is not ${expected.join()}`,
	);
}
