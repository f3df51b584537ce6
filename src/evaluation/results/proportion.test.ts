import assert from "node:assert/strict";
import { test } from "node:test";
import { proportion } from "./proportion.js";

/** The square of the normal quantile. */
const Z2 = 1.959963984540054 ** 2;

test("Wilson's interval of half the trials stands around a half.", () => {
	const { share, low, high } = proportion(5, 10);
	assert.equal(share, 0.5);
	// (p + z2/2n ± z sqrt(pq/n + z2/4n2)) / (1 + z2/n), worked out by hand.
	assert.ok(Math.abs(low - 0.236593) < 1e-6, String(low));
	assert.ok(Math.abs(high - 0.763407) < 1e-6, String(high));
});

test("Wilson's interval of no or of all successes ends at 0 or 1, and is not empty.", () => {
	const none = proportion(0, 10);
	assert.equal(none.low, 0);
	assert.ok(Math.abs(none.high - Z2 / (10 + Z2)) < 1e-12);
	const all = proportion(10, 10);
	assert.equal(all.high, 1);
	assert.ok(Math.abs(all.low - 10 / (10 + Z2)) < 1e-12);
});

test("A share of no trials is refused.", () => {
	assert.throws(() => proportion(0, 0), RangeError);
});
