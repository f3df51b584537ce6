import assert from "node:assert/strict";
import { test } from "node:test";
import { runCommand } from "./command.mjs";

test("a command gives its status and both of its streams", async () => {
	const outcome = await node(
		'console.log("one"); console.error("two"); process.exitCode = 3',
	);
	assert.equal(outcome.code, 3);
	assert.match(outcome.output, /one/);
	assert.match(outcome.output, /two/);
});

test("a program that is not there is told as missing", async () => {
	const outcome = await runCommand({ file: "no-such-program-here", args: [] });
	assert.equal(outcome.trouble, "missing");
	assert.equal(outcome.code, undefined);
});

test("a program that crashes is told by its signal", async () => {
	const outcome = await node(
		'process.kill(process.pid, "SIGABRT"); setInterval(() => {}, 1e6)',
	);
	assert.equal(outcome.endedBy, "SIGABRT");
});

test("a command that takes too long is ended", async () => {
	const outcome = await node("setInterval(() => {}, 1e6)", { timeoutMs: 50 });
	assert.equal(outcome.trouble, "timeout");
});

test("a command that neither prints nor moves what is measured is ended", async () => {
	const outcome = await node("setInterval(() => {}, 1e6)", {
		idleMs: 20,
		measure: async () => 1,
	});
	assert.equal(outcome.trouble, "idle");
});

test("an abort ends the command with its children, and rejects with the reason", async () => {
	const controller = new AbortController();
	const running = node(
		`const { spawn } = require("node:child_process");
		spawn(process.execPath, ["-e", "console.log('ready'); setInterval(() => {}, 1e6)"], { stdio: "inherit" });
		process.on("SIGTERM", () => process.exit(0));`,
		// The grandchild holds the pipes: the command would not end while that lives.
		{
			signal: controller.signal,
			idleMs: 60_000,
			measure: async () => Math.random(),
		},
		(text) => {
			if (text.includes("ready")) controller.abort(new Error("stopped"));
		},
	);
	await assert.rejects(running, { message: "stopped" });
});

test("an abort before the start runs nothing", async () => {
	await assert.rejects(
		node("", { signal: AbortSignal.abort(new Error("stopped")) }),
		{ message: "stopped" },
	);
});

/**
 * @param {string} script
 * @param {Partial<import('./command.mjs').Command>} [options]
 * @param {(text: string) => void} [onOutput]
 */
function node(script, options = {}, onOutput) {
	return runCommand({
		file: process.execPath,
		args: ["-e", script],
		...options,
		...(onOutput && { onOutput }),
	});
}
