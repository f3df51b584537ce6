import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runCommand } from "./command.mjs";
import { writeFiles } from "./fake-machine.mjs";
import { probeEngine } from "./probe.mjs";

// A stand-in for the package, loaded by the real child process in its worker thread.
const WORKS = `
	const { isMainThread } = require("node:worker_threads");
	if (isMainThread) throw new Error("it was loaded on the main thread");
	if (!require("node:util").isNullOrUndefined(null)) throw new Error("isNullOrUndefined was not put back");
	const tensor = (...values) => ({ dataSync: () => values, indices: { dataSync: () => values } });
	exports.tidy = (work) => work();
	exports.matMul = () => tensor(19, 22, 43, 50);
	exports.topk = () => tensor(1, 2);
	exports.backend = () => ({ binding: { TF_Version: process.env.TF_CPP_MIN_LOG_LEVEL === "2" ? "2.21.0" : "loud" } });
`;

test("a package that works is answered with TensorFlow's version", async (t) => {
	assert.equal(await probe(t, WORKS), "2.21.0");
});

test("a package that throws is told in its words", async (t) => {
	const failure = {
		code: "load-failed",
		message:
			"the native add-on does not work: libtensorflow_cc.so.2: cannot open",
	};
	await assert.rejects(
		probe(t, 'throw new Error("libtensorflow_cc.so.2: cannot open")'),
		failure,
	);
});

test("a package that calculates wrongly does not pass", async (t) => {
	await assert.rejects(
		probe(t, WORKS.replace("50", "51")),
		/it calculates wrongly: 19,22,43,51,1,2 instead of 19,22,43,50,1,2$/,
	);
});

test("a package that crashes the process is told by its signal", async (t) => {
	await assert.rejects(
		probe(t, 'process.kill(process.pid, "SIGSEGV"); for (;;);'),
		/it crashed with SIGSEGV$/,
	);
});

test("a package that ends the process in silence does not pass", async (t) => {
	await assert.rejects(probe(t, "process.reallyExit(0)"), {
		code: "load-failed",
	});
});

/**
 * @param {import('node:test').TestContext} t
 * @param {string} script of the package
 */
async function probe(t, script) {
	const root = await mkdtemp(join(tmpdir(), "nightshift-probe-"));
	t.after(() => rm(root, { recursive: true, force: true }));
	await writeFiles(root, {
		"package.json": "{}",
		"node_modules/@tensorflow/tfjs-node/index.js": script,
	});
	return await probeEngine(root, { run: runCommand, env: process.env });
}
