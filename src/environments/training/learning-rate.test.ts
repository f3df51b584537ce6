import assert from "node:assert/strict";
import { test } from "node:test";
import type { DataSet } from "../../../datasets/load.js";
import { DataSets } from "../../training/data-sets.js";
import { key, ScriptedTrainer, task, toMessage } from "./testing.js";
import { createTrainingEnvironment } from "./training-environment.js";

/** The rates that agents are told and that epochs are trained with, through whole episodes of 30 epochs, against the formulas. */

/** Images without pixels. */
class NoPixels extends DataSets {
	constructor() {
		super({ directories: [], cacheDirectory: "", download: "never" });
	}

	override async get(): Promise<DataSet> {
		const count = task.trainImages + task.validationImages;
		const split = {
			images: new Uint8Array(new SharedArrayBuffer(count)),
			labels: new Uint8Array(new SharedArrayBuffer(count)),
			count,
		};
		return {
			name: "mnist",
			digest: "sha256:0",
			shape: [1, 1, 1],
			classes: [],
			mean: [0],
			deviation: [1],
			train: split,
			test: split,
			licence: "none",
			source: "Made for a test.",
			synthetic: true,
		};
	}
}

/** An episode of the environment as a session plays it. */
async function begin() {
	// The second epoch is the best, so that there is a checkpoint to go back to.
	const trainer = new ScriptedTrainer(({ epoch }) => ({
		validationAccuracy: epoch === 2 ? 0.9 : 0.5,
	}));
	const environment = createTrainingEnvironment(trainer, new NoPixels(), [
		task,
	]);
	const episode = await environment.start(task.id, key, "train");
	const perform = (name: string, fields: object) =>
		environment.perform(
			episode,
			environment.parse(episode, toMessage(name, fields)),
			{
				signal: new AbortController().signal,
				onProgress: ({ training }) => {
					if (training?.epoch)
						progress.push(training.epoch.learning_rate as number);
				},
				onTiming: () => {},
			},
		);
	const progress: number[] = [];
	const told: number[] = [];
	return {
		configure: (fields: object) => perform("configure_training", fields),
		adjust: (new_lr: number) => perform("adjust_learning_rate", { new_lr }),
		perform,
		/** Trains, the first two epochs by calls of their own, the rest in one. */
		async run(epochs: number): Promise<void> {
			for (let left = epochs; left > 0; ) {
				const length = left > epochs - 2 ? 1 : left;
				told.push(nextRate() as number);
				await perform("run_epochs", { num_epochs: length });
				// Within a call nothing is observed; its epochs tell their rates afterwards.
				told.push(...progress.slice(told.length));
				left -= length;
			}
		},
		nextRate,
		/** What was observed, what the progress said, what the trainer was asked for, and what the record of epochs keeps. */
		rates: () => [
			told,
			progress,
			trainer.requests.map(({ learningRate }) => learningRate),
			episode.epochs.map(({ learningRate }) => learningRate),
		],
	};

	function nextRate(): number | undefined {
		return environment.observe(episode).training?.learning_rate as
			| number
			| undefined;
	}
}

function assertRates(
	kinds: readonly (readonly number[])[],
	expected: readonly number[],
): void {
	for (const rates of kinds) {
		assert.equal(rates.length, expected.length);
		expected.forEach((value, epoch) => {
			const found = rates[epoch] as number;
			assert.ok(
				Math.abs(found - value) <= 1e-12 * value,
				`epoch ${epoch + 1}: ${found} instead of ${value}`,
			);
		});
	}
}

const T = 30;
const B = 0.02;
const WARMUP = 4;

/** The formulas of the design page: the rate k epochs after the schedule began, with T epochs left then. */
const formulas = {
	CONSTANT: (_k: number, _T: number) => 1,
	STEP: (k: number, T: number) => 10 ** -Math.floor((3 * k) / T),
	COSINE: (k: number, T: number) => (1 + Math.cos((Math.PI * k) / T)) / 2,
	WARMUP_COSINE: (k: number, T: number) =>
		k < WARMUP
			? (k + 1) / WARMUP
			: (1 + Math.cos((Math.PI * (k - WARMUP)) / (T - WARMUP))) / 2,
} as const;
const names = Object.keys(formulas) as (keyof typeof formulas)[];

