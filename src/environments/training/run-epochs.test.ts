import assert from "node:assert/strict";
import { test } from "node:test";
import type { Progress } from "../../../proto/generated/nightshift/v1/Progress.js";
import { NightshiftError } from "../../errors.js";
import { type Trainer, WorkInterrupted } from "../../training/trainer.js";
import { DEFAULT_CONFIGURATION } from "./actions.js";
import type { EpochRecord, TrainingEpisode } from "./episode.js";
import { payReward } from "./reward.js";
import { abandonRun, runEpochs } from "./run-epochs.js";
import {
	createConfigured,
	createState,
	failsWith,
	images,
	key,
	repeat,
	run,
	type Scripted,
	ScriptedTrainer,
	task,
	trainerOf,
} from "./testing.js";

const noone = () => new AbortController().signal;

function call(
	episode: TrainingEpisode,
	action: ReturnType<typeof run>,
	trainer: Trainer,
	signal = noone(),
	told: Progress[] = [],
) {
	return runEpochs(episode, action, {
		task,
		trainer,
		images,
		signal,
		onProgress: (progress) => told.push(progress),
		onTiming: () => {},
	});
}

const losses = (...values: readonly number[]): Scripted[] =>
	values.map((validationLoss) => ({ validationLoss }));
const accuracies = (...values: readonly number[]): Scripted[] =>
	values.map((validationAccuracy) => ({ validationAccuracy }));

const DIVERGED: Scripted = {
	diverged: true,
	trainLoss: Number.POSITIVE_INFINITY,
	validationLoss: undefined,
	validationAccuracy: undefined,
	trainAccuracy: undefined,
};

/** A curve that falls, each epoch another one. */
const falling = (epoch: number): Scripted => ({
	trainLoss: 2 / epoch,
	validationLoss: 2.2 / epoch,
	validationAccuracy: 1 - 0.8 / epoch,
	trainAccuracy: 1 - 0.6 / epoch,
});

test("A call trains its epochs one after the other, each from the state of the one before.", async () => {
	const episode = createConfigured();
	const trainer = new ScriptedTrainer(({ epoch }) => falling(epoch));
	assert.deepEqual(await call(episode, run(3), trainer), {
		epochsRun: 3,
		stop: "RUN_STOP_COMPLETED",
	});
	assert.equal(episode.charged, 3);
	assert.equal(episode.run, undefined);
	assert.deepEqual(episode.line, [0, 1, 2]);
	assert.deepEqual(
		trainer.requests.map(({ epoch }) => epoch),
		[1, 2, 3],
	);
	assert.equal(trainer.requests[0]?.state, undefined);
	const [, second, third] = trainer.requests;
	assert.equal(second?.state?.steps, 1);
	assert.equal(third?.state?.steps, 2);
	assert.equal(episode.current?.steps, 3);
	assert.equal(episode.momentsOf, "adam");
	assert.deepEqual(episode.epochs[1], {
		epoch: 2,
		trial: 1,
		learningRate: 1e-3,
		gradientNorm: 2,
		diverged: false,
		...falling(2),
	});
});

test("An epoch is asked for with the configuration, the schedule's rate and the episode's key and trial.", async () => {
	const episode = createConfigured({
		configuration: {
			...DEFAULT_CONFIGURATION,
			optimizer: "sgd",
			learning_rate: 0.1,
			batch_size: 128,
			weight_decay: 0.01,
			dropout: 0.25,
			lr_schedule: "warmup_cosine",
			warmup_epochs: 4,
			augmentation: true,
			augmentation_strength: 0.75,
		},
		trial: 3,
		current: createState(1),
	});
	const trainer = trainerOf({});
	await call(episode, run(2), trainer);
	const { learningRate, ...first } = trainer.requests[0] as NonNullable<
		(typeof trainer.requests)[0]
	>;
	assert.ok(Math.abs(learningRate - 0.1 / 4) < 1e-15);
	assert.ok(
		Math.abs((trainer.requests[1]?.learningRate as number) - 0.2 / 4) < 1e-15,
	);
	assert.deepEqual(first, {
		network: task.network,
		images,
		key,
		trial: 3,
		epoch: 1,
		state: createState(1),
		optimizer: "sgd",
		batchSize: 128,
		weightDecay: 0.01,
		dropout: 0.25,
		augmentation: { rule: task.augmentation, strength: 0.75 },
	});
});

