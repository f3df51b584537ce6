import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { DataSetError } from "./data-set-error.js";
import type { DownloadPatience } from "./download.js";
import { fetchDataSet } from "./fetch.js";
import { CIFAR_10 } from "./manifests/cifar-10.js";
import type { Manifest } from "./manifests/manifest.js";
import { MNIST } from "./manifests/mnist.js";
import { readImages } from "./read.js";
import {
	cifarBatch,
	idxImages,
	idxLabels,
	published,
	sendBytes,
	sendPart,
	serve,
	tarOf,
	temporaryDirectory,
} from "./testing.js";

const PATIENCE: DownloadPatience = {
	attempts: 2,
	retryDelayMs: 1,
	connectTimeoutMs: 10_000,
	stallTimeoutMs: 10_000,
};

const IDX_FILES = new Map([
	["train-images-idx3-ubyte.gz", gzipSync(idxImages(20))],
	["train-labels-idx1-ubyte.gz", gzipSync(idxLabels(20))],
	["t10k-images-idx3-ubyte.gz", gzipSync(idxImages(10))],
	["t10k-labels-idx1-ubyte.gz", gzipSync(idxLabels(10))],
]);

const BATCHES = [1, 2, 3, 4, 5].map(
	(batch) => [`data_batch_${batch}.bin`, cifarBatch(10, batch, batch)] as const,
);
const CIFAR_FILES = [...BATCHES, ["test_batch.bin", cifarBatch(10)] as const];
const ARCHIVE = gzipSync(
	tarOf("cifar-10-batches-bin", [
		["readme.html", new Uint8Array(77)],
		...CIFAR_FILES,
		["../../outside", new Uint8Array(5)],
	]),
);

test("the four files of an IDX set come into the cache and can be read", async (context) => {
	const cacheDirectory = join(temporaryDirectory(context), "made", "here");
	const server = await serve(context, ({ path, from }, response) =>
		sendBytes(IDX_FILES.get(path.slice(1)) as Uint8Array, from, response),
	);
	const stages: string[] = [];
	const folder = await fetchDataSet(idxManifest([server.url]), {
		cacheDirectory,
		patience: PATIENCE,
		onProgress: ({ stage }) => stages.push(stage),
	});
	assert.equal(folder, join(cacheDirectory, "mnist"));
	assert.equal((await readImages(folder, MNIST)).train.count, 20);
	assert.deepEqual(readdirSync(cacheDirectory), ["mnist"]);
	assert.deepEqual([...new Set(stages)], ["fetch", "check"]);

	await fetchDataSet(idxManifest([server.url]), {
		cacheDirectory,
		patience: PATIENCE,
	});
	assert.equal(server.requests.length, 4);
});

test("a second mirror gives what the first one lacks, file by file", async (context) => {
	const cacheDirectory = temporaryDirectory(context);
	const server = await serve(context, ({ path, from }, response) => {
		const [, mirror, name] = path.split("/");
		if (mirror === "first" && name?.startsWith("t10k"))
			response.writeHead(404).end();
		else sendBytes(IDX_FILES.get(name ?? "") as Uint8Array, from, response);
	});
	await fetchDataSet(
		idxManifest([`${server.url}first/`, `${server.url}second/`]),
		{ cacheDirectory, patience: PATIENCE },
	);
	assert.equal(server.requests.length, 6);
	assert.equal(readdirSync(join(cacheDirectory, "mnist")).length, 4);
});

test("a fetch that broke off goes on where it stopped in a later call", async (context) => {
	const cacheDirectory = temporaryDirectory(context);
	let broken = true;
	const server = await serve(context, ({ path, from }, response) => {
		const bytes = IDX_FILES.get(path.slice(1)) as Uint8Array;
		if (broken && path === "/t10k-images-idx3-ubyte.gz") {
			if (from === undefined) sendPart(bytes, 0, 20, response, "cut");
			else response.writeHead(500).end();
		} else sendBytes(bytes, from, response);
	});
	const manifest = idxManifest([server.url]);
	await assert.rejects(
		fetchDataSet(manifest, { cacheDirectory, patience: PATIENCE }),
		(error) => error instanceof DataSetError && error.reason === "unreachable",
	);
	broken = false;
	await fetchDataSet(manifest, { cacheDirectory, patience: PATIENCE });
	assert.deepEqual(server.requests.slice(-2), [
		"/t10k-images-idx3-ubyte.gz 20-",
		"/t10k-labels-idx1-ubyte.gz",
	]);
});

