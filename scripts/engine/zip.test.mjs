import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { zipOf } from "./fake-machine.mjs";
import { listZip, unpackZip } from "./zip.mjs";

test("the chosen files alone are unpacked, byte for byte", async (t) => {
	const { folder, archive } = await writeArchive(
		t,
		zipOf({ "a/one": "1".repeat(100_000), "a/two": "2", b: "" }),
	);
	let bytes = 0;
	const names = await unpackZip(archive, {
		target: (name) =>
			name === "a/two" ? undefined : join(folder, "out", name),
		onBytes: (count) => {
			bytes += count;
		},
	});
	assert.deepEqual(names, ["a/one", "b"]);
	assert.equal(
		await readFile(join(folder, "out", "a", "one"), "utf8"),
		"1".repeat(100_000),
	);
	assert.equal(await readFile(join(folder, "out", "b"), "utf8"), "");
	assert.equal(bytes, 100_000);
});

test("a damaged file is an error that names it, whether it unpacks or not", async (t) => {
	const whole = zipOf({ one: "a text of some length" });
	const data = whole.indexOf("one") + "one".length;
	const broken = Buffer.from(whole);
	broken.fill(0xff, data, data + 4);
	const changed = Buffer.from(whole);
	changed.writeUInt32LE(1, whole.lastIndexOf("one") - 46 + 16);
	for (const bytes of [broken, changed]) {
		const { folder, archive } = await writeArchive(t, bytes);
		const unpacking = unpackZip(archive, {
			target: (name) => join(folder, "out", name),
		});
		await assert.rejects(unpacking, /^Error: one in .* is damaged$/);
	}
});

test("a file that is only stored is read, and an unknown packing is named", async (t) => {
	const stored = zipOf({ one: "" });
	const entry = stored.lastIndexOf("one") - 46;
	stored.writeUInt16LE(0, entry + 10);
	stored.writeUInt32LE(0, entry + 20);
	const { folder, archive } = await writeArchive(t, stored);
	await unpackZip(archive, { target: (name) => join(folder, "out", name) });
	assert.equal(await readFile(join(folder, "out", "one"), "utf8"), "");
	stored.writeUInt16LE(12, entry + 10);
	const other = await writeArchive(t, stored);
	const unpacking = unpackZip(other.archive, {
		target: (name) => join(other.folder, "out", name),
	});
	await assert.rejects(
		unpacking,
		/is packed by method 12, which is not read here$/,
	);
});

test("a cut archive is told as one", async (t) => {
	const { archive } = await writeArchive(
		t,
		zipOf({ one: "1" }).subarray(0, -1),
	);
	await assert.rejects(listZip(archive), /is not a whole zip archive$/);
});

test("a text is no archive", async (t) => {
	const { archive } = await writeArchive(t, Buffer.from("hello"));
	await assert.rejects(listZip(archive), /is not a whole zip archive$/);
});

test("a name that leads out of the archive is refused", async (t) => {
	const { archive } = await writeArchive(t, zipOf({ "a/../../b": "1" }));
	await assert.rejects(
		listZip(archive),
		/holds a file outside of itself: a\/\.\.\/\.\.\/b$/,
	);
});

test("an abort ends the unpacking", async (t) => {
	const { folder, archive } = await writeArchive(
		t,
		zipOf({ one: "1".repeat(1_000_000) }),
	);
	const controller = new AbortController();
	const unpacking = unpackZip(archive, {
		target: (name) => join(folder, "out", name),
		onBytes: () => controller.abort(),
		signal: controller.signal,
	});
	await assert.rejects(unpacking, { name: "AbortError" });
});

/**
 * @param {import('node:test').TestContext} t
 * @param {Uint8Array} bytes
 */
async function writeArchive(t, bytes) {
	const folder = await mkdtemp(join(tmpdir(), "nightshift-zip-"));
	t.after(() => rm(folder, { recursive: true, force: true }));
	const archive = join(folder, "archive.zip");
	await writeFile(archive, bytes);
	return { folder, archive };
}