test("Without augmentation none is asked for.", async () => {
	const trainer = trainerOf({});
	await call(createConfigured(), run(1), trainer);
	assert.equal(trainer.requests[0]?.augmentation, undefined);
});

test("Beyond the budget what is left is trained, and the stop says so.", async () => {
	const episode = createConfigured({ charged: 27 });
	assert.deepEqual(await call(episode, run(20), trainerOf({})), {
		epochsRun: 3,
		stop: "RUN_STOP_BUDGET_SPENT",
	});
	assert.equal(episode.charged, 30);
	const exact = createConfigured({ charged: 25 });
	assert.deepEqual(await call(exact, run(5), trainerOf({})), {
		epochsRun: 5,
		stop: "RUN_STOP_COMPLETED",
	});
});

test("A divergence ends the call; its epoch is charged and kept.", async () => {
	const episode = createConfigured();
	const trainer = trainerOf({ validationAccuracy: 0.6 }, DIVERGED);
	assert.deepEqual(
		await call(episode, run(10, { val_accuracy: 0.01 + 0.6 }), trainer),
		{ epochsRun: 2, stop: "RUN_STOP_DIVERGED" },
	);
	assert.equal(episode.charged, 2);
	assert.equal(episode.diverged, true);
	assert.equal(episode.epochs[1]?.diverged, true);
	assert.equal(episode.epochs[1]?.validationLoss, undefined);
	assert.equal(episode.paid.divergencesDue, 1);
	assert.equal(episode.best?.epoch, 1);
});

test("A divergence that was measured is no checkpoint and no best loss.", async () => {
	const episode = createConfigured();
	await call(
		episode,
		run(10),
		trainerOf(
			{ validationAccuracy: 0.5, validationLoss: 1 },
			{ validationAccuracy: 0.9, validationLoss: 11, diverged: true },
		),
	);
	assert.equal(episode.best?.epoch, 1);
	assert.equal(episode.bestLoss, 1);
	assert.equal(episode.epochs[1]?.validationLoss, 11);
});

test("An accuracy that is reached ends the call, at the first epoch that has it exactly too.", async () => {
	const curve = accuracies(0.5, 0.95, 0.96, 0.97);
	for (const [val_accuracy, epochsRun] of [
		[0.5, 1],
		[0.96, 3],
		[0.9601, 4],
	] as const) {
		const episode = createConfigured();
		assert.deepEqual(
			await call(episode, run(20, { val_accuracy }), trainerOf(...curve)),
			{ epochsRun, stop: "RUN_STOP_ACCURACY_REACHED" },
		);
		assert.equal(episode.charged, epochsRun);
	}
});

test("An accuracy that an earlier call reached does not end this one before its first epoch.", async () => {
	const episode = createConfigured();
	const trainer = trainerOf(...accuracies(0.97, 0.5, 0.5));
	await call(episode, run(1), trainer);
	assert.deepEqual(
		await call(episode, run(2, { val_accuracy: 0.96 }), trainer),
		{
			epochsRun: 2,
			stop: "RUN_STOP_COMPLETED",
		},
	);
});

test("Patience ends the call after that many epochs in a row without a new best loss of the episode.", async () => {
	const episode = createConfigured();
	assert.deepEqual(
		await call(
			episode,
			run(20, { patience_epochs: 3 }),
			trainerOf(...losses(2, 1.5, 1.6, 1.7, 1.4, 1.4, 1.5, 1.41, 1)),
		),
		{ epochsRun: 8, stop: "RUN_STOP_NO_IMPROVEMENT" },
	);
});

test("Patience counts epochs of this call, against the best of the whole episode.", async () => {
	const episode = createConfigured();
	const trainer = trainerOf(...losses(1, 1.2, 1.3, 1.1, 1.05, 1.01));
	await call(episode, run(3), trainer);
	// The two bad epochs before do not count; falling losses that are not the episode's best do.
	assert.deepEqual(
		await call(episode, run(20, { patience_epochs: 3 }), trainer),
		{ epochsRun: 3, stop: "RUN_STOP_NO_IMPROVEMENT" },
	);
});

