import assert from "node:assert/strict";
import {
	access,
	mkdir,
	readdir,
	readFile,
	readlink,
	rm,
	symlink,
	truncate,
	writeFile,
} from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { createFakeMachine } from "./fake-machine.mjs";
import { findEngine } from "./install.mjs";

/** @typedef {import('./fake-machine.mjs').FakeMachine} FakeMachine */
/** @typedef {import('./engine.mjs').Engine} Engine */

test("an empty machine gets the wheel, an add-on built against it, and links into the cache", async (t) => {
	const machine = await createFakeMachine(t);
	const engine = await machine.ensure();
	assert.deepEqual(engine, {
		kind: "tensorflow",
		how: "wheel",
		tensorflowVersion: "2.21.0",
		tfjsVersion: "4.22.0",
		napiVersion: 8,
		napiPath: machine.addon,
	});
	assert.deepEqual(machine.ran, ["download", "node-pre-gyp", "probe"]);
	assert.equal(
		await readlink(join(machine.addonPackage, "deps")),
		machine.library,
	);
	assert.equal(
		await readlink(join(machine.library, "lib", "libtensorflow.so")),
		"libtensorflow_cc.so.2",
	);
});

test("of the wheel only the libraries and the C headers are kept, and the wheel itself is removed", async (t) => {
	const machine = await createFakeMachine(t);
	await machine.ensure();
	assert.deepEqual((await readdir(machine.library)).sort(), [
		"include",
		"lib",
		"manifest.json",
	]);
	assert.deepEqual(await readdir(join(machine.library, "include")), [
		"tensorflow",
	]);
	assert.deepEqual((await readdir(machine.cache)).sort(), [
		".scratch",
		"2.21.0-linux-x64",
		"addons",
	]);
	assert.deepEqual(await readdir(join(machine.cache, ".scratch")), []);
});

test("an engine that is in place is answered from the stamp, without any command", async (t) => {
	const machine = await createFakeMachine(t);
	await machine.ensure();
	assert.equal(howOf(await machine.ensure()), "stamped");
	assert.deepEqual(machine.ran, []);
	assert.equal(
		howOf(await findEngine({ packageRoot: machine.root, env: machine.env })),
		"stamped",
	);
});

test("findEngine finds nothing where ensureEngine has work to do", async (t) => {
	const machine = await createFakeMachine(t);
	assert.equal(
		await findEngine({ packageRoot: machine.root, env: machine.env }),
		undefined,
	);
	assert.equal(
		await findEngine({ packageRoot: "/nowhere", env: machine.env }),
		undefined,
	);
});

test("a second checkout takes both library and add-on from the cache", async (t) => {
	const machine = await createFakeMachine(t);
	await machine.ensure();
	await forgetPackage(machine);
	assert.equal(howOf(await machine.ensure()), "cache");
	assert.deepEqual(machine.ran, ["probe"]);
});

test("an installation by hand, without a stamp, is verified and adopted", async (t) => {
	const machine = await createFakeMachine(t);
	await machine.ensure();
	await rm(stampOf(machine));
	assert.equal(howOf(await machine.ensure()), "in place");
	assert.deepEqual(machine.ran, ["probe"]);
	assert.equal(howOf(await machine.ensure()), "stamped");
});

