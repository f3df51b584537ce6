import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type {
	Action,
	Task,
	TrainingObservation,
} from "../../../../clients/typescript/index.js";
import { playEpisode } from "../../../evaluation/episode-player.js";
import { startTestServer } from "../../../server/testing.js";
import {
	createTinyEnvironment,
	tinyTasks,
} from "../../../sessions/testing-training.js";
import type { EpochRequest } from "../../../training/trainer.js";
import { policyOf } from "../../policies.js";
import type { TrainingTask } from "../tasks.js";
import { repeat, type Scripted, ScriptedTrainer } from "../testing.js";

const SEARCHING = ["random-search", "successive-halving", "tpe"];
const PLANNED = ["cosine-default", ...SEARCHING];
/** Too few for a search, as tests have them, and those of the service's tasks. */
const BUDGETS = [1, 2, 3, 4, 5, 6, 7, 13, 22, 60, 80, 100];

/** A training that is better with one rate than with another, unsteady, and the same whenever it is asked for. */
const unsteady = ({ trial, epoch, learningRate }: EpochRequest): Scripted => ({
	validationAccuracy:
		0.5 +
		0.3 * Math.exp(-Math.abs(Math.log(learningRate / 2e-3))) +
		((trial * 37 + epoch * 61) % 100) / 1000,
});

for (const name of PLANNED)
	test(`The policy ${name} spends the whole of any budget and submits its best epoch, and the same again.`, async (context) => {
		const play = await serve(context, unsteady);
		for (const budget of BUDGETS) {
			const once = await play(name, budget);
			assert.equal(once.seen.remaining_budget, 0, `budget ${budget}`);
			assert.equal(once.result.end_reason, "END_REASON_SUBMITTED");
			const reached = once.seen.trials.map((row) => row.best_val_accuracy ?? 0);
			assert.equal(once.seen.best_val_accuracy, Math.max(...reached));
			assert.equal(once.result.training?.epoch, once.seen.best_val_epoch);
			const again = await play(name, budget);
			assert.deepEqual(again.actions, once.actions);
			assert.deepEqual(again.result, once.result);
		}
	});

for (const [what, diverges] of [
	[
		"every third trial diverges in its second epoch",
		({ trial, epoch }, first) => trial % 3 === 0 && epoch > first,
	],
	["every second epoch diverges", ({ epoch }) => epoch % 2 === 0],
	["each epoch diverges", () => true],
] as [string, (request: EpochRequest, first: number) => boolean][])
	test(`The planned policies end submitted and within the budget where ${what}.`, async (context) => {
		let trial = 0;
		let first = 0;
		const play = await serve(context, (request) => {
			if (request.trial !== trial) ({ trial, epoch: first } = request);
			return diverges(request, first)
				? { diverged: true, validationLoss: undefined }
				: unsteady(request);
		});
		for (const name of PLANNED)
			for (const budget of BUDGETS) {
				const { result, seen } = await play(name, budget);
				assert.equal(result.end_reason, "END_REASON_SUBMITTED");
				assert.ok(seen.current_epoch <= budget);
				if (seen.best_val_epoch !== undefined)
					assert.equal(result.training?.epoch, seen.best_val_epoch);
			}
	});

test("Searches differ between seeds.", async (context) => {
	const play = await serve(context, unsteady);
	for (const name of SEARCHING) {
		const [one, other] = [await play(name, 20, "1"), await play(name, 20, "2")];
		assert.notDeepEqual(one.actions, other.actions);
	}
});

for (const name of ["random-search", "tpe"])
	test(`Half of the budget of ${name} goes to ten trials of equal length, and the other half to the best of them.`, async (context) => {
		const play = await serve(context, unsteady);
		const { seen, actions } = await play(name, 100);
		const trials = seen.trials.slice(0, 10);
		assert.deepEqual(
			trials.map(({ trial, epochs }) => [trial, epochs]),
			Array.from({ length: 10 }, (_, index) => [index + 1, 5]),
		);
		const best = [...trials].sort(
			(a, b) => Number(b.best_val_accuracy) - Number(a.best_val_accuracy),
		)[0];
		assert.deepEqual(actions.at(-5), {
			configure_training: {
				...best?.configuration,
				lr_schedule: "LEARNING_RATE_SCHEDULE_COSINE",
				resume_from: "RESUME_FROM_BEST_CHECKPOINT",
			},
		});
		assert.deepEqual(
			seen.trials
				.slice(10)
				.map(({ trial, epochs, configuration }) => [
					trial,
					epochs,
					configuration?.lr_schedule,
				]),
			[[11, 50, "LEARNING_RATE_SCHEDULE_COSINE"]],
		);
	});

test("Successive halving keeps the better half and doubles its training; the leader goes on from the best checkpoint, the others begin anew.", async (context) => {
	const play = await serve(context, unsteady);
	const { seen, actions } = await play("successive-halving", 100);
	assert.deepEqual(
		seen.trials.map(({ epochs }) => epochs),
		[4, 4, 4, 4, 4, 4, 4, 4, 4, 8, 8, 8, 8, 16, 16],
	);
	const sources = actions.flatMap(
		({ configure_training }) => configure_training ?? [],
	);
	assert.deepEqual(
		sources.map(({ resume_from }) => resume_from),
		[
			undefined,
			...repeat("RESUME_FROM_SCRATCH", 7),
			"RESUME_FROM_BEST_CHECKPOINT",
			...repeat("RESUME_FROM_SCRATCH", 3),
			"RESUME_FROM_BEST_CHECKPOINT",
			"RESUME_FROM_SCRATCH",
			"RESUME_FROM_BEST_CHECKPOINT",
		],
	);
	// The first round's better half, the best first.
	const ranked = seen.trials
		.slice(0, 8)
		.sort((a, b) => Number(b.best_val_accuracy) - Number(a.best_val_accuracy));
	assert.deepEqual(
		seen.trials.slice(8, 12).map(({ configuration }) => configuration),
		ranked.slice(0, 4).map(({ configuration }) => configuration),
	);
});

test("A smaller budget halves fewer trials.", async (context) => {
	const play = await serve(context, unsteady);
	for (const [budget, expected] of [
		[1, [1]],
		[2, [1, 1]],
		[3, [1, 1, 1]],
		[8, [1, 1, 1, 1, 1, 2, 1]],
		[22, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 1]],
	] as const) {
		const { seen } = await play("successive-halving", budget);
		assert.deepEqual(
			seen.trials.map(({ epochs }) => epochs),
			expected,
			`budget ${budget}`,
		);
	}
});

/** Plays policies on tasks of these budgets whose epochs come to what the script says. */
async function serve(
	context: TestContext,
	script: (request: EpochRequest) => Scripted,
) {
	const [tiny] = tinyTasks as [TrainingTask];
	const idOf = (budget: number) => `training/of_${budget}`;
	const server = await startTestServer(context, {
		environment: createTinyEnvironment(
			new ScriptedTrainer(script),
			[...BUDGETS, 8, 20].map((budget) => ({
				...tiny,
				id: idOf(budget),
				budget,
			})),
		),
	});
	const client = server.client();
	const tasks = await client.listTasks();
	return async (name: string, budget: number, seed = "1") => {
		const actions: Action[] = [];
		const { result, observation } = await playEpisode(
			client,
			{
				task: tasks.find(({ id }) => id === idOf(budget)) as Task,
				policy: policyOf("training", name),
				seed,
				split: "train",
			},
			new AbortController().signal,
			{ acting: (action) => actions.push(action) },
		);
		return {
			actions,
			result,
			seen: observation.training as TrainingObservation,
		};
	};
}
