import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DataSetError } from "./data-set-error.js";
import { DEBIAN_FASHION_MNIST, findFile, locateDataSets } from "./locate.js";
import { cifarBatch, temporaryDirectory, writeIdxSet } from "./testing.js";

test("a directory may hold the folders of several families", (context) => {
	const directory = temporaryDirectory(context);
	writeIdxSet(join(directory, "mnist"));
	writeCifar(join(directory, "cifar-10-batches-bin"));
	const located = locateDataSets({
		directories: [directory],
		cacheDirectory: join(directory, "cache"),
		defaults: false,
	});
	assert.deepEqual(located.mnist, {
		found: true,
		kind: "directory",
		path: join(directory, "mnist"),
	});
	assert.deepEqual(located["cifar-10"], {
		found: true,
		kind: "directory",
		path: join(directory, "cifar-10-batches-bin"),
	});
	assert.deepEqual(located["fashion-mnist"], {
		found: false,
		looked: [directory, join(directory, "cache", "fashion-mnist")],
	});
});

test("a directory may be the folder of a family itself, which its name tells for MNIST and Fashion-MNIST", (context) => {
	const directory = temporaryDirectory(context);
	const folders = {
		mnist: "MNIST/raw",
		"fashion-mnist": "my-fashion-mnist",
		"cifar-10": "pictures",
	} as const;
	writeIdxSet(join(directory, folders.mnist));
	writeIdxSet(join(directory, folders["fashion-mnist"]));
	writeCifar(join(directory, folders["cifar-10"]));
	for (const family of ["mnist", "fashion-mnist", "cifar-10"] as const) {
		const path = join(directory, folders[family]);
		const located = locateDataSets({
			directories: [path],
			cacheDirectory: join(directory, "cache"),
			defaults: false,
		});
		assert.deepEqual(located[family], { found: true, kind: "directory", path });
		assert.equal(Object.values(located).filter(({ found }) => found).length, 1);
	}
});

test("the first of several directories that has a family wins, and the cache comes last", (context) => {
	const directory = temporaryDirectory(context);
	const cacheDirectory = join(directory, "cache");
	for (const folder of [
		"a/mnist",
		"b/mnist",
		"b/fashion-mnist",
		"cache/mnist",
		"cache/fashion-mnist",
	])
		writeIdxSet(join(directory, folder));
	writeCifar(join(cacheDirectory, "cifar-10-batches-bin"));
	const located = locateDataSets({
		directories: [join(directory, "a"), join(directory, "b")],
		cacheDirectory,
		defaults: false,
	});
	assert.deepEqual(located.mnist, {
		found: true,
		kind: "directory",
		path: join(directory, "a/mnist"),
	});
	assert.deepEqual(located["fashion-mnist"], {
		found: true,
		kind: "directory",
		path: join(directory, "b/fashion-mnist"),
	});
	assert.deepEqual(located["cifar-10"], {
		found: true,
		kind: "cache",
		path: join(cacheDirectory, "cifar-10-batches-bin"),
	});
});

test("a cache with only some of the files counts as none", (context) => {
	const cacheDirectory = temporaryDirectory(context);
	writeIdxSet(join(cacheDirectory, "mnist"));
	rmSync(join(cacheDirectory, "mnist", "t10k-labels-idx1-ubyte"));
	assert.equal(
		locateDataSets({ directories: [], cacheDirectory, defaults: false }).mnist
			.found,
		false,
	);
});

test("a directory that the user named must exist, be a directory and hold a whole data set", (context) => {
	const directory = temporaryDirectory(context);
	const locate = (path: string) => () =>
		locateDataSets({
			directories: [path],
			cacheDirectory: directory,
			defaults: false,
		});
	assert.throws(
		locate(join(directory, "nowhere")),
		refused("missing", /nowhere does not exist; name one that holds mnist\//),
	);
	writeFileSync(join(directory, "file"), "");
	assert.throws(
		locate(join(directory, "file")),
		refused("missing", /file is no directory/),
	);
	mkdirSync(join(directory, "empty"));
	assert.throws(
		locate(join(directory, "empty")),
		refused("damaged", /empty holds no data set; it should hold mnist\//),
	);
	writeIdxSet(join(directory, "half", "mnist"));
	rmSync(join(directory, "half", "mnist", "train-labels-idx1-ubyte.gz"));
	assert.throws(
		locate(join(directory, "half")),
		refused(
			"damaged",
			/half.mnist holds some of MNIST's files but lacks train-labels-idx1-ubyte/,
		),
	);
	writeIdxSet(join(directory, "images"));
	assert.throws(
		locate(join(directory, "images")),
		refused("damaged", /give the folder the name mnist or fashion-mnist/),
	);
});

test("a file is found plain, gzipped and with a dot before idx", (context) => {
	const directory = temporaryDirectory(context);
	writeIdxSet(directory);
	assert.equal(
		findFile(directory, "t10k-images-idx3-ubyte"),
		join(directory, "t10k-images-idx3-ubyte"),
	);
	assert.equal(
		findFile(directory, "train-images-idx3-ubyte"),
		join(directory, "train-images-idx3-ubyte.gz"),
	);
	renameSync(
		join(directory, "t10k-images-idx3-ubyte"),
		join(directory, "t10k-images.idx3-ubyte"),
	);
	assert.equal(
		findFile(directory, "t10k-images-idx3-ubyte"),
		join(directory, "t10k-images.idx3-ubyte"),
	);
	assert.equal(findFile(directory, "absent"), undefined);
});

test("Debian's package is among the places where Fashion-MNIST is looked for", (context) => {
	const cacheDirectory = temporaryDirectory(context);
	const located = locateDataSets({ directories: [], cacheDirectory })[
		"fashion-mnist"
	];
	const places = located.found ? [located.path] : located.looked;
	assert.ok(located.found || places.includes(DEBIAN_FASHION_MNIST));
});

function writeCifar(folder: string): void {
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, "data_batch_2.bin"), cifarBatch(2));
	writeFileSync(join(folder, "test_batch.bin"), cifarBatch(1));
}

function refused(reason: string, message: RegExp): (error: unknown) => boolean {
	return (error) =>
		error instanceof DataSetError &&
		error.reason === reason &&
		message.test(error.message);
}