/** @type {[damage: string, { damage: (machine: FakeMachine) => Promise<unknown>, ran: string[] }][]} */
const DAMAGES = [
	[
		"a truncated add-on",
		{ damage: ({ addon }) => truncate(addon, 3), ran: ["probe", "probe"] },
	],
	["a deleted add-on", { damage: ({ addon }) => rm(addon), ran: ["probe"] }],
	[
		"a dangling link to the library",
		{ damage: relinkNowhere, ran: ["probe", "probe"] },
	],
	[
		"a half-made deps folder",
		{ damage: halfMadeDeps, ran: ["probe", "probe"] },
	],
	[
		"a stamp that is no JSON",
		{
			damage: (machine) => writeFile(stampOf(machine), '{"tfjs'),
			ran: ["probe"],
		},
	],
	["a stamp of another version", { damage: staleStamp, ran: ["probe"] }],
	[
		"a stamp of another Node",
		{
			damage: (machine) => editStamp(machine, { nodeModules: "1" }),
			ran: ["probe"],
		},
	],
	[
		"a deleted library",
		{
			damage: ({ library }) =>
				rm(join(library, "lib", "libtensorflow_cc.so.2")),
			ran: ["probe", "download", "probe"],
		},
	],
	[
		"a truncated library",
		{
			damage: ({ library }) =>
				truncate(join(library, "lib", "libtensorflow_cc.so.2"), 3),
			ran: ["probe", "download", "probe"],
		},
	],
	[
		"a cache that was removed",
		{
			damage: ({ cache }) => rm(cache, { recursive: true }),
			ran: ["probe", "download", "node-pre-gyp", "probe"],
		},
	],
];

for (const [name, { damage, ran }] of DAMAGES) {
	test(`${name} is noticed and mended`, async (t) => {
		const machine = await createFakeMachine(t);
		await machine.ensure();
		await damage(machine);
		assert.equal(
			await findEngine({ packageRoot: machine.root, env: machine.env }),
			undefined,
		);
		assert.equal((await machine.ensure()).kind, "tensorflow");
		assert.deepEqual(machine.ran, ran);
		assert.equal(howOf(await machine.ensure()), "stamped");
	});
}

test("a cached library that is damaged without a change of size is found out, and fetched again", async (t) => {
	const machine = await createFakeMachine(t);
	await machine.ensure();
	await forgetPackage(machine);
	const library = join(machine.library, "lib", "libtensorflow_cc.so.2");
	await writeFile(library, (await readFile(library, "utf8")).toUpperCase());
	assert.equal(howOf(await machine.ensure()), "wheel");
	assert.deepEqual(machine.ran, ["probe", "download", "node-pre-gyp", "probe"]);
});

test("a cached add-on that does not load here is built again, while the intact library stays", async (t) => {
	const machine = await createFakeMachine(t);
	await machine.ensure();
	await forgetPackage(machine);
	const [name = ""] = await readdir(join(machine.cache, "addons"));
	await writeFile(
		join(machine.cache, "addons", name, "tfjs_binding.node"),
		"THE ADD-ON",
	);
	assert.equal(howOf(await machine.ensure()), "wheel");
	assert.deepEqual(machine.ran, ["probe", "node-pre-gyp", "probe"]);
});

test("what a killed installation left is cleared away", async (t) => {
	const machine = await createFakeMachine(t);
	await mkdir(join(machine.cache, ".scratch", "left", "behind"), {
		recursive: true,
	});
	await writeFile(join(machine.addonPackage, ".engine-draft-left"), "");
	await machine.ensure();
	assert.deepEqual(await readdir(join(machine.cache, ".scratch")), []);
	assert.ok(
		!(await readdir(machine.addonPackage)).includes(".engine-draft-left"),
	);
});

test("force builds anew with an intact library left as it is", async (t) => {
	const machine = await createFakeMachine(t);
	await machine.ensure();
	assert.equal(howOf(await machine.ensure({ force: true })), "wheel");
	assert.deepEqual(machine.ran, ["node-pre-gyp", "probe"]);
});

test("force takes nothing away when it cannot build", async (t) => {
	const machine = await createFakeMachine(t);
	await machine.ensure();
	machine.lacks.add("g++").add("c++").add("clang++");
	assert.equal(howOf(await machine.ensure({ force: true })), "in place");
	assert.equal(howOf(await machine.ensure()), "stamped");
});

test("installations at once wait for one another, and one alone does the work", async (t) => {
	const machine = await createFakeMachine(t);
	const run = machine.ensure();
	const engines = await Promise.all([run, machine.ensure(), machine.ensure()]);
	assert.equal(engines.filter((engine) => engine.how === "wheel").length, 1);
	assert.equal(engines.filter((engine) => engine.how === "stamped").length, 2);
	assert.deepEqual(machine.ran, ["download", "node-pre-gyp", "probe"]);
});

