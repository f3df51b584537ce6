import assert from "node:assert/strict";
import { test } from "node:test";
import { curve } from "./curve.js";

test("A curve goes from the lowest bar at the least value to the highest at the greatest.", () => {
	assert.equal(curve([0, 1, 2, 3, 4, 5, 6, 7], 8), "▁▂▃▄▅▆▇█");
	assert.equal(curve([3, 1], 8), "█▁");
});

test("More values than fit are thinned out, and the first and last stay.", () => {
	const values = Array.from({ length: 100 }, (_, index) => index);
	const shown = curve(values, 5);
	assert.equal(shown.length, 5);
	assert.equal(shown[0], "▁");
	assert.equal(shown[4], "█");
});

test("Equal values and no values are no error.", () => {
	assert.equal(curve([2, 2], 4), "▁▁");
	assert.equal(curve([], 4), "");
});
