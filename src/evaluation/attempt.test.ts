import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Action, SreDeclaration } from "../../clients/typescript/index.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { ManualClock } from "../sessions/testing.js";
import {
	createTinyEnvironment,
	HeldTrainer,
} from "../sessions/testing-training.js";
import type { EpisodePlayer, Turn } from "./agent.js";
import type { EpisodeRecord } from "./episode-record.js";
import {
	createScriptedAgent,
	prepare,
	type RunOptions,
	seedsTo,
	wait,
} from "./testing-evaluation.js";

/** The record of one episode. */
async function play(
	context: TestContext,
	act: EpisodePlayer["act"],
	options: RunOptions = {},
): Promise<EpisodeRecord> {
	const { run, records } = await prepare(context);
	await run({ agents: [createScriptedAgent(() => act)], ...options });
	assert.equal(records().length, 1);
	return records()[0] as EpisodeRecord;
}

test("A refused action leaves the episode where it is, and the agent is told why.", async (context) => {
	const turns: Turn[] = [];
	const actions: Action[] = [
		{ restart: { service_id: "no_such_service" } },
		{ restart: { service: "order_service" } } as Action,
		wait,
	];
	const { steps, outcome } = await play(context, (turn) => {
		turns.push(turn);
		const action = actions[turn.index];
		return action ? { action } : {};
	});
	assert.equal(outcome, "left");
	assert.match(steps[0]?.refusal as string, /no_such_service.*is not allowed/);
	assert.match(
		steps[1]?.refusal as string,
		/^action\.restart\.service: "order_service" is not allowed; the contract knows no such field/,
	);
	assert.equal(steps[2]?.refusal, undefined);
	assert.deepEqual(
		steps.map(({ observation }) => observation?.sre?.step),
		[undefined, undefined, 1],
	);
	assert.deepEqual(
		turns.map(({ index, refusal, observation, reward }) => [
			index,
			refusal,
			observation.sre?.step,
			reward,
		]),
		[
			[0, undefined, 0, 0],
			[1, steps[0]?.refusal, 0, 0],
			[2, steps[1]?.refusal, 0, 0],
			[3, undefined, 1, 0],
		],
	);
});

test("An agent whose actions are refused without end fails once the server would have ended the episode.", async (context) => {
	const { steps, outcome, error } = await play(context, () => ({
		action: { sleep: {} } as Action,
	}));
	assert.equal(outcome, "agent-failed");
	assert.equal(steps.length, 1002);
	assert.match(
		error as string,
		/^1002 actions of the agent were refused; the last one: action: \["sleep"\] is not allowed; exactly one of restart, /,
	);
});

test("The limit of steps stops an episode, which is graded; refused actions count.", async (context) => {
	const { steps, outcome, limit, result } = await play(
		context,
		({ index }) => ({
			action: index === 1 ? { restart: { service_id: "x" } } : wait,
		}),
		{ limits: { steps: 3 } },
	);
	assert.deepEqual(
		[steps.length, outcome, limit, result.steps, result.end_reason],
		[3, "limit", "steps", 2, "END_REASON_FINISHED"],
	);
});

test("The limits of tokens and of cost stop an episode before the next decision, and usage is summed.", async (context) => {
	const usage = { requests: 2, inputTokens: 300, outputTokens: 50, cost: 0.25 };
	for (const [limits, limit, actions] of [
		[{ tokens: 700 }, "tokens", 2],
		[{ tokens: 701 }, "tokens", 3],
		[{ cost: 1 }, "cost", 4],
	] as const) {
		const record = await play(
			context,
			() => ({ action: wait, usage, note: "I wait." }),
			{ limits },
		);
		assert.deepEqual(
			[record.outcome, record.limit, record.steps.length],
			["limit", limit, actions],
		);
		assert.deepEqual(record.usage, {
			requests: 2 * actions,
			inputTokens: 300 * actions,
			outputTokens: 50 * actions,
			cost: 0.25 * actions,
		});
		assert.deepEqual(record.steps[0]?.usage, usage);
		assert.equal(record.steps[0]?.note, "I wait.");
	}
});

test("An agent that hangs holds no other episode; the wall limit has its own graded, also where it does not heed the signal.", async (context) => {
	const { run, records } = await prepare(context);
	const clock = new ManualClock();
	const ended: unknown[] = [];
	const hanging = createScriptedAgent((seed) => ({
		act: ({ index }) => {
			if (index === 2) return {};
			return seed === "1" && index === 1
				? new Promise<never>(() => {})
				: { action: wait };
		},
		end: (result) => {
			ended.push(result?.end_reason);
		},
	}));
	await run({
		agents: [hanging],
		seeds: seedsTo(5),
		parallel: 2,
		limits: { wallSeconds: 60 },
		clock,
		listener: {
			finished: () => {
				// The last of those that do not hang.
				if (ended.length === 4) clock.advance(60_000);
			},
		},
	});
	assert.deepEqual(
		records().map(({ seed, outcome, limit, steps }) => [
			seed,
			outcome,
			limit,
			steps.length,
		]),
		[
			...["2", "3", "4", "5"].map((seed) => [seed, "left", undefined, 2]),
			["1", "limit", "wallSeconds", 1],
		],
	);
	assert.equal(records()[4]?.seconds, 60);
	assert.deepEqual(ended, Array(5).fill("END_REASON_FINISHED"));
});

