import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import type { DataSetFamily } from "./data-set.js";
import { DataSetError } from "./data-set-error.js";
import { loadDataSet } from "./load.js";
import { DEBIAN_FASHION_MNIST } from "./locate.js";
import { idxImages, temporaryDirectory, writeIdxSet } from "./testing.js";

const SHARED = resolve("../shared/datasets");
const withoutShared = existsSync(SHARED)
	? {}
	: { skip: `${SHARED} is not here` };
const withoutDebian = existsSync(DEBIAN_FASHION_MNIST)
	? {}
	: { skip: "Debian's package dataset-fashion-mnist is not installed" };

test("a data set is read from a directory that the user names", async (context) => {
	const directory = temporaryDirectory(context);
	writeIdxSet(join(directory, "mnist"));
	const stages: string[] = [];
	const loaded = await loadDataSet("mnist", {
		directories: [directory],
		cacheDirectory: join(directory, "cache"),
		download: "never",
		defaults: false,
		onProgress: ({ stage }) => stages.push(stage),
	});
	assert.equal(loaded.name, "mnist");
	assert.equal(loaded.synthetic, false);
	assert.equal(
		loaded.source,
		`Read from the directory ${join(directory, "mnist")}.`,
	);
	assert.deepEqual([loaded.train.count, loaded.test.count], [20, 10]);
	assert.deepEqual(loaded.shape, [28, 28, 1]);
	assert.equal(loaded.classes.length, 10);
	assert.deepEqual(stages, ["read", "read", "read", "read"]);
});

test("the digest does not depend on whether files are compressed", async (context) => {
	const directory = temporaryDirectory(context);
	writeIdxSet(join(directory, "mnist"));
	const options = {
		directories: [directory],
		cacheDirectory: join(directory, "cache"),
		download: "never",
		defaults: false,
	} as const;
	const { digest } = await loadDataSet("mnist", options);
	rmSync(join(directory, "mnist", "train-images-idx3-ubyte.gz"));
	writeFileSync(
		join(directory, "mnist", "train-images-idx3-ubyte"),
		idxImages(20),
	);
	assert.equal((await loadDataSet("mnist", options)).digest, digest);
});

test("what is found nowhere is replaced by the synthetic set, which says so", async (context) => {
	const cacheDirectory = temporaryDirectory(context);
	const loaded = await loadDataSet("mnist", {
		directories: [],
		cacheDirectory,
		download: "never",
		defaults: false,
	});
	assert.equal(loaded.name, "synthetic-digits");
	assert.equal(loaded.synthetic, true);
	assert.match(
		loaded.source,
		/^Drawn by Nightshift from the seed 7\. It stands in for the real images: MNIST was not found in .*mnist\.$/,
	);
});

test("what cannot be fetched because the cache cannot be written is replaced too, and the set says so", async (context) => {
	const file = join(temporaryDirectory(context), "file");
	writeFileSync(file, "");
	const loaded = await loadDataSet("mnist", {
		directories: [],
		cacheDirectory: file,
		download: "if-missing",
		defaults: false,
	});
	assert.equal(loaded.name, "synthetic-digits");
	assert.match(loaded.source, /and the cache .*file cannot be written\.$/);
});

test("a damaged file is an error and not replaced", async (context) => {
	const directory = temporaryDirectory(context);
	writeIdxSet(join(directory, "mnist"));
	writeFileSync(
		join(directory, "mnist", "t10k-images-idx3-ubyte"),
		idxImages(10).subarray(0, 900),
	);
	const options = {
		cacheDirectory: join(directory, "cache"),
		download: "never",
		defaults: false,
	} as const;
	await assert.rejects(
		loadDataSet("mnist", { ...options, directories: [directory] }),
		/t10k-images-idx3-ubyte is cut off/,
	);
	await assert.rejects(
		loadDataSet("cifar-10", {
			...options,
			directories: [join(directory, "nowhere")],
		}),
		(error) => error instanceof DataSetError && error.reason === "missing",
	);
});

test("an unknown family is refused with the known ones", async () => {
	const unknown = loadDataSet("imagenet" as DataSetFamily, {
		directories: [],
		cacheDirectory: "cache",
		download: "never",
	});
	await assert.rejects(
		unknown,
		/There is no data set "imagenet"; name one of mnist, fashion-mnist, cifar-10\./,
	);
});

test("loading stops when its signal is aborted", async (context) => {
	const cacheDirectory = temporaryDirectory(context);
	const controller = new AbortController();
	const loading = loadDataSet("cifar-10", {
		directories: [],
		cacheDirectory,
		download: "never",
		defaults: false,
		signal: controller.signal,
		onProgress: (progress) => {
			if (progress.stage === "draw" && progress.images > 0) controller.abort();
		},
	});
	await assert.rejects(loading, { name: "AbortError" });
});

test(
	"the real images in ../shared/datasets are read with the counts that its README names",
	withoutShared,
	async (context) => {
		const cacheDirectory = temporaryDirectory(context);
		const expected = {
			mnist: [8_000, 2_000],
			"fashion-mnist": [10_000, 2_000],
			"cifar-10": [10_000, 2_000],
		} as const;
		for (const family of ["mnist", "fashion-mnist", "cifar-10"] as const) {
			const loaded = await loadDataSet(family, {
				directories: [SHARED],
				cacheDirectory,
				download: "never",
			});
			assert.deepEqual(
				[loaded.name, loaded.train.count, loaded.test.count],
				[family, ...expected[family]],
			);
			assert.equal(new Set(loaded.test.labels).size, 10);
		}
	},
);

test(
	"Fashion-MNIST is read whole from Debian's package",
	withoutDebian,
	async (context) => {
		const cacheDirectory = temporaryDirectory(context);
		const loaded = await loadDataSet("fashion-mnist", {
			directories: [DEBIAN_FASHION_MNIST],
			cacheDirectory,
			download: "never",
		});
		assert.deepEqual(
			[loaded.name, loaded.train.count, loaded.test.count],
			["fashion-mnist", 60_000, 10_000],
		);
		const classes = Array.from({ length: 10 }, () => 0);
		for (const label of loaded.train.labels)
			classes[label] = (classes[label] as number) + 1;
		assert.deepEqual(
			classes,
			Array.from({ length: 10 }, () => 6_000),
		);
	},
);
