// Compiles the add-on against a TensorFlow library, in a copy of the package's few files, so that the package itself is never half-built.
import {
	access,
	cp,
	mkdir,
	rename,
	rm,
	symlink,
	writeFile,
} from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveFrom } from "./addon-package.mjs";
import { EngineFailure } from "./failure.mjs";
import { findHeaders } from "./headers.mjs";
import { track } from "./progress.mjs";
import { findNodeGyp, hasGypTools } from "./tools.mjs";

const TIMEOUT_MS = 15 * 60_000;

/** What binding.gyp and Node's common.gypi come to on Linux. */
const COMPILER_FLAGS = [
	"-std=c++17",
	"-O3",
	"-fPIC",
	"-shared",
	"-pthread",
	"-fno-rtti",
	"-fno-exceptions",
	"-fno-omit-frame-pointer",
];
const SOURCES = ["binding/tfjs_backend.cc", "binding/tfjs_binding.cc"];
const LINKER_FLAGS = [
	"-Ldeps/lib",
	"-Wl,-rpath,$ORIGIN/../../deps/lib",
	"-ltensorflow",
	"-ltensorflow_framework",
];

const REMOVED_CALLS = fileURLToPath(
	new URL("./removed-calls.cjs", import.meta.url),
);

/**
 * By the package's own recipe (node-pre-gyp) where its tools are there; else, or when it fails, by the compiler alone, which needs neither
 * make nor Python nor the whole of Node's headers.
 * @param {import('./ways.mjs').Site} site
 * @param {{ library: string, compiler: string[], scratch: string }} options `library`: the folder with lib/ and include/
 * @returns {Promise<string>} a folder inside `scratch` that holds tfjs_binding.node
 * @throws {EngineFailure}
 */
export async function buildAddon(site, { library, compiler, scratch }) {
	const { addonPackage, settings, log } = site;
	const copy = join(scratch, "build");
	await mkdir(copy);
	for (const name of ["package.json", "binding.gyp", "binding"]) {
		await cp(join(addonPackage.folder, name), join(copy, name), {
			recursive: true,
		});
	}
	await symlink(library, join(copy, "deps"));
	const built = join(
		copy,
		relative(addonPackage.folder, addonPackage.addonPath),
	);

	const commands = [
		await recipeCommand(site),
		await compilerCommand(site, compiler, built),
	].filter((command) => command !== undefined);
	if (commands.length === 0) throw new EngineFailure("headers-missing");
	const printed = [];
	for (const { name, ...command } of commands) {
		await rm(dirname(built), { recursive: true, force: true });
		await mkdir(dirname(built), { recursive: true });
		const { code, output } = await track(
			log,
			{ text: `compiling the add-on ${name}` },
			() =>
				site.run({
					...command,
					cwd: copy,
					signal: site.signal,
					timeoutMs: TIMEOUT_MS,
				}),
		);
		if (
			code === 0 &&
			(await access(built).then(
				() => true,
				() => false,
			))
		) {
			const folder = join(scratch, "addon");
			await mkdir(folder);
			await rename(built, join(folder, basename(built)));
			return folder;
		}
		if (/No space left/.test(output))
			throw new EngineFailure("disk-full", settings.cacheFolder);
		log({ kind: "step", text: `compiling the add-on ${name}: it failed` });
		printed.push(`$ ${[command.file, ...command.args].join(" ")}\n${output}`);
	}
	throw new EngineFailure(
		"build-failed",
		`log: ${await keepLog(settings.cacheFolder, printed)}`,
	);
}

/**
 * The environment of a build by node-gyp: it is told where node-gyp and Node's headers are, so that it asks no network for them.
 * @param {Pick<import('./ways.mjs').Site, 'settings' | 'addonPackage'>} site
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function buildEnvironment({
	settings: { env },
	addonPackage: { root },
}) {
	const { nodeFolder } = await findHeaders({ env, packageRoot: root });
	const nodeGyp = await findNodeGyp({ env, packageRoot: root });
	return {
		...env,
		JOBS: String(availableParallelism()),
		...(nodeFolder && { npm_config_nodedir: nodeFolder }),
		...(nodeGyp && { npm_config_node_gyp: nodeGyp }),
	};
}

/** @typedef {{ name: string, file: string, args: string[], env: NodeJS.ProcessEnv }} BuildCommand */

/**
 * @param {import('./ways.mjs').Site} site
 * @returns {Promise<BuildCommand | undefined>} undefined when one of its tools is missing
 */
async function recipeCommand({ settings, addonPackage, run, signal }) {
	const env = await buildEnvironment({ settings, addonPackage });
	const nodePreGyp = resolveFrom(
		addonPackage.folder,
		"@mapbox/node-pre-gyp/bin/node-pre-gyp",
	);
	if (
		!env.npm_config_nodedir ||
		!env.npm_config_node_gyp ||
		!nodePreGyp ||
		!(await hasGypTools({ run, env, signal }))
	)
		return undefined;
	return {
		name: "by node-pre-gyp",
		file: process.execPath,
		args: [
			"--require",
			REMOVED_CALLS,
			nodePreGyp,
			"install",
			"--build-from-source",
		],
		env,
	};
}

/**
 * @param {import('./ways.mjs').Site} site
 * @param {string[]} compiler
 * @param {string} built
 * @returns {Promise<BuildCommand | undefined>} undefined when there are no headers
 */
async function compilerCommand(
	{ settings: { env }, addonPackage },
	[file = "", ...args],
	built,
) {
	const { includeFolder } = await findHeaders({
		env,
		packageRoot: addonPackage.root,
	});
	if (includeFolder === undefined) return undefined;
	const defines = [
		`NAPI_VERSION=${addonPackage.napiVersion}`,
		"NODE_GYP_MODULE_NAME=tfjs_binding",
		"BUILDING_NODE_EXTENSION",
	];
	return {
		name: "by the compiler alone",
		file,
		args: [
			...args,
			...COMPILER_FLAGS,
			...defines.map((define) => `-D${define}`),
			`-I${includeFolder}`,
			"-Ideps/include",
			"-o",
			built,
			...SOURCES,
			...LINKER_FLAGS,
		],
		env,
	};
}

/**
 * @param {string} cacheFolder
 * @param {string[]} printed
 */
async function keepLog(cacheFolder, printed) {
	const path = join(cacheFolder, "logs", "build.log");
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, printed.join("\n"));
	return path;
}
