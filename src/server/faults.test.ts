import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { envService } from "../../clients/typescript/contract.js";
import {
	idxImages,
	idxLabels,
	temporaryDirectory,
} from "../../datasets/testing.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { Fault } from "../../workers/testing-faults.js";
import type { Environment } from "../environments/environment.js";
import { createTrainingEnvironment } from "../environments/training/training-environment.js";
import {
	createTinyEnvironment,
	createTrainer,
	TINY,
	TINY_LONG,
	tinyTasks,
} from "../sessions/testing-training.js";
import { DataSets } from "../training/data-sets.js";
import {
	fixedBytes,
	refusal,
	startTestServer,
	type TestServer,
} from "./testing.js";

const faults = mkdtempSync(join(tmpdir(), "nightshift-faults-"));
process.env.NIGHTSHIFT_TEST_FAULTS = faults;
const told: string[] = [];
const trainer = await createTrainer({
	worker: new URL("../../workers/testing-failing-worker.js", import.meta.url),
	onEvent: ({ kind }) => told.push(kind),
});
after(async () => {
	await trainer.close();
	rmSync(faults, { recursive: true });
});

/** The portable engine needs no library and no disk, so it always starts. */
const alwaysStarts =
	trainer.engine.kind === "portable" && "the portable engine always starts";

const arm = (fault: Fault, after = 0) =>
	writeFileSync(join(faults, fault), String(after));
const disarm = (fault: Fault) => rmSync(join(faults, fault));

const configure: Action = {
	configure_training: {
		optimizer: "OPTIMIZER_ADAM",
		learning_rate: 0.002,
		batch_size: 32,
		dropout: 0.2,
		augmentation: true,
	},
};
const run = (num_epochs: number): Action => ({ run_epochs: { num_epochs } });

const serve = (context: TestContext, environment?: Environment) =>
	startTestServer(context, {
		environment: environment ?? createTinyEnvironment(trainer),
	});

/** A session that is configured; the next request number is 2. */
async function open(server: TestServer, seed = 7, task_id = TINY) {
	const { session } = await server.ask(envService.CreateSession, {
		task_id,
		seed,
		options: { views: ["VIEW_TYPED", "VIEW_FLAT", "VIEW_TEXT"] },
	});
	const session_id = session?.session_id as string;
	const step = (action: Action, request_number: number) =>
		server.ask(envService.Step, { session_id, action, request_number });
	await step(configure, 1);
	return { session_id, step };
}

/**
 * Tiny epochs have 16 batches. The native engine takes eight at once and tells progress once, the portable one tells it seven times: this many
 * messages come before the middle of the second epoch.
 */
const SECOND_EPOCH = trainer.engine.kind === "portable" ? 9 : 1;

/** What the answers are when nothing goes wrong. */
async function undisturbed(context: TestContext, seed = 7) {
	const { step } = await open(await serve(context), seed);
	return [
		fixedBytes(await step(run(3), 2)),
		fixedBytes(await step({ submit_model: {} }, 3)),
	];
}

for (const [title, fault] of [
	["is terminated", "hold"],
	["ends by itself", "exit"],
	["has an uncaught error, of memory that cannot be had,", "no-memory"],
	["uses up its own memory", "heap"],
] as const)
	test(`A worker that ${title} in the middle of an epoch loses that epoch alone: UNAVAILABLE says how to go on, and the repeated call gives the same bytes.`, async (context) => {
		const expected = await undisturbed(context);
		const server = await serve(context);
		const { session_id, step } = await open(server);
		const other = await open(server, 8);
		const threads = trainer.workers.threads;
		arm(fault, SECOND_EPOCH);
		trainer.workers.once("message", () => {
			// One of the two has the epoch; the other one is idle.
			for (const thread of threads) void thread.terminate();
		});
		const refused = await refusal(step(run(3), 2));
		trainer.workers.removeAllListeners("message");
		assert.equal(refused.code, "UNAVAILABLE");
		assert.equal(refused.reason, "WORKER_LOST");
		assert.equal(refused.retryDelayMs, 1000);
		assert.match(
			refused.message,
			/^A worker thread ended in the middle of epoch 2; .*Repeat the call under the same request number/,
		);
		const { observation } = await server.ask(envService.GetSession, {
			session_id,
		});
		assert.equal(observation?.training?.current_epoch, 1);
		assert.equal(observation?.training?.remaining_budget, 5);
		assert.deepEqual(
			[
				fixedBytes(await step(run(3), 2)),
				fixedBytes(await step({ submit_model: {} }, 3)),
			],
			expected,
		);
		assert.equal(trainer.workers.threads.length, 2);
		assert.notDeepEqual(trainer.workers.threads, threads);
		assert.equal((await other.step(run(1), 2)).step, 2);
	});

test("Of two sessions that train at the same time only the lost worker's is cut, and both come to what they come to alone.", async (context) => {
	const expected = [
		await undisturbed(context, 7),
		await undisturbed(context, 8),
	];
	const server = await serve(context);
	const sessions = [await open(server, 7), await open(server, 8)];
	arm("exit", SECOND_EPOCH);
	const ends = await Promise.allSettled(
		sessions.map(({ step }) => step(run(3), 2)),
	);
	const cut = ends.filter(({ status }) => status === "rejected");
	assert.equal(cut.length, 1);
	for (const { reason } of cut as PromiseRejectedResult[])
		assert.equal((await refusal(Promise.reject(reason))).reason, "WORKER_LOST");
	for (const [index, { step }] of sessions.entries())
		assert.deepEqual(
			[
				fixedBytes(await step(run(3), 2)),
				fixedBytes(await step({ submit_model: {} }, 3)),
			],
			expected[index],
		);
});

