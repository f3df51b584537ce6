import assert from "node:assert/strict";
import { test } from "node:test";
import type { DataSet } from "../../../datasets/load.js";
import type { Action__Output } from "../../../proto/generated/nightshift/v1/Action.js";
import type { Grade } from "../../../workers/job-result.js";
import { NightshiftError } from "../../errors.js";
import { DataSets } from "../../training/data-sets.js";
import { WorkInterrupted } from "../../training/trainer.js";
import { flatColumns } from "../action-schema.js";
import type { Outcome } from "../environment.js";
import { trainingActions } from "./actions.js";
import type { TrainingEpisode } from "./episode.js";
import { trainingTasks } from "./tasks.js";
import {
	failsWith,
	key,
	repeat,
	type Scripted,
	ScriptedTrainer,
	task,
	toFlatMessage,
	toMessage,
	trainerOf,
} from "./testing.js";
import { createTrainingEnvironment } from "./training-environment.js";

/** A data set of as many images as asked for, without pixels. */
class CountedDataSets extends DataSets {
	constructor(
		private readonly trainCount: number,
		private readonly testCount: number,
	) {
		super({ directories: [], cacheDirectory: "", download: "never" });
	}

	override async get(): Promise<DataSet> {
		const of = (count: number) => ({
			images: new Uint8Array(new SharedArrayBuffer(count)),
			labels: new Uint8Array(new SharedArrayBuffer(count)),
			count,
		});
		return {
			name: "mnist",
			digest: "sha256:0",
			shape: [1, 1, 1],
			classes: [],
			mean: [0],
			deviation: [1],
			train: of(this.trainCount),
			test: of(this.testCount),
			licence: "none",
			source: "Counted for a test.",
			synthetic: true,
		};
	}
}

const scoredTask = {
	...task,
	score: { kind: "accuracy", floor: 0.5, target: 1 },
} as const;

/** An environment, an episode in it, and how to act. */
async function begin(
	trainer = trainerOf(
		{ validationAccuracy: 0.5, validationLoss: 1.5 },
		{ validationAccuracy: 0.7, validationLoss: 1 },
		{ validationAccuracy: 0.6, validationLoss: 1.2 },
	),
	dataSets = new CountedDataSets(30, 5),
) {
	const environment = createTrainingEnvironment(trainer, dataSets, [
		scoredTask,
	]);
	const episode = await environment.start(task.id, key, "train");
	const context = {
		signal: new AbortController().signal,
		onProgress: () => {},
		onTiming: () => {},
	};
	return {
		environment,
		episode,
		trainer,
		context,
		act: (message: Action__Output) =>
			environment.perform(
				episode,
				environment.parse(episode, message),
				context,
			),
		grade: () => environment.grade(episode, context),
	};
}

const rewardOf = ({ rewardParts }: Outcome) =>
	rewardParts.reduce((sum, { value }) => sum + value, 0);

const configureMessage = (fields: object = {}) =>
	toMessage("configure_training", fields);
const runMessage = (num_epochs: number, stop?: object) =>
	toMessage("run_epochs", { num_epochs, ...(stop && { stop }) });
const status = toMessage("get_training_status");
const submit = (checkpoint = "CHECKPOINT_UNSPECIFIED") =>
	toMessage("submit_model", { checkpoint });

/** Everything of a state, to compare it with later. */
const copyOf = (episode: TrainingEpisode) => structuredClone(episode);

test("Tasks tell actions, observations, limits, rewards and splits.", () => {
	const { tasks } = createTrainingEnvironment(
		trainerOf({}),
		new CountedDataSets(0, 0),
	);
	assert.deepEqual(
		tasks.map(({ id, budget, max_actions, max_free_calls }) => ({
			id,
			budget,
			max_actions,
			max_free_calls,
		})),
		trainingTasks.map(({ id, budget }) => ({
			id,
			budget,
			max_actions: budget + 100,
			max_free_calls: 1000,
		})),
	);
	for (const one of tasks) {
		assert.equal(one.actions?.length, 6);
		assert.deepEqual(one.splits, [
			"SPLIT_TRAIN",
			"SPLIT_VALIDATION",
			"SPLIT_TEST",
		]);
		assert.equal(one.default_reward_mode, "REWARD_MODE_SHAPED");
		assert.ok(Number(one.reward_minimum) < Number(one.reward_maximum));
	}
});

