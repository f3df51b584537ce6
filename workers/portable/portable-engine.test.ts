import assert from "node:assert/strict";
import { test } from "node:test";
import { SMALL_CONVOLUTIONAL_NET, SMALL_NET } from "./drawn-cases.js";
import { createPortableEngine } from "./portable-engine.js";

test("The engine names what its results depend on.", () => {
	assert.match(
		createPortableEngine().name,
		/^portable-1 \(javascript, math [0-9a-f]{8}, float32\)$/,
	);
});

test("The same network has one and the same model, also as a copy from another thread.", () => {
	const engine = createPortableEngine();
	assert.equal(
		engine.model(structuredClone(SMALL_NET)),
		engine.model(SMALL_NET),
	);
	assert.notEqual(
		engine.model(SMALL_CONVOLUTIONAL_NET),
		engine.model(SMALL_NET),
	);
});
