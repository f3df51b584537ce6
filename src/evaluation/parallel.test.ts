import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Action } from "../../clients/typescript/index.js";
import {
	createTinyEnvironment,
	createTrainer,
	TINY,
} from "../sessions/testing-training.js";
import type { Agent } from "./agent.js";
import type { EpisodeRecord } from "./episode-record.js";
import { policyAgents } from "./policy-agent.js";
import {
	type Bench,
	createScriptedAgent,
	prepare,
	type RunOptions,
	seedsTo,
	withoutTimes,
} from "./testing-evaluation.js";

const trainer = await createTrainer();
after(() => trainer.close());

/** The records of a question, and how many episodes had a session at the same time. */
async function play(
	{ run, records }: Bench,
	options: RunOptions,
): Promise<{ records: EpisodeRecord[]; atOnce: number }> {
	let open = 0;
	let atOnce = 0;
	await run({
		...options,
		listener: {
			opened() {
				open++;
				atOnce = Math.max(atOnce, open);
			},
			finished() {
				open--;
			},
		},
	});
	return { records: records(), atOnce };
}

test("64 incidents at once come to the same records, byte for byte, as one after the other.", async (context) => {
	const options = {
		agents: policyAgents().filter(({ name }) =>
			["tuned-rule", "random"].includes(name),
		),
		tasks: ["sre/hard"],
		seeds: seedsTo(32),
	};
	const one = await play(await prepare(context), { ...options, parallel: 1 });
	const all = await play(await prepare(context), { ...options, parallel: 64 });
	assert.deepEqual([one.atOnce, all.atOnce], [1, 64]);
	assert.equal(one.records.length, 64);
	assert.deepEqual(withoutTimes(all.records), withoutTimes(one.records));
	assert.ok(new Set(one.records.map(({ score }) => score)).size > 10);
});

test("A step of a training has every epoch that it trained.", async (context) => {
	const environment = createTinyEnvironment(trainer);
	const { records } = await play(await prepare(context, { environment }), {
		agents: [createTrainee()],
		tasks: [TINY],
		seeds: ["1"],
		parallel: 1,
	});
	const [record] = records;
	const told = (record?.steps ?? []).flatMap(({ epochs }) => epochs ?? []);
	assert.deepEqual(
		told.map(({ epoch }) => epoch),
		Array.from({ length: told.length }, (_, index) => index + 1),
	);
	assert.equal(told.length, record?.result.training?.epochs_charged);
	assert.ok(told.length > 0);
	for (const { train_loss, val_accuracy } of told) {
		assert.equal(typeof train_loss, "number");
		assert.equal(typeof val_accuracy, "number");
	}
});

test("8 trainings at once come to the same records, byte for byte, as one after the other.", async (context) => {
	const options = {
		agents: [createTrainee()],
		tasks: [TINY],
		seeds: seedsTo(8),
	};
	const environment = createTinyEnvironment(trainer);
	const one = await play(await prepare(context, { environment }), {
		...options,
		parallel: 1,
	});
	const all = await play(await prepare(context, { environment }), {
		...options,
		parallel: 8,
	});
	assert.deepEqual([one.atOnce, all.atOnce], [1, 8]);
	assert.equal(one.records.length, 8);
	assert.deepEqual(withoutTimes(all.records), withoutTimes(one.records));
	assert.ok(new Set(one.records.map(({ score }) => score)).size > 4);
});

/** Uses every random stream: subset, weights, order, dropout and augmentation. */
function createTrainee(): Agent {
	const actions: readonly Action[] = [
		{
			configure_training: {
				optimizer: "OPTIMIZER_ADAM",
				learning_rate: 0.002,
				dropout: 0.3,
				augmentation: true,
				augmentation_strength: 0.5,
			},
		},
		{ run_epochs: { num_epochs: 2 } },
		{ adjust_learning_rate: { new_lr: 0.0005 } },
		{ run_epochs: { num_epochs: 1 } },
		{ submit_model: {} },
	];
	return createScriptedAgent(() => ({ index }) => ({
		action: actions[index] as Action,
	}));
}