test("without make the compiler alone builds the add-on", async (t) => {
	const machine = await createFakeMachine(t);
	machine.lacks.add("make");
	assert.equal(howOf(await machine.ensure()), "wheel");
	assert.deepEqual(machine.ran, ["download", "compile", "probe"]);
});

test("when the recipe of the package fails, the compiler alone builds the add-on", async (t) => {
	const machine = await createFakeMachine(t);
	machine.plays["node-pre-gyp"] = async () => ({ code: 1, output: "gyp ERR!" });
	assert.equal(howOf(await machine.ensure()), "wheel");
	assert.deepEqual(machine.ran, [
		"download",
		"node-pre-gyp",
		"compile",
		"probe",
	]);
});

test("an add-on that does not compile leaves a log and the reason", async (t) => {
	const machine = await createFakeMachine(t);
	machine.plays["node-pre-gyp"] = async () => ({ code: 1, output: "gyp ERR!" });
	machine.plays.compile = async () => ({
		code: 1,
		output: "tfjs_binding.cc:1: error",
	});
	const { why } = portable(await machine.ensure());
	const log = /log: (.*)\)/.exec(why)?.[1] ?? "";
	assert.match(
		await readFile(log, "utf8"),
		/gyp ERR![\s\S]*tfjs_binding\.cc:1: error/,
	);
});

test("every missing tool is named with its Debian package, before anything is downloaded", async (t) => {
	const machine = await createFakeMachine(t);
	machine.lacks.add("g++").add("c++").add("clang++").add("pip");
	const { why, attempts } = portable(await machine.ensure());
	assert.equal(
		why,
		"this machine lacks a C++ compiler and pip for Python 3 (on Debian and Ubuntu: apt-get install g++ python3-pip)",
	);
	assert.deepEqual(
		attempts.map(({ way }) => way),
		["vendor", "wheel"],
	);
	assert.deepEqual(machine.ran, []);
});

test("a warm cache needs neither a compiler nor pip", async (t) => {
	const machine = await createFakeMachine(t);
	await machine.ensure();
	await forgetPackage(machine);
	machine.lacks.add("g++").add("c++").add("clang++").add("pip");
	assert.equal(howOf(await machine.ensure()), "cache");
});

test("a local wheel is taken as it is, without pip and without the vendor", async (t) => {
	const machine = await createFakeMachine(t);
	machine.env.NIGHTSHIFT_TENSORFLOW_WHEEL = machine.wheel;
	machine.lacks.add("pip");
	assert.equal(howOf(await machine.ensure()), "wheel");
	assert.deepEqual(machine.ran, ["node-pre-gyp", "probe"]);
	await access(machine.wheel);
});

test("a local wheel that is another file is refused, and nothing else is tried", async (t) => {
	const machine = await createFakeMachine(t);
	machine.env.NIGHTSHIFT_TENSORFLOW_WHEEL = join(machine.root, "package.json");
	const { why, attempts } = portable(await machine.ensure());
	assert.match(
		why,
		/package\.json \(from NIGHTSHIFT_TENSORFLOW_WHEEL; wanted: .*\) is not the file that is pinned here/,
	);
	assert.equal(attempts.length, 1);
	machine.env.NIGHTSHIFT_TENSORFLOW_WHEEL = "/nowhere.whl";
	assert.match(
		portable(await machine.ensure()).why,
		/names \/nowhere\.whl, where there is no file/,
	);
});

test("a download of another file than the pinned one is refused", async (t) => {
	const machine = await createFakeMachine(t);
	machine.plays.download = async ({ args }) => {
		await writeFile(
			join(args[args.indexOf("--dest") + 1] ?? "", "tensorflow_cpu-2.21.0.whl"),
			"something else",
		);
		return {};
	};
	assert.match(
		portable(await machine.ensure()).why,
		/^tensorflow_cpu-2\.21\.0\.whl is not the file that is pinned here/,
	);
	assert.deepEqual(await readdir(machine.cache), [".scratch"]);
});

