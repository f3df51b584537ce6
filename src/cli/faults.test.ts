import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
	closeSync,
	existsSync,
	mkdirSync,
	openSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
	NightshiftClient,
	NightshiftRpcError,
} from "../../clients/typescript/index.js";
import { temporaryDirectory, writeIdxSet } from "../../datasets/testing.js";

const command = fileURLToPath(
	new URL("../../../scripts/nightshift.mjs", import.meta.url),
);
const faultsModule = new URL("../../workers/testing-faults.js", import.meta.url)
	.href;

/** Runs the command until the test is over. */
function start(
	context: TestContext,
	given: readonly string[],
	{
		faults,
		stderr = "ignore",
		environment = {},
	}: {
		faults?: string;
		stderr?: "ignore" | "pipe" | number;
		environment?: NodeJS.ProcessEnv;
	} = {},
): ChildProcess {
	const child = spawn(
		process.execPath,
		[...(faults ? ["--import", faultsModule] : []), command, ...given],
		{
			stdio: ["ignore", "pipe", stderr],
			env: {
				...process.env,
				...environment,
				...(faults && { NIGHTSHIFT_TEST_FAULTS: faults }),
			},
		},
	);
	context.after(() => child.kill("SIGKILL"));
	return child;
}

/** Starts a server and gives a client of it. */
async function serve(
	context: TestContext,
	given: readonly string[] = [],
	options: Parameters<typeof start>[2] = {},
) {
	const server = start(
		context,
		["serve", "--port", "0", "--download", "no", ...given],
		options,
	);
	let address = "";
	for await (const line of createInterface({
		input: server.stdout as NonNullable<ChildProcess["stdout"]>,
	})) {
		address = /^listening on (\S+)$/.exec(line)?.[1] ?? "";
		break;
	}
	assert.notEqual(address, "", "the server did not start");
	const client = new NightshiftClient(address);
	context.after(() => client.close());
	return { server, address, client };
}

async function run(
	context: TestContext,
	given: readonly string[],
	environment: NodeJS.ProcessEnv = {},
) {
	const child = start(context, given, { stderr: "pipe", environment });
	let output = "";
	for (const stream of [child.stdout, child.stderr])
		stream?.on("data", (part: Buffer) => {
			output += part.toString();
		});
	const [status] = await once(child, "close");
	return { status: status as number, output };
}

async function refusal(call: Promise<unknown>): Promise<NightshiftRpcError> {
	return call.then(
		() => assert.fail("it was answered"),
		(error: unknown) => {
			assert.ok(error instanceof NightshiftRpcError, String(error));
			return error;
		},
	);
}

const TASK = "training/easy_mnist";

test("A server that was killed and started again answers NOT_FOUND with SESSION_LOST for the ids of before, and INVALID_ARGUMENT for what is no id.", async (context) => {
	const before = await serve(context);
	const { id } = await before.client.createSession(TASK);
	before.server.kill("SIGKILL");
	await once(before.server, "exit");
	const { client } = await serve(context);
	const lost = await refusal(client.openSession(id));
	assert.equal(lost.code, "NOT_FOUND");
	assert.equal(lost.reason, "SESSION_LOST");
	assert.match(
		lost.message,
		/the server was restarted since. Create a new session/,
	);
	const malformed = await refusal(client.openSession(id.slice(1)));
	assert.equal(malformed.code, "INVALID_ARGUMENT");
	assert.equal(malformed.reason, "INVALID_FIELD");
});

test("A server whose workers cannot start their engine any more says NOT_SERVING, keeps its sessions, and serves again once one can.", async (context) => {
	const faults = temporaryDirectory(context);
	const { client, address } = await serve(context, ["--workers", "1"], {
		faults,
	});
	const session = await client.createSession(TASK, { seed: 1 });
	if (session.observation.training?.engine.startsWith("portable"))
		return context.skip("the portable engine always starts");
	await session.step({ configure_training: {} });
	const fault = (name: string) => writeFileSync(join(faults, name), "0");
	fault("no-engine");
	fault("exit");
	// The client has asked again by itself meanwhile.
	const none = await refusal(session.step({ run_epochs: { num_epochs: 1 } }));
	assert.equal(none.code, "UNAVAILABLE");
	assert.equal(none.reason, "WORKER_LOST");
	assert.match(none.message, /^No worker thread could begin epoch 1/);
	const health = await run(context, ["health", "--address", address]);
	assert.equal(health.status, 1);
	assert.match(health.output, /is NOT_SERVING/);
	rmSync(join(faults, "no-engine"));
	const answer = await session.step({ run_epochs: { num_epochs: 1 } });
	assert.equal(answer.observation?.training?.current_epoch, 1);
	assert.equal(await client.health(), "SERVING");
});

