import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Worker } from "node:worker_threads";
import type { ModelState } from "../../workers/engine.js";
import type {
	EpisodeImages,
	SharedImages,
	TrainEpochJob,
} from "../../workers/job.js";
import type { EpochOutcome } from "../../workers/job-result.js";
import { type Network, parameterCount } from "../../workers/network.js";
import { RandomStream } from "../../workers/random-stream.js";
import { readServerConfiguration } from "../configuration.js";
import type { EndedJob } from "./job-watch.js";
import { type EpochRequest, WorkInterrupted } from "./trainer.js";
import { createWorkerPool } from "./worker-pool.js";

process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";

/** $NIGHTSHIFT_ENGINE, else the native one where it loads. */
const { engine: testedEngine } = readServerConfiguration({});

type Pool = Awaited<ReturnType<typeof createWorkerPool>>;

const network: Network = {
	name: "tiny",
	input: [4, 4, 1],
	layers: [
		{ kind: "flatten" },
		{ kind: "dense", units: 24 },
		{ kind: "dense", units: 10 },
	],
};

/** Images whose class lights one of their pixels, under noise; as many as make an epoch long against a message between threads. */
const COUNT = 60_000;
const images = drawImages();

const request: EpochRequest = {
	network,
	images: { ...images, trainCount: 200, validationCount: 80 },
	key: new Uint8Array(32).fill(4),
	trial: 1,
	epoch: 1,
	state: undefined,
	optimizer: "adam",
	learningRate: 1e-2,
	batchSize: 32,
	weightDecay: 1e-4,
	dropout: 0.2,
	augmentation: {
		rule: {
			rotationDegrees: 15,
			shiftShare: 0.1,
			flipProbability: 0.5,
			cropPadding: 0,
			colourShare: 0,
		},
		strength: 0.5,
	},
};
/** Hundreds of milliseconds of training: every test cuts it short. */
const long: EpochRequest = { ...request, images };

/** One thread, so that what comes second waits. */
let single: Pool;
/** What it told of its jobs. */
const ended: EndedJob[] = [];
/** Two threads. */
let pair: Pool;

before(async () => {
	single = await createWorkerPool({
		engine: testedEngine,
		threads: 1,
		networks: [network],
		onJob: (job) => ended.push(job),
	});
	pair = await createWorkerPool({
		engine: testedEngine,
		threads: 2,
		networks: [network],
	});
});

after(async () => {
	await Promise.all([single?.close(), pair?.close()]);
});

/** An epoch, what it has told, and how it can be cut off. */
function begin(pool: Pool, epoch: EpochRequest) {
	const controller = new AbortController();
	const told: number[] = [];
	let first = () => {};
	const running = new Promise<void>((resolve) => {
		first = resolve;
	});
	const outcome = pool.trainEpoch(epoch, {
		signal: controller.signal,
		onProgress: ({ batch }) => {
			told.push(batch);
			first();
		},
	});
	outcome.catch(() => {});
	return {
		outcome,
		told,
		/** A worker has told the first progress. */
		running,
		cancel: () => controller.abort(),
	};
}

const train = (pool: Pool, epoch: EpochRequest) => begin(pool, epoch).outcome;

const interrupted =
	(kind: WorkInterrupted["kind"], begun: boolean) => (error: unknown) => {
		assert.ok(error instanceof WorkInterrupted, String(error));
		assert.equal(error.kind, kind);
		assert.equal(error.begun, begun);
		return true;
	};

function bytesOf({ weights, first, second, steps }: ModelState): string {
	return [
		...[weights, first, second].map((values) =>
			Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString(
				"base64",
			),
		),
		steps,
	].join();
}

function drawImages(): EpisodeImages {
	const stream = new RandomStream(new Uint8Array(32), "pool");
	const draw = (count: number): SharedImages => {
		const pixels = new Uint8Array(new SharedArrayBuffer(count * 16));
		const labels = new Uint8Array(new SharedArrayBuffer(count));
		for (let image = 0; image < count; image++) {
			const label = image % 10;
			for (let pixel = 0; pixel < 16; pixel++)
				pixels[image * 16 + pixel] =
					stream.nextBelow(120) + (pixel === label ? 130 : 0);
			labels[image] = label;
		}
		return { images: pixels, labels, count };
	};
	return {
		shape: [4, 4, 1],
		mean: [0.25],
		deviation: [0.2],
		train: draw(COUNT),
		test: draw(100),
		trainCount: COUNT - 80,
		validationCount: 80,
	};
}

