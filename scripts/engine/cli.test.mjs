import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createFakeMachine } from "./fake-machine.mjs";

const CLI = fileURLToPath(new URL("./cli.mjs", import.meta.url));

test("--help prints the usage and ends with 0", async () => {
	const { status, output } = await cli(["--help"]);
	assert.equal(status, 0);
	assert.match(output, /^usage: /);
});

test("an unknown option, an argument and a wrong setting end with 2", async () => {
	assert.equal((await cli(["--fast"])).status, 2);
	assert.equal((await cli(["now"])).status, 2);
	const { status, output } = await cli([], { NIGHTSHIFT_ENGINE: "fast" });
	assert.equal(status, 2);
	assert.match(
		output,
		/^NIGHTSHIFT_ENGINE must be one of auto, tensorflow, portable, and is "fast"\. Correct/,
	);
});

test("an engine in place ends with 0 and is told as JSON when asked", async (t) => {
	const machine = await createFakeMachine(t);
	await machine.ensure();
	const { status, output } = await cli(
		["--json", "--package-root", machine.root],
		machine.env,
	);
	assert.equal(status, 0);
	assert.equal(JSON.parse(output).tensorflowVersion, "2.21.0");
});

test("the portable engine ends with 1, one sentence why and one what to do", async () => {
	const { status, output } = await cli([], { NIGHTSHIFT_ENGINE: "portable" });
	assert.equal(status, 1);
	assert.equal(
		output,
		"Only the portable engine is left: asked for by NIGHTSHIFT_ENGINE. Unset NIGHTSHIFT_ENGINE for the native engine.\n",
	);
});

test("Ctrl-C ends with 130, and a request to terminate with 143", async (t) => {
	for (const [signal, expected] of /** @type {const} */ ([
		["SIGINT", 130],
		["SIGTERM", 143],
	])) {
		const machine = await createFakeMachine(t);
		// A vendor's host that never answers keeps the installation busy until it is interrupted.
		const server = net
			.createServer((socket) => t.after(() => socket.destroy()))
			.listen(0, "127.0.0.1");
		t.after(() => server.close());
		await once(server, "listening");
		const { port } = /** @type {net.AddressInfo} */ (server.address());
		const running = cli(
			["--package-root", machine.root],
			{ ...machine.env, TFJS_NODE_CDN_STORAGE: `http://127.0.0.1:${port}/` },
			(child) => server.once("connection", () => child.kill(signal)),
		);
		const { status, output } = await running;
		assert.equal(status, expected);
		assert.equal(output, "Interrupted; nothing half-done is left.\n");
	}
});

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @param {(child: import('node:child_process').ChildProcess) => void} [onStart]
 * @returns {Promise<{ status: number, output: string }>}
 */
async function cli(args, env = {}, onStart = () => {}) {
	const child = spawn(process.execPath, [CLI, ...args], {
		env: { PATH: process.env.PATH, ...env },
		stdio: ["ignore", "pipe", "pipe"],
	});
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", (text) => {
			output += text;
		});
	}
	onStart(child);
	const [status] = await once(child, "close");
	return { status, output };
}