test("An episode starts with what it is drawn from, and an unknown task is named.", async () => {
	const { environment, episode } = await begin();
	assert.equal(episode.taskId, task.id);
	assert.equal(episode.key, key);
	assert.equal(episode.engine, "test engine");
	assert.deepEqual(episode.dataSet, { name: "mnist", digest: "sha256:0" });
	await assert.rejects(
		async () => environment.start("training/none", key, "train"),
		failsWith(
			"UNKNOWN_TASK",
			/^No task is called training\/none; there are training\/tested\.$/,
		),
	);
});

test("A data set with too few images is DATA_UNAVAILABLE, with what is needed and what there is.", async () => {
	for (const dataSets of [
		new CountedDataSets(29, 5),
		new CountedDataSets(30, 0),
	])
		await assert.rejects(
			begin(trainerOf({}), dataSets),
			failsWith(
				"DATA_UNAVAILABLE",
				/^training\/tested needs 30 training images and a test file, and mnist has \d+ and \d+: Counted for a test\.$/,
			),
		);
});

test("A state goes on where data and engine are the same, and nowhere else.", async () => {
	const { environment, episode } = await begin();
	await environment.resume(episode);
	await assert.rejects(
		environment.resume({
			...episode,
			dataSet: { name: "mnist", digest: "sha256:1" },
		}),
		failsWith("DATA_UNAVAILABLE", /sha256:1.*sha256:0/),
	);
	await assert.rejects(
		environment.resume({ ...episode, engine: "another engine" }),
		failsWith("DATA_UNAVAILABLE", /another engine.*test engine/),
	);
});

test("Only work is paid: configuration, adjustments, toggles and status bring nothing, however often.", async () => {
	const { act } = await begin();
	const free = [
		configureMessage(),
		toMessage("adjust_learning_rate", { new_lr: 0.01 }),
		toMessage("toggle_augmentation", { enabled: true, strength: 1 }),
		status,
		configureMessage({ resume_from: "RESUME_FROM_SCRATCH" }),
	];
	for (const message of free) {
		const outcome = await act(message);
		assert.equal(outcome.rewardParts.length, 5);
		for (const { value } of outcome.rewardParts) assert.equal(value, 0);
		assert.equal(outcome.ending, undefined);
		assert.deepEqual(outcome.info, {
			notice: "",
			training: {
				epochs_run: 0,
				stop: "RUN_STOP_UNSPECIFIED",
				engine: "test engine",
			},
		});
	}
	assert.ok(rewardOf(await act(runMessage(2))) > 0);
	for (const message of free) assert.equal(rewardOf(await act(message)), 0);
});

test("The status is free and changes nothing.", async () => {
	const { environment, episode, act } = await begin();
	await act(configureMessage());
	await act(runMessage(2));
	const before = copyOf(episode);
	await act(status);
	assert.deepEqual(episode, before);
	assert.equal(environment.isFree(environment.parse(episode, status)), true);
	for (const message of [configureMessage(), runMessage(1), submit()])
		assert.equal(
			environment.isFree(environment.parse(episode, message)),
			false,
		);
});

test("A new rate and a toggle hold from the next epoch, and a toggle keeps the strength that it does not name.", async () => {
	const { act, trainer } = await begin();
	await act(
		configureMessage({
			lr_schedule: "LEARNING_RATE_SCHEDULE_COSINE",
			learning_rate: 0.1,
		}),
	);
	await act(runMessage(15));
	await act(toMessage("adjust_learning_rate", { new_lr: 0.01 }));
	await act(
		toMessage("toggle_augmentation", { enabled: true, strength: 0.25 }),
	);
	await act(runMessage(1));
	await act(toMessage("toggle_augmentation", { enabled: false }));
	await act(runMessage(1));
	await act(toMessage("toggle_augmentation", { enabled: true }));
	await act(runMessage(1));
	const [adjusted, off, on] = trainer.requests.slice(15);
	// Half way down the cosine, which goes on.
	assert.ok(Math.abs((adjusted?.learningRate as number) - 0.005) < 1e-12);
	assert.equal(adjusted?.augmentation?.strength, 0.25);
	assert.equal(off?.augmentation, undefined);
	assert.equal(on?.augmentation?.strength, 0.25);
});