/** @type {[output: string, why: RegExp][]} */
const PIP_ANSWERS = [
	[
		"ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
		/is not the file that is pinned here/,
	],
	[
		"ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
		/^there is not enough room on the disk of .*tensorflow$/,
	],
	[
		"NewConnectionError: Connection refused\nERROR: No matching distribution found",
		/^pip's package registry cannot be reached$/,
	],
	[
		"ERROR: No matching distribution found for tensorflow-cpu==2.21.0",
		/^the download failed: No matching distribution found for tensorflow-cpu==2\.21\.0$/,
	],
	["", /^the download failed: pip gave up without a word$/],
];

for (const [output, why] of PIP_ANSWERS) {
	test(`pip's "${output.slice(0, 50)}" becomes one sentence`, async (t) => {
		const machine = await createFakeMachine(t);
		machine.plays.download = async () => ({ code: 1, output });
		assert.match(portable(await machine.ensure()).why, why);
	});
}

test("a probe that crashes is told by its signal, and nothing broken stays in the package", async (t) => {
	const machine = await createFakeMachine(t);
	machine.plays.probe = async () => ({ code: undefined, endedBy: "SIGILL" });
	assert.match(portable(await machine.ensure()).why, /lacks instructions/);
	machine.plays.probe = async () => ({ code: undefined, endedBy: "SIGSEGV" });
	assert.match(portable(await machine.ensure()).why, /crashed with SIGSEGV/);
	await assert.rejects(access(machine.addon));
	await assert.rejects(access(join(machine.addonPackage, "deps")));
});

test("systems without a pinned wheel, with musl or with an old glibc are named", async (t) => {
	const machine = await createFakeMachine(t);
	assert.match(
		portable(
			await machine.ensure({
				platform: { key: "aix-ppc64", glibc: undefined, avx: true },
			}),
		).why,
		/no TensorFlow library for aix-ppc64$/,
	);
	assert.match(
		portable(
			await machine.ensure({
				platform: { key: "linux-x64", glibc: undefined, avx: true },
			}),
		).why,
		/a C library that is not glibc$/,
	);
	assert.match(
		portable(
			await machine.ensure({
				platform: { key: "linux-x64", glibc: "2.17", avx: true },
			}),
		).why,
		/glibc 2\.17$/,
	);
});

test("a project without the package is told to run npm ci", async (t) => {
	const machine = await createFakeMachine(t);
	const engine = portable(await machine.ensure({ packageRoot: machine.cache }));
	assert.match(engine.why, /is not installed for/);
	assert.match(engine.remedy, /npm ci/);
});

test("NIGHTSHIFT_ENGINE=portable leaves native TensorFlow alone, even when it is in place", async (t) => {
	const machine = await createFakeMachine(t);
	await machine.ensure();
	machine.env.NIGHTSHIFT_ENGINE = "portable";
	const engine = portable(await machine.ensure());
	assert.equal(engine.how, "asked");
	assert.equal(engine.why, "asked for by NIGHTSHIFT_ENGINE");
});

test("an unknown NIGHTSHIFT_ENGINE is an error that names the choices", async (t) => {
	const machine = await createFakeMachine(t);
	machine.env.NIGHTSHIFT_ENGINE = "fast";
	await assert.rejects(machine.ensure(), {
		code: "wrong-setting",
		message:
			'NIGHTSHIFT_ENGINE must be one of auto, tensorflow, portable, and is "fast"',
	});
});

/** @type {import('./fake-machine.mjs').Played[]} */
const INTERRUPTED = ["download", "node-pre-gyp", "probe"];

for (const name of INTERRUPTED) {
	test(`an abort during ${name} rejects, leaves no lock and no scratch, and the next installation works`, async (t) => {
		const machine = await createFakeMachine(t);
		const controller = new AbortController();
		machine.plays[name] = async ({ signal }) => {
			controller.abort(new Error("stopped"));
			signal?.throwIfAborted();
			return {};
		};
		await assert.rejects(machine.ensure({ signal: controller.signal }), {
			message: "stopped",
		});
		assert.deepEqual(await readdir(join(machine.cache, ".scratch")), []);
		for (const folder of [machine.cache, machine.addonPackage]) {
			assert.deepEqual(
				(await readdir(folder)).filter((entry) => entry.includes("lock")),
				[],
			);
		}
		machine.plays = {};
		assert.equal((await machine.ensure()).kind, "tensorflow");
	});
}

