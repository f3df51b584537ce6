// For the tests: a machine whose commands are played, with a project, a cache and a wheel of a few bytes in a temporary folder.
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { ensureEngine } from "./install.mjs";

const LIBRARY = "the TensorFlow library";
const ADDON = "the add-on";
const WHEEL_FILES = {
	"tensorflow/libtensorflow_cc.so.2": LIBRARY,
	"tensorflow/libtensorflow_framework.so.2": "the framework library",
	"tensorflow/include/tensorflow/c/c_api.h": "// the C API",
	"tensorflow/include/Eigen/Core": "// C++",
	"tensorflow/python/__init__.py": "",
};

/** @typedef {'compile' | 'download' | 'install.js' | 'node-pre-gyp' | 'probe'} Played the commands that do something */

/**
 * @typedef {object} FakeMachine
 * @property {string} root the project
 * @property {string} cache
 * @property {string} library the cached library's folder
 * @property {string} addon of the package
 * @property {string} addonPackage its folder
 * @property {string} wheel
 * @property {NodeJS.ProcessEnv} env may be changed
 * @property {Set<string>} lacks names of programs that are not there: g++, make, pip
 * @property {Partial<Record<Played, (command: import('./command.mjs').Command) => Promise<Partial<import('./command.mjs').Outcome>>>>} plays
 *   what a command does instead of succeeding
 * @property {Played[]} ran since the last `ensure`
 * @property {import('./progress.mjs').EngineEvent[]} events since the last `ensure`
 * @property {(options?: Partial<import('./install.mjs').EnsureOptions>) => Promise<import('./engine.mjs').Engine>} ensure
 */

/**
 * @param {import('node:test').TestContext} test removes it in the end
 * @returns {Promise<FakeMachine>}
 */
export async function createFakeMachine(test) {
	const folder = await mkdtemp(join(tmpdir(), "nightshift-engine-"));
	test.after(() => rm(folder, { recursive: true, force: true }));
	const root = join(folder, "project");
	const addonPackage = join(root, "node_modules", "@tensorflow", "tfjs-node");
	const wheel = join(folder, "fixture.whl");
	await writeFiles(folder, {
		"node/include/node/node_api.h": "",
		"node/include/node/common.gypi": "",
		"project/package.json": "{}",
		"project/node_modules/rimraf/package.json": "{}",
		"project/node_modules/@mapbox/node-pre-gyp/bin/node-pre-gyp": "",
		"project/node_modules/@tensorflow/tfjs-node/binding.gyp": "{}",
		"project/node_modules/@tensorflow/tfjs-node/binding/tfjs_binding.cc": "",
		"project/node_modules/@tensorflow/tfjs-node/scripts/install.js": "",
		"project/node_modules/@tensorflow/tfjs-node/package.json": JSON.stringify({
			version: "4.22.0",
			binary: {
				module_name: "tfjs_binding",
				module_path: "./lib/napi-v{napi_build_version}",
				host: "http://127.0.0.1:9",
				napi_versions: [3, 8],
			},
		}),
	});
	const archive = zipOf(WHEEL_FILES);
	await writeFile(wheel, archive);
	const pin = {
		distribution: "tensorflow-cpu",
		version: "2.21.0",
		pipPlatform: "manylinux_2_27_x86_64",
		pythonVersion: "311",
		fileName: "tensorflow_cpu-2.21.0.whl",
		bytes: archive.length,
		sha256: createHash("sha256").update(archive).digest("hex"),
	};

	/** @type {FakeMachine} */
	const machine = {
		root,
		cache: join(folder, "cache", "tensorflow"),
		library: join(folder, "cache", "tensorflow", "2.21.0-linux-x64"),
		addon: join(addonPackage, "lib", "napi-v8", "tfjs_binding.node"),
		addonPackage,
		wheel,
		// Port 9 (discard) answers nowhere: the vendor cannot be reached.
		env: {
			NIGHTSHIFT_CACHE: join(folder, "cache"),
			TFJS_NODE_CDN_STORAGE: "http://127.0.0.1:9/",
			npm_config_nodedir: join(folder, "node"),
			npm_config_node_gyp: join(folder, "node-gyp.js"),
		},
		lacks: new Set(),
		plays: {},
		ran: [],
		events: [],
		ensure: (options = {}) => {
			machine.ran.length = 0;
			machine.events.length = 0;
			return ensureEngine({
				packageRoot: root,
				env: machine.env,
				run: (command) => run(machine, command),
				log: (event) => machine.events.push(event),
				platform: { key: "linux-x64", glibc: "2.36", avx: true },
				wheels: { "linux-x64": pin },
				...options,
			});
		},
	};
	return machine;
}

