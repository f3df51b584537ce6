import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { envService } from "../../clients/typescript/contract.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { CreateSessionRequest } from "../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import {
	createTinyEnvironment,
	createTrainer,
	TINY,
	TINY_LONG,
} from "../sessions/testing-training.js";
import { fixedBytes, startTestServer, type TestServer } from "./testing.js";

const trainer = await createTrainer();
after(() => trainer.close());

/** Uses every random stream: subset, weights, order, dropout, augmentation, and new weights. */
const episode: readonly Action[] = [
	{
		configure_training: {
			optimizer: "OPTIMIZER_ADAMW",
			learning_rate: 0.002,
			weight_decay: 0.001,
			dropout: 0.3,
			augmentation: true,
			augmentation_strength: 1,
		},
	},
	{ run_epochs: { num_epochs: 1 } },
	{ get_training_status: {} },
	{ configure_training: { resume_from: "RESUME_FROM_SCRATCH" } },
	{ run_epochs: { num_epochs: 1 } },
	{ adjust_learning_rate: { new_lr: 0.0005 } },
	{ run_epochs: { num_epochs: 1, stop: { val_accuracy: 0.9 } } },
	{ submit_model: {} },
];

const views = ["VIEW_TYPED", "VIEW_FLAT", "VIEW_TEXT"] as const;

/** Plays the episode, and gives every answer's bytes; the last one holds the result. */
async function play(
	server: TestServer,
	request: CreateSessionRequest,
): Promise<string[]> {
	const { session, observation } = await server.ask(envService.CreateSession, {
		task_id: TINY,
		seed: 7,
		options: { views: [...views] },
		...request,
	});
	const answers = [fixedBytes({ observation })];
	for (const action of episode)
		answers.push(
			fixedBytes(
				await server.ask(envService.Step, {
					session_id: session?.session_id as string,
					action,
				}),
			),
		);
	return answers;
}

const serve = (context: TestContext) =>
	startTestServer(context, { environment: createTinyEnvironment(trainer) });

test("Equal seeds and actions give equal bytes in every answer, alone and among other sessions that train at the same time.", async (context) => {
	const alone = await play(await serve(context), {});
	const server = await serve(context);
	const [among, twin, ...others] = await Promise.all([
		play(server, {}),
		play(server, {}),
		play(server, { seed: 8 }),
		play(server, { split: "SPLIT_TEST" }),
		play(server, { task_id: TINY_LONG }),
	]);
	assert.deepEqual(among, alone);
	assert.deepEqual(twin, alone);
	assert.equal(new Set(alone).size, alone.length);
	for (const other of others) {
		assert.equal(other.length, alone.length);
		assert.notEqual(other.at(-1), alone.at(-1));
	}
});

test("Splits, seeds and tasks are disjoint: the same actions come to other answers in each.", async (context) => {
	const server = await serve(context);
	const ends = await Promise.all(
		[
			{},
			{ split: "SPLIT_VALIDATION" as const },
			{ split: "SPLIT_TEST" as const },
			{ seed: "18446744073709551615" },
			{ seed: "9223372036854775815" },
			{ task_id: TINY_LONG },
		].map(async (request) => (await play(server, request)).at(2)),
	);
	assert.equal(new Set(ends).size, ends.length);
	const explicit = await play(server, { split: "SPLIT_TRAIN" });
	assert.equal(explicit.at(2), ends[0]);
});

test("A session's later episodes are what new sessions' first ones are, but for their number.", async (context) => {
	const server = await serve(context);
	const [, , trained] = await play(server, { seed: 9 });
	const { session } = await server.ask(envService.CreateSession, {
		task_id: TINY_LONG,
		seed: 1,
		options: { views: [...views] },
	});
	const session_id = session?.session_id as string;
	for (const action of episode.slice(0, 2))
		await server.ask(envService.Step, { session_id, action });
	await server.ask(envService.Reset, { session_id, task_id: TINY, seed: 9 });
	await server.ask(envService.Step, {
		session_id,
		action: episode[0] as Action,
	});
	const answer = await server.ask(envService.Step, {
		session_id,
		action: episode[1] as Action,
	});
	assert.equal(answer.episode, 2);
	assert.equal(fixedBytes({ ...answer, episode: 1 }), trained);
});
