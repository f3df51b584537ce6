import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { PolicyEpisode } from "../../clients/typescript/index.js";
import type { Environment } from "../environments/environment.js";
import { episodeKey } from "../environments/episode-key.js";
import { policyOf } from "../environments/policies.js";
import { onlyOnTheServer, type Policy } from "../environments/policy.js";
import type { HiddenState } from "../environments/sre/incident.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { playEpisode } from "../evaluation/episode-player.js";
import { meanInterval } from "../evaluation/student-t.js";
import { COUNTER, CounterEnvironment } from "../sessions/testing.js";
import {
	createTinyEnvironment,
	createTrainer,
	HeldTrainer,
	TINY,
	TINY_LONG,
} from "../sessions/testing-training.js";
import type { EpochRequest, Trainer } from "../training/trainer.js";
import { readWireError, startTestServer, type TestServer } from "./testing.js";
import { CutTrainer } from "./testing-cut-trainer.js";

const trainer = await createTrainer();
after(() => trainer.close());

/** Budget of the tiny task. */
const EPOCHS = 6;

/** Restarts what looks worst in the first steps, then leaves. */
const restarter: Policy = {
	name: "restarter",
	version: 1,
	environment: "sre",
	description: "Restarts the slowest services, and leaves.",
	start: (_, seed) => {
		let left = 1 + Number(seed % 3n);
		return ({ sre }) => {
			const slowest = [...(sre?.metrics ?? [])]
				.filter(({ kind }) => kind !== "SERVICE_KIND_PROVIDER")
				.sort((a, b) => (b.latency_p99 ?? 0) - (a.latency_p99 ?? 0))[0];
			return left-- > 0
				? { restart: { service_id: slowest?.service_id as string } }
				: undefined;
		};
	},
};

/** Waits to the end. */
const waiter: Policy = {
	...restarter,
	name: "waiter",
	description: "Waits.",
	start: () => () => ({ wait: {} }),
};

/** Sees what is hidden; keeps what it saw. */
const looked: HiddenState[] = [];
const looker: Policy = {
	...restarter,
	name: "looker",
	description: "Sees.",
	start: onlyOnTheServer,
	startPrivileged: (task, seed, look) => {
		assert.equal(task.id, "sre/easy");
		assert.equal(seed, 5n);
		return ({ sre }) => {
			looked.push(look());
			return sre?.step === 0
				? { restart: { service_id: "auth_service" } }
				: undefined;
		};
	},
};

const serve = (
	context: TestContext,
	options: Partial<Parameters<typeof startTestServer>[1]> = {},
) =>
	startTestServer(context, {
		environment: [
			createSreEnvironment() as Environment,
			createTinyEnvironment(trainer),
		],
		policies: [
			restarter,
			waiter,
			looker,
			policyOf("training", "heuristic"),
			policyOf("training", "do-nothing"),
			policyOf("training", "successive-halving"),
		],
		...options,
	});

async function runPolicy(
	server: TestServer,
	...call: Parameters<ReturnType<TestServer["client"]>["runPolicy"]>
): Promise<PolicyEpisode[]> {
	const episodes: PolicyEpisode[] = [];
	for await (const episode of server.client().runPolicy(...call))
		episodes.push(episode);
	return episodes;
}

for (const [taskId, policy, episodes] of [
	["sre/hard", restarter, 8],
	["sre/easy", waiter, 3],
	[TINY, policyOf("training", "heuristic"), 2],
	[TINY, policyOf("training", "do-nothing"), 2],
	[TINY, policyOf("training", "successive-halving"), 2],
] as const)
	test(`A run of ${policy.name} on ${taskId} gives, seed by seed, what a client that plays it gets.`, async (context) => {
		const server = await serve(context);
		const client = server.client();
		const [task] = (await client.listTasks()).filter(({ id }) => id === taskId);
		assert.ok(task);
		const run = await runPolicy(server, taskId, policy.name, {
			episodes,
			firstSeed: 11,
			split: "validation",
		});
		const scores: number[] = [];
		for (const [index, episode] of run.entries()) {
			const seed = String(11 + index);
			assert.equal(episode.seed, seed);
			const { result } = await playEpisode(
				client,
				{ task, policy, seed, split: "validation" },
				new AbortController().signal,
			);
			assert.deepEqual(episode.result, result);
			scores.push(result.score as number);
			const { mean, halfWidth } = meanInterval(scores);
			assert.ok(Math.abs(episode.mean_score - mean) < 1e-12);
			if (halfWidth === undefined)
				assert.equal(episode.interval_half_width, undefined);
			else
				assert.ok(
					Math.abs((episode.interval_half_width as number) - halfWidth) < 1e-9,
				);
		}
		assert.equal(run.length, episodes);
	});