test("An epoch gives the same bytes in any worker, alone or beside others, and for any pool.", async () => {
	const expected = await train(single, request);
	const outcomes = [
		...(await Promise.all([1, 2, 3, 4].map(() => train(pair, request)))),
		await train(single, request),
	];
	for (const outcome of outcomes) {
		assert.equal(bytesOf(outcome.state), bytesOf(expected.state));
		assert.equal(outcome.trainLoss, expected.trainLoss);
		assert.equal(outcome.gradientNorm, expected.gradientNorm);
		assert.deepEqual(outcome.evaluation, expected.evaluation);
	}
});

test("Training goes on from the state that came back, and learns.", async () => {
	let state: ModelState | undefined;
	let accuracy = 0;
	for (let epoch = 1; epoch <= 8; epoch++) {
		const outcome = await train(pair, {
			...request,
			dropout: 0,
			augmentation: undefined,
			epoch,
			state,
		});
		// 200 images in batches of 32 are 7 steps.
		assert.equal(outcome.state.steps, 7 * epoch);
		assert.equal(outcome.state.weights.length, parameterCount(network));
		assert.equal(outcome.diverged, false);
		state = outcome.state;
		accuracy = outcome.evaluation?.validationAccuracy ?? 0;
	}
	assert.ok(accuracy > 0.5, `accuracy ${accuracy}, where guessing has 0.1`);
	const grade = await pair.grade(
		{
			network,
			images: request.images,
			key: request.key,
			trial: 1,
			state,
		},
		{ signal: new AbortController().signal },
	);
	assert.equal(grade.finite, true);
	assert.ok(grade.testAccuracy > 0.5);
});

test("All progress arrives before the result, at most ten times.", async () => {
	const { outcome, told } = begin(single, request);
	let after = -1;
	await outcome.then(() => {
		after = told.length;
	});
	// Seven batches, each of which is a share of its own, the last one being the result.
	assert.deepEqual(told, [1, 2, 3, 4, 5, 6]);
	assert.equal(after, told.length);
});

test("A result that overtakes its progress on the way waits for it.", async (context) => {
	const outcome: EpochOutcome = {
		state: {
			weights: new Float32Array(),
			first: new Float32Array(),
			second: new Float32Array(),
			steps: 0,
		},
		trainLoss: 1,
		gradientNorm: 1,
		diverged: false,
		evaluation: undefined,
	};
	context.mock.method(single.workers, "run", ({ progress }: TrainEpochJob) => {
		setImmediate(() => {
			progress.postMessage({ batch: 1, batches: 2, trainLoss: 1 });
			progress.postMessage(null);
			progress.close();
		});
		return Promise.resolve({ kind: "done", value: outcome, computeMs: 0 });
	});
	const { outcome: result, told } = begin(single, request);
	await result;
	assert.deepEqual(told, [1]);
});

test("A running epoch that is cancelled ends as begun, and the pool goes on.", async () => {
	const { outcome, running, cancel } = begin(single, long);
	await running;
	cancel();
	await assert.rejects(outcome, interrupted("cancelled", true));
	await train(single, request);
});

test("A queued epoch that is cancelled ends at once and as not begun, while the one before it runs on.", async () => {
	const first = begin(single, long);
	await first.running;
	let ended = false;
	const settled = first.outcome
		.catch(() => {})
		.then(() => {
			ended = true;
		});
	const queued = begin(single, long);
	queued.cancel();
	await assert.rejects(queued.outcome, interrupted("cancelled", false));
	assert.equal(ended, false);
	first.cancel();
	await settled;
	assert.deepEqual(queued.told, []);
	await train(single, request);
});

test("Epochs that are given up while they wait leave nothing in the queue.", async () => {
	const first = begin(single, long);
	await first.running;
	const many = Array.from({ length: 100 }, () => begin(single, long));
	for (const one of many) one.cancel();
	for (const one of many)
		await assert.rejects(one.outcome, interrupted("cancelled", false));
	assert.equal(single.workers.queueSize, 0);
	first.cancel();
	await assert.rejects(first.outcome, interrupted("cancelled", true));
	await train(single, request);
});

test("A call whose signal is aborted already sends nothing.", async () => {
	const controller = new AbortController();
	controller.abort();
	await assert.rejects(
		single.trainEpoch(request, {
			signal: controller.signal,
			onProgress: () => assert.fail("nothing runs"),
		}),
		interrupted("cancelled", false),
	);
	await assert.rejects(
		single.grade(request, { signal: controller.signal }),
		interrupted("cancelled", false),
	);
});

