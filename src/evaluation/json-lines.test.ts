import assert from "node:assert/strict";
import {
	appendFileSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { JsonLines } from "./json-lines.js";

test("What was appended is there when the file is opened again.", (context) => {
	const path = join(newFolder(context), "deep", "er", "x.jsonl");
	const lines = JsonLines.open(path);
	assert.deepEqual(lines.values, []);
	lines.append({ a: 1 });
	lines.append({ text: "two\nlines, ä" });
	assert.deepEqual(lines.values, [{ a: 1 }, { text: "two\nlines, ä" }]);
	assert.deepEqual(JsonLines.open(path).values, lines.values);
	assert.equal(readFileSync(path, "utf8").split("\n").length, 3);
});

test("A last line that was torn off at any byte is dropped, and what follows is whole.", (context) => {
	const path = join(newFolder(context), "x.jsonl");
	const first = Buffer.from(`${JSON.stringify({ name: "ä" })}\n`);
	const second = Buffer.from(`${JSON.stringify({ name: "ö" })}\n`);
	for (let kept = 0; kept < second.length; kept++) {
		writeFileSync(path, Buffer.concat([first, second.subarray(0, kept)]));
		const lines = JsonLines.open(path);
		assert.deepEqual(lines.values, [{ name: "ä" }], `${kept} bytes`);
		lines.append({ name: "ü" });
		assert.deepEqual(JsonLines.open(path).values, [
			{ name: "ä" },
			{ name: "ü" },
		]);
	}
});

test("Empty lines are passed over; another line that is not JSON is told by its number, and the file stays as it is.", (context) => {
	const path = join(newFolder(context), "x.jsonl");
	writeFileSync(path, '{"a":1}\n\n{"a":2}\n');
	assert.deepEqual(JsonLines.open(path).values, [{ a: 1 }, { a: 2 }]);
	const broken = '{"a":1}\n{"a"\n{"a":3}\n{"to';
	writeFileSync(path, broken);
	assert.throws(() => JsonLines.open(path), /line 2 of .*x\.jsonl is not JSON/);
	assert.equal(readFileSync(path, "utf8"), broken);
});

test("Lines longer than what is read at once are whole, and of each value only what is kept stays.", (context) => {
	const path = join(newFolder(context), "x.jsonl");
	const long = "ä".repeat(1_500_000);
	const file = JsonLines.open(path);
	for (const number of [1, 2, 3]) file.append({ number, long });
	appendFileSync(path, `{"number": 4, "long": "${long}`);
	const lengths = JsonLines.openKeeping(path, (value) => {
		const { number, long: text } = value as { number: number; long: string };
		return [number, text === long];
	});
	assert.deepEqual(lengths.values, [
		[1, true],
		[2, true],
		[3, true],
	]);
	lengths.append({ number: 4, long });
	assert.deepEqual(lengths.values[3], [4, true]);
	assert.equal(JsonLines.open(path).values.length, 4);
});

function newFolder(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-json-lines-"));
	context.after(() => rmSync(folder, { recursive: true }));
	return folder;
}
