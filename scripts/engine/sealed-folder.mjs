// A cache folder that is there as a whole or not at all: filled aside, given a manifest of its files, then moved into place.
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import {
	mkdir,
	readdir,
	readFile,
	readlink,
	rename,
	rm,
	stat,
	writeFile,
} from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { crc32 } from "node:zlib";

/** @typedef {{ path: string, bytes: number, crc: number } | { path: string, link: string }} SealedFile `path` is relative to the folder; `link` is what a link says */
/** @typedef {{ files: SealedFile[] }} Manifest */

const MANIFEST = "manifest.json";

/**
 * @param {string} folder
 * @returns {Promise<boolean>} whether every file of its manifest is there in its size; fast, for it reads none of them
 */
export async function isSealed(folder) {
	const manifest = await readManifest(folder);
	if (manifest === undefined) return false;
	for (const file of manifest.files) {
		const path = join(folder, file.path);
		try {
			if (
				"link" in file
					? (await readlink(path)) !== file.link
					: (await stat(path)).size !== file.bytes
			)
				return false;
		} catch {
			return false;
		}
	}
	return true;
}

/**
 * @param {string} folder
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<boolean>} whether every file also holds what it held when it was sealed; reads all of them
 */
export async function isIntact(folder, signal) {
	if (!(await isSealed(folder))) return false;
	const manifest = await readManifest(folder);
	for (const file of manifest?.files ?? []) {
		if (
			"crc" in file &&
			(await checksum(join(folder, file.path), signal)) !== file.crc
		)
			return false;
	}
	return manifest !== undefined;
}

/**
 * @param {string} draft the filled folder; it is moved
 * @param {string} folder what stands there is replaced
 * @param {AbortSignal | undefined} signal
 */
export async function seal(draft, folder, signal) {
	/** @type {Manifest} */
	const manifest = { files: [] };
	for (const entry of await readdir(draft, {
		recursive: true,
		withFileTypes: true,
	})) {
		const full = join(entry.parentPath, entry.name);
		const path = relative(draft, full);
		if (entry.isSymbolicLink())
			manifest.files.push({ path, link: await readlink(full) });
		else if (entry.isFile())
			manifest.files.push({
				path,
				bytes: (await stat(full)).size,
				crc: await checksum(full, signal),
			});
	}
	await writeFile(
		join(draft, MANIFEST),
		`${JSON.stringify(manifest, undefined, 2)}\n`,
	);
	await mkdir(dirname(folder), { recursive: true });
	const old = `${draft}.old-${randomUUID()}`;
	const replaced = await rename(folder, old).then(
		() => true,
		() => false,
	);
	await rename(draft, folder);
	if (replaced) await rm(old, { recursive: true, force: true });
}

/**
 * @param {string} folder
 * @returns {Promise<Manifest | undefined>}
 */
async function readManifest(folder) {
	try {
		return JSON.parse(await readFile(join(folder, MANIFEST), "utf8"));
	} catch {
		return undefined;
	}
}

/**
 * @param {string} path
 * @param {AbortSignal | undefined} signal
 */
async function checksum(path, signal) {
	let crc = 0;
	for await (const chunk of createReadStream(path, {
		highWaterMark: 1 << 20,
		...(signal && { signal }),
	}))
		crc = crc32(chunk, crc);
	return crc;
}
