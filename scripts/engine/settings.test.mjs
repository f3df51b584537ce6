import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { readSettings } from "./settings.mjs";

test("the cache stands in NIGHTSHIFT_CACHE, else where XDG says, else in ~/.cache", () => {
	assert.equal(
		readSettings({ NIGHTSHIFT_CACHE: "/a", XDG_CACHE_HOME: "/b" }).cacheFolder,
		"/a/tensorflow",
	);
	assert.equal(
		readSettings({ XDG_CACHE_HOME: "/b" }).cacheFolder,
		"/b/nightshift/tensorflow",
	);
	assert.equal(
		readSettings({ XDG_CACHE_HOME: "relative" }).cacheFolder,
		join(homedir(), ".cache", "nightshift", "tensorflow"),
	);
	assert.equal(
		readSettings({}).cacheFolder,
		join(homedir(), ".cache", "nightshift", "tensorflow"),
	);
});

test("paths become absolute, and empty variables count as unset", () => {
	const { wheelPath } = readSettings({ NIGHTSHIFT_TENSORFLOW_WHEEL: "a.whl" });
	assert.equal(wheelPath, resolve("a.whl"));
	assert.equal(
		readSettings({ NIGHTSHIFT_TENSORFLOW_WHEEL: "", NIGHTSHIFT_ENGINE: "" })
			.wheelPath,
		undefined,
	);
});

test("the engine is native unless portable is asked for", () => {
	assert.equal(
		readSettings({ NIGHTSHIFT_ENGINE: "portable" }).portableAsked,
		true,
	);
	for (const NIGHTSHIFT_ENGINE of ["auto", "tensorflow"])
		assert.equal(readSettings({ NIGHTSHIFT_ENGINE }).portableAsked, false);
});
