// TensorFlow's own wheel: fetched by pip in its pinned version and hash, and what the add-on needs of it unpacked.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EngineFailure } from "./failure.mjs";
import { track } from "./progress.mjs";
import { bytesBelow } from "./workbench.mjs";
import { listZip, unpackZip } from "./zip.mjs";

const LIBRARIES = "tensorflow/libtensorflow";
const HEADERS = "tensorflow/include/";

/** The C API and what its headers include, below include/; the rest of the wheel's 11,000 headers (280 MB) is for C++. */
const HEADER_PREFIXES = [
	"tensorflow/c/",
	"tensorflow/core/platform/ctstring",
	"tsl/platform/ctstring",
	"xla/tsl/c/",
];

/**
 * The names that binding.gyp links by (-l), as aliases of the wheel's files; at run time the loader asks for the wheel's own names.
 * @type {[alias: string, file: string][]}
 */
const ALIASES = [
	["libtensorflow.so", "libtensorflow_cc.so.2"],
	["libtensorflow.so.2", "libtensorflow_cc.so.2"],
	["libtensorflow_framework.so", "libtensorflow_framework.so.2"],
];

const PIP_BEHAVIOUR = [
	"--no-input",
	"--disable-pip-version-check",
	// With its cache, pip would keep a second copy of the wheel for good.
	"--no-cache-dir",
	"--progress-bar=off",
	"--retries=2",
	"--timeout=20",
];
const PIP_IDLE_MS = 120_000;

/**
 * Fetches the wheel, or takes the local one that NIGHTSHIFT_TENSORFLOW_WHEEL names.
 * @param {import('./ways.mjs').Site} site
 * @param {import('./pins.mjs').WheelPin} pin
 * @param {string[] | undefined} pip its command line; undefined only with a local wheel
 * @param {string} scratch an empty folder
 * @returns {Promise<string>} path of the wheel, its hash checked
 * @throws {EngineFailure}
 */
export async function obtainWheel(
	{ settings, run, log, signal },
	pin,
	pip,
	scratch,
) {
	const path = settings.wheelPath ?? join(scratch, pin.fileName);
	if (settings.wheelPath === undefined) {
		await downloadByPip(
			{ settings, run, log, signal },
			pin,
			pip ?? [],
			scratch,
		);
	} else {
		const isFile = await stat(path).then(
			(found) => found.isFile(),
			() => false,
		);
		if (!isFile)
			throw new EngineFailure(
				"wheel-unreadable",
				`NIGHTSHIFT_TENSORFLOW_WHEEL names ${path}, where there is no file`,
			);
	}
	if ((await sha256(path, signal)) !== pin.sha256) {
		const name =
			settings.wheelPath === undefined
				? pin.fileName
				: `${path} (from NIGHTSHIFT_TENSORFLOW_WHEEL; wanted: ${pin.fileName})`;
		throw new EngineFailure("hash-mismatch", name);
	}
	return path;
}

/**
 * @param {string} wheel
 * @param {string} folder is made; gets lib/ and include/
 * @param {Pick<import('./ways.mjs').Site, 'log' | 'signal'>} site
 */
export async function unpackLibrary(wheel, folder, { log, signal }) {
	const totalBytes = (await listZip(wheel)).reduce(
		(sum, { name, bytes }) => sum + (targetOf(name) ? bytes : 0),
		0,
	);
	let doneBytes = 0;
	const names = await track(
		log,
		{
			text: "unpacking its libraries",
			totalBytes,
			measure: async () => doneBytes,
		},
		() =>
			unpackZip(wheel, {
				target: (name) => {
					const path = targetOf(name);
					return path && join(folder, path);
				},
				onBytes: (bytes) => {
					doneBytes += bytes;
				},
				signal,
			}),
	);
	for (const [alias, file] of ALIASES) {
		if (!names.includes(`tensorflow/${file}`))
			throw new EngineFailure("wheel-unreadable", `${file} is not in it`);
		await symlink(file, join(folder, "lib", alias));
	}
}