test("When its last epoch also meets a stop condition, a reached accuracy is told before the end, and the end before patience.", async () => {
	assert.equal(
		(
			await call(
				createConfigured(),
				run(2, { val_accuracy: 0.6 }),
				trainerOf(...accuracies(0.5, 0.6)),
			)
		).stop,
		"RUN_STOP_ACCURACY_REACHED",
	);
	assert.equal(
		(
			await call(
				createConfigured(),
				run(3, { patience_epochs: 2 }),
				trainerOf(...losses(1, 1, 1)),
			)
		).stop,
		"RUN_STOP_COMPLETED",
	);
});

test("The best checkpoint has the highest accuracy, among equals the lower loss, then the earlier epoch.", async () => {
	const cases: readonly (readonly [
		readonly (readonly [accuracy: number, loss: number])[],
		number,
	])[] = [
		[
			[
				[0.5, 1],
				[0.6, 2],
				[0.55, 0.5],
			],
			2,
		],
		[
			[
				[0.6, 1],
				[0.6, 0.9],
				[0.6, 0.95],
			],
			2,
		],
		[
			[
				[0.6, 1],
				[0.6, 1],
				[0.6, 1],
			],
			1,
		],
		[
			[
				[0.6, 0.1],
				[0.61, 5],
			],
			2,
		],
	];
	for (const [curve, best] of cases) {
		const episode = createConfigured();
		const trainer = trainerOf(
			...curve.map(([validationAccuracy, validationLoss]) => ({
				validationAccuracy,
				validationLoss,
			})),
		);
		for (let epoch = 1; epoch <= curve.length; epoch++)
			await call(episode, run(1), trainer);
		assert.equal(episode.best?.epoch, best);
		const [accuracy, loss] = curve[best - 1] as readonly [number, number];
		assert.equal(episode.best?.validationAccuracy, accuracy);
		assert.equal(episode.best?.validationLoss, loss);
		assert.equal(episode.best?.state.steps, best);
		assert.equal(episode.best?.line.length, best);
		assert.equal(
			episode.bestLoss,
			Math.min(...curve.map(([, value]) => value)),
		);
	}
});

test("The trial history has a row for each configuration in a row and trial that epochs were trained under.", async () => {
	const episode = createConfigured();
	const trainer = trainerOf(
		{ validationAccuracy: 0.4, validationLoss: 2 },
		{ validationAccuracy: 0.6, validationLoss: 1 },
		{ validationAccuracy: 0.5, validationLoss: 1.5 },
		{ validationAccuracy: 0.3, validationLoss: 3 },
		DIVERGED,
		{ validationAccuracy: 0.7, validationLoss: 0.5 },
	);
	await call(episode, run(1), trainer);
	await call(episode, run(2), trainer);
	const fast = { ...DEFAULT_CONFIGURATION, learning_rate: 0.1 };
	episode.configuration = fast;
	await call(episode, run(5), trainer);
	episode.trial = 2;
	episode.diverged = false;
	await call(episode, run(1), trainer);
	assert.deepEqual(episode.trials, [
		{
			trial: 1,
			configuration: DEFAULT_CONFIGURATION,
			firstEpoch: 1,
			epochs: 3,
			bestAccuracy: 0.6,
			lastLoss: 1.5,
			diverged: false,
		},
		{
			trial: 1,
			configuration: fast,
			firstEpoch: 4,
			epochs: 2,
			bestAccuracy: 0.3,
			lastLoss: undefined,
			diverged: true,
		},
		{
			trial: 2,
			configuration: fast,
			firstEpoch: 6,
			epochs: 1,
			bestAccuracy: 0.7,
			lastLoss: 0.5,
			diverged: false,
		},
	]);
});

test("A configuration that is tried again after another has a row again, and one that trained nothing has none.", async () => {
	const episode = createConfigured();
	const trainer = trainerOf({});
	for (const dropout of [0, 0.1, 0.2, 0]) {
		episode.configuration = { ...DEFAULT_CONFIGURATION, dropout };
		if (dropout !== 0.2) await call(episode, run(1), trainer);
	}
	assert.deepEqual(
		episode.trials.map(({ configuration }) => configuration.dropout),
		[0, 0.1, 0],
	);
});