test("A job that fails rejects with the engine's own words and stack, and the worker goes on.", async () => {
	const worker = single.workers.threads[0];
	const short = new Float32Array(3);
	await assert.rejects(
		train(single, {
			...request,
			state: { weights: short, first: short, second: short, steps: 0 },
		}),
		(error: Error) => {
			assert.ok(!(error instanceof WorkInterrupted));
			assert.match(error.message, /weights .*tiny has 3 /);
			assert.match(error.stack ?? "", /restore/);
			return true;
		},
	);
	await train(single, request);
	assert.equal(single.workers.threads[0], worker);
});

test("A worker that is lost in the middle of an epoch ends that epoch alone; the next job finds another worker.", async () => {
	const expected = await train(single, request);
	const { outcome, running } = begin(single, long);
	const queued = train(single, request);
	await running;
	const lost = single.workers.threads[0];
	await lost?.terminate();
	await assert.rejects(outcome, interrupted("worker-lost", true));
	assert.equal(bytesOf((await queued).state), bytesOf(expected.state));
	assert.ok(!single.workers.threads.includes(lost as NonNullable<typeof lost>));
});

test("Of two workers one can be lost while the other one trains on.", async () => {
	const expected = await train(pair, request);
	const epochs = [begin(pair, long), begin(pair, long)] as const;
	await Promise.all(epochs.map(({ running }) => running));
	await pair.workers.threads[0]?.terminate();
	const lost = await Promise.any(
		epochs.map(({ outcome }, index) =>
			outcome.then(
				() => Promise.reject(new Error("whole")),
				(error: unknown) => {
					interrupted("worker-lost", true)(error);
					return index;
				},
			),
		),
	);
	const other = epochs[1 - lost] as (typeof epochs)[number];
	other.cancel();
	await assert.rejects(other.outcome, interrupted("cancelled", true));
	const [a, b] = await Promise.all([
		train(pair, request),
		train(pair, request),
	]);
	assert.equal(bytesOf(a.state), bytesOf(expected.state));
	assert.equal(bytesOf(b.state), bytesOf(expected.state));
});

test("A worker that is lost while it loads its engine does not keep the others from loading theirs.", {
	timeout: 60_000,
}, async () => {
	const pool = await createWorkerPool({
		engine: testedEngine,
		threads: 2,
		networks: [network],
	});
	try {
		// One worker has its engine; the other one may be loading now.
		await Promise.all(
			[...pool.workers.threads].map((thread) => thread.terminate()),
		);
		await train(pool, request);
	} finally {
		await pool.close();
	}
});

test("A job that waits for a worker which ends before it is ready finds another one.", {
	timeout: 60_000,
}, async () => {
	const expected = await train(single, request);
	const ended: Worker[] = [];
	const end = (thread: Worker) => {
		process.off("worker", end);
		ended.push(thread);
		void thread.terminate();
	};
	process.on("worker", end);
	await single.workers.threads[0]?.terminate();
	const outcome = await train(single, request);
	assert.equal(ended.length, 1);
	assert.equal(bytesOf(outcome.state), bytesOf(expected.state));
});

test("The state that a job is given stays the caller's, and the one that comes back is a copy of its own.", async () => {
	const { state } = await train(single, request);
	const before = bytesOf(state);
	const [first, second] = [
		await train(single, { ...request, epoch: 2, state }),
		await train(single, { ...request, epoch: 2, state }),
	];
	assert.equal(bytesOf(state), before);
	assert.equal(bytesOf(first.state), bytesOf(second.state));
	for (const { weights, first: moments } of [first.state, second.state]) {
		assert.equal(weights.length, parameterCount(network));
		assert.equal(moments.length, parameterCount(network));
	}
});

test("Requests are served in the order in which they came.", async () => {
	const served: string[] = [];
	const ask = (name: string) =>
		train(single, request).then(() => served.push(name));
	const blocker = begin(single, long);
	await blocker.running;
	const all = ["a1", "b1", "c1", "a2", "b2", "c2"].map(ask);
	blocker.cancel();
	await Promise.all(all);
	assert.deepEqual(served, ["a1", "b1", "c1", "a2", "b2", "c2"]);
});

