import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(
	new URL("../../../scripts/nightshift.mjs", import.meta.url),
);

test("Every command has help that names its flags and exit statuses.", async () => {
	const top = await run(["--help"]);
	assert.equal(top.status, 0);
	assert.match(top.output, /0 done, 1 failed, 2 wrong usage, 130 interrupted/);
	const names = [...top.output.matchAll(/^ {2}(\w+) \[options\]/gm)].map(
		([, name]) => name as string,
	);
	assert.deepEqual(names, [
		"serve",
		"mcp",
		"demo",
		"report",
		"inference",
		"evaluate",
		"results",
		"compare",
		"conformance",
		"doctor",
		"data",
		"health",
	]);
	for (const name of names) {
		const { status, output } = await run([name, "--help"]);
		assert.equal(status, 0);
		assert.match(
			output,
			new RegExp(`^Usage: nightshift ${name} \\[options\\]`),
		);
		// What it writes is the protocol's.
		if (name !== "mcp") assert.match(output, /--json/);
		if (name === "serve") assert.match(output, /NIGHTSHIFT_OPERATOR_TOKEN/);
	}
});

test("Wrong usage is told in a sentence and ends with 2.", async () => {
	const wrong: readonly (readonly [readonly string[], RegExp])[] = [
		[[], /Usage: nightshift/],
		[["frob"], /unknown command 'frob'/],
		[["serve", "--frob"], /unknown option '--frob'/],
		[
			["serve", "--http-port", "x"],
			/--http-port: "x" is not allowed; a whole number from 0 to 65535, or off/,
		],
		[["serve", "--allowed-host", "http://a"], /names of hosts in lower case/],
		[
			["serve", "--port", "x"],
			/--port: "x" is not allowed; a whole number from 0 to 65535/,
		],
		[
			["serve", "--engine", "abacus"],
			/--engine: "abacus" is not allowed; one of auto, tensorflow, portable/,
		],
		[["demo", "--seed", "-1"], /--seed: "-1" is not allowed/],
	];
	for (const [given, expected] of wrong) {
		const { status, output } = await run(given);
		assert.equal(status, 2, output);
		assert.match(output, expected);
	}
});

test("What cannot be done is told in a sentence and ends with 1.", async () => {
	const health = await run(["health", "--address", "127.0.0.1:1"]);
	assert.equal(health.status, 1);
	assert.match(health.output, /no server answers at 127\.0\.0\.1:1/);
	const data = await run(["serve", "--port", "0", "--data", "/no/such/place"]);
	assert.equal(data.status, 1);
	assert.match(data.output, /\/no\/such\/place does not exist/);
});

test("A server says where it listens, serves a demo, answers health, and ends with 0 on SIGTERM.", async () => {
	const server = start(["serve", "--port", "0", "--log-level", "silent"]);
	const address = /^listening on (127\.0\.0\.1:\d+)$/.exec(
		await firstLine(server),
	)?.[1];
	assert.ok(address);
	const health = await run(["health", "--address", address, "--json"]);
	assert.deepEqual(JSON.parse(health.output), { status: "SERVING" });
	const demo = await run([
		"demo",
		"--address",
		address,
		"--policy",
		"do-nothing",
		"--json",
	]);
	assert.equal(demo.status, 0, demo.output);
	const played = JSON.parse(demo.output) as {
		policy: string;
		result: { score: number; truncated: boolean };
	};
	assert.equal(played.policy, "do-nothing");
	assert.equal(played.result.score, 0);
	assert.equal(played.result.truncated, true);
	const incident = await run([
		"demo",
		"--address",
		address,
		"--policy",
		"tuned-rule",
		"--json",
	]);
	const { task, result } = JSON.parse(incident.output) as {
		task: string;
		result: { score: number; steps: number; sre: object };
	};
	assert.equal(task, "sre/easy");
	assert.equal(result.steps, 30);
	assert.ok(result.sre && result.score >= 0.01);
	const shown = await run([
		"demo",
		"--address",
		address,
		"--task",
		"sre/medium",
		"--policy",
		"do-nothing",
	]);
	assert.equal(shown.status, 0);
	assert.match(shown.output, /^task: {4}sre\/medium, seed 1: /);
	assert.match(shown.output, /\nscore {4}0\.010 /);
	const privileged = await run([
		"demo",
		"--address",
		address,
		"--policy",
		"oracle",
	]);
	assert.equal(privileged.status, 2);
	assert.match(
		privileged.output,
		/--policy: oracle sees what is hidden.*RunPolicy; choose one of do-nothing, /,
	);
	const unknown = await run([
		"demo",
		"--address",
		address,
		"--task",
		"training/none",
	]);
	assert.equal(unknown.status, 2);
	assert.match(
		unknown.output,
		/no task is called "training\/none"; there are training\/easy_mnist/,
	);
	server.kill("SIGTERM");
	assert.equal(await exitStatus(server), 0);
});

test("Ctrl-C in the middle of a demo ends it and its server with 130.", async () => {
	const demo = start(["demo"]);
	const lines = createInterface({
		input: demo.stdout as NonNullable<ChildProcess["stdout"]>,
	});
	for await (const line of lines) if (/^ +2 {2}/.test(line)) break;
	demo.kill("SIGINT");
	assert.equal(await exitStatus(demo), 130);
});