test("A row that diverged in its first epoch has reached nothing.", async () => {
	const episode = createConfigured();
	await call(episode, run(1), trainerOf(DIVERGED));
	assert.equal(episode.trials[0]?.bestAccuracy, undefined);
	assert.equal(episode.trials[0]?.diverged, true);
});

test("Progress is told within epochs and after each, by its place in the call.", async () => {
	const episode = createConfigured();
	const trainer = new ScriptedTrainer(({ epoch }) => falling(epoch));
	await call(episode, run(1), trainer);
	const told: Progress[] = [];
	await call(episode, run(2), trainer, noone(), told);
	assert.deepEqual(
		told.map(({ training }) => [
			training?.epoch_of_call,
			training?.epochs_of_call,
			training?.batch ?? training?.epoch?.epoch,
		]),
		[
			[1, 2, { epoch: 2, batch: 1, batches: 2, train_loss: 1.5 }],
			[1, 2, 2],
			[2, 2, { epoch: 3, batch: 1, batches: 2, train_loss: 1.5 }],
			[2, 2, 3],
		],
	);
	assert.deepEqual(told[1]?.training?.epoch, {
		epoch: 2,
		trial: 1,
		learning_rate: 1e-3,
		train_loss: 1,
		val_loss: 1.1,
		train_accuracy: 0.7,
		val_accuracy: 0.6,
		gradient_norm: 2,
		convergence_signal: "CONVERGENCE_SIGNAL_WARMING_UP",
		diverged: false,
	});
});

test("What is not finite is absent from an epoch's metrics.", async () => {
	const told: Progress[] = [];
	await call(
		createConfigured(),
		run(1),
		trainerOf({ ...DIVERGED, gradientNorm: Number.NaN }),
		noone(),
		told,
	);
	assert.deepEqual(told[1]?.training?.epoch, {
		epoch: 1,
		trial: 1,
		learning_rate: 1e-3,
		convergence_signal: "CONVERGENCE_SIGNAL_DIVERGED",
		diverged: true,
	});
});

test("Queue and compute time of every epoch are told.", async () => {
	const told: { queueMs: number; computeMs: number }[] = [];
	await runEpochs(createConfigured(), run(3), {
		task,
		trainer: trainerOf({}),
		images,
		signal: noone(),
		onProgress: () => {},
		onTiming: ({ queueMs, computeMs }) => told.push({ queueMs, computeMs }),
	});
	assert.deepEqual(told, repeat({ queueMs: 1, computeMs: 10 }, 3));
});

/** A trainer whose n-th request is cut off; `begun` says whether it was running. */
function cutting(cuts: Readonly<Record<number, WorkInterrupted>>) {
	const controllers = new Map<number, AbortController>();
	const trainer = new ScriptedTrainer(({ epoch }, request) => {
		const cut = cuts[request];
		if (cut !== undefined) {
			if (cut.kind === "cancelled") controllers.get(request)?.abort();
			throw cut;
		}
		return falling(epoch);
	});
	return {
		trainer,
		/** The signal of a call whose n-th request in all is the one that is cut. */
		signalFor: (request: number) => {
			const controller = new AbortController();
			controllers.set(request, controller);
			return controller.signal;
		},
	};
}
const begunCut = new WorkInterrupted("cancelled", true);
const queuedCut = new WorkInterrupted("cancelled", false);
const lost = new WorkInterrupted("worker-lost", true);

/** One whose rate falls with each epoch that is charged. */
const createFalling = (charged = 0): TrainingEpisode =>
	createConfigured({
		configuration: { ...DEFAULT_CONFIGURATION, lr_schedule: "cosine" },
		charged,
	});

/** What a call comes to that nothing cuts off. */
async function uncut(action: ReturnType<typeof run>, charged = 0) {
	const episode = createFalling(charged);
	const result = await call(
		episode,
		action,
		new ScriptedTrainer(({ epoch }) => falling(epoch)),
	);
	return { episode, result };
}

test("A call that is cut off keeps its whole epochs, and the one that had begun stays charged.", async () => {
	const episode = createConfigured();
	const { trainer, signalFor } = cutting({ 3: begunCut });
	await assert.rejects(
		call(episode, run(5), trainer, signalFor(3)),
		failsWith("CALL_CANCELLED", /cancelled/),
	);
	assert.equal(episode.epochs.length, 2);
	assert.equal(episode.charged, 3);
	assert.equal(episode.current?.steps, 2);
});