test("The wall limit cuts off a long action; whole epochs until then are kept and graded.", async (context) => {
	const held = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const { run, records, server } = await prepare(context, {
		environment: createTinyEnvironment(held),
	});
	const clock = new ManualClock();
	held.epochGate.shut();
	const running = run({
		agents: [
			createScriptedAgent(() => ({ index }) => ({
				action:
					index === 0
						? { configure_training: {} }
						: { run_epochs: { num_epochs: 5 } },
			})),
		],
		limits: { wallSeconds: 10 },
		clock,
	});
	await held.epochGate.holds();
	held.epochGate.letOn();
	await held.epochGate.holds();
	clock.advance(10_000);
	await server.calls.ended("StepStream");
	held.epochGate.open();
	await running;
	const [{ outcome, limit, steps, result }] = records() as [EpisodeRecord];
	assert.deepEqual([outcome, limit], ["limit", "wallSeconds"]);
	assert.match(steps[1]?.refusal as string, /^Cut off after 10 s/);
	assert.equal(result.training?.epoch, 1);
	assert.equal(result.training?.epochs_charged, 2);
});

test("An agent may think for longer than the lease: it is renewed meanwhile.", async (context) => {
	const { run, records, server } = await prepare(context);
	const clock = new WatchedClock();
	const thinking = createPromise();
	const decided = createPromise();
	const running = run({
		agents: [
			createScriptedAgent(() => async () => {
				thinking.resolve();
				await decided.promise;
				return {};
			}),
		],
		clock,
	});
	await thinking.promise;
	for (const renewals of [1, 2, 3, 4]) {
		await clock.hasSet(renewals);
		clock.advance(200_000);
		await server.calls.ended("RenewSession", renewals);
	}
	decided.resolve();
	await running;
	assert.equal(records()[0]?.outcome, "left");
});

test("A diagnosis beside an action and beside the finish reaches the grading; one that cannot be taken is the agent's failure.", async (context) => {
	const declare: SreDeclaration = {
		service_id: "order_service",
		fault_class: "FAULT_CLASS_SINGLE_OOM",
	};
	const good = await play(context, ({ index }) =>
		index === 0 ? { action: wait, declare } : { declare },
	);
	assert.deepEqual(good.steps[0]?.declare, declare);
	assert.deepEqual(good.declare, declare);
	assert.equal(good.outcome, "left");
	assert.equal(typeof good.result.sre?.declared_service_correct, "boolean");
	for (const [wrong, why] of [
		[{ ...declare, service_id: "x" }, /^declare\.service_id: x is not allowed/],
		[{ ...declare, fault_class: "single_oom" }, /declare\.fault_class/],
	] as const) {
		const record = await play(context, () => ({
			declare: wrong as SreDeclaration,
		}));
		assert.equal(record.outcome, "agent-failed");
		assert.match(record.error as string, why);
		assert.equal(record.declare, undefined);
		assert.equal(record.result.end_reason, "END_REASON_FINISHED");
	}
});

test("The player is told the end once, with nothing where nothing was graded, and its own failure there is of no consequence.", async (context) => {
	const { run, records, failures } = await prepare(context);
	const told: unknown[] = [];
	await run({
		agents: [
			createScriptedAgent((seed) => ({
				act: () => {
					if (seed === "2")
						throw Object.assign(new Error("away"), {
							name: "InfrastructureFailure",
						});
					return {};
				},
				end: (result) => {
					told.push(result?.score);
					throw new Error("at the end");
				},
			})),
		],
		seeds: ["1", "2"],
		attempts: 1,
	});
	assert.deepEqual(told, [0.01, undefined]);
	assert.equal(records().length, 1);
	assert.equal(failures()[0]?.error, "away");
});

test("An agent that asks for it reads the text of each observation.", async (context) => {
	const texts: unknown[] = [];
	for (const wantsText of [true, false])
		await play(context, () => ({}), {
			agents: [
				createScriptedAgent(
					() =>
						({ observation }) => {
							texts.push(observation.text?.split("\n")[1]);
							return {};
						},
					{ wantsText },
				),
			],
		});
	assert.deepEqual(texts, ["step: 0 of 30 taken", undefined]);
});

/** A clock that tells when timers are set. */
class WatchedClock extends ManualClock {
	private count = 0;
	private told = () => {};

	override after(delayMs: number, callback: () => void): () => void {
		this.count++;
		this.told();
		return super.after(delayMs, callback);
	}

	/** Waits until so many were set. */
	async hasSet(count: number): Promise<void> {
		while (this.count < count)
			await new Promise<void>((resolve) => {
				this.told = resolve;
			});
	}
}

function createPromise() {
	let resolve = () => {};
	const promise = new Promise<void>((go) => {
		resolve = go;
	});
	return { promise, resolve: () => resolve() };
}