test("Two callers that ask for one epoch after the other take turns.", async () => {
	const served: string[] = [];
	const caller = async (name: string) => {
		for (let epoch = 1; epoch <= 4; epoch++) {
			await train(single, { ...request, epoch });
			served.push(name);
		}
	};
	const blocker = begin(single, long);
	await blocker.running;
	const both = [caller("a"), caller("b")];
	blocker.cancel();
	await Promise.all(both);
	assert.equal(served.join(""), "abababab");
});

test("Queue and compute time are told apart.", async () => {
	const blocker = begin(single, long);
	await blocker.running;
	const queued = train(single, request);
	blocker.cancel();
	const { queueMs, computeMs } = await queued;
	assert.ok(queueMs > 0);
	assert.ok(computeMs > 0);
});

test("The end of every job is told once: what it was, how it ended, and how long it waited and worked.", async () => {
	ended.length = 0;
	await train(single, request);
	assert.deepEqual(single.load, { threads: 1, busy: 0, waiting: 0 });
	const first = begin(single, long);
	await first.running;
	const second = begin(single, long);
	assert.deepEqual(single.load, { threads: 1, busy: 1, waiting: 1 });
	second.cancel();
	await assert.rejects(second.outcome);
	first.cancel();
	await assert.rejects(first.outcome);
	const short = new Float32Array(3);
	const state = { weights: short, first: short, second: short, steps: 0 };
	await assert.rejects(train(single, { ...request, state }));
	const lost = begin(single, long);
	await lost.running;
	await single.workers.threads[0]?.terminate();
	await assert.rejects(lost.outcome);
	await single.grade(request, { signal: new AbortController().signal });
	assert.deepEqual(
		ended.map(({ kind, network, end }) => [kind, network, end]),
		[
			["train-epoch", "tiny", "done"],
			["train-epoch", "tiny", "cancelled"],
			["train-epoch", "tiny", "cancelled"],
			["train-epoch", "tiny", "failed"],
			["train-epoch", "tiny", "worker-lost"],
			["grade", "tiny", "done"],
		],
	);
	for (const [place, { queueMs, computeMs }] of ended.entries()) {
		assert.ok(queueMs >= 0);
		if (place === 1) assert.equal(computeMs, undefined);
		else assert.ok((computeMs as number) > 0);
	}
});

test("Work that a closing pool still has is interrupted: the running as begun, the queued as not.", async () => {
	const pool = await createWorkerPool({
		engine: "portable",
		threads: 1,
		networks: [network],
	});
	const first = begin(pool, long);
	await first.running;
	const queued = begin(pool, long);
	await pool.close();
	await assert.rejects(first.outcome, interrupted("worker-lost", true));
	await assert.rejects(queued.outcome, interrupted("worker-lost", false));
});

test("The portable engine says that it is one and why.", async () => {
	const pool = await createWorkerPool({
		engine: "portable",
		threads: 1,
		networks: [network],
	});
	await pool.close();
	assert.equal(pool.engine.kind, "portable");
	assert.match(pool.engine.name, /portable/);
	assert.equal(pool.engine.why, "it was asked for");
	assert.equal(pool.engine.tensorflowVersion, undefined);
});

test("The automatic choice names its engine, and says why where it is the portable one.", () => {
	for (const { engine } of [single, pair]) {
		if (engine.kind === "tensorflow") {
			assert.match(
				engine.name,
				/^tensorflow-\d+\.\d+\.\d+ \((no )?onednn, intra \d+, inter \d+, [\w-]+, .+, math [0-9a-f]{8}, float32\)$/,
			);
			assert.equal(engine.why, undefined);
		} else
			assert.match(
				engine.why ?? "",
				testedEngine === "portable"
					? /^it was asked for$/
					: /^native TensorFlow did not load/,
			);
	}
	assert.equal(single.engine.name, pair.engine.name);
});

test("A pool whose engine does not start rejects with the reason, and no thread of it is left.", async () => {
	const threads: Worker[] = [];
	const onThread = (thread: Worker) => threads.push(thread);
	process.on("worker", onThread);
	try {
		// It fails whether or not there is native TensorFlow: no model can be made of this network.
		await assert.rejects(
			createWorkerPool({
				engine: "tensorflow",
				threads: 2,
				networks: [
					{
						name: "broken",
						input: [4, 4, 1],
						layers: [{ kind: "dense", units: 10 }],
					},
				],
			}),
			/^Error: the training engine did not start: ./,
		);
	} finally {
		process.off("worker", onThread);
	}
	assert.equal(threads.length, 2);
	// A thread that has ended has no number any more.
	assert.deepEqual(
		threads.map(({ threadId }) => threadId),
		[-1, -1],
	);
});