test("Taken up by the same action it comes to what the uncut call comes to, and the epoch is charged once.", async () => {
	const action = run(5, { patience_epochs: 20 });
	const expected = await uncut(action);
	for (const cutAt of [1, 2, 3, 5]) {
		const episode = createFalling();
		const { trainer, signalFor } = cutting({ [cutAt]: begunCut });
		await assert.rejects(call(episode, action, trainer, signalFor(cutAt)));
		assert.deepEqual(await call(episode, action, trainer), expected.result);
		assert.deepEqual(episode, expected.episode);
		// The epoch was asked for twice, by the same random numbers, state and rate.
		const [first, second] = trainer.requests.filter(
			({ epoch }) => epoch === cutAt,
		);
		assert.deepEqual(second, first);
	}
});

test("However often it is cut off and taken up, an epoch is charged once.", async () => {
	const expected = await uncut(run(4));
	const episode = createFalling();
	const { trainer, signalFor } = cutting({
		2: begunCut,
		3: begunCut,
		4: queuedCut,
		5: lost,
	});
	for (const request of [2, 3, 4, 5])
		await assert.rejects(call(episode, run(4), trainer, signalFor(request)));
	assert.equal(episode.charged, 2);
	assert.deepEqual(await call(episode, run(4), trainer), expected.result);
	assert.deepEqual(episode, expected.episode);
});

test("A cut in the last epoch of the budget can be taken up.", async () => {
	const expected = await uncut(run(20), 27);
	const episode = createFalling(27);
	const { trainer, signalFor } = cutting({ 3: begunCut });
	await assert.rejects(call(episode, run(20), trainer, signalFor(3)));
	assert.equal(episode.charged, 30);
	assert.deepEqual(await call(episode, run(20), trainer), expected.result);
	assert.deepEqual(episode, expected.episode);
	assert.equal(expected.result.stop, "RUN_STOP_BUDGET_SPENT");
});

test("Patience and rewards of a call that was taken up are those of the uncut one.", async () => {
	const curve = losses(1, 1.1, 1.2, 1.3, 0.5);
	const action = run(20, { patience_epochs: 3 });
	const whole = createConfigured();
	const wholeResult = await call(whole, action, trainerOf(...curve));
	const episode = createConfigured();
	let cut = true;
	const controller = new AbortController();
	const trainer = new ScriptedTrainer(({ epoch }) => {
		if (epoch === 3 && cut) {
			cut = false;
			controller.abort();
			throw begunCut;
		}
		return curve[epoch - 1] as Scripted;
	});
	await assert.rejects(call(episode, action, trainer, controller.signal));
	const result = await call(episode, action, trainer);
	assert.deepEqual(result, wholeResult);
	assert.equal(result.stop, "RUN_STOP_NO_IMPROVEMENT");
	assert.equal(result.epochsRun, 4);
	assert.deepEqual(payReward(episode, undefined), payReward(whole, undefined));
	assert.deepEqual(episode, whole);
});

test("A cut that is given up stays charged, and its epoch is trained again as the next one.", async () => {
	const episode = createConfigured();
	const { trainer, signalFor } = cutting({ 3: begunCut });
	await assert.rejects(call(episode, run(5), trainer, signalFor(3)));
	abandonRun(episode);
	assert.equal(episode.run, undefined);
	assert.deepEqual(await call(episode, run(20), trainer), {
		epochsRun: 20,
		stop: "RUN_STOP_COMPLETED",
	});
	assert.equal(episode.charged, 23);
	assert.equal(episode.epochs.length, 22);
	assert.deepEqual(
		episode.epochs.map(({ epoch }) => epoch),
		Array.from({ length: 22 }, (_, index) => index + 1),
	);
	assert.deepEqual(await call(episode, run(20), trainer), {
		epochsRun: 7,
		stop: "RUN_STOP_BUDGET_SPENT",
	});
});

