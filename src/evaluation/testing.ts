import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { NightshiftClient, Task } from "../../clients/typescript/index.js";
import type { DrawOptions } from "../../datasets/load.js";
import type { Environment } from "../environments/environment.js";
import { policiesOf, policyOf } from "../environments/policies.js";
import {
	networksOf,
	type TrainingTask,
} from "../environments/training/tasks.js";
import { createTrainingEnvironment } from "../environments/training/training-environment.js";
import { startTestServer } from "../server/testing.js";
import { createTrainer, DrawnDataSets } from "../sessions/testing-training.js";
import { JsonLines } from "./json-lines.js";
import type { TrainingEntry } from "./training-entry.js";
import { measureTraining } from "./training-measurement.js";
import {
	createTrainingReport,
	type TaskReport,
	type TrainingReport,
} from "./training-report.js";

/** Entries and reports that were never played, and scores that are. Only tests use them. */

export function createEntry(
	changes: Partial<TrainingEntry> = {},
): TrainingEntry {
	return {
		task: "training/x",
		task_version: 1,
		split: "test",
		seed: "1",
		policy: "default",
		policy_version: 1,
		engine: "an engine",
		data: {
			name: "mnist",
			digest: "sha256:0",
			train_images: 40,
			validation_images: 10,
		},
		score: 0.5,
		validation_accuracy: 0.9,
		test_accuracy: 0.875,
		train_accuracy: 1,
		gap: 0.125,
		test_images: 20,
		epochs: 10,
		submitted_epoch: 8,
		actions: 3,
		total_reward: 0.75,
		end_reason: "END_REASON_SUBMITTED",
		wall_seconds: 2,
		...changes,
	};
}

/** Two policies on a task, over the seeds 1, 2, 3 and 7. */
export function createReport(
	changes: Partial<TrainingEntry> = {},
): TrainingReport {
	const { task_version: version, task } = createEntry(changes);
	const seeds = ["1", "2", "3", "7"];
	const untrained = {
		...changes,
		policy: "do-nothing",
		score: 0,
		epochs: 0,
		test_accuracy: 0.125,
	};
	return createTrainingReport(
		{
			tasks: [
				{ id: task, version, budget: 30, description: "Train it." } as Task,
			],
			policies: ["do-nothing", "default"].map((name) =>
				policyOf("training", name),
			),
			seeds,
			split: "test",
		},
		seeds.flatMap((seed, index) => {
			const {
				validation_accuracy: _validation,
				train_accuracy: _train,
				gap: _gap,
				...doNothing
			} = createEntry({ ...untrained, seed });
			return [
				doNothing,
				createEntry({
					...changes,
					seed,
					score: 0.5 + index / 10,
					epochs: 10 + index,
				}),
			];
		}),
		"nightshift report",
	);
}

/** A client of a server of its own, where a task trains for real on synthetic images. */
export async function serveSynthetic(
	context: TestContext,
	task: TrainingTask,
	options: DrawOptions = {},
): Promise<{ client: NightshiftClient; task: Task }> {
	const trainer = await createTrainer({ networks: networksOf([task]) });
	context.after(() => trainer.close());
	const server = await startTestServer(context, {
		environment: createTrainingEnvironment(
			trainer,
			new DrawnDataSets(options),
			[task],
		) as Environment,
	});
	const client = server.client();
	const [told] = await client.listTasks();
	return { client, task: told as Task };
}

/** Plays all policies on a task, and gives each one's mean score. */
export async function meanScores(
	{ client, task }: { client: NightshiftClient; task: Task },
	seeds: readonly string[],
): Promise<Record<string, number>> {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-scores-"));
	try {
		const measurement = {
			tasks: [task],
			policies: policiesOf("training"),
			seeds,
			split: "test" as const,
		};
		const entries = await measureTraining(
			client,
			measurement,
			JsonLines.open(join(folder, "training.jsonl")),
			new AbortController().signal,
			{
				planned() {},
				started() {},
				progress() {},
				finished() {},
			},
		);
		const [report] = createTrainingReport(measurement, entries, "").tasks;
		return Object.fromEntries(
			(report as TaskReport).rows.map(({ policy, score }) => [
				policy.name,
				score.mean,
			]),
		);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Mean scores of two skilled policies that a few seeds cannot tell apart. */
const NOISE = 0.02;

/**
 * What makes a score mean something: without work at most 0.05, and more for more skill. Random actions are somewhere between no work and a
 * plan: a lucky draw can beat the defaults, which regularise nothing.
 */
export function assertOrder(scores: Readonly<Record<string, number>>): void {
	const told = JSON.stringify(scores);
	const of = (name: string) => scores[name] as number;
	for (const trivial of ["do-nothing", "instant-submit", "hopeless-rate"])
		assert.ok(of(trivial) <= 0.05, told);
	assert.ok(of("random") >= of("do-nothing"), told);
	assert.ok(of("random") < of("heuristic"), told);
	for (const planned of [
		"default",
		"cosine-default",
		"tpe",
		"random-search",
		"successive-halving",
	])
		assert.ok(of(planned) > 0.05, told);
	assert.ok(of("default") < of("heuristic"), told);
	assert.ok(of("heuristic") <= of("expert") + NOISE, told);
}

/** The images that the service draws where it finds no real ones, or fewer. */