test("A configuration is validated whole before any of it holds.", async () => {
	const { environment, episode, act } = await begin();
	await act(configureMessage({ dropout: 0.1 }));
	const before = copyOf(episode);
	for (const fields of [
		{ dropout: 0.4, batch_size: 33 },
		{ learning_rate: 0.1, warmup_epochs: 3 },
		{
			learning_rate: 0.1,
			lr_schedule: "LEARNING_RATE_SCHEDULE_WARMUP_COSINE",
			warmup_epochs: 20,
			weight_decay: 1,
		},
	])
		assert.throws(
			() => environment.parse(episode, configureMessage(fields)),
			failsWith("INVALID_FIELD", /^action\.configure_training\./),
		);
	assert.throws(
		() =>
			environment.parse(
				episode,
				configureMessage({
					dropout: 0.4,
					resume_from: "RESUME_FROM_BEST_CHECKPOINT",
				}),
			),
		failsWith("ACTION_NOT_POSSIBLE", /no checkpoint/),
	);
	assert.deepEqual(episode, before);
});

test("What is not possible now is refused with what is, and changes nothing.", async () => {
	const { environment, episode, act } = await begin(
		trainerOf({ validationAccuracy: 0.5 }, { diverged: true }),
	);
	const refuse = (message: Action__Output, why: RegExp) => {
		const before = copyOf(episode);
		assert.throws(
			() => environment.parse(episode, message),
			failsWith("ACTION_NOT_POSSIBLE", why),
		);
		assert.deepEqual(episode, before);
	};
	refuse(runMessage(1), /call configure_training first/);
	refuse(toMessage("adjust_learning_rate", { new_lr: 0.1 }), /first/);
	refuse(toMessage("toggle_augmentation", { enabled: true }), /first/);
	await act(configureMessage());
	await act(runMessage(20));
	refuse(runMessage(1), /diverged.*best_checkpoint or scratch/);
	await act(configureMessage({ resume_from: "RESUME_FROM_BEST_CHECKPOINT" }));
	environment.parse(episode, runMessage(1));
	episode.charged = task.budget;
	refuse(runMessage(1), /budget of 30 epochs is spent/);
});

test("A masked or contradictory flat action is the waiting one; levels that do not exist are refused.", async () => {
	const { environment, episode, act } = await begin();
	const parse = (message: Action__Output) =>
		environment.parse(episode, message);
	const waiting = { name: "get_training_status" } as const;
	assert.deepEqual(parse(toFlatMessage("run_epochs")), waiting);
	assert.deepEqual(parse(toFlatMessage("adjust_learning_rate")), waiting);
	assert.equal(environment.isFree(parse(toFlatMessage("run_epochs"))), true);
	// Warm-up of one epoch without its schedule; a checkpoint that is not there.
	assert.deepEqual(
		parse(
			toFlatMessage("configure_training", {
				"configure_training.warmup_epochs": 2,
			}),
		),
		waiting,
	);
	assert.deepEqual(
		parse(
			toFlatMessage("configure_training", {
				"configure_training.resume_from": 2,
			}),
		),
		waiting,
	);
	await act(toFlatMessage("configure_training"));
	assert.deepEqual(parse(toFlatMessage("run_epochs")), {
		name: "run_epochs",
		num_epochs: 1,
		patience_epochs: undefined,
		val_accuracy: undefined,
	});
	assert.throws(
		() => parse(toMessage("flat", { levels: [0] })),
		failsWith(
			"INVALID_FIELD",
			new RegExp(`${flatColumns(trainingActions).length} are needed`),
		),
	);
});

test("The mask of the flat observation is what flat actions meet.", async () => {
	const { environment, episode, act } = await begin();
	for (const prepare of [
		undefined,
		configureMessage(),
		runMessage(20),
		runMessage(20),
	]) {
		if (prepare !== undefined) await act(prepare);
		const mask = environment.flatten(episode).action_mask ?? [];
		trainingActions.forEach(({ name }, index) => {
			const taken = environment.parse(episode, toFlatMessage(name)).name;
			assert.equal(taken, mask[index] === true ? name : "get_training_status");
		});
	}
});

