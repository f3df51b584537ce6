// The programs of this machine that a download and a build need.
import { realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { resolveFrom } from "./addon-package.mjs";
import { EngineFailure } from "./failure.mjs";

/** @typedef {{ run: import('./command.mjs').Run, env: NodeJS.ProcessEnv, signal?: AbortSignal | undefined }} Shell */

/**
 * @param {Shell} shell
 * @returns {Promise<string[] | undefined>} the C++ compiler's command line, `CXX` first
 */
export async function findCompiler({ run, env, signal }) {
	const candidates = [
		env.CXX?.trim().split(/\s+/),
		["g++"],
		["c++"],
		["clang++"],
	].filter((words) => words !== undefined);
	for (const [file = "", ...args] of candidates) {
		if (
			(await run({ file, args: [...args, "--version"], env, signal })).code ===
			0
		)
			return [file, ...args];
	}
	return undefined;
}

/**
 * @param {Shell} shell
 * @returns {Promise<string[] | undefined>} the command line of pip
 */
export async function findPip({ run, env, signal }) {
	for (const file of ["python3", "python"]) {
		const { code, output } = await run({
			file,
			args: ["-m", "pip", "--version"],
			env,
			signal,
		});
		if (code === 0 && /^pip \d/m.test(output)) return [file, "-m", "pip"];
	}
	return undefined;
}

/**
 * @param {Shell} shell
 * @returns {Promise<boolean>} whether what node-gyp calls is there: make and Python 3
 */
export async function hasGypTools({ run, env, signal }) {
	for (const [file, version] of [
		["make", /^GNU Make/],
		["python3", /^Python 3/],
	]) {
		const { code, output } = await run({
			file: String(file),
			args: ["--version"],
			env,
			signal,
		});
		if (code !== 0 || !(/** @type {RegExp} */ (version).test(output)))
			return false;
	}
	return true;
}

/**
 * npm brings node-gyp; it is called by its file, never through the network.
 * @param {{ env: NodeJS.ProcessEnv, packageRoot: string, execPath?: string }} options
 * @returns {Promise<string | undefined>}
 */
export async function findNodeGyp({
	env,
	packageRoot,
	execPath = process.execPath,
}) {
	if (env.npm_config_node_gyp) return env.npm_config_node_gyp;
	const own = resolveFrom(packageRoot, "node-gyp/bin/node-gyp.js");
	if (own !== undefined) return own;
	const npms = [
		join(
			dirname(dirname(execPath)),
			"lib",
			"node_modules",
			"npm",
			"bin",
			"npm-cli.js",
		),
	];
	for (const folder of (env.PATH ?? "").split(delimiter).filter(Boolean))
		npms.push(join(folder, "npm"));
	for (const npm of npms) {
		const cli = await realpath(npm).catch(() => undefined);
		const found = cli && resolveFrom(dirname(cli), "node-gyp/bin/node-gyp.js");
		if (found) return found;
	}
	return undefined;
}

/**
 * @param {{ compiler: boolean, pip: boolean }} lacks
 * @returns {EngineFailure}
 */
export function toolsMissing({ compiler, pip }) {
	const names = [compiler && "a C++ compiler", pip && "pip for Python 3"]
		.filter(Boolean)
		.join(" and ");
	const packages = [compiler && "g++", pip && "python3-pip"]
		.filter(Boolean)
		.join(" ");
	return new EngineFailure(
		"tools-missing",
		`${names} (on Debian and Ubuntu: apt-get install ${packages})`,
	);
}