test("A server whose log and output cannot be written serves on.", {
	skip: !existsSync("/dev/full") && "there is no /dev/full here",
}, async (context) => {
	const full = openSync("/dev/full", "w");
	context.after(() => closeSync(full));
	const { client } = await serve(context, ["--log-level", "debug"], {
		stderr: full,
	});
	const session = await client.createSession(TASK, { seed: 1 });
	await session.step({ configure_training: {} });
	assert.equal(await client.health(), "SERVING");
});

test("Output that cannot be written is told in a sentence, and the command ends with 1.", {
	skip: !existsSync("/dev/full") && "there is no /dev/full here",
}, async (context) => {
	const full = openSync("/dev/full", "w");
	context.after(() => closeSync(full));
	const folder = temporaryDirectory(context);
	const child = spawn(process.execPath, [command, "data", "--help"], {
		stdio: ["ignore", full, "pipe"],
		env: { ...process.env, NIGHTSHIFT_CACHE: folder },
	});
	let told = "";
	child.stderr?.on("data", (part: Buffer) => {
		told += part.toString();
	});
	const [status] = await once(child, "close");
	assert.match(
		told,
		/^nightshift: standard output cannot be written \(ENOSPC/m,
	);
	assert.equal(status, 1);
});

test("A data directory with a file that is missing or cut off is told in one sentence by serve, data and doctor, with 1.", async (context) => {
	const folder = temporaryDirectory(context);
	const file = join(folder, "mnist", "t10k-images-idx3-ubyte");
	for (const [damage, expected, commands] of [
		[
			() => rmSync(file),
			/lacks t10k-images-idx3-ubyte \(plain or \.gz\): add what is missing/,
			["serve", "data", "doctor"],
		],
		// A server reads a data set when a task first needs it (src/server/faults.test.ts).
		[
			() => writeFileSync(file, "cut"),
			/t10k-images-idx3-ubyte is cut off.*replace the file/,
			["data", "doctor"],
		],
	] as const) {
		mkdirSync(join(folder, "mnist"), { recursive: true });
		writeIdxSet(join(folder, "mnist"));
		damage();
		for (const name of commands) {
			const { status, output } = await run(
				context,
				[name, "--data", folder, ...(name === "serve" ? ["--port", "0"] : [])],
				{ NIGHTSHIFT_ENGINE: "portable" },
			);
			assert.equal(status, 1, output);
			assert.match(output, expected);
			assert.doesNotMatch(output, /^ +at /m);
		}
	}
});

test("A server on whose disk native TensorFlow finds no room trains on the portable engine, which is named in what its clients see; the log says why and what to do.", async (context) => {
	const faults = temporaryDirectory(context);
	writeFileSync(join(faults, "no-engine"), "");
	const { client, server } = await serve(context, [], {
		faults,
		stderr: "pipe",
	});
	let log = "";
	server.stderr?.on("data", (part: Buffer) => {
		log += part.toString();
	});
	const session = await client.createSession(TASK, {
		seed: 1,
		views: ["typed", "text"],
	});
	assert.match(session.observation.training?.engine ?? "", /^portable-/);
	assert.match(session.observation.text ?? "", /\nengine: portable-/);
	server.kill("SIGTERM");
	await once(server, "close");
	assert.match(
		log,
		/training on the portable engine: native TensorFlow did not load \(/,
	);
	if (!/did not load \(ENOSPC/.test(log))
		return context.skip("there is no native TensorFlow here");
	assert.match(
		log,
		/ENOSPC.*make room there, or name another temporary folder with TMPDIR/,
	);
});