test("Epochs beyond the budget are told in the reply.", async () => {
	const { act } = await begin();
	await act(configureMessage());
	assert.equal((await act(runMessage(20))).info.notice, "");
	const { info } = await act(runMessage(20));
	assert.equal(
		info.notice,
		"The budget had only 10 of the 20 epochs left; they were trained.",
	);
	assert.deepEqual(info.training, {
		epochs_run: 10,
		stop: "RUN_STOP_BUDGET_SPENT",
		engine: "test engine",
	});
});

test("A stop before the end of the budget is not taken for a spent one.", async () => {
	const { act } = await begin();
	await act(configureMessage());
	await act(runMessage(20));
	const { info } = await act(runMessage(20, { patience_epochs: 2 }));
	assert.equal(info.notice, "");
	assert.deepEqual(info.training, {
		epochs_run: 2,
		stop: "RUN_STOP_NO_IMPROVEMENT",
		engine: "test engine",
	});
});

test("One call of ten epochs pays what ten calls of one pay.", async () => {
	const curve = Array.from(
		{ length: 10 },
		(_, index): Scripted => ({
			validationAccuracy: 0.4 + 0.05 * (index % 7),
			validationLoss: 2 - 0.2 * (index % 6),
			trainAccuracy: 0.5 + 0.05 * index,
			...(index === 9 && { diverged: true }),
		}),
	);
	const totals = await Promise.all(
		[[10], repeat(1, 10), [4, 6]].map(async (calls) => {
			const { act } = await begin(trainerOf(...curve));
			await act(configureMessage());
			let total = 0;
			for (const length of calls)
				total += rewardOf(await act(runMessage(length)));
			return total;
		}),
	);
	for (const total of totals)
		assert.ok(Math.abs(total - (totals[0] as number)) < 1e-12);
});

test("A submission ends the episode with the score as its reward, once, and what was hidden.", async () => {
	const { episode, act, trainer } = await begin();
	await act(configureMessage());
	await act(runMessage(3));
	const { ending, rewardParts } = await act(submit());
	// 0.9 on the hidden images, from 0.5 to 1.
	assert.ok(Math.abs((ending?.score as number) - 0.8) < 1e-12);
	assert.equal(ending?.reason, "END_REASON_SUBMITTED");
	assert.deepEqual(
		rewardParts.filter(({ value }) => value !== 0),
		[{ name: "submission", value: ending?.score }],
	);
	assert.deepEqual(ending?.details.training, {
		checkpoint: "CHECKPOINT_BEST",
		epoch: 2,
		test_accuracy: 0.9,
		train_accuracy: 0.95,
		accuracy_share: ending?.score,
		test_images: 5,
		epochs_charged: 3,
		engine: "test engine",
		data_set: {
			name: "mnist",
			digest: "sha256:0",
			train_images: 20,
			validation_images: 10,
		},
	});
	assert.equal(trainer.grades[0]?.state, episode.best?.state);
});

test("The last weights are graded where they are asked for, and the best for an episode that was not submitted.", async () => {
	const last = await begin();
	await last.act(configureMessage());
	await last.act(runMessage(3));
	const { ending } = await last.act(submit("CHECKPOINT_LAST"));
	assert.equal(ending?.details.training?.checkpoint, "CHECKPOINT_LAST");
	assert.equal(ending?.details.training?.epoch, 3);
	assert.equal(last.trainer.grades[0]?.state, last.episode.current);
	const graded = await begin();
	await graded.act(configureMessage());
	await graded.act(runMessage(3));
	const outcome = await graded.grade();
	assert.equal(outcome.ending?.details.training?.epoch, 2);
	assert.equal(graded.trainer.grades[0]?.state, graded.episode.best?.state);
});