test("the CIFAR-10 archive is fetched, unpacked and removed, and only its known files are written", async (context) => {
	const directory = temporaryDirectory(context);
	const cacheDirectory = join(directory, "a", "cache");
	const server = await serve(context, ({ from }, response) =>
		sendBytes(ARCHIVE, from, response),
	);
	const stages: string[] = [];
	const manifest = cifarManifest([server.url]);
	const folder = await fetchDataSet(manifest, {
		cacheDirectory,
		patience: PATIENCE,
		onProgress: ({ stage }) => stages.push(stage),
	});
	assert.deepEqual(readdirSync(cacheDirectory), ["cifar-10-batches-bin"]);
	assert.deepEqual(
		readdirSync(folder),
		CIFAR_FILES.map(([name]) => name),
	);
	assert.equal(
		existsSync(join(directory, "outside")) ||
			existsSync(join(directory, "a", "outside")),
		false,
	);
	assert.deepEqual([...new Set(stages)], ["fetch", "check", "unpack"]);
	const { train, test } = await readImages(folder, CIFAR_10);
	assert.deepEqual(
		[train.count, test.count, train.labels[0], train.labels[49]],
		[50, 10, 1, 4],
	);

	await fetchDataSet(manifest, { cacheDirectory, patience: PATIENCE });
	assert.equal(server.requests.length, 1);
});

test("an archive whose files are not the known ones leaves nothing that could be taken for them", async (context) => {
	const cacheDirectory = temporaryDirectory(context);
	const archive = gzipSync(
		tarOf("x", [
			...CIFAR_FILES.slice(1),
			["data_batch_1.bin", cifarBatch(10, 5)],
		]),
	);
	const server = await serve(context, ({ from }, response) =>
		sendBytes(archive, from, response),
	);
	const wrong = fetchDataSet(cifarManifest([server.url], archive), {
		cacheDirectory,
		patience: PATIENCE,
	});
	await assert.rejects(
		wrong,
		/holds data_batch_1.bin with 30730 bytes and the SHA-256 .* where 30730 bytes and .* are expected/,
	);
	assert.deepEqual(readdirSync(cacheDirectory), ["cifar-10-binary.tar.gz"]);
});

test("two fetches of the same set share one download", async (context) => {
	const cacheDirectory = temporaryDirectory(context);
	const server = await serve(context, ({ path, from }, response) =>
		sendBytes(IDX_FILES.get(path.slice(1)) as Uint8Array, from, response),
	);
	const stages: string[] = [];
	const options = {
		cacheDirectory,
		patience: PATIENCE,
		onProgress: ({ stage }: { stage: string }) => stages.push(stage),
	};
	const manifest = idxManifest([server.url]);
	await Promise.all([
		fetchDataSet(manifest, options),
		fetchDataSet(manifest, options),
	]);
	assert.equal(server.requests.length, 4);
	assert.equal(stages.filter((stage) => stage === "wait").length, 1);
});

test("a cache that cannot be made is named", async (context) => {
	const directory = temporaryDirectory(context);
	writeFileSync(join(directory, "file"), "");
	const fetching = fetchDataSet(idxManifest([]), {
		cacheDirectory: join(directory, "file"),
	});
	await assert.rejects(
		fetching,
		(error) =>
			error instanceof DataSetError &&
			error.reason === "unwritable" &&
			/The cache .*file cannot be used/.test(error.message),
	);
});

test("aborting a fetch releases its lock", async (context) => {
	const cacheDirectory = temporaryDirectory(context);
	const server = await serve(context, (_request, response) =>
		sendPart(ARCHIVE, 0, 50, response, "stall"),
	);
	const controller = new AbortController();
	const fetching = fetchDataSet(cifarManifest([server.url]), {
		cacheDirectory,
		patience: PATIENCE,
		signal: controller.signal,
		onProgress: (progress) => {
			if (progress.stage === "fetch" && progress.bytes === 50)
				controller.abort();
		},
	});
	await assert.rejects(fetching, { name: "AbortError" });
	assert.deepEqual(readdirSync(cacheDirectory), [
		"cifar-10-binary.tar.gz.part",
	]);
	assert.equal(
		readFileSync(join(cacheDirectory, "cifar-10-binary.tar.gz.part")).length,
		50,
	);
});

function idxManifest(mirrors: string[]): Manifest {
	const files = [...IDX_FILES].map(([name, bytes]) => published(name, bytes));
	return { ...MNIST, published: { ...MNIST.published, mirrors, files } };
}

function cifarManifest(
	mirrors: string[],
	archive: Uint8Array = ARCHIVE,
): Manifest {
	const contents = CIFAR_FILES.map(([name, bytes]) => published(name, bytes));
	return {
		...CIFAR_10,
		published: {
			...CIFAR_10.published,
			mirrors,
			files: [published("cifar-10-binary.tar.gz", archive)],
			contents,
		},
	};
}
