import assert from "node:assert/strict";
import { test } from "node:test";
import { layersOf } from "./layers.js";

test("Whoever calls stands before whom it calls, by its longest way.", () => {
	const calls = {
		gateway: ["orders", "store"],
		orders: ["billing"],
		billing: ["store"],
	};
	assert.deepEqual(layersOf(["store", "billing", "gateway", "orders"], calls), [
		["gateway"],
		["orders"],
		["billing"],
		["store"],
	]);
});

test("Every service stands in one layer, also where calls go round in a circle.", () => {
	const layers = layersOf(["a", "b", "c", "d"], {
		a: ["b"],
		b: ["c"],
		c: ["b", "a"],
	});
	assert.deepEqual(layers.flat().sort(), ["a", "b", "c", "d"]);
	assert.ok(layers.every((layer) => layer.length > 0));
});

test("Within a layer services stand beside those that they talk to.", () => {
	const [, middle, last] = layersOf(["g", "x", "y", "p", "q"], {
		g: ["x", "y"],
		x: ["q"],
		y: ["p"],
	});
	const crossed =
		(middle?.indexOf("x") as number) < (middle?.indexOf("y") as number) !==
		(last?.indexOf("q") as number) < (last?.indexOf("p") as number);
	assert.equal(crossed, false);
});

test("No services have no layers.", () => {
	assert.deepEqual(layersOf([], {}), []);
});