test("A privileged policy sees what is hidden at each moment, and plays on the server alone.", async (context) => {
	const server = await serve(context);
	const [episode] = await runPolicy(server, "sre/easy", "looker", {
		episodes: 1,
		firstSeed: 5,
	});
	assert.equal(
		looked[0]?.root_service_id,
		episode?.result?.sre?.root_service_id,
	);
	assert.deepEqual(
		looked.map(({ cost }) => cost),
		[0, 0.02],
	);
	assert.throws(() => looker.start({} as never, 5n), /only on the server/);
});

test("A run that cannot be made is refused with the fields at fault and the policies that there are.", async (context) => {
	const server = await serve(context);
	const cases: readonly (readonly [
		Parameters<typeof runPolicy>[1],
		string,
		Parameters<typeof runPolicy>[3],
		readonly string[],
	])[] = [
		["sre/easy", "heuristic", { episodes: 1 }, ["policy"]],
		["sre/easy", "", { episodes: 0 }, ["policy", "episodes"]],
		["sre/easy", "waiter", { episodes: 10_001 }, ["episodes"]],
		[
			"sre/easy",
			"waiter",
			{ episodes: 2, firstSeed: "18446744073709551615" },
			["first_seed"],
		],
		["sre/none", "waiter", { episodes: 1 }, ["task_id"]],
	];
	for (const [task, policy, options, fields] of cases) {
		const error = await runPolicy(server, task, policy, options).then(
			() => assert.fail("it ran"),
			readWireError,
		);
		assert.equal(error.code, "INVALID_ARGUMENT");
		assert.deepEqual(error.fields, fields);
		if (fields[0] === "policy")
			assert.match(error.message, /one of restarter, waiter, looker\./);
	}
	const last = await runPolicy(server, "sre/easy", "waiter", {
		episodes: 1,
		firstSeed: "18446744073709551615",
	});
	assert.equal(last.length, 1);
});

test("Other calls have their turn during a run; leaving it stops it and gives its place back.", async (context) => {
	const server = await serve(context, { maxSessions: 1 });
	const client = server.client();
	const run = client.runPolicy("sre/easy", "waiter", { episodes: 10_000 });
	assert.equal((await run.next()).done, false);
	const busy = await client
		.createSession("sre/easy")
		.then(() => assert.fail("there was a place"), readWireError);
	assert.equal(busy.reason, "TOO_MANY_SESSIONS");
	await run.return(undefined);
	const { error } = await server.calls.ended("RunPolicy");
	assert.equal(error?.reason, "CALL_CANCELLED");
	await (await client.createSession("sre/easy")).close();
});

test("A caller that goes away in the middle of an epoch stops it, and a drain ends a run with its reason.", async (context) => {
	const environment = new CounterEnvironment();
	const epochs: Policy = {
		...restarter,
		name: "epochs",
		environment: "training",
		start: () => () => ({ run_epochs: { num_epochs: 20 } }),
	};
	const server = await serve(context, {
		environment: environment as Environment,
		policies: [epochs],
	});
	const client = server.client();
	for (const end of ["leave", "drain"] as const) {
		environment.epochGate.shut();
		const gone = new AbortController();
		const run = client.runPolicy(COUNTER, "epochs", {
			episodes: 2,
			signal: gone.signal,
		});
		const first = run.next();
		first.catch(() => {});
		await environment.epochGate.holds(1);
		if (end === "leave") {
			gone.abort();
			await assert.rejects(first);
			const { error } = await server.calls.ended("RunPolicy");
			assert.equal(error?.reason, "CALL_CANCELLED");
		} else {
			await server.drain();
			const error = await first.then(
				() => assert.fail("it went on"),
				readWireError,
			);
			assert.equal(error.reason, "SERVER_DRAINING");
		}
	}
});

test("A training run tells each episode when it is over, before the next has begun.", async (context) => {
	const held = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const server = await serve(context, {
		environment: createTinyEnvironment(held),
	});
	held.epochGate.shut();
	const run = server.client().runPolicy(TINY, "heuristic", { episodes: 3 });
	for (const seed of ["0", "1", "2"]) {
		const episode = run.next();
		for (let epoch = 0; epoch < EPOCHS; epoch++) {
			await held.epochGate.holds(1);
			held.epochGate.letOn();
			await new Promise(setImmediate);
		}
		assert.equal((await episode).value?.seed, seed);
	}
	assert.equal((await run.next()).done, true);
});