const fieldsOf = (name: keyof typeof formulas) => ({
	learning_rate: B,
	lr_schedule: `LEARNING_RATE_SCHEDULE_${name}`,
	warmup_epochs: name === "WARMUP_COSINE" ? WARMUP : 0,
});

/** `count` rates of a schedule from its k-th epoch on, with a base. */
const part = (
	name: keyof typeof formulas,
	count: number,
	{ k = 0, total = T, base = B } = {},
) =>
	Array.from(
		{ length: count },
		(_, index) => base * formulas[name](k + index, total),
	);

for (const name of names) {
	test(`${name}: every epoch of the budget has the formula's rate, and after it there is none to tell.`, async () => {
		const episode = await begin();
		assert.equal(episode.nextRate(), undefined);
		await episode.configure(fieldsOf(name));
		await episode.run(20);
		await episode.run(10);
		assertRates(episode.rates(), part(name, 30));
		assert.equal(episode.nextRate(), undefined);
	});

	for (const [what, fields] of [
		["the rate", { learning_rate: B }],
		["the schedule", { lr_schedule: `LEARNING_RATE_SCHEDULE_${name}` }],
		["the warm-up", { warmup_epochs: name === "WARMUP_COSINE" ? WARMUP : 0 }],
		["the optimizer", { optimizer: "OPTIMIZER_ADAM" }],
		["the current weights", { resume_from: "RESUME_FROM_CURRENT" }],
		["the best checkpoint", { resume_from: "RESUME_FROM_BEST_CHECKPOINT" }],
		["new weights", { resume_from: "RESUME_FROM_SCRATCH" }],
	] as const)
		test(`${name}: a configuration that names ${what} begins the schedule anew over the 19 epochs left.`, async () => {
			const episode = await begin();
			await episode.configure(fieldsOf(name));
			await episode.run(11);
			await episode.configure(fields);
			await episode.run(19);
			assertRates(episode.rates(), [
				...part(name, 11),
				...part(name, 19, { total: 19 }),
			]);
		});

	test(`${name}: a configuration that names only other things, and toggled augmentation, let it run on.`, async () => {
		const episode = await begin();
		await episode.configure(fieldsOf(name));
		await episode.run(3);
		await episode.configure({ batch_size: 128, dropout: 0.2 });
		await episode.run(8);
		await episode.configure({
			weight_decay: 0.01,
			augmentation: true,
			augmentation_strength: 1,
		});
		await episode.run(7);
		await episode.perform("toggle_augmentation", { enabled: false });
		await episode.configure({});
		await episode.run(12);
		assertRates(episode.rates(), part(name, 30));
	});

	test(`${name}: adjust_learning_rate replaces the base alone, within a warm-up and after it.`, async () => {
		const episode = await begin();
		await episode.configure(fieldsOf(name));
		await episode.run(2);
		await episode.adjust(0.5);
		assertRates([[episode.nextRate() as number]], [0.5 * formulas[name](2, T)]);
		await episode.run(15);
		await episode.adjust(0.003);
		await episode.run(13);
		assertRates(episode.rates(), [
			...part(name, 2),
			...part(name, 15, { k: 2, base: 0.5 }),
			...part(name, 13, { k: 17, base: 0.003 }),
		]);
	});

	test(`${name}: a schedule that begins anew keeps the adjusted base, unless it names another.`, async () => {
		const episode = await begin();
		await episode.configure(fieldsOf(name));
		await episode.run(5);
		await episode.adjust(0.5);
		await episode.configure({ resume_from: "RESUME_FROM_SCRATCH" });
		await episode.run(6);
		await episode.configure({ learning_rate: 0.01 });
		await episode.run(19);
		assertRates(episode.rates(), [
			...part(name, 5),
			...part(name, 6, { total: 25, base: 0.5 }),
			...part(name, 19, { total: 19, base: 0.01 }),
		]);
	});
}

test("One schedule after another: each begins at its first epoch, over what is left then.", async () => {
	const episode = await begin();
	await episode.configure(fieldsOf("COSINE"));
	await episode.run(7);
	await episode.configure(fieldsOf("WARMUP_COSINE"));
	await episode.run(10);
	await episode.configure(fieldsOf("STEP"));
	await episode.run(13);
	assertRates(episode.rates(), [
		...part("COSINE", 7),
		...part("WARMUP_COSINE", 10, { total: 23 }),
		...part("STEP", 13, { total: 13 }),
	]);
});
