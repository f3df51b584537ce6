import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Action } from "../../../clients/typescript/index.js";
import type { DataSet, DataSetFamily } from "../../../datasets/load.js";
import type { TrainingResult__Output as TrainingResult } from "../../../proto/generated/nightshift/v1/TrainingResult.js";
import { HeldTrainer } from "../../sessions/testing-training.js";
import type { Trainer } from "../../training/trainer.js";
import { createWorkerPool } from "../../training/worker-pool.js";
import { networksOf } from "./tasks.js";
import {
	adjust,
	configure,
	DrawnDataSets,
	type Played,
	playSmall,
	run,
	type SmallTask,
	script,
	serveSmall,
	smallTasks,
	status,
	submit,
	submitLast,
	toggle,
} from "./testing-play.js";

/** What went wrong in the environment that this one grew out of, fault by fault in the design page's order, on real trainings over the wire. */

process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
const trainer = await createWorkerPool({
	engine: "auto",
	threads: 2,
	networks: networksOf(Object.values(smallTasks)),
});
after(() => trainer.close());
const dataSets = new DrawnDataSets();

test("Submitting untrained scored 0.40 and 0.50: now no part of a score counts without accuracy above the floor.", async (context) => {
	const client = (await serveSmall(context, trainer, dataSets)).client();
	for (const task of Object.keys(smallTasks) as SmallTask[])
		for (const play of [
			script(submit),
			// As efficient, as stable and with as small a gap as can be, and untrained all the same.
			script(configure({ learning_rate: 1e-6 }), run(10), submitLast),
		]) {
			const { score, total, result } = await playSmall(client, task, play);
			assert.equal(score, 0);
			assert.ok(total <= 0.05, `${total}`);
			assert.equal(result?.training?.accuracy_share, 0);
		}
});

test("Submitting paid less than never submitting: now it pays the score, and never submitting pays no more.", async (context) => {
	const client = (await serveSmall(context, trainer, dataSets)).client();
	for (const task of Object.keys(smallTasks) as SmallTask[]) {
		const train = script(configure(), run(8));
		const left = await playSmall(client, task, train);
		const finished = await playSmall(client, task, async (agent) => {
			await train(agent);
			await agent.finish();
		});
		const submitted = await playSmall(client, task, async (agent) => {
			await train(agent);
			await agent.act(submit);
		});
		const score = submitted.score as number;
		assert.ok(score > 0.1, `${score}`);
		assertNear(submitted.total, left.total + score);
		assert.equal(finished.total, submitted.total);
	}
});

test("Polling the status farmed 0.05 a call: now it pays nothing.", async (context) => {
	const client = (await serveSmall(context, trainer, dataSets)).client();
	const { rewards } = await playSmall(client, "accuracy", async (agent) => {
		await agent.act(status, configure(), status, run(2), status, status);
		await agent.act(run(2), status);
	});
	assert.equal(rewards.length, 8);
	rewards.forEach((reward, step) => {
		assert.equal(reward > 0, step === 3 || step === 6, `step ${step}`);
	});
});

test("One-epoch steps farmed the convergence bonus: now it is paid once, however the epochs are cut into calls.", async (context) => {
	const client = (await serveSmall(context, trainer, dataSets)).client();
	const convergence = async (calls: readonly number[]) => {
		let paid = 0;
		const { last } = await playSmall(client, "accuracy", async (agent) => {
			await agent.act(configure());
			for (const epochs of calls) {
				const { reward_breakdown } = await agent.act(run(epochs));
				paid +=
					reward_breakdown.find(({ name }) => name === "convergence")?.value ??
					Number.NaN;
			}
		});
		return { paid, lowest: Math.min(...last.val_loss_history_last_10) };
	};
	const { paid, lowest } = await convergence([10]);
	assertNear(paid, 0.05 * Math.log(Math.LN10 / lowest));
	assertNear((await convergence(Array(10).fill(1))).paid, paid);
	assertNear((await convergence([3, 1, 6])).paid, paid);
});