test("A training run that is left in the middle of an epoch stops there: the epoch is cut off and no other begins.", async (context) => {
	const cut = new CutTrainer(trainer);
	const counted = new CountingTrainer(cut);
	// Of larger batches an epoch has too few to tell of.
	const patient: Policy = {
		...restarter,
		name: "patient",
		environment: "training",
		start:
			() =>
			({ training }) => {
				if (!training?.configuration)
					return { configure_training: { batch_size: 32 } };
				return training.remaining_budget === 0
					? { submit_model: {} }
					: { run_epochs: { num_epochs: 20 } };
			},
	};
	const server = await serve(context, {
		environment: createTinyEnvironment(counted),
		policies: [patient],
	});
	const gone = new AbortController();
	cut.hold(EPOCHS + 2);
	const run = server
		.client()
		.runPolicy(TINY, "patient", { episodes: 100, signal: gone.signal });
	assert.equal((await run.next()).value?.seed, "0");
	const second = run.next();
	second.catch(() => {});
	await counted.isWithin(EPOCHS + 2);
	gone.abort();
	await assert.rejects(second);
	const { error } = await server.calls.ended("RunPolicy");
	assert.equal(error?.reason, "CALL_CANCELLED");
	assert.equal(cut.cut, 1);
	assert.equal(counted.begun, EPOCHS + 2);
	assert.equal(counted.whole, EPOCHS + 1);
});

test("A session's epochs take turns with those of two runs: between two of them each run has one turn at most.", async (context) => {
	const oneThread = await createTrainer({ threads: 1 });
	context.after(() => oneThread.close());
	const order: string[] = [];
	const server = await serve(context, {
		environment: createTinyEnvironment(
			new CountingTrainer(oneThread, ({ key }) => {
				order.push(Buffer.from(key).toString("hex"));
			}),
		),
	});
	const client = server.client();
	const runs = [0, 1000].map((firstSeed) =>
		client.runPolicy(TINY, "heuristic", { episodes: 500, firstSeed }),
	);
	for (const run of runs) await run.next();
	const session = await client.createSession(TINY_LONG, { seed: 5 });
	await session.step({ configure_training: {} });
	await session.step({ run_epochs: { num_epochs: 9 } });
	for (const run of runs) await run.return(undefined);
	const { task_version: taskVersion } = session.info;
	const keyOf = (taskId: string, seed: string | number) =>
		Buffer.from(
			episodeKey({ taskId, taskVersion, split: "train", seed: String(seed) }),
		).toString("hex");
	const players = new Map([[keyOf(TINY_LONG, 5), "session"]]);
	for (let seed = 0; seed < 500; seed++) {
		players.set(keyOf(TINY, seed), "run");
		players.set(keyOf(TINY, 1000 + seed), "other run");
	}
	const turns = order.map((key) => players.get(key)).join(", ");
	const [, ...between] = turns.split("session").slice(0, -1);
	assert.equal(between.length, 8);
	for (const gap of between)
		assert.match(gap, /^, ((run, )?(other run, )?|other run, run, )$/, turns);
	// Each of the runs went on meanwhile.
	for (const player of [", run, ", ", other run, "])
		assert.ok(between.join().includes(player), turns);
});

test("At most four runs go on at once; the place of one that is over is free again.", async (context) => {
	const server = await serve(context);
	const client = server.client();
	const start = () =>
		client.runPolicy("sre/easy", "waiter", { episodes: 10_000 });
	const runs = [start(), start(), start(), start()];
	for (const run of runs) await run.next();
	const fifth = await start()
		.next()
		.then(() => assert.fail("it ran"), readWireError);
	assert.equal(fifth.code, "RESOURCE_EXHAUSTED");
	assert.equal(fifth.reason, "TOO_MANY_STREAMS");
	assert.match(fifth.message, /^4 policies are being run, .* cancel a run/);
	assert.ok(fifth.retryDelayMs);
	// Sessions are not refused.
	await (await client.createSession("sre/easy")).close();
	await runs[0]?.return(undefined);
	await server.calls.ended("RunPolicy", 2);
	assert.equal((await start().next()).done, false);
	for (const run of runs) await run.return(undefined);
});

/** Counts epochs. */
class CountingTrainer implements Trainer {
	begun = 0;
	whole = 0;
	/** Epochs of which the first batches were told. */
	private within = 0;
	private wake = () => {};

	constructor(
		private readonly inner: Trainer,
		private readonly ended: (request: EpochRequest) => void = () => {},
	) {}

	get engine() {
		return this.inner.engine;
	}

	async trainEpoch(...[request, options]: Parameters<Trainer["trainEpoch"]>) {
		this.begun += 1;
		const epoch = this.begun;
		const outcome = await this.inner.trainEpoch(request, {
			...options,
			onProgress: (progress) => {
				options.onProgress(progress);
				this.within = epoch;
				this.wake();
			},
		});
		this.whole += 1;
		this.ended(request);
		return outcome;
	}

	grade(...call: Parameters<Trainer["grade"]>) {
		return this.inner.grade(...call);
	}

	async close(): Promise<void> {}

	/** Waits until the n-th epoch has told of its first batches. */
	async isWithin(epoch: number): Promise<void> {
		while (this.within < epoch)
			await new Promise<void>((resolve) => {
				this.wake = resolve;
			});
	}
}
