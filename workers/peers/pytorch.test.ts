import assert from "node:assert/strict";
import { test } from "node:test";
import { torchPython } from "../../src/configuration.js";
import { startPyTorch } from "./pytorch.js";

test("A Python that is not there is told, not thrown.", async () => {
	const search = await startPyTorch("no-such-python", 1);
	assert.deepEqual(search, {
		found: false,
		why: "no-such-python cannot be started: spawn no-such-python ENOENT",
	});
});

test("A program that is no Python is told by how it ended.", async () => {
	// Node does not know the options that follow, and ends at once.
	const search = await startPyTorch(process.execPath, 1);
	assert.ok(!search.found);
	assert.match(search.why, /ended with status [1-9]/);
	assert.ok(!search.why.includes("\n"));
});

test("The Python is the one that the environment names, else python3.", () => {
	assert.equal(torchPython({}), "python3");
	assert.equal(torchPython({ NIGHTSHIFT_TORCH_PYTHON: "" }), "python3");
	assert.equal(torchPython({ NIGHTSHIFT_TORCH_PYTHON: "/opt/p" }), "/opt/p");
});
