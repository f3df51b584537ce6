// A lock between processes, as a folder that names its owner. A lock whose owner has died is taken over.
import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import {
	mkdir,
	readFile,
	rename,
	rm,
	rmdir,
	stat,
	utimes,
	writeFile,
} from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/**
 * @typedef {object} Owner
 * @property {string} token of this one taking of the lock
 * @property {number} pid
 * @property {string} machine what the pid is a number of: this boot and this pid namespace
 * @property {string} start of the process, because pids are used again
 */

const HEARTBEAT_MS = 5_000;
/** An owner on another machine or in another container cannot be asked whether it lives; this long without a heartbeat means no. */
const SILENT_MS = 60_000;
const BREAKING_MS = 10_000;

/**
 * Runs `work` while no other process holds the lock.
 * @template T
 * @param {string} path of the folder that is the lock; its parent is made
 * @param {{ signal?: AbortSignal | undefined, onWait?: (owner: Owner) => void, pollMs?: number }} options `onWait` is called once, when another owner lives
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(
	path,
	{ signal, onWait = () => {}, pollMs = 200 },
	work,
) {
	const owner = currentOwner();
	await mkdir(dirname(path), { recursive: true });
	let told = false;
	while (!(await take(path, owner))) {
		signal?.throwIfAborted();
		const holder = await readOwner(path);
		if (await isDead(path, holder)) await breakLock(path, holder);
		else if (holder !== undefined && !told) {
			told = true;
			onWait(holder);
		}
		await pause(pollMs, undefined, { ...(signal && { signal }) });
	}
	const heartbeat = setInterval(() => {
		const now = new Date();
		utimes(ownerFile(path), now, now).catch(() => {});
	}, HEARTBEAT_MS);
	heartbeat.unref();
	try {
		signal?.throwIfAborted();
		return await work();
	} finally {
		clearInterval(heartbeat);
		if ((await readOwner(path))?.token === owner.token) await remove(path);
	}
}

/** @returns {Owner} */
export function currentOwner() {
	return {
		token: randomUUID(),
		pid: process.pid,
		machine: machine(),
		start: processStart(process.pid) ?? "",
	};
}

/**
 * A folder with its owner inside is made aside and moved: rename refuses to replace a folder that is not empty, so one taker alone succeeds,
 * and nobody ever sees a lock without an owner.
 * @param {string} path
 * @param {Owner} owner
 */
async function take(path, owner) {
	if (await exists(path)) return false;
	const candidate = `${path}.${owner.token}`;
	await mkdir(candidate);
	try {
		await writeFile(ownerFile(candidate), JSON.stringify(owner));
		await rename(candidate, path);
		return true;
	} catch (error) {
		await rm(candidate, { recursive: true, force: true });
		if (isTaken(error)) return false;
		throw error;
	}
}

/**
 * Breakers exclude one another and look at the owner again, so that none removes a lock that was taken anew meanwhile.
 * @param {string} path
 * @param {Owner | undefined} dead
 */
async function breakLock(path, dead) {
	const breaking = `${path}.breaking`;
	try {
		await mkdir(breaking);
	} catch (error) {
		if (!isTaken(error)) throw error;
		if ((await ageMs(breaking)) > BREAKING_MS)
			await rmdir(breaking).catch(() => {});
		return;
	}
	try {
		if ((await readOwner(path))?.token === dead?.token) await remove(path);
	} finally {
		await rmdir(breaking).catch(() => {});
	}
}

/**
 * Moved away first: emptied in its place it could be taken, and the new owner's file removed.
 * @param {string} path
 */
async function remove(path) {
	const aside = `${path}.${randomUUID()}`;
	try {
		await rename(path, aside);
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return;
		throw error;
	}
	await rm(aside, { recursive: true, force: true });
}

/**
 * @param {string} path
 * @param {Owner | undefined} owner
 */
async function isDead(path, owner) {
	if (owner === undefined)
		return (await exists(path)) && (await ageMs(path)) > SILENT_MS;
	if (owner.machine !== machine())
		return (await ageMs(ownerFile(path))) > SILENT_MS;
	try {
		process.kill(owner.pid, 0);
	} catch (error) {
		return /** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH";
	}
	const start = processStart(owner.pid);
	return start !== undefined && start !== owner.start;
}

/**
 * @param {string} path
 * @returns {Promise<Owner | undefined>}
 */
async function readOwner(path) {
	try {
		return JSON.parse(await readFile(ownerFile(path), "utf8"));
	} catch {
		return undefined;
	}
}

/** @param {string} path */
function ownerFile(path) {
	return join(path, "owner.json");
}

/**
 * @param {string} path
 * @returns {Promise<number>} 0 when it is gone
 */
async function ageMs(path) {
	try {
		return Date.now() - (await stat(path)).mtimeMs;
	} catch {
		return 0;
	}
}

/** @param {string} path */
async function exists(path) {
	return stat(path).then(
		() => true,
		() => false,
	);
}

/** @param {unknown} error */
function isTaken(error) {
	return ["EEXIST", "ENOTEMPTY"].includes(
		/** @type {NodeJS.ErrnoException} */ (error).code ?? "",
	);
}

function machine() {
	try {
		return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`;
	} catch {
		return hostname();
	}
}

/**
 * @param {number} pid
 * @returns {string | undefined} in clock ticks since the machine began; undefined where /proc does not tell
 */
function processStart(pid) {
	try {
		const status = readFileSync(`/proc/${pid}/stat`, "utf8");
		// The command's name stands in parentheses and may hold anything; the start is the 20th field after it (proc_pid_stat(5), field 22).
		return status.slice(status.lastIndexOf(")") + 2).split(" ")[19];
	} catch {
		return undefined;
	}
}