/**
 * @param {string} name in the wheel
 * @returns {string | undefined} where it goes, relative; undefined for what is left out
 */
function targetOf(name) {
	if (name.startsWith(LIBRARIES))
		return join("lib", name.slice("tensorflow/".length));
	if (!name.startsWith(HEADERS)) return undefined;
	const header = name.slice(HEADERS.length);
	return HEADER_PREFIXES.some((prefix) => header.startsWith(prefix))
		? join("include", header)
		: undefined;
}

/**
 * @param {Pick<import('./ways.mjs').Site, 'settings' | 'run' | 'log' | 'signal'>} site
 * @param {import('./pins.mjs').WheelPin} pin
 * @param {string[]} pip
 * @param {string} scratch
 */
async function downloadByPip(
	{ settings, run, log, signal },
	pin,
	[file = "", ...pip],
	scratch,
) {
	const requirements = join(scratch, "requirements.txt");
	const temporary = join(scratch, "pip");
	await writeFile(
		requirements,
		`${pin.distribution}==${pin.version} --hash=sha256:${pin.sha256}\n`,
	);
	await mkdir(temporary);
	await track(
		log,
		{
			text: `downloading ${pin.distribution} ${pin.version}`,
			totalBytes: pin.bytes,
			measure: () => bytesBelow(scratch),
		},
		async () => {
			const outcome = await run({
				file,
				args: [
					...pip,
					"download",
					...pinnedChoice(pin),
					...PIP_BEHAVIOUR,
					"--requirement",
					requirements,
					"--dest",
					scratch,
				],
				env: {
					...settings.env,
					TMPDIR: temporary,
					PIP_REQUIRE_VIRTUALENV: "false",
				},
				signal,
				idleMs: PIP_IDLE_MS,
				measure: () => bytesBelow(scratch),
			});
			if (outcome.code !== 0)
				throw pipFailure(outcome, pin, settings.cacheFolder);
		},
	);
	await rm(temporary, { recursive: true, force: true });
}

/**
 * The wheel of one pinned platform and Python, whatever this machine's Python is; any pip since 2020 can do that.
 * @param {import('./pins.mjs').WheelPin} pin
 */
function pinnedChoice({ pipPlatform, pythonVersion }) {
	return [
		"--no-deps",
		"--require-hashes",
		"--only-binary=:all:",
		`--platform=${pipPlatform}`,
		`--python-version=${pythonVersion}`,
		"--implementation=cp",
	];
}

/**
 * @param {import('./command.mjs').Outcome} outcome
 * @param {import('./pins.mjs').WheelPin} pin
 * @param {string} cacheFolder
 */
function pipFailure({ output, trouble }, pin, cacheFolder) {
	if (trouble === "idle")
		return new EngineFailure(
			"download-failed",
			`pip received nothing for ${PIP_IDLE_MS / 1000} s`,
		);
	if (/No space left|Errno 28|Errno 122/.test(output))
		return new EngineFailure("disk-full", cacheFolder);
	if (/DO NOT MATCH THE HASHES/.test(output))
		return new EngineFailure("hash-mismatch", pin.fileName);
	if (
		/NewConnectionError|ConnectTimeout|name resolution|Connection refused|ProxyError|SSLError|Network is unreachable|timed out/i.test(
			output,
		)
	) {
		return new EngineFailure("unreachable", "pip's package registry");
	}
	const said = output.split("\n").findLast((line) => line.startsWith("ERROR:"));
	return new EngineFailure(
		"download-failed",
		said?.slice("ERROR:".length).trim() ?? "pip gave up without a word",
	);
}

/**
 * @param {string} path
 * @param {AbortSignal | undefined} signal
 */
async function sha256(path, signal) {
	const hash = createHash("sha256");
	for await (const chunk of createReadStream(path, {
		highWaterMark: 1 << 20,
		...(signal && { signal }),
	}))
		hash.update(chunk);
	return hash.digest("hex");
}
