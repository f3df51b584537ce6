import {
	type FileHandle,
	link,
	open,
	readFile,
	rename,
	rm,
	stat,
} from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

export interface FileLockOptions {
	/** Called once when someone else has the lock. */
	readonly onWait?: () => void;
	/** Pause between two looks at a lock that someone else has, in milliseconds. 250 when absent. */
	readonly pollMs?: number;
	/** How long, in milliseconds, a lock may go without its owner's sign of life. 60,000 when absent; its owner gives one
	 * every quarter of that. */
	readonly staleMs?: number;
	readonly signal?: AbortSignal;
}

/** Runs `work` while holding the lock file `path`, which one process at a time can hold, also one task at a time within a
 * process. The lock of a process that is gone is taken over: at once where it ran on this machine, else after `staleMs`
 * without a sign of life, as seen by the waiter's own clock.
 * @throws the signal's reason when it is aborted while waiting; what `work` throws */
export async function withFileLock<T>(
	path: string,
	work: () => Promise<T>,
	options: FileLockOptions = {},
): Promise<T> {
	const staleMs = options.staleMs ?? 60_000;
	const handle = await acquire(path, options.pollMs ?? 250, staleMs, options);
	const heartbeat = setInterval(() => void signOfLife(handle), staleMs / 4);
	heartbeat.unref();
	try {
		return await work();
	} finally {
		clearInterval(heartbeat);
		const mine = await handle.stat();
		const there = await statOf(path);
		if (there?.ino === mine.ino) await rm(path, { force: true });
		await handle.close();
	}
}

async function acquire(
	path: string,
	pollMs: number,
	staleMs: number,
	options: FileLockOptions,
): Promise<FileHandle> {
	let seen = "";
	let unchangedMs = 0;
	for (let waits = 0; ; waits++) {
		options.signal?.throwIfAborted();
		const handle = await create(path);
		if (handle !== undefined) return handle;
		if (waits === 0) options.onWait?.();
		const stats = await statOf(path);
		if (stats === undefined) continue;
		const sign = `${stats.ino} ${stats.mtimeMs}`;
		unchangedMs = sign === seen ? unchangedMs + pollMs : 0;
		seen = sign;
		if (unchangedMs >= staleMs || (await ownerIsGone(path))) {
			await removeIfStill(path, stats.ino);
			continue;
		}
		await delay(
			pollMs,
			undefined,
			options.signal && { signal: options.signal },
		).catch(() => options.signal?.throwIfAborted());
	}
}

/** @returns the new lock, open, or undefined when there is a lock already */
async function create(path: string): Promise<FileHandle | undefined> {
	let handle: FileHandle;
	try {
		handle = await open(path, "wx");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
		throw error;
	}
	await signOfLife(handle);
	return handle;
}

/** Writes the owner again, which changes the file's time, also after another took this lock over and the file has no name. */
async function signOfLife(handle: FileHandle): Promise<void> {
	await handle.write(ownerLine(), 0).catch(() => undefined);
}

function ownerLine(): string {
	return `${hostname()} ${process.pid}\n`;
}

async function ownerIsGone(path: string): Promise<boolean> {
	const [host, pid] = (await readFile(path, "utf8").catch(() => ""))
		.trim()
		.split(" ");
	if (host !== hostname() || pid === undefined || !/^\d+$/.test(pid))
		return false;
	try {
		process.kill(Number(pid), 0);
		return false;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "ESRCH";
	}
}

/** Removes the lock unless another waiter replaced it by its own in the meantime: the inode tells. */
async function removeIfStill(path: string, inode: number): Promise<void> {
	const aside = `${path}.${process.pid}.stale`;
	try {
		await rename(path, aside);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
		throw error;
	}
	if ((await statOf(aside))?.ino !== inode)
		await link(aside, path).catch(() => undefined);
	await rm(aside, { force: true });
}

async function statOf(path: string) {
	return stat(path).catch((error: NodeJS.ErrnoException) => {
		if (error.code === "ENOENT") return undefined;
		throw error;
	});
}
