import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { DataSet, LoadOptions } from "../../datasets/load.js";
import {
	idxImages,
	idxLabels,
	temporaryDirectory,
} from "../../datasets/testing.js";
import { NightshiftError } from "../errors.js";
import { DataSets } from "./data-sets.js";

/** A directory of the user's with a whole, small MNIST. */
function createFolder(context: TestContext): string {
	const folder = join(temporaryDirectory(context), "mnist");
	mkdirSync(folder);
	writeSet(folder);
	return folder;
}

function writeSet(folder: string): void {
	for (const [name, bytes] of [
		["train-images-idx3-ubyte", idxImages(20)],
		["train-labels-idx1-ubyte", idxLabels(20)],
		["t10k-images-idx3-ubyte", idxImages(10)],
		["t10k-labels-idx1-ubyte", idxLabels(10)],
	] as const)
		writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes));
}

const optionsOf = (folder: string): LoadOptions => ({
	directories: [folder],
	cacheDirectory: join(folder, "no-cache"),
	defaults: false,
	download: "never",
});

const damage = (folder: string) => {
	rmSync(join(folder, "train-labels-idx1-ubyte.gz"));
	writeFileSync(join(folder, "train-labels-idx1-ubyte"), "no labels");
};

test("A data set is loaded once for all who ask for it, also at the same time.", async (context) => {
	const loaded: DataSet[] = [];
	const dataSets = new DataSets(optionsOf(createFolder(context)), (dataSet) =>
		loaded.push(dataSet),
	);
	const [first, second] = await Promise.all([
		dataSets.get("mnist"),
		dataSets.get("mnist"),
	]);
	const third = await dataSets.get("mnist");
	assert.equal(loaded.length, 1);
	assert.equal(first, loaded[0]);
	assert.equal(second, first);
	assert.equal(third, first);
	assert.equal(first.train.count, 20);
	assert.equal(first.test.count, 10);
	assert.ok(first.train.images.buffer instanceof SharedArrayBuffer);
});

test("Nothing is loaded before somebody asks.", (context) => {
	const loaded: DataSet[] = [];
	new DataSets(optionsOf(createFolder(context)), (dataSet) =>
		loaded.push(dataSet),
	);
	assert.deepEqual(loaded, []);
});

test("What cannot be read is DATA_UNAVAILABLE with the loader's sentence, for all who wait.", async (context) => {
	const folder = createFolder(context);
	damage(folder);
	const dataSets = new DataSets(optionsOf(folder));
	const waiting = await Promise.allSettled([
		dataSets.get("mnist"),
		dataSets.get("mnist"),
	]);
	for (const result of waiting) {
		assert.equal(result.status, "rejected");
		const error: unknown = result.reason;
		assert.ok(error instanceof NightshiftError);
		assert.equal(error.reason, "DATA_UNAVAILABLE");
		assert.match(error.message, /train-labels-idx1-ubyte.*\.$/s);
		assert.equal((error.cause as Error).name, "DataSetError");
		assert.equal(error.message, (error.cause as Error).message);
	}
});

test("After a failure asking again tries again.", async (context) => {
	const folder = createFolder(context);
	damage(folder);
	const loaded: DataSet[] = [];
	const dataSets = new DataSets(optionsOf(folder), (dataSet) =>
		loaded.push(dataSet),
	);
	await assert.rejects(dataSets.get("mnist"));
	await assert.rejects(dataSets.get("mnist"));
	rmSync(join(folder, "train-labels-idx1-ubyte"));
	writeSet(folder);
	const dataSet = await dataSets.get("mnist");
	assert.equal(dataSet.name, "mnist");
	assert.deepEqual(loaded, [dataSet]);
});

test("A failure of another kind is not taken for missing data.", async (context) => {
	const reason = new Error("the server is closing");
	const controller = new AbortController();
	controller.abort(reason);
	const dataSets = new DataSets({
		...optionsOf(createFolder(context)),
		signal: controller.signal,
	});
	await assert.rejects(dataSets.get("mnist"), reason);
});