test("A worker that comes without its engine is replaced unnoticed while another one has it.", {
	skip: alwaysStarts,
}, async (context) => {
	const server = await serve(context);
	arm("no-engine");
	await trainer.workers.threads[0]?.terminate();
	const sessions = await Promise.all(
		[7, 8, 9].map((seed) => open(server, seed)),
	);
	const answers = await Promise.all(
		sessions.map(({ step }) => step(run(2), 2)),
	);
	assert.ok(answers.every(({ info }) => info?.training?.epochs_run === 2));
	disarm("no-engine");
});

test("When no worker can start its engine the call says so after a few attempts, nothing is lost, and it is repeated once one can.", {
	skip: alwaysStarts,
}, async (context) => {
	const [expected] = await undisturbed(context);
	const server = await serve(context);
	const { session_id, step } = await open(server);
	told.length = 0;
	arm("no-engine");
	await Promise.all(
		trainer.workers.threads.map((thread) => thread.terminate()),
	);
	for (const _ of [1, 2]) {
		const refused = await refusal(step(run(3), 2));
		assert.equal(refused.reason, "WORKER_LOST");
		assert.match(refused.message, /^No worker thread could begin epoch 1; /);
	}
	const { observation } = await server.ask(envService.GetSession, {
		session_id,
	});
	assert.equal(observation?.training?.remaining_budget, 6);
	assert.equal(told.filter((kind) => kind === "no-engine").length, 1);
	disarm("no-engine");
	assert.equal(fixedBytes(await step(run(3), 2)), expected);
	assert.equal(told.at(-1), "engine-back");
});

test("No memory for a new session or episode is RESOURCE_EXHAUSTED; the session stays as it was and others go on.", async (context) => {
	const environment = createTinyEnvironment(trainer);
	const start = environment.start.bind(environment);
	const server = await serve(context, environment);
	const one = await open(server);
	const other = await open(server, 8);
	await one.step(run(1), 2);
	environment.start = async () => {
		throw new RangeError("Array buffer allocation failed");
	};
	for (const call of [
		() => server.ask(envService.CreateSession, { task_id: TINY }),
		() => server.ask(envService.Reset, { session_id: one.session_id }),
	]) {
		const refused = await refusal(call());
		assert.equal(refused.code, "RESOURCE_EXHAUSTED");
		assert.equal(refused.reason, "OUT_OF_MEMORY");
		assert.equal(refused.retryDelayMs, 5000);
		assert.match(refused.message, /no memory .*nothing has changed.*Ask again/);
	}
	assert.equal(server.sessions.openCount, 2);
	const trained = await one.step(run(1), 3);
	assert.equal(trained.episode, 1);
	assert.equal(trained.observation?.training?.current_epoch, 2);
	await other.step(run(1), 2);
	environment.start = start;
	await open(server, 9);
});

test("A data file that is missing, cut off or no such file is DATA_UNAVAILABLE with its name and what to do; sessions on other data go on, and so does the task once the file is mended.", async (context) => {
	const folder = temporaryDirectory(context);
	const write = (family: string) => {
		mkdirSync(join(folder, family), { recursive: true });
		for (const [name, bytes] of [
			["train-images-idx3-ubyte", idxImages(640)],
			["train-labels-idx1-ubyte", idxLabels(640)],
			["t10k-images-idx3-ubyte", idxImages(10)],
			["t10k-labels-idx1-ubyte", idxLabels(10)],
		] as const)
			writeFileSync(join(folder, family, name), bytes);
	};
	write("mnist");
	write("fashion-mnist");
	const [tiny, long] = tinyTasks as [
		(typeof tinyTasks)[number],
		(typeof tinyTasks)[number],
	];
	const server = await serve(
		context,
		createTrainingEnvironment(
			trainer,
			new DataSets({
				directories: [folder],
				cacheDirectory: join(folder, "cache"),
				defaults: false,
				download: "never",
			}),
			[tiny, { ...long, data: "fashion-mnist" }],
		) as Environment,
	);
	const sound = await open(server);
	const images = join(folder, "fashion-mnist", "train-images-idx3-ubyte");
	for (const [damage, expected] of [
		[
			() => rmSync(images),
			/lacks train-images-idx3-ubyte.*add what is missing/,
		],
		[
			() => writeFileSync(images, idxImages(640).subarray(0, 5000)),
			/train-images-idx3-ubyte is cut off: .* 5000 were found.*replace the file/,
		],
		[
			() => writeFileSync(images, "something else, and long enough"),
			/train-images-idx3-ubyte is no IDX file of images.*replace the file/,
		],
	] as const) {
		damage();
		const refused = await refusal(open(server, 7, TINY_LONG));
		assert.equal(refused.code, "FAILED_PRECONDITION");
		assert.equal(refused.reason, "DATA_UNAVAILABLE");
		assert.match(refused.message, expected);
		assert.equal(server.sessions.openCount, 1);
	}
	await sound.step(run(1), 2);
	write("fashion-mnist");
	const mended = await open(server, 7, TINY_LONG);
	await mended.step(run(1), 2);
});