/**
 * @param {FakeMachine} machine
 * @param {import('./command.mjs').Command} command
 * @returns {Promise<import('./command.mjs').Outcome>}
 */
async function run(machine, command) {
	const { file, args, cwd = "", signal } = command;
	signal?.throwIfAborted();
	const done = { code: 0, endedBy: undefined, trouble: undefined, output: "" };
	if (args.at(-1) === "--version") {
		const name = args.includes("pip") ? "pip" : file;
		if (machine.lacks.has(name))
			return { ...done, code: undefined, trouble: "missing" };
		return {
			...done,
			output:
				{
					pip: "pip 26.0 from somewhere",
					make: "GNU Make 4.3",
					python3: "Python 3.13.1",
				}[name] ?? name,
		};
	}
	const name = nameOf(command);
	machine.ran.push(name);
	const played = await machine.plays[name]?.(command);
	if (played) return { ...done, ...played };
	switch (name) {
		case "download":
			await cp(
				machine.wheel,
				join(
					args[args.indexOf("--dest") + 1] ?? "",
					"tensorflow_cpu-2.21.0.whl",
				),
			);
			return done;
		case "compile":
		case "node-pre-gyp":
			await writeFiles(cwd, { "lib/napi-v8/tfjs_binding.node": ADDON });
			return done;
		case "install.js":
			await writeFiles(cwd, {
				"lib/napi-v8/tfjs_binding.node": ADDON,
				"deps/lib/libtensorflow_cc.so.2": LIBRARY,
				"deps/include/c_api.h": "",
			});
			return done;
		case "probe":
			return { ...done, ...(await probe(machine)) };
		default:
			throw new Error(`no command ${String(name)}`);
	}
}

/**
 * The add-on works when it and the library that its rpath leads to are what they were made as.
 * @param {FakeMachine} machine
 */
async function probe({ addon, addonPackage }) {
	const [found, library] = await Promise.all(
		[addon, join(addonPackage, "deps", "lib", "libtensorflow_cc.so.2")].map(
			(path) => readFile(path, "utf8").catch(() => ""),
		),
	);
	if (found === ADDON && library === LIBRARY)
		return { output: 'noise\nengine-probe {"tensorflowVersion":"2.21.0"}\n' };
	return {
		code: 1,
		output: `engine-probe ${JSON.stringify({ error: found === ADDON ? "the library is broken" : "the add-on is broken" })}\n`,
	};
}

/**
 * @param {import('./command.mjs').Command} command
 * @returns {Played}
 */
function nameOf({ file, args }) {
	if (args.includes("download")) return "download";
	if (basename(args[0] ?? "") === "probe-child.cjs") return "probe";
	if (basename(args[0] ?? "") === "install.js") return "install.js";
	return file === process.execPath ? "node-pre-gyp" : "compile";
}

/**
 * @param {string} folder
 * @param {Record<string, string>} files texts by path
 */
export async function writeFiles(folder, files) {
	for (const [path, text] of Object.entries(files)) {
		await mkdir(dirname(join(folder, path)), { recursive: true });
		await writeFile(join(folder, path), text);
	}
}

/**
 * @param {Record<string, string>} files texts by name
 * @returns {Buffer} a zip archive
 */
export function zipOf(files) {
	const parts = [];
	const directory = [];
	let offset = 0;
	for (const [name, text] of Object.entries(files)) {
		const packed = deflateRawSync(text);
		const local = Buffer.alloc(30);
		local.writeUInt32LE(0x04034b50, 0);
		local.writeUInt16LE(8, 8);
		local.writeUInt16LE(Buffer.byteLength(name), 26);
		const entry = Buffer.alloc(46);
		entry.writeUInt32LE(0x02014b50, 0);
		entry.writeUInt16LE(8, 10);
		entry.writeUInt32LE(crc32(text), 16);
		entry.writeUInt32LE(packed.length, 20);
		entry.writeUInt32LE(Buffer.byteLength(text), 24);
		entry.writeUInt16LE(Buffer.byteLength(name), 28);
		entry.writeUInt32LE(offset, 42);
		parts.push(local, Buffer.from(name), packed);
		directory.push(entry, Buffer.from(name));
		offset += local.length + Buffer.byteLength(name) + packed.length;
	}
	const end = Buffer.alloc(22);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(directory.length / 2, 8);
	end.writeUInt16LE(directory.length / 2, 10);
	end.writeUInt32LE(
		directory.reduce((sum, part) => sum + part.length, 0),
		12,
	);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...parts, ...directory, end]);
}
