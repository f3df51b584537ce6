// The stamp: what was verified to work, so that the next start need not load TensorFlow to know. It is written last.
import { randomUUID } from "node:crypto";
import {
	mkdir,
	readdir,
	readFile,
	rename,
	rm,
	stat,
	writeFile,
} from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";

/**
 * @typedef {object} Stamp
 * @property {Identity} identity
 * @property {string} tensorflowVersion as the loaded library itself says
 * @property {StampedFile[]} files
 */

/**
 * @typedef {object} Identity what it was verified with
 * @property {string} tfjsVersion of the package tfjs-node
 * @property {string} target such as linux-x64
 * @property {string} nodeModules Node's ABI version
 * @property {number} napiVersion
 */

/** @typedef {{ path: string, bytes: number, modifiedS: number }} StampedFile
 * `path` is relative to the package. Whole seconds: archives and image layers keep no finer time. */

/**
 * @param {import('./addon-package.mjs').AddonPackage} addonPackage
 * @returns {Promise<Stamp | undefined>} undefined unless it stands for what is there now
 */
export async function readValidStamp(addonPackage) {
	const stamp = await readStamp(addonPackage.stampPath);
	if (!isDeepStrictEqual(stamp?.identity, identityOf(addonPackage)))
		return undefined;
	const files = stamp?.files ?? [];
	if (files.length === 0) return undefined;
	const found = await Promise.all(
		files.map(({ path }) =>
			stampFile(addonPackage.folder, join(addonPackage.folder, path)),
		),
	);
	return isDeepStrictEqual(found, files) ? stamp : undefined;
}

/**
 * @param {import('./addon-package.mjs').AddonPackage} addonPackage
 * @param {string} tensorflowVersion
 */
export async function writeStamp(addonPackage, tensorflowVersion) {
	const libraries = join(addonPackage.depsPath, "lib");
	const names = await readdir(libraries).catch(() => []);
	const paths = [
		addonPackage.addonPath,
		...names.sort().map((name) => join(libraries, name)),
	];
	/** @type {Stamp} */
	const stamp = {
		identity: identityOf(addonPackage),
		tensorflowVersion,
		files: (
			await Promise.all(
				paths.map((path) => stampFile(addonPackage.folder, path)),
			)
		).filter((file) => file !== undefined),
	};
	const draft = `${addonPackage.stampPath}.${randomUUID()}`;
	await mkdir(dirname(draft), { recursive: true });
	try {
		await writeFile(draft, `${JSON.stringify(stamp, undefined, 2)}\n`);
		await rename(draft, addonPackage.stampPath);
	} catch (error) {
		await rm(draft, { force: true });
		throw error;
	}
}

/**
 * @param {string} path
 * @returns {Promise<Stamp | undefined>}
 */
async function readStamp(path) {
	try {
		return JSON.parse(await readFile(path, "utf8")) ?? undefined;
	} catch {
		return undefined;
	}
}

/**
 * @param {import('./addon-package.mjs').AddonPackage} addonPackage
 * @returns {Identity}
 */
function identityOf({ version, napiVersion }) {
	return {
		tfjsVersion: version,
		target: `${process.platform}-${process.arch}`,
		nodeModules: process.versions.modules,
		napiVersion,
	};
}

/**
 * @param {string} folder
 * @param {string} path
 * @returns {Promise<StampedFile | undefined>}
 */
async function stampFile(folder, path) {
	try {
		const { size, mtimeMs } = await stat(path);
		return {
			path: relative(folder, path),
			bytes: size,
			modifiedS: Math.floor(mtimeMs / 1000),
		};
	} catch {
		return undefined;
	}
}