test("A change of dropout by 0.01 gave the whole budget back: now what is spent stays spent.", async (context) => {
	const client = (await serveSmall(context, trainer, dataSets)).client();
	const { budget } = smallTasks.accuracy;
	await playSmall(client, "accuracy", async (agent) => {
		await agent.act(configure(), run(7));
		for (const changes of [
			{ dropout: 0.01 },
			{ dropout: 0.02 },
			{ optimizer: "OPTIMIZER_SGD", batch_size: 128 },
			{ resume_from: "RESUME_FROM_BEST_CHECKPOINT" },
			{ resume_from: "RESUME_FROM_SCRATCH" },
		] as const) {
			await agent.act(configure(changes));
			assert.equal(agent.seen.remaining_budget, budget - 7);
			assert.equal(agent.seen.current_epoch, 7);
		}
		await agent.act(run(8), configure({ dropout: 0.01 }), run(8));
		assert.equal(agent.seen.current_epoch, budget);
		await agent.act(configure({ dropout: 0.02 }));
		assert.equal(agent.seen.remaining_budget, 0);
		assert.equal(await agent.refused(run(1)), "ACTION_NOT_POSSIBLE");
	});
});

test("Augmentation never took effect: now it changes what is trained, from the next epoch on.", async (context) => {
	const client = (await serveSmall(context, trainer, dataSets)).client();
	for (const task of Object.keys(smallTasks) as SmallTask[]) {
		const plain = await losses(client, task, configure(), run(1), run(2));
		const toggled = await losses(
			client,
			task,
			configure(),
			run(1),
			toggle(true, 1),
			run(2),
		);
		const configured = await losses(
			client,
			task,
			configure({ augmentation: true, augmentation_strength: 1 }),
			run(3),
		);
		assert.equal(toggled[0], plain[0]);
		// Transformed images are harder to learn.
		assert.ok((toggled[1] as number) > (plain[1] as number));
		assert.ok((toggled[2] as number) > (plain[2] as number));
		assert.ok((configured[2] as number) > (plain[2] as number));
	}
});

test("adjust_learning_rate was ignored under warm-up: now the next epoch has the new rate, in warm-up too.", async (context) => {
	const client = (await serveSmall(context, trainer, dataSets)).client();
	const warmingUp = [
		configure({
			learning_rate: 0.01,
			lr_schedule: "LEARNING_RATE_SCHEDULE_WARMUP_COSINE",
			warmup_epochs: 5,
		}),
		run(2),
	];
	const rates: (number | undefined)[] = [];
	await playSmall(client, "accuracy", async (agent) => {
		await agent.act(...warmingUp);
		rates.push(agent.seen.learning_rate);
		await agent.act(adjust(0.001));
		rates.push(agent.seen.learning_rate);
	});
	// The third of five epochs of warm-up.
	assertNear(rates[0] as number, 0.006);
	assertNear(rates[1] as number, 0.0006);
	const kept = await losses(client, "accuracy", ...warmingUp, run(2));
	const adjusted = await losses(
		client,
		"accuracy",
		...warmingUp,
		adjust(0.001),
		run(2),
	);
	assert.deepEqual(adjusted.slice(0, 2), kept.slice(0, 2));
	assert.notEqual(adjusted[2], kept[2]);
	assert.notEqual(adjusted[3], kept[3]);
});