test("A schedule counts an epoch that was given up, since it is off the budget.", async () => {
	const episode = createConfigured({
		configuration: { ...DEFAULT_CONFIGURATION, lr_schedule: "step" },
		scheduleStart: { charged: 0, budgetLeft: 30 },
		charged: 8,
	});
	const { trainer, signalFor } = cutting({ 2: begunCut });
	await assert.rejects(call(episode, run(5), trainer, signalFor(2)));
	abandonRun(episode);
	await call(episode, run(1), trainer);
	assert.deepEqual(
		trainer.requests.map(({ learningRate }) => learningRate),
		// Epochs 8 and 9 are in the first third, epoch 10 in the second.
		[1e-3, 1e-3, 1e-4],
	);
});

test("An epoch that was cancelled while it waited is not charged.", async () => {
	const episode = createConfigured();
	const { trainer, signalFor } = cutting({ 2: queuedCut });
	await assert.rejects(
		call(episode, run(5), trainer, signalFor(2)),
		failsWith("CALL_CANCELLED", /cancelled/),
	);
	assert.equal(episode.charged, 1);
	abandonRun(episode);
	await call(episode, run(1), trainer);
	assert.equal(episode.charged, 2);
	assert.equal(episode.epochs.length, 2);
});

test("A call whose signal is aborted before it begins asks no worker and charges nothing.", async () => {
	const controller = new AbortController();
	controller.abort();
	const episode = createConfigured();
	const trainer = trainerOf({});
	await assert.rejects(
		call(episode, run(5), trainer, controller.signal),
		failsWith("CALL_CANCELLED", /cancelled/),
	);
	assert.equal(trainer.requests.length, 0);
	assert.equal(episode.charged, 0);
});

test("A signal's own error is what the call rejects with.", async () => {
	const closing = new NightshiftError("SERVER_DRAINING", "The server closes.");
	const controller = new AbortController();
	const trainer = new ScriptedTrainer(() => {
		controller.abort(closing);
		throw begunCut;
	});
	await assert.rejects(
		call(createConfigured(), run(5), trainer, controller.signal),
		(error: unknown) => error === closing,
	);
});

test("An epoch whose worker was lost is not charged, the error says where the session stands, and the call goes on.", async () => {
	const expected = await uncut(run(4));
	const episode = createFalling();
	const { trainer } = cutting({ 3: lost });
	await assert.rejects(
		call(episode, run(4), trainer),
		failsWith(
			"WORKER_LOST",
			/in the middle of epoch 3; .* it is not charged\. Repeat the call under the same request number/,
		),
	);
	assert.equal(episode.charged, 2);
	assert.equal(episode.epochs.length, 2);
	assert.deepEqual(await call(episode, run(4), trainer), expected.result);
	assert.deepEqual(episode, expected.episode);
});

test("A failure of the trainer's own passes through and charges nothing.", async () => {
	const episode = createConfigured();
	const defect = new Error("a defect");
	const trainer = new ScriptedTrainer(() => {
		throw defect;
	});
	await assert.rejects(
		call(episode, run(4), trainer),
		(error: unknown) => error === defect,
	);
	assert.equal(episode.charged, 0);
	assert.equal(episode.epochs.length, 0);
});

test("A cancellation that comes while a whole epoch arrives keeps that epoch and charges no other.", async () => {
	const controller = new AbortController();
	const trainer = new ScriptedTrainer(({ epoch }) => {
		if (epoch === 2) controller.abort();
		return falling(epoch);
	});
	const episode = createConfigured();
	await assert.rejects(
		call(episode, run(5), trainer, controller.signal),
		failsWith("CALL_CANCELLED", /cancelled/),
	);
	assert.equal(episode.epochs.length, 2);
	assert.equal(episode.charged, 2);
	assert.equal(trainer.requests.length, 2);
});

test("An episode is plain data: a copy of it in the middle of a cut call goes on alike.", async () => {
	const episode = createFalling();
	const { trainer, signalFor } = cutting({ 3: begunCut });
	await assert.rejects(call(episode, run(5), trainer, signalFor(3)));
	const copy = structuredClone(episode);
	const goOn = () => new ScriptedTrainer(({ epoch }) => falling(epoch));
	await call(episode, run(5), goOn());
	await call(copy, run(5), goOn());
	assert.deepEqual(copy, episode);
	assert.equal((episode.epochs as EpochRecord[]).length, 5);
});
