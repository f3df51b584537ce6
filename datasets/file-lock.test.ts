import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { withFileLock } from "./file-lock.js";
import { temporaryDirectory } from "./testing.js";

test("a lock is held by one at a time and leaves no file behind", async (context) => {
	const directory = temporaryDirectory(context);
	const path = join(directory, "lock");
	let holders = 0;
	const turns = Array.from({ length: 8 }, (_, turn) =>
		withFileLock(
			path,
			async () => {
				assert.equal(++holders, 1);
				await new Promise(setImmediate);
				assert.equal(existsSync(path), true);
				holders--;
				return turn;
			},
			{ pollMs: 1 },
		),
	);
	assert.deepEqual(await Promise.all(turns), [0, 1, 2, 3, 4, 5, 6, 7]);
	assert.deepEqual(readdirSync(directory), []);
});

test("the lock is released when the work fails", async (context) => {
	const path = join(temporaryDirectory(context), "lock");
	await assert.rejects(
		withFileLock(path, async () => {
			throw new Error("broken");
		}),
		/broken/,
	);
	assert.equal(existsSync(path), false);
});

test("the lock of a process that is gone is taken over", async (context) => {
	const path = join(temporaryDirectory(context), "lock");
	const gone = spawn(process.execPath, ["--version"], { stdio: "ignore" });
	await once(gone, "exit");
	writeFileSync(path, `${hostname()} ${gone.pid}\n`);
	assert.equal(
		await withFileLock(path, async () => "mine", { pollMs: 1 }),
		"mine",
	);
});

test("the lock of another machine is taken over when it gave no sign of life", async (context) => {
	const path = join(temporaryDirectory(context), "lock");
	writeFileSync(path, "elsewhere 1\n");
	let waited = 0;
	const taken = await withFileLock(path, async () => "mine", {
		pollMs: 1,
		staleMs: 5,
		onWait: () => waited++,
	});
	assert.equal(taken, "mine");
	assert.equal(waited, 1);
});

test("waiting for a lock ends when the signal is aborted", async (context) => {
	const path = join(temporaryDirectory(context), "lock");
	const controller = new AbortController();
	await withFileLock(path, async () => {
		const second = withFileLock(path, async () => "never", {
			signal: controller.signal,
			onWait: () => controller.abort(),
		});
		await assert.rejects(second, { name: "AbortError" });
	});
});
