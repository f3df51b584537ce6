// Node's C headers: the whole set that node-gyp needs, or at least those of Node-API, which are all that the add-on includes.
import { access, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { resolveFrom } from "./addon-package.mjs";

/**
 * @typedef {object} Headers
 * @property {string | undefined} nodeFolder a folder for node-gyp's `nodedir`, with include/node/ and its common.gypi
 * @property {string | undefined} includeFolder a folder with node_api.h
 */

/**
 * @param {{ env: NodeJS.ProcessEnv, packageRoot: string, execPath?: string }} options
 * @returns {Promise<Headers>}
 */
export async function findHeaders({
	env,
	packageRoot,
	execPath = process.execPath,
}) {
	const version = process.versions.node;
	const nodeFolders = [
		env.npm_config_nodedir,
		// The official archive, nvm, Docker's images and NodeSource all put them beside the binary.
		dirname(dirname(await realpath(execPath))),
		// What node-gyp itself downloaded for an earlier build.
		join(
			env.npm_config_devdir ??
				join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "node-gyp"),
			version,
		),
	].filter((folder) => folder !== undefined);
	const nodeFolder = await first(nodeFolders, [
		"include/node/node_api.h",
		"include/node/common.gypi",
	]);
	if (nodeFolder !== undefined)
		return { nodeFolder, includeFolder: join(nodeFolder, "include", "node") };
	const packaged = resolveFrom(packageRoot, "node-api-headers/package.json");
	const includeFolders = [
		...nodeFolders.map((folder) => join(folder, "include", "node")),
		...(packaged ? [join(dirname(packaged), "include")] : []),
	];
	return {
		nodeFolder: undefined,
		includeFolder: await first(includeFolders, ["node_api.h"]),
	};
}

/**
 * @param {string[]} folders
 * @param {string[]} files that it must hold
 */
async function first(folders, files) {
	for (const folder of folders) {
		const found = await Promise.allSettled(
			files.map((file) => access(join(folder, file))),
		);
		if (found.every(({ status }) => status === "fulfilled")) return folder;
	}
	return undefined;
}