test("Without an epoch the initial weights of the trial are graded.", async () => {
	const { act, trainer } = await begin();
	const { ending } = await act(submit());
	assert.equal(ending?.details.training?.epoch, 0);
	assert.equal(trainer.grades[0]?.state, undefined);
	assert.equal(trainer.grades[0]?.trial, 1);
	const scratch = await begin();
	await scratch.act(configureMessage({ resume_from: "RESUME_FROM_SCRATCH" }));
	await scratch.act(submit("CHECKPOINT_LAST"));
	assert.equal(scratch.trainer.grades[0]?.trial, 2);
});

test("Weights that are not finite score 0 and have no accuracies.", async () => {
	const { act } = await begin(
		new ScriptedTrainer(
			() => ({ diverged: true }),
			(): Grade => ({ finite: false, testAccuracy: 0, trainAccuracy: 0 }),
		),
	);
	await act(configureMessage());
	await act(runMessage(1));
	const { ending } = await act(submit());
	assert.equal(ending?.score, 0);
	const details = ending?.details.training ?? {};
	assert.ok(!("test_accuracy" in details) && !("train_accuracy" in details));
	assert.equal(details.accuracy_share, 0);
});

test("A submission pays what epochs of a call that was given up are still due.", async () => {
	const controller = new AbortController();
	const trainer = new ScriptedTrainer(({ epoch }) => {
		if (epoch === 2) {
			controller.abort();
			throw new WorkInterrupted("cancelled", true);
		}
		return { validationAccuracy: 0.5, validationLoss: Math.LN10 };
	});
	const { environment, episode, act, context } = await begin(trainer);
	await act(configureMessage());
	await assert.rejects(
		async () =>
			environment.perform(episode, environment.parse(episode, runMessage(5)), {
				...context,
				signal: controller.signal,
			}),
		failsWith("CALL_CANCELLED", /cancelled/),
	);
	environment.abandon(episode);
	const { rewardParts, ending } = await act(submit());
	assert.deepEqual(
		rewardParts.map(({ name, value }) => [name, value]),
		[
			["progress", 0.15],
			["convergence", 0],
			["divergence", 0],
			["overfitting", 0],
			["submission", ending?.score],
		],
	);
	assert.equal(ending?.details.training?.epochs_charged, 2);
});

test("A grading that is cut off changes nothing and can be asked for again.", async () => {
	for (const [interruption, reason, message] of [
		[
			new WorkInterrupted("worker-lost", true),
			"WORKER_LOST",
			/nothing has changed/,
		],
		[new WorkInterrupted("cancelled", true), "CALL_CANCELLED", /cancelled/],
	] as const) {
		const controller = new AbortController();
		let cut = true;
		const { environment, episode, act, context } = await begin(
			new ScriptedTrainer(
				() => ({}),
				() => {
					if (cut) {
						cut = false;
						if (interruption.kind === "cancelled") controller.abort();
						throw interruption;
					}
					return { finite: true, testAccuracy: 1, trainAccuracy: 1 };
				},
			),
		);
		await act(configureMessage());
		await act(runMessage(1));
		const before = copyOf(episode);
		await assert.rejects(
			async () =>
				environment.perform(episode, environment.parse(episode, submit()), {
					...context,
					signal: controller.signal,
				}),
			failsWith(reason, message),
		);
		assert.deepEqual(episode, before);
		assert.equal((await act(submit())).ending?.score, 1);
	}
});

test("Every view of a state is there, and looking changes nothing.", async () => {
	const { environment, episode, act } = await begin();
	await act(configureMessage());
	await act(runMessage(2));
	const before = copyOf(episode);
	assert.equal(environment.observe(episode).training?.current_epoch, 2);
	assert.equal(
		environment.flatten(episode).columns?.length,
		environment.tasks[0]?.observation_columns?.length,
	);
	assert.match(environment.describe(episode), /^epochs: 2 trained/m);
	assert.deepEqual(episode, before);
});

test("An error that is not ours passes through as it is.", async () => {
	const defect = new Error("a defect");
	const { act } = await begin(
		new ScriptedTrainer(
			() => ({}),
			() => {
				throw defect;
			},
		),
	);
	await assert.rejects(
		async () => act(submit()),
		(error: unknown) => {
			assert.ok(!(error instanceof NightshiftError));
			return error === defect;
		},
	);
});
