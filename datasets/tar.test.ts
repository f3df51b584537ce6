import assert from "node:assert/strict";
import { test } from "node:test";
import { readTar } from "./tar.js";
import { tarOf } from "./testing.js";

const FILES = [
	["a.bin", Uint8Array.from({ length: 700 }, (_, index) => index % 251)],
	["empty", new Uint8Array(0)],
	["b.bin", new Uint8Array(512).fill(7)],
] as const;

test("the entries of an archive are given in order, however it is cut into pieces", async () => {
	const archive = tarOf("folder", FILES);
	for (const size of [1, 100, 512, 5_000]) {
		const read: [string, string, number[]][] = [];
		for await (const { path, kind, body } of readTar(
			inPieces(archive, size),
			"archive.tar",
		)) {
			const bytes: number[] = [];
			for await (const piece of body) bytes.push(...piece);
			read.push([path, kind, bytes]);
		}
		assert.deepEqual(read, [
			["folder/", "other", []],
			...FILES.map(([name, bytes]) => [`folder/${name}`, "file", [...bytes]]),
		]);
	}
});

test("a body that is not read, or not to its end, is passed over", async () => {
	const paths: string[] = [];
	for await (const { path, body } of readTar(
		inPieces(tarOf("folder", FILES), 64),
		"archive.tar",
	)) {
		paths.push(path);
		if (path.endsWith("a.bin")) for await (const _piece of body) break;
	}
	assert.deepEqual(paths, [
		"folder/",
		"folder/a.bin",
		"folder/empty",
		"folder/b.bin",
	]);
});

test("an archive that is cut off is refused", async () => {
	const archive = tarOf("folder", FILES);
	await assert.rejects(
		readAll(archive.subarray(0, 512 + 300)),
		/archive.tar is cut off within a header of 512 bytes, of which 300 were found/,
	);
	await assert.rejects(
		readAll(archive.subarray(0, 1024 + 300)),
		/archive.tar is cut off within a file of 700 bytes, of which 300 were found/,
	);
});

test("what is no archive, or has a damaged header, is refused", async () => {
	const archive = Uint8Array.from(tarOf("folder", FILES));
	archive[3] = (archive[3] as number) ^ 1;
	await assert.rejects(
		readAll(archive),
		/archive.tar is no tar archive, or damaged: a header's checksum/,
	);
	await assert.rejects(
		readAll(new Uint8Array(600).fill(65)),
		/archive.tar is no tar archive, or damaged: a header has "A+" where an octal number/,
	);
});

async function readAll(archive: Uint8Array): Promise<void> {
	for await (const _entry of readTar(inPieces(archive, 256), "archive.tar"));
}

async function* inPieces(
	bytes: Uint8Array,
	size: number,
): AsyncGenerator<Uint8Array> {
	for (let start = 0; start < bytes.length; start += size)
		yield bytes.subarray(start, start + size);
}
