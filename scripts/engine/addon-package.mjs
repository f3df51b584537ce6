// Where @tensorflow/tfjs-node stands, and which of its files an installation makes.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EngineFailure } from "./failure.mjs";

/**
 * @typedef {object} AddonPackage
 * @property {string} root the project that loads it
 * @property {string} folder
 * @property {string} version such as 4.22.0
 * @property {string} vendorHost URL of the vendor's downloads, as its package.json names it
 * @property {number} napiVersion the Node-API version that this Node loads the add-on for: the newest that both know
 * @property {string} addonPath of tfjs_binding.node, there or not
 * @property {string} depsPath of the folder with lib/ and include/, there or not
 * @property {string} stampPath
 * @property {string} lockPath
 */

/**
 * @param {string} packageRoot the folder whose package.json depends on it
 * @returns {Promise<AddonPackage>}
 * @throws {EngineFailure} package-missing
 */
export async function locateAddonPackage(packageRoot) {
	const manifestPath = resolveFrom(
		packageRoot,
		"@tensorflow/tfjs-node/package.json",
	);
	if (manifestPath === undefined)
		throw new EngineFailure("package-missing", packageRoot);
	const folder = dirname(manifestPath);
	const { version, binary } = JSON.parse(await readFile(manifestPath, "utf8"));
	const ours = Number(process.versions.napi);
	const napiVersion = Math.max(
		...binary.napi_versions.filter(
			(/** @type {number} */ theirs) => theirs <= ours,
		),
	);
	const modulePath = binary.module_path.replace(
		"{napi_build_version}",
		String(napiVersion),
	);
	return {
		root: packageRoot,
		folder,
		version,
		vendorHost: binary.host,
		napiVersion,
		addonPath: join(folder, modulePath, `${binary.module_name}.node`),
		depsPath: join(folder, "deps"),
		stampPath: join(folder, "lib", "engine-stamp.json"),
		lockPath: join(folder, ".engine-lock"),
	};
}

/**
 * The file that `require(request)` would load from a folder.
 * @param {string} folder
 * @param {string} request
 * @returns {string | undefined} undefined when there is none
 */
export function resolveFrom(folder, request) {
	try {
		return createRequire(join(folder, "package.json")).resolve(request);
	} catch {
		return undefined;
	}
}
