import assert from "node:assert/strict";
import { test } from "node:test";
import { portableName } from "./engine-name.js";
import { digestOf, javaScriptMath } from "./javascript-math.js";

const names = ["exp", "log", "cos", "sin", "pow"] as const;
const { exp, log, cos, sin, pow } = Math;
const own = { exp, log, cos, sin, pow };

test("The functions have a digest, which stands in the portable engine's name.", () => {
	assert.match(javaScriptMath(), /^[0-9a-f]{8}$/);
	assert.equal(javaScriptMath(), digestOf(own));
	assert.equal(
		portableName(),
		`portable-1 (javascript, math ${javaScriptMath()}, float32)`,
	);
});

test("A last bit of one value of any function changes the digest.", () => {
	for (const name of names) {
		let calls = 0;
		const off = (...given: [number, number]) => {
			const value = (own[name] as typeof pow)(...given);
			calls += 1;
			return calls === 1000 ? value * (1 + Number.EPSILON) : value;
		};
		assert.notEqual(digestOf({ ...own, [name]: off }), digestOf(own), name);
	}
});
