import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { strFromU8, unzipSync } from "fflate";
import { TooLarge, ZipFile } from "./zip-file.js";

function folderOf(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-zip-"));
	context.after(() => rmSync(folder, { recursive: true }));
	return folder;
}

test("Entries come back as they were put in, packed, and the file has its name only when it is whole.", (context) => {
	const folder = folderOf(context);
	const path = join(folder, "a.zip");
	const zip = new ZipFile(path);
	const long = "ä😀 a text that comes again. ".repeat(5000);
	zip.add("one/two.json", long);
	assert.deepEqual(readdirSync(folder), [".a.zip.part"]);
	zip.add("empty", "");
	zip.finish();
	assert.deepEqual(readdirSync(folder), ["a.zip"]);
	const bytes = readFileSync(path);
	assert.ok(bytes.length < long.length / 20);
	const entries = Object.entries(unzipSync(bytes));
	assert.deepEqual(
		entries.map(([name, content]) => [name, strFromU8(content)]),
		[
			["one/two.json", long],
			["empty", ""],
		],
	);
});

test("A zip that is discarded leaves nothing behind, and what was there stays.", (context) => {
	const folder = folderOf(context);
	const path = join(folder, "a.zip");
	const first = new ZipFile(path);
	first.add("a", "1");
	first.finish();
	const before = readFileSync(path);
	const second = new ZipFile(path);
	second.add("a", "2");
	second.discard();
	assert.deepEqual(readdirSync(folder), ["a.zip"]);
	assert.deepEqual(readFileSync(path), before);
});

test("More entries than the form holds are refused with a sentence.", (context) => {
	const zip = new ZipFile(join(folderOf(context), "a.zip"));
	context.after(() => zip.discard());
	assert.throws(() => {
		for (let k = 0; k <= 65_535; k++) zip.add(`${k}`, "");
	}, TooLarge);
});
