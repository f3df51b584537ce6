import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
	type Action,
	type EnvSession,
	NightshiftRpcError,
	type Task,
} from "../../clients/typescript/index.js";
import { policyOf } from "../environments/policies.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { startTestServer } from "../server/testing.js";
import {
	createTinyEnvironment,
	HeldTrainer,
	TINY,
} from "../sessions/testing-training.js";
import type { Trainer } from "../training/trainer.js";
import { playEpisode } from "./episode-player.js";

const never = new AbortController().signal;

test("An episode is played to its end and told on the way, and its session is given back.", async (context) => {
	const { client, task, started, states } = await serve(context);
	const told: string[] = [];
	const { result, observation } = await playEpisode(
		client,
		{ task, policy: policyOf("training", "default"), seed: "9", split: "test" },
		never,
		{
			started(session) {
				started(session);
				told.push(`${session.info.split} ${session.info.seed}`);
			},
			acting: (action: Action) => told.push(Object.keys(action)[0] as string),
			progress: ({ training }) =>
				training?.epoch && told.push(`epoch ${training.epoch.epoch}`),
			acted: ({ step }) => told.push(`step ${step}`),
		},
	);
	assert.deepEqual(told, [
		"SPLIT_TEST 9",
		"configure_training",
		"step 1",
		"run_epochs",
		...[1, 2, 3, 4, 5, 6].map((epoch) => `epoch ${epoch}`),
		"step 2",
		"submit_model",
		"step 3",
	]);
	assert.equal(result.end_reason, "END_REASON_SUBMITTED");
	assert.equal(observation.training?.current_epoch, 6);
	assert.deepEqual(await states(), ["SESSION_STATE_ENDED"]);
});

test("A policy that does nothing has its episode finished.", async (context) => {
	const { client, task, started, states } = await serve(context);
	const policy = policyOf("training", "do-nothing");
	const choice = { task, policy, seed: "1", split: "train" as const };
	const { result } = await playEpisode(client, choice, never, {
		started,
	});
	assert.equal(result.end_reason, "END_REASON_FINISHED");
	assert.deepEqual(await states(), ["SESSION_STATE_ENDED"]);
});

test("An episode that is cut off, or whose policy errs, gives its session back.", async (context) => {
	const held = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const { client, task, started, states } = await serve(context, held);
	const choice = { task, seed: "1", split: "train" as const };
	held.epochGate.shut();
	const stopping = new AbortController();
	const cut = playEpisode(
		client,
		{ ...choice, policy: policyOf("training", "default") },
		stopping.signal,
		{ started },
	);
	await held.epochGate.holds();
	assert.deepEqual(await states(), ["SESSION_STATE_RUNNING"]);
	stopping.abort();
	await assert.rejects(
		cut,
		(error: unknown) =>
			error instanceof NightshiftRpcError && error.code === "CANCELLED",
	);
	assert.deepEqual(await states(), ["SESSION_STATE_ENDED"]);
	const unlawful = {
		...policyOf("training", "default"),
		start: () => () => ({ run_epochs: { num_epochs: 1 } }),
	};
	await assert.rejects(
		playEpisode(client, { ...choice, policy: unlawful }, never, { started }),
		/not configured yet/,
	);
	assert.deepEqual(await states(), [
		"SESSION_STATE_ENDED",
		"SESSION_STATE_ENDED",
	]);
});

async function serve(
	context: TestContext,
	by: Trainer = new ScriptedTrainer(() => ({})),
) {
	const server = await startTestServer(context, {
		environment: createTinyEnvironment(by),
	});
	const client = server.client();
	const task = (await client.listTasks()).find(({ id }) => id === TINY) as Task;
	const ids: string[] = [];
	return {
		client,
		task,
		/** For the listener. */
		started: ({ id }: EnvSession) => ids.push(id),
		/** Where each session is now. */
		states: () =>
			Promise.all(
				ids.map(async (id) => (await client.openSession(id)).info.state),
			),
	};
}
