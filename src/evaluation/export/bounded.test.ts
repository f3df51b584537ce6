import assert from "node:assert/strict";
import { test } from "node:test";
import { boundFields, boundJson, boundText } from "./bounded.js";
import { HOSTILE_TEXT } from "./testing.js";

test("A text has no control characters and no halves of characters, and is cut with a word of how much there was.", () => {
	const text = boundText(HOSTILE_TEXT);
	assert.doesNotMatch(text, /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
	assert.equal(boundText("abcdef", 4), "abcd ... (2 characters more)");
	// The cut goes through a pair.
	assert.equal(boundText("ab😀", 3), "ab\ufffd ... (1 characters more)");
	assert.equal(boundText("a\n\tb"), "a\n\tb");
});

test("Small values stay as they are, but for digits and what is null.", () => {
	assert.deepEqual(
		boundJson({
			a: [1, "two", true],
			b: 1 / 3,
			c: null,
			d: undefined,
			e: 1e21,
		}),
		{ a: [1, "two", true], b: 0.333333, e: 1e21 },
	);
	assert.equal(boundJson(Number.POSITIVE_INFINITY), "Infinity");
});

test("Long lists, many fields and deep values are cut and say so.", () => {
	const list = boundJson(Array(103).fill(1)) as unknown[];
	assert.equal(list.length, 101);
	assert.equal(list[100], "... (3 more)");
	const fields = Object.fromEntries(
		Array.from({ length: 102 }, (_, k) => [`f${k}`, k]),
	);
	const bounded = boundJson(fields) as Record<string, unknown>;
	assert.equal(Object.keys(bounded).length, 101);
	assert.equal(bounded["..."], "2 fields more");
	let deep: unknown = "inside";
	for (let k = 0; k < 20_000; k++) deep = [deep];
	assert.match(JSON.stringify(boundJson(deep)), /^\[{12}"\.\.\."\]{12}$/);
});

test("What is still too long becomes the start of its JSON; fields share the room.", () => {
	const long = Array(100).fill("x".repeat(1000));
	const cut = boundJson(long);
	assert.ok(typeof cut === "string" && cut.length < 20_100);
	assert.match(cut, /^\["xxx/);
	assert.match(cut, /\(\d+ characters more\)$/);
	const shared = boundFields({ small: 1, long });
	assert.equal(shared.small, 1);
	assert.ok(typeof shared.long === "string");
	assert.match(shared.long, /^\["xxx/);
	assert.ok(JSON.stringify(shared).length < 21_000);
});

test("A field called __proto__ is a field.", () => {
	const bounded = boundJson(JSON.parse('{"__proto__": {"a": 1}}'));
	assert.equal(JSON.stringify(bounded), '{"__proto__":{"a":1}}');
});
