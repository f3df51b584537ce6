import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { Action, Task } from "../../clients/typescript/index.js";
import { playEpisode } from "../evaluation/episode-player.js";
import { startTestServer } from "../server/testing.js";
import {
	createTinyEnvironment,
	createTrainer,
	TINY,
} from "../sessions/testing-training.js";
import type { Trainer } from "../training/trainer.js";
import { policies, policiesOf, policyOf } from "./policies.js";
import type { Policy } from "./policy.js";
import { ScriptedTrainer } from "./training/testing.js";

const trainer = await createTrainer();
after(() => trainer.close());

test("Every policy has a name, a version and a description of its own.", () => {
	assert.deepEqual(
		policies.map(({ name }) => name),
		[
			"do-nothing",
			"instant-submit",
			"hopeless-rate",
			"random",
			"default",
			"cosine-default",
			"tpe",
			"random-search",
			"successive-halving",
			"heuristic",
			"expert",
			"do-nothing",
			"random",
			"best-constant",
			"naive-table",
			"tuned-rule",
			"oracle",
		],
	);
	for (const { name, version, description } of policies) {
		assert.match(name, /^[a-z]+(-[a-z]+)*$/);
		assert.ok(Number.isInteger(version) && version >= 1, name);
		assert.match(description, /^[A-Z].*\.$/);
	}
	assert.throws(
		() => policyOf("training", "oracle"),
		/no policy of the training environment is called "oracle"; there are do-nothing, .*expert/,
	);
});

for (const policy of policiesOf("training"))
	test(`The policy ${policy.name} plays a small task to its end without a refused action, and the same again.`, async (context) => {
		const play = await serve(context, trainer);
		const [once, again] = [await play(policy, "1"), await play(policy, "1")];
		assert.ok(
			once.result.score !== undefined &&
				once.result.score >= 0 &&
				once.result.score <= 1,
		);
		assert.deepEqual(again, once);
		if (policy.name === "do-nothing")
			assert.equal(once.result.end_reason, "END_REASON_FINISHED");
		else assert.equal(once.result.end_reason, "END_REASON_SUBMITTED");
	});

test("What policies do not learn from is work: the trivial ones train one epoch at most.", async (context) => {
	const play = await serve(context, trainer);
	const namesOf = ({ actions }: { actions: readonly Action[] }) =>
		actions.map((action) => Object.keys(action)[0]);
	assert.deepEqual(
		namesOf(await play(policyOf("training", "do-nothing"), "1")),
		[],
	);
	assert.deepEqual(
		namesOf(await play(policyOf("training", "instant-submit"), "1")),
		["submit_model"],
	);
	const hopeless = await play(policyOf("training", "hopeless-rate"), "1");
	assert.deepEqual(hopeless.actions, [
		{ configure_training: { learning_rate: 1e-6 } },
		{ run_epochs: { num_epochs: 1 } },
		{ submit_model: {} },
	]);
});

test("Random actions are lawful for every seed, also after divergences and when the budget ends, and differ between seeds.", async (context) => {
	const seen = new Set<string>();
	const names = new Set<string>();
	const choices = new Set<string>();
	// Every fourth epoch diverges.
	const play = await serve(
		context,
		new ScriptedTrainer((_request, call) =>
			call % 4 === 0 ? { diverged: true } : {},
		),
	);
	const random = policyOf("training", "random");
	for (let seed = 0; seed < 30; seed++) {
		// An unlawful action would reject.
		const { actions, result } = await play(random, String(seed));
		seen.add(JSON.stringify(actions));
		for (const action of actions) {
			const [name, given] = Object.entries(action)[0] as [string, object];
			names.add(name);
			for (const [argument, value] of Object.entries(given))
				choices.add(`${argument} ${JSON.stringify(value)}`);
		}
		const epochs = result.training?.epochs_charged as number;
		assert.ok(epochs >= 1 && epochs <= 6, `${epochs} epochs`);
	}
	assert.equal(seen.size, 30);
	assert.deepEqual([...names].sort(), [
		"adjust_learning_rate",
		"configure_training",
		"run_epochs",
		"submit_model",
		"toggle_augmentation",
	]);
	for (const choice of [
		'resume_from "RESUME_FROM_BEST_CHECKPOINT"',
		'resume_from "RESUME_FROM_SCRATCH"',
		'resume_from "RESUME_FROM_CURRENT"',
		'lr_schedule "LEARNING_RATE_SCHEDULE_WARMUP_COSINE"',
		"warmup_epochs 3",
		"new_lr 0.000001",
		"new_lr 1",
		"num_epochs 20",
		"num_epochs 1",
	])
		assert.ok(choices.has(choice), `${choice} was never drawn`);
});

/** Plays episodes of the small task on a server of its own, and keeps what was done. */
async function serve(context: TestContext, by: Trainer) {
	const server = await startTestServer(context, {
		environment: createTinyEnvironment(by),
	});
	const client = server.client();
	const task = (await client.listTasks()).find(({ id }) => id === TINY) as Task;
	return async (policy: Policy, seed: string) => {
		const actions: Action[] = [];
		const { result } = await playEpisode(
			client,
			{ task, policy, seed, split: "train" },
			new AbortController().signal,
			{ acting: (action) => actions.push(action) },
		);
		return { actions, result };
	};
}
