// The vendor's own way: the install script of @tensorflow/tfjs-node, run on a copy of the package's few files.
//
// As read in its scripts/install.js (4.22.0): it fetches the archive of libtensorflow 2.9.1 and unpacks it into deps/ (include/ and lib/), then
// calls node-pre-gyp, which fetches the archive of the add-on into lib/napi-v<N>/ or, failing that, compiles it. It empties deps/ first and
// rewrites package.json while it works, has no time-out, checks no hash, and its add-on archive is named without a processor. Hence the copy,
// the look whether the host answers, the watch over silence, and the list of platforms; the probe decides whether the result is any good.
import {
	chmod,
	cp,
	mkdir,
	rename,
	stat,
	symlink,
	writeFile,
} from "node:fs/promises";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveFrom } from "./addon-package.mjs";
import { buildEnvironment } from "./build.mjs";
import { EngineFailure } from "./failure.mjs";
import { ROOM_BYTES } from "./pins.mjs";
import { track } from "./progress.mjs";
import { canReach } from "./reach.mjs";
import { bytesBelow, needRoom } from "./workbench.mjs";

const PLATFORMS = ["linux-x64", "darwin-x64", "darwin-arm64"];
const IDLE_MS = 60_000;
const REMOVED_CALLS = fileURLToPath(
	new URL("./removed-calls.cjs", import.meta.url),
);

/**
 * @param {import('./ways.mjs').Site} site
 * @param {string} scratch an empty folder
 * @returns {Promise<{ library: string, addon: string }>} folders inside `scratch`: the one with lib/ and include/, and the one with the add-on
 * @throws {EngineFailure}
 */
export async function downloadFromVendor(site, scratch) {
	const { addonPackage, platform, settings, run, log, signal } = site;
	if (
		!PLATFORMS.includes(platform.key) ||
		(platform.key.startsWith("linux") && platform.glibc === undefined)
	) {
		throw new EngineFailure(
			"platform-unsupported",
			`${platform.key} with the vendor's prebuilt add-on`,
		);
	}
	const { env } = settings;
	const address = vendorAddress(env, addonPackage);
	if (!(await canReach(address, { proxy: vendorProxy(env), signal }))) {
		throw new EngineFailure(
			"unreachable",
			`the vendor's download host (${new URL(address).host})`,
		);
	}
	await needRoom(settings.cacheFolder, ROOM_BYTES);

	const copy = join(scratch, "package");
	await mkdir(copy);
	for (const name of ["package.json", "binding.gyp", "binding", "scripts"]) {
		await cp(join(addonPackage.folder, name), join(copy, name), {
			recursive: true,
		});
	}
	const built = join(
		copy,
		relative(addonPackage.folder, addonPackage.addonPath),
	);
	await track(
		log,
		{
			text: "fetching the vendor's prebuilt TensorFlow",
			measure: () => bytesBelow(copy),
		},
		async () => {
			const { code, trouble, output } = await run({
				file: process.execPath,
				args: [join(copy, "scripts", "install.js")],
				cwd: copy,
				env: await vendorEnvironment(site, scratch),
				signal,
				idleMs: IDLE_MS,
				measure: () => bytesBelow(copy),
			});
			if (code === 0 && (await stat(built).catch(() => undefined))) return;
			if (/ENOSPC|No space left/.test(output))
				throw new EngineFailure("disk-full", settings.cacheFolder);
			throw new EngineFailure(
				"download-failed",
				trouble === "idle"
					? `nothing came for ${IDLE_MS / 1000} s`
					: errorIn(output),
			);
		},
	);
	const addon = join(scratch, "addon");
	await mkdir(addon);
	await rename(built, join(addon, "tfjs_binding.node"));
	return { library: join(copy, "deps"), addon };
}

/**
 * The same variables that the vendor's script heeds.
 * @param {NodeJS.ProcessEnv} env
 * @param {import('./addon-package.mjs').AddonPackage} addonPackage
 */
function vendorAddress(env, { vendorHost }) {
	const address =
		env.TFJS_NODE_BASE_URI ||
		env.npm_config_TFJS_NODE_BASE_URI ||
		env.TFJS_NODE_CDN_STORAGE ||
		env.npm_config_TFJS_NODE_CDN_STORAGE ||
		env.CDN_STORAGE;
	return address || vendorHost;
}

/** @param {NodeJS.ProcessEnv} env */
function vendorProxy(env) {
	return env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy;
}

/**
 * The script asks for its packages from the copy's folder, and for `node-pre-gyp` by name from a shell.
 * @param {import('./ways.mjs').Site} site
 * @param {string} scratch
 */
async function vendorEnvironment(site, scratch) {
	const { addonPackage } = site;
	const nodePreGyp = resolveFrom(
		addonPackage.folder,
		"@mapbox/node-pre-gyp/bin/node-pre-gyp",
	);
	const rimraf = resolveFrom(addonPackage.folder, "rimraf/package.json");
	if (nodePreGyp === undefined || rimraf === undefined)
		throw new EngineFailure("package-missing", addonPackage.root);
	const commands = join(scratch, "commands");
	await mkdir(commands);
	await symlink(process.execPath, join(commands, "node"));
	const command = join(commands, "node-pre-gyp");
	await writeFile(
		command,
		`#!/bin/sh\nexec ${shellQuote(process.execPath)} ${shellQuote(nodePreGyp)} "$@"\n`,
	);
	await chmod(command, 0o755);
	const env = await buildEnvironment(site);
	return {
		...env,
		PATH: `${commands}${delimiter}${env.PATH ?? ""}`,
		NODE_PATH: [
			join(addonPackage.folder, "node_modules"),
			dirname(dirname(rimraf)),
		].join(delimiter),
		NODE_OPTIONS:
			`${env.NODE_OPTIONS ?? ""} --require ${JSON.stringify(REMOVED_CALLS)}`.trim(),
	};
}

/** @param {string} text */
function shellQuote(text) {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

/** @param {string} output with what an uncaught error prints, or what node-pre-gyp says */
function errorIn(output) {
	const lines = output.split("\n").map((line) => line.trim());
	return (
		lines.find((line) =>
			/^(\w*Error\b|node-pre-gyp ERR! install )/.test(line),
		) ?? "the script gave up without a word"
	);
}
