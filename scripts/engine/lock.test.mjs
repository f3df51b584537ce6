import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
	mkdir,
	mkdtemp,
	readdir,
	rm,
	utimes,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { currentOwner, withLock } from "./lock.mjs";

const LOCK_MODULE = new URL("./lock.mjs", import.meta.url).href;

test("a second taker is told of the owner, and works after the first", async (t) => {
	const path = await lockPath(t);
	const waits = defer();
	/** @type {string[]} */
	const order = [];
	/** @param {import('./lock.mjs').Owner} owner */
	const onWait = ({ pid }) => {
		assert.equal(pid, process.pid);
		waits.resolve();
	};
	/** @type {Promise<void> | undefined} */
	let second;
	await withLock(path, {}, async () => {
		second = withLock(path, { pollMs: 1, onWait }, async () => {
			order.push("second");
		});
		await waits.promise;
		order.push("first");
	});
	await second;
	assert.deepEqual(order, ["first", "second"]);
	assert.deepEqual(await readdir(join(path, "..")), []);
});

test("many takers never work at once", async (t) => {
	const path = await lockPath(t);
	let inside = 0;
	await Promise.all(
		Array.from({ length: 8 }, () =>
			withLock(path, { pollMs: 1 }, async () => {
				inside += 1;
				await readdir(path);
				assert.equal(inside, 1);
				inside -= 1;
			}),
		),
	);
});

test("the lock is free after work that failed", async (t) => {
	const path = await lockPath(t);
	const failing = withLock(path, {}, async () => {
		throw new Error("no");
	});
	await assert.rejects(failing, { message: "no" });
	assert.equal(await withLock(path, {}, async () => 7), 7);
});

test("the lock of a process that was killed is taken over", async (t) => {
	const path = await lockPath(t);
	const script = `import { withLock } from ${JSON.stringify(LOCK_MODULE)};
		await withLock(${JSON.stringify(path)}, {}, () => new Promise(() => { setInterval(() => {}, 1e6); console.log("taken"); }));`;
	const child = spawn(
		process.execPath,
		["--input-type=module", "--eval", script],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	await once(child.stdout, "data");
	child.kill("SIGKILL");
	await once(child, "close");
	assert.deepEqual(await readdir(path), ["owner.json"]);
	assert.equal(await withLock(path, { pollMs: 1 }, async () => 7), 7);
});

test("a pid that was given to another process since does not hold the lock", async (t) => {
	const path = await lockPath(t);
	await writeLock(path, { ...currentOwner(), start: "1" });
	assert.equal(await withLock(path, { pollMs: 1 }, async () => 7), 7);
});

test("an owner on another machine holds the lock while it beats, and loses it in silence", async (t) => {
	const path = await lockPath(t);
	await writeLock(path, { ...currentOwner(), machine: "another" });
	const waits = defer();
	const taking = withLock(
		path,
		{ pollMs: 1, onWait: waits.resolve },
		async () => 7,
	);
	await waits.promise;
	const long = new Date(Date.now() - 3_600_000);
	await utimes(join(path, "owner.json"), long, long);
	assert.equal(await taking, 7);
});

test("an abort ends the waiting, and leaves the owner's lock alone", async (t) => {
	const path = await lockPath(t);
	await writeLock(path, currentOwner());
	const controller = new AbortController();
	const taking = withLock(
		path,
		{ pollMs: 1, signal: controller.signal, onWait: () => controller.abort() },
		async () => 7,
	);
	await assert.rejects(taking, { name: "AbortError" });
	assert.deepEqual(await readdir(path), ["owner.json"]);
});

/**
 * @param {import('node:test').TestContext} t
 * @returns {Promise<string>}
 */
async function lockPath(t) {
	const folder = await mkdtemp(join(tmpdir(), "nightshift-lock-"));
	t.after(() => rm(folder, { recursive: true, force: true }));
	return join(folder, "lock");
}

/**
 * @param {string} path
 * @param {import('./lock.mjs').Owner} owner
 */
async function writeLock(path, owner) {
	await mkdir(path);
	await writeFile(join(path, "owner.json"), JSON.stringify(owner));
}

function defer() {
	let resolve = () => {};
	/** @type {Promise<void>} */
	const promise = new Promise((settle) => {
		resolve = settle;
	});
	return { promise, resolve: () => resolve() };
}