test("the vendor's download comes first where its host answers", async (t) => {
	const machine = await createFakeMachine(t);
	machine.env.TFJS_NODE_CDN_STORAGE = await answeringHost(t);
	assert.equal(howOf(await machine.ensure()), "vendor");
	assert.deepEqual(machine.ran, ["install.js", "probe"]);
	await forgetPackage(machine);
	assert.equal(howOf(await machine.ensure()), "cache");
	assert.deepEqual(machine.ran, ["probe"]);
});

test("a vendor's script that fails is told in its own words, and the wheel follows", async (t) => {
	const machine = await createFakeMachine(t);
	machine.env.TFJS_NODE_CDN_STORAGE = await answeringHost(t);
	machine.plays["install.js"] = async () => ({
		code: 1,
		output: "x\nError: TAR_BAD_ARCHIVE: Unrecognized\n  at Unpack.onerror\n",
	});
	assert.equal(howOf(await machine.ensure()), "wheel");
	assert.ok(
		machine.events.some(
			({ text }) =>
				text ===
				"the vendor's prebuilt download: the download failed: Error: TAR_BAD_ARCHIVE: Unrecognized",
		),
	);
});

test("a vendor's add-on that does not load gives way to the wheel", async (t) => {
	const machine = await createFakeMachine(t);
	machine.env.TFJS_NODE_CDN_STORAGE = await answeringHost(t);
	machine.plays.probe = async () => {
		delete machine.plays.probe;
		return { code: 1, output: 'engine-probe {"error":"invalid ELF header"}' };
	};
	assert.equal(howOf(await machine.ensure()), "wheel");
	assert.deepEqual(machine.ran, [
		"install.js",
		"probe",
		"download",
		"node-pre-gyp",
		"probe",
	]);
});

/** @param {Engine | undefined} engine */
function howOf(engine) {
	return engine?.how;
}

/**
 * @param {Engine} engine
 * @returns {import('./engine.mjs').PortableEngine}
 */
function portable(engine) {
	assert.equal(engine.kind, "portable");
	return /** @type {import('./engine.mjs').PortableEngine} */ (engine);
}

/** @param {FakeMachine} machine */
function stampOf({ addonPackage }) {
	return join(addonPackage, "lib", "engine-stamp.json");
}

/**
 * As a fresh `npm ci` leaves it.
 * @param {FakeMachine} machine
 */
async function forgetPackage({ addonPackage }) {
	await rm(join(addonPackage, "lib"), { recursive: true });
	await rm(join(addonPackage, "deps"));
}

/** @param {FakeMachine} machine */
async function relinkNowhere({ addonPackage }) {
	await rm(join(addonPackage, "deps"));
	await symlink("/nowhere", join(addonPackage, "deps"));
}

/** @param {FakeMachine} machine */
async function halfMadeDeps({ addonPackage }) {
	await rm(join(addonPackage, "deps"));
	await mkdir(join(addonPackage, "deps", "lib"), { recursive: true });
}

/** @param {FakeMachine} machine */
function staleStamp(machine) {
	return editStamp(machine, { tfjsVersion: "4.21.0" });
}

/**
 * @param {FakeMachine} machine
 * @param {Partial<import('./stamp.mjs').Identity>} change
 */
async function editStamp(machine, change) {
	const stamp = JSON.parse(await readFile(stampOf(machine), "utf8"));
	await writeFile(
		stampOf(machine),
		JSON.stringify({ ...stamp, identity: { ...stamp.identity, ...change } }),
	);
}

/**
 * @param {import('node:test').TestContext} t
 * @returns {Promise<string>} its URL
 */
async function answeringHost(t) {
	const server = createServer((_request, response) => response.end());
	t.after(() => server.close());
	await new Promise((resolve) =>
		server.listen(0, "127.0.0.1", () => resolve(undefined)),
	);
	return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`;
}