test("One wrecking last epoch repaired the generalisation score: now gap and accuracy are those of the same weights.", async (context) => {
	const client = (await serveSmall(context, trainer, dataSets)).client();
	const overfit = [configure(), run(16)];
	const wreck = [
		configure({ optimizer: "OPTIMIZER_SGD", learning_rate: 0.1 }),
		run(1),
	];
	const play = (...actions: readonly Action[]) =>
		playSmall(client, "generalisation", script(...actions));
	const honest = await play(...overfit, submit);
	const wrecked = await play(...overfit, ...wreck, submit);
	const gapOf = ({ last }: Played) =>
		(last.train_accuracy as number) - (last.val_accuracy as number);
	assert.ok(gapOf(honest) > 0.12, "it overfits");
	assert.ok(gapOf(wrecked) < 0.12, "the wreck closes the last epoch's gap");
	assert.deepEqual(
		{ ...wrecked.result?.training, epochs_charged: 0 },
		{ ...honest.result?.training, epochs_charged: 0 },
	);
	const last = await play(...overfit, ...wreck, submitLast);
	const graded = last.result?.training as TrainingResult;
	const gap =
		(graded.train_accuracy as number) - (graded.test_accuracy as number);
	assertNear(
		graded.generalisation_share as number,
		Math.min(1, Math.max(0, 1 - gap / 0.12)),
	);
	assert.ok((last.score as number) < (honest.score as number));
});

/** Drawn images, of which those of the hidden split carry labels that are wrong throughout. */
class MislabelledTest extends DrawnDataSets {
	override async get(family: DataSetFamily): Promise<DataSet> {
		const dataSet = await super.get(family);
		const labels = new Uint8Array(
			new SharedArrayBuffer(dataSet.test.labels.length),
		);
		labels.set(dataSet.test.labels.map((label) => (label + 1) % 10));
		return { ...dataSet, test: { ...dataSet.test, labels } };
	}
}

test("It graded on the data that it showed: now only hidden images decide.", async (context) => {
	const play = async (data: DrawnDataSets) =>
		playSmall(
			(await serveSmall(context, trainer, data)).client(),
			"accuracy",
			script(configure(), run(12), submit),
		);
	const [real, mislabelled] = [
		await play(dataSets),
		await play(new MislabelledTest()),
	];
	assert.ok((real.score as number) > 0.3, "it has learned");
	assert.ok((mislabelled.last.val_accuracy as number) > 0.5);
	assert.deepEqual(
		mislabelled.last.val_loss_history_last_10,
		real.last.val_loss_history_last_10,
	);
	assert.ok((mislabelled.result?.training?.train_accuracy as number) > 0.5);
	assert.ok((mislabelled.result?.training?.test_accuracy as number) < 0.2);
	assert.equal(mislabelled.score, 0);
});

test("First-epoch divergence was hidden: now it is told, charged and paid for.", async (context) => {
	const client = (await serveSmall(context, trainer, dataSets)).client();
	const { rewards, score } = await playSmall(
		client,
		"generalisation",
		async (agent) => {
			// Adam moves every weight by about the rate in each step.
			await agent.act(configure({ learning_rate: 1 }));
			const { info } = await agent.act(run(5));
			assert.equal(info?.training?.epochs_run, 1);
			assert.equal(info?.training?.stop, "RUN_STOP_DIVERGED");
			const { seen } = agent;
			assert.equal(seen.is_diverged, true);
			assert.equal(seen.convergence_signal, "CONVERGENCE_SIGNAL_DIVERGED");
			assert.equal(seen.current_epoch, 1);
			assert.equal(seen.remaining_budget, smallTasks.generalisation.budget - 1);
			assert.equal(seen.best_val_accuracy, undefined);
			assert.equal(seen.trials[0]?.diverged, true);
			assert.equal(await agent.refused(run(1)), "ACTION_NOT_POSSIBLE");
			await agent.act(submit);
		},
	);
	assertNear(rewards[1] as number, -0.2);
	assert.equal(score, 0);
});

