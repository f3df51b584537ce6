import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { policyOf } from "../environments/policies.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { startTestServer } from "../server/testing.js";
import {
	createTinyEnvironment,
	HeldTrainer,
} from "../sessions/testing-training.js";
import type { Trainer } from "../training/trainer.js";
import type { EpisodeChoice } from "./episode-player.js";
import { JsonLines } from "./json-lines.js";
import type { TrainingEntry } from "./training-entry.js";
import { measureTraining } from "./training-measurement.js";

const never = new AbortController().signal;

test("Every task, policy and seed is played once; a second measurement plays nothing and gives the same.", async (context) => {
	const { measure, results, trainer } = await prepare(context);
	const first = await measure();
	assert.deepEqual(
		first.played.map(({ seed, task, policy }) => [seed, task.id, policy.name]),
		["1", "2"].flatMap((seed) =>
			["training/tiny", "training/tiny_long"].flatMap((task) =>
				["do-nothing", "default"].map((policy) => [seed, task, policy]),
			),
		),
	);
	assert.equal(first.there, 0);
	assert.equal(results().length, 8);
	const trained = trainer.requests.length;
	const second = await measure();
	assert.equal(second.there, 8);
	assert.deepEqual(second.played, []);
	assert.deepEqual(second.entries, first.entries);
	assert.equal(trainer.requests.length, trained);
});

test("An entry holds what the episode came to and all that it depends on.", async (context) => {
	const { measure } = await prepare(context);
	const { entries } = await measure();
	const { wall_seconds, total_reward, data, ...entry } =
		entries[1] as TrainingEntry;
	assert.ok(wall_seconds >= 0);
	assert.ok(total_reward > 0.9);
	assert.match(data.digest, /^sha256:[0-9a-f]{64}$/);
	assert.deepEqual(entry, {
		task: "training/tiny",
		task_version: 2,
		split: "validation",
		seed: "1",
		policy: "default",
		policy_version: 1,
		engine: "test engine",
		score: 1,
		validation_accuracy: 0.5,
		test_accuracy: 0.9,
		train_accuracy: 0.95,
		gap: 0.95 - 0.9,
		test_images: 100,
		epochs: 6,
		submitted_epoch: 1,
		actions: 3,
		end_reason: "END_REASON_SUBMITTED",
	});
	const untrained = entries[0] as TrainingEntry;
	assert.equal(untrained.validation_accuracy, undefined);
	assert.equal(untrained.end_reason, "END_REASON_FINISHED");
});

test("Entries of another engine, data set, task version, policy version or split, and lines that are no entries, are not taken.", async (context) => {
	const { measure, path } = await prepare(context);
	const { entries } = await measure();
	const other: ((entry: TrainingEntry) => object)[] = [
		(entry) => ({ ...entry, engine: "another engine" }),
		(entry) => ({ ...entry, data: { ...entry.data, digest: "sha256:1" } }),
		(entry) => ({ ...entry, task_version: 1 }),
		(entry) => ({ ...entry, policy_version: 2 }),
		(entry) => ({ ...entry, split: "train" }),
		() => ({ something: "else" }),
		({ score: _score, ...entry }) => entry,
	];
	for (const change of other) {
		rmSync(path);
		const file = JsonLines.open(path);
		entries.forEach((entry, index) => {
			file.append(index === 3 ? change(entry) : entry);
		});
		const again = await measure();
		assert.equal(again.played.length, 1, String(change));
		assert.deepEqual(again.entries.map(withoutTime), entries.map(withoutTime));
	}
});

test("What was finished before a stop is kept, and what was cut off is played anew.", async (context) => {
	const held = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const { measure, results } = await prepare(context, held);
	held.epochGate.shut();
	const stopping = new AbortController();
	let finished = 0;
	await assert.rejects(
		measure(stopping.signal, () => {
			finished += 1;
			// Then both lanes have come to an episode that trains.
			if (finished === 2) stopping.abort();
		}),
		/cancel|abort/i,
	);
	assert.deepEqual(
		results().map(({ task, policy, seed }) => [task, policy, seed]),
		[
			["training/tiny", "do-nothing", "1"],
			["training/tiny_long", "do-nothing", "1"],
		],
	);
	held.epochGate.open();
	const rest = await measure();
	assert.equal(rest.there, 2);
	assert.equal(rest.entries.length, 8);
});

/** A server, a results file and a measurement of two policies on two tasks over two seeds. */
async function prepare(
	context: TestContext,
	by: Trainer = new ScriptedTrainer(() => ({})),
) {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-measurement-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const path = join(folder, "training.jsonl");
	const server = await startTestServer(context, {
		environment: createTinyEnvironment(by),
	});
	const client = server.client();
	const measurement = {
		tasks: await client.listTasks(),
		policies: ["do-nothing", "default"].map((name) =>
			policyOf("training", name),
		),
		seeds: ["1", "2"],
		split: "validation" as const,
	};
	return {
		path,
		trainer: by as ScriptedTrainer,
		results: () => JsonLines.open(path).values as TrainingEntry[],
		measure: async (signal = never, onFinished = () => {}) => {
			let there = -1;
			const played: EpisodeChoice[] = [];
			const entries = await measureTraining(
				client,
				measurement,
				JsonLines.open(path),
				signal,
				{
					planned: (found) => {
						there = found.length;
					},
					started: (choice) => played.push(choice),
					progress: () => {},
					finished: onFinished,
				},
			);
			return { there, played, entries };
		},
	};
}

function withoutTime({ wall_seconds: _time, ...entry }: TrainingEntry) {
	return entry;
}
