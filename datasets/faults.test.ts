import assert from "node:assert/strict";
import fs, {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { DataSetError } from "./data-set-error.js";
import { fetchDataSet } from "./fetch.js";
import { locateDataSets } from "./locate.js";
import type { Manifest } from "./manifests/manifest.js";
import { MNIST } from "./manifests/mnist.js";
import { readImages } from "./read.js";
import {
	idxImages,
	idxLabels,
	published,
	sendBytes,
	serve,
	temporaryDirectory,
	writeIdxSet,
} from "./testing.js";

const IDX_FILES = new Map([
	["train-images-idx3-ubyte", idxImages(20)],
	["train-labels-idx1-ubyte", idxLabels(20)],
	["t10k-images-idx3-ubyte", idxImages(10)],
	["t10k-labels-idx1-ubyte", idxLabels(10)],
]);

function manifestOf(mirrors: string[] = []): Manifest {
	const files = [...IDX_FILES].map(([name, bytes]) => published(name, bytes));
	return {
		...MNIST,
		published: { ...MNIST.published, mirrors, files, contents: files },
	};
}

/** Says no to whoever looks into this folder, which root could. */
function forbid(context: TestContext, folder: string): void {
	const { accessSync } = fs;
	fs.accessSync = (path, mode) => {
		if (path === folder)
			throw Object.assign(
				new Error(`EACCES: permission denied, access '${folder}'`),
				{ code: "EACCES" },
			);
		accessSync(path, mode);
	};
	syncBuiltinESMExports();
	context.after(() => {
		fs.accessSync = accessSync;
		syncBuiltinESMExports();
	});
}

const refused =
	(reason: DataSetError["reason"], message: RegExp) => (error: unknown) => {
		assert.ok(error instanceof DataSetError, String(error));
		assert.equal(error.reason, reason);
		assert.match(error.message, message);
		return true;
	};

for (const name of [".", "mnist"])
	test(`a directory whose folder ${name} may not be read is named, and nothing takes its place`, (context) => {
		const directory = temporaryDirectory(context);
		writeIdxSet(join(directory, "mnist"));
		const options = {
			directories: [directory],
			cacheDirectory: join(directory, "cache"),
			defaults: false,
		};
		assert.equal(locateDataSets(options).mnist.found, true);
		const folder = join(directory, name);
		forbid(context, folder);
		assert.throws(
			() => locateDataSets(options),
			refused(
				"missing",
				/^\/.* cannot be read \(EACCES: permission denied.*\); check its permissions or name another directory\.$/,
			),
		);
	});

test("a file of the cache that is not the published one is named with both checksums, others are read", async (context) => {
	const folder = temporaryDirectory(context);
	for (const [name, bytes] of IDX_FILES)
		writeFileSync(join(folder, name), bytes);
	const manifest = manifestOf();
	await readImages(folder, manifest, { published: true });
	const wrong = idxImages(10).fill(200, 20);
	writeFileSync(join(folder, "t10k-images-idx3-ubyte"), wrong);
	await assert.rejects(
		readImages(folder, manifest, { published: true }),
		refused(
			"damaged",
			/t10k-images-idx3-ubyte has the SHA-256 [0-9a-f]{64} where [0-9a-f]{64} is expected.*remove the file so that it is fetched again\.$/,
		),
	);
	// Whoever names a directory may have other images in it.
	await readImages(folder, manifest);
});

test("a mirror whose file has a wrong checksum is named with both checksums, and the file is not kept", async (context) => {
	const cacheDirectory = temporaryDirectory(context);
	const server = await serve(context, ({ path, from }, response) => {
		const bytes = Buffer.from(IDX_FILES.get(path.slice(1)) as Uint8Array);
		bytes[bytes.length - 1] = 99;
		sendBytes(bytes, from, response);
	});
	await assert.rejects(
		fetchDataSet(manifestOf([server.url]), { cacheDirectory }),
		refused(
			"unreachable",
			/gave train-images-idx3-ubyte with the SHA-256 [0-9a-f]{64} where [0-9a-f]{64} is expected.*get the file by hand/,
		),
	);
	assert.deepEqual(readdirSync(join(cacheDirectory, "mnist")), []);
});

test("a disk that becomes full while a file is fetched is told with the cache's name; what had come is kept, and a later fetch goes on there", async (context) => {
	const cacheDirectory = temporaryDirectory(context);
	const server = await serve(context, ({ path, from }, response) =>
		sendBytes(IDX_FILES.get(path.slice(1)) as Uint8Array, from, response),
	);
	const handle = await open(join(cacheDirectory, "any"), "w");
	const files = Object.getPrototypeOf(handle) as {
		write: (...given: unknown[]) => Promise<unknown>;
	};
	await handle.close();
	const { write } = files;
	let room = 5000;
	const full = context.mock.method(
		files,
		"write",
		function (this: unknown, ...given: unknown[]) {
			// The lock's one line has a place of its own.
			if (typeof given[0] === "string") return write.apply(this, given);
			const [piece, offset, length, position] = given as [
				Buffer,
				number,
				number,
				number,
			];
			const fits = Math.min(length, room);
			if (fits === 0)
				return Promise.reject(
					Object.assign(new Error("ENOSPC: no space left on device, write"), {
						code: "ENOSPC",
					}),
				);
			room -= fits;
			return write.call(this, piece, offset, fits, position);
		},
	);
	await assert.rejects(
		fetchDataSet(manifestOf([server.url]), { cacheDirectory }),
		refused(
			"unwritable",
			/^The cache .* cannot be used \(ENOSPC: no space left on device, write\); name a directory that can be written and has room\.$/,
		),
	);
	full.mock.restore();
	const part = join(cacheDirectory, "mnist", "train-images-idx3-ubyte.part");
	assert.equal(statSync(part).size, 5000);
	assert.equal(existsSync(join(cacheDirectory, "mnist.lock")), false);
	const folder = await fetchDataSet(manifestOf([server.url]), {
		cacheDirectory,
	});
	assert.equal(server.requests[1], "/train-images-idx3-ubyte 5000-");
	for (const [name, bytes] of IDX_FILES)
		assert.deepEqual(readFileSync(join(folder, name)), Buffer.from(bytes));
});

test("memory that cannot be had is not taken for a damaged file", async (context) => {
	const folder = temporaryDirectory(context);
	mkdirSync(join(folder, "mnist"));
	writeIdxSet(join(folder, "mnist"));
	const { SharedArrayBuffer: real } = globalThis;
	context.after(() => {
		globalThis.SharedArrayBuffer = real;
	});
	globalThis.SharedArrayBuffer = class {
		constructor() {
			throw new RangeError("Array buffer allocation failed");
		}
	} as unknown as typeof SharedArrayBuffer;
	await assert.rejects(readImages(join(folder, "mnist"), MNIST), {
		name: "RangeError",
		message: "Array buffer allocation failed",
	});
});