test("Concurrent sessions changed each other's results: now each comes to what it comes to alone.", async (context) => {
	const client = (await serveSmall(context, trainer, dataSets)).client();
	/** Draws from every stream: subset, weights, order, dropout, augmentation, new weights. */
	const play = (task: SmallTask, seed: number) =>
		playSmall(
			client,
			task,
			script(
				configure({ dropout: 0.3, augmentation: true }),
				run(2),
				configure({ resume_from: "RESUME_FROM_SCRATCH" }),
				run(1),
				submit,
			),
			{ seed },
		);
	const all = (Object.keys(smallTasks) as SmallTask[]).flatMap((task) =>
		[1, 2].map((seed) => [task, seed] as const),
	);
	const alone: Played[] = [];
	for (const [task, seed] of all) alone.push(await play(task, seed));
	const together = await Promise.all(
		all.toReversed().map(([task, seed]) => play(task, seed)),
	);
	assert.deepEqual(together.toReversed(), alone);
	assert.equal(new Set(alone.map(({ total }) => total)).size, all.length);
});

/** Counts the epochs that reach the workers. */
class CountedTrainer implements Trainer {
	readonly epochs: number[] = [];
	running = 0;
	mostAtOnce = 0;

	constructor(private readonly inner: Trainer) {}

	get engine() {
		return this.inner.engine;
	}

	async trainEpoch(...[request, options]: Parameters<Trainer["trainEpoch"]>) {
		this.epochs.push(request.epoch);
		this.running += 1;
		this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
		try {
			return await this.inner.trainEpoch(request, options);
		} finally {
			this.running -= 1;
		}
	}

	grade(...[request, options]: Parameters<Trainer["grade"]>) {
		return this.inner.grade(request, options);
	}

	close(): Promise<void> {
		return this.inner.close();
	}
}

test("A tool time-out left the training running and racing with the next call: now it stops, and the next call has the session alone.", {
	timeout: 60_000,
}, async (context) => {
	const counted = new CountedTrainer(trainer);
	const held = new HeldTrainer(counted);
	const server = await serveSmall(context, held, dataSets);
	const client = server.client();
	const changes = { dropout: 0.3 };
	const calm = await playSmall(
		client,
		"accuracy",
		script(configure(), run(2), configure(changes), run(1)),
	);
	counted.epochs.length = 0;
	const raced = await playSmall(client, "accuracy", async (agent) => {
		await agent.act(configure());
		const { epochGate } = held;
		epochGate.shut();
		const controller = new AbortController();
		const call = agent.session.step(run(20), {
			signal: controller.signal,
			onProgress: () => {},
		});
		call.catch(() => {});
		for (let epoch = 1; epoch <= 2; epoch++) {
			await epochGate.holds();
			epochGate.letOn();
		}
		// The third epoch has begun when the caller's patience ends.
		await epochGate.holds();
		controller.abort();
		await assert.rejects(call, { code: "CANCELLED" });
		await server.calls.ended("StepStream");
		const next = agent.act(configure(changes), run(1));
		epochGate.open();
		await next;
		await agent.session.refresh();
		assert.equal(agent.session.info.state, "SESSION_STATE_IDLE");
	});
	assert.deepEqual(counted.epochs, [1, 2, 3]);
	assert.equal(counted.mostAtOnce, 1);
	assert.equal(counted.running, 0);
	assert.equal(raced.last.current_epoch, 3);
	// The epoch that was cut stays charged, and changed nothing.
	assert.equal(
		raced.last.remaining_budget,
		(calm.last.remaining_budget as number) - 1,
	);
	assert.deepEqual(
		raced.last.val_loss_history_last_10,
		calm.last.val_loss_history_last_10,
	);
	assert.deepEqual(raced.last.trials, calm.last.trials);
});

/** Training losses of the epochs, in order. */
async function losses(
	client: Parameters<typeof playSmall>[0],
	task: SmallTask,
	...actions: readonly Action[]
): Promise<readonly number[]> {
	const { last } = await playSmall(client, task, script(...actions));
	return last.loss_history_last_10;
}

function assertNear(actual: number, expected: number): void {
	assert.ok(
		Math.abs(actual - expected) < 1e-9,
		`${actual} instead of ${expected}`,
	);
}