test("A demo whose output nobody reads any more ends quietly, and its server with it.", async () => {
	const demo = start(["demo"]);
	let told = "";
	demo.stderr?.on("data", (part: Buffer) => {
		told += part.toString();
	});
	await firstLine(demo);
	demo.stdout?.destroy();
	assert.equal(await exitStatus(demo), 0);
	assert.doesNotMatch(told, /Error|EPIPE/);
});

test("A server tells on a second line where HTTP is, and answers there until it ends.", async () => {
	const server = start(["serve", "--port", "0", "--log-level", "silent"]);
	const [, second] = await lines(server, 2);
	const address = /^listening on (127\.0\.0\.1:\d+)$/.exec(second ?? "")?.[1];
	assert.ok(address, second);
	const { port } = new URL(`http://${address}`);
	assert.equal((await fetch(`http://${address}/health`)).status, 200);
	const taken = await run(["serve", "--port", "0", "--http-port", port]);
	assert.equal(taken.status, 1);
	assert.match(
		taken.output,
		new RegExp(
			`nightshift: Cannot listen on 127\\.0\\.0\\.1:${port} for HTTP: the port is in use; choose another --http-port`,
		),
	);
	assert.doesNotMatch(taken.output, /^listening on/m);
	server.kill("SIGTERM");
	assert.equal(await exitStatus(server), 0);
	await assert.rejects(fetch(`http://${address}/health`));
});

test("HTTP can be turned off.", async () => {
	const server = start(
		"serve --port 0 --http-port off --json --log-level silent".split(" "),
	);
	const told = JSON.parse(await firstLine(server)) as object;
	assert.deepEqual(Object.keys(told), ["host", "port", "http_port"]);
	assert.equal((told as { http_port: unknown }).http_port, null);
	server.kill("SIGTERM");
	assert.equal(await exitStatus(server), 0);
});

test("A server that is told to end while it starts ends in order, with 130 or, where it was ready, with 0.", async () => {
	const server = start("serve --port 0 --engine portable".split(" "));
	for await (const line of createInterface({
		input: server.stderr as NonNullable<ChildProcess["stderr"]>,
	}))
		if (line.startsWith("{")) break;
	server.kill("SIGTERM");
	const status = await exitStatus(server);
	assert.ok(status === 130 || status === 0, `ended with ${status}`);
});

test("A server that was started with a channel ends when the channel closes.", async () => {
	const server = spawn(
		process.execPath,
		[command, "serve", "--port", "0", "--log-level", "silent"],
		{ stdio: ["ignore", "pipe", "ignore", "ipc"] },
	);
	await firstLine(server);
	server.disconnect();
	assert.equal(await exitStatus(server), 0);
});

test("A server whose starter is gone before it listens for that ends too.", {
	timeout: 120_000,
}, async (context) => {
	const server = spawn(
		process.execPath,
		[command, "serve", "--port", "0", "--engine", "portable"],
		{ stdio: ["ignore", "ignore", "ignore", "ipc"] },
	);
	context.after(() => server.kill("SIGKILL"));
	server.disconnect();
	assert.equal(await exitStatus(server), 130);
});

test("The doctor tells engine and data as JSON.", async () => {
	const { output } = await run(["doctor", "--json"], "stdout");
	const { findings, engine } = JSON.parse(output) as {
		findings: { name: string; status: string; found: string }[];
		engine: { name: string; kind: string };
	};
	assert.deepEqual(
		findings.map(({ name }) => name),
		[
			"node",
			"engine",
			"tensorflow",
			"onednn",
			"threads",
			"instruction set",
			"data mnist",
			"data fashion-mnist",
			"data cifar-10",
		],
	);
	assert.match(engine.name, /^(tensorflow|portable)-/);
});

function start(given: readonly string[]): ChildProcess {
	return spawn(process.execPath, [command, ...given], {
		stdio: ["ignore", "pipe", "pipe"],
	});
}

async function run(
	given: readonly string[],
	wanted: "both" | "stdout" = "both",
): Promise<{ status: number | null; output: string }> {
	const child = start(given);
	let output = "";
	child.stdout?.on("data", (part: Buffer) => {
		output += part.toString();
	});
	child.stderr?.on("data", (part: Buffer) => {
		if (wanted === "both") output += part.toString();
	});
	const status = await new Promise<number | null>((resolve) =>
		child.once("close", resolve),
	);
	return { status, output };
}

/** Also of one that has ended by now. */
async function exitStatus(child: ChildProcess): Promise<number | null> {
	if (child.exitCode === null && child.signalCode === null)
		await new Promise((resolve) => child.once("exit", resolve));
	return child.exitCode;
}

async function firstLine(child: ChildProcess): Promise<string> {
	return (await lines(child, 1))[0] ?? "";
}

async function lines(child: ChildProcess, count: number): Promise<string[]> {
	const read: string[] = [];
	for await (const line of createInterface({
		input: child.stdout as NonNullable<ChildProcess["stdout"]>,
	})) {
		read.push(line);
		if (read.length === count) break;
	}
	return read;
}
