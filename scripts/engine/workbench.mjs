// A folder of scratch files inside the cache, so that what is made there can be moved into place by a rename.
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { EngineFailure } from "./failure.mjs";

const SCRATCH = ".scratch";

/**
 * @template T
 * @param {string} cacheFolder
 * @param {(folder: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withScratch(cacheFolder, work) {
	const folder = join(cacheFolder, SCRATCH, randomUUID());
	await mkdir(folder, { recursive: true });
	try {
		return await work(folder);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/**
 * Removes what a killed installation left. Only for the holder of the cache's lock.
 * @param {string} cacheFolder
 */
export async function clearScratch(cacheFolder) {
	await rm(join(cacheFolder, SCRATCH), { recursive: true, force: true });
}

/**
 * @param {string} folder
 * @param {number} bytes
 * @throws {EngineFailure} disk-full
 */
export async function needRoom(folder, bytes) {
	const { bavail, bsize } = await statfs(folder);
	if (bavail * bsize < bytes) throw new EngineFailure("disk-full", folder);
}

/**
 * @param {string} folder
 * @returns {Promise<number>} the bytes of all files below it; 0 when it is gone
 */
export async function bytesBelow(folder) {
	const entries = await readdir(folder, {
		recursive: true,
		withFileTypes: true,
	}).catch(() => []);
	const sizes = await Promise.all(
		entries
			.filter((entry) => entry.isFile())
			.map((entry) =>
				stat(join(entry.parentPath, entry.name)).then(
					({ size }) => size,
					() => 0,
				),
			),
	);
	return sizes.reduce((sum, size) => sum + size, 0);
}
