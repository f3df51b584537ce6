import assert from "node:assert/strict";
import { test } from "node:test";
import { NightshiftError } from "../errors.js";
import { parseBody } from "./body.js";

function refusal(text: string): string {
	try {
		return `taken: ${JSON.stringify(parseBody(text))}`;
	} catch (error) {
		assert.ok(error instanceof NightshiftError);
		assert.equal(error.reason, "INVALID_FIELD");
		return error.message;
	}
}

test("A body is JSON, and an empty one is absent.", () => {
	assert.deepEqual(parseBody('{"a":[1,{"b":"}"}]}'), { a: [1, { b: "}" }] });
	assert.equal(parseBody(""), undefined);
	assert.equal(parseBody(" \n"), undefined);
});

test("What is no JSON is refused in printable letters, and so is nesting that nothing needs, before it is read.", () => {
	assert.match(refusal('{"a'), /^: is no JSON: .*\.$/);
	assert.match(refusal("\u0000\u001b[31m"), /^[\x20-\x7e]+$/);
	const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
	assert.match(refusal(nested(32)), /^taken/);
	assert.match(refusal(nested(33)), /nested more than 32 levels/);
	assert.match(refusal(nested(100_000)), /nested more than 32 levels/);
	assert.match(refusal(JSON.stringify("[".repeat(100))), /^taken/);
	assert.match(refusal('"\\"[["'), /^taken/);
});

test("A key that would change what objects are is a key like any other.", () => {
	const body = parseBody('{"__proto__":{"polluted":1}}') as object;
	assert.deepEqual(Object.keys(body), ["__proto__"]);
	assert.equal("polluted" in body, false);
});
