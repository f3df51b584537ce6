import assert from "node:assert/strict";
import { test } from "node:test";
import { RandomStream } from "../../../workers/random-stream.js";
import {
	type Configuration,
	DEFAULT_CONFIGURATION,
	trainingActions,
} from "./actions.js";
import type { EpochRecord, TrainingEpisode } from "./episode.js";
import { flattenTraining, observationColumns } from "./flat-observation.js";
import {
	createConfigured,
	createEpisode,
	createEpochs,
	createState,
	repeat,
	task,
} from "./testing.js";

/** Columns by name. */
function columnsOf(episode: TrainingEpisode): Record<string, number> {
	const { columns } = flattenTraining(episode, task);
	assert.equal(columns.length, observationColumns.length);
	return Object.fromEntries(
		observationColumns.map(({ name }, index) => [
			name as string,
			columns[index] as number,
		]),
	);
}

function assertColumns(
	episode: TrainingEpisode,
	expected: Readonly<Record<string, number>>,
): void {
	const columns = columnsOf(episode);
	for (const [name, value] of Object.entries(expected))
		assert.equal(columns[name], Math.fround(value), name);
}

const LN_10 = Math.log(10);

/** Numbers that no column may pass on as they are. */
const EXTREMES = [
	Number.NaN,
	Number.POSITIVE_INFINITY,
	Number.NEGATIVE_INFINITY,
	1e30,
	0,
	-1,
];

function assertWithinBounds(episode: TrainingEpisode): void {
	flattenTraining(episode, task).columns.forEach((value, index) => {
		const { name, minimum, maximum } = observationColumns[
			index
		] as (typeof observationColumns)[0];
		assert.equal(value, Math.fround(value), name);
		// The contract tells bounds, as values, in float32.
		assert.ok(
			value >= Math.fround(Number(minimum)) &&
				value <= Math.fround(Number(maximum)),
			`${name}: ${value} is not within ${minimum}..${maximum}`,
		);
	});
}

test("Columns have names of their own, bounds and a description.", () => {
	const names = observationColumns.map(({ name }) => name);
	assert.equal(new Set(names).size, names.length);
	for (const { minimum, maximum, description } of observationColumns) {
		assert.ok(Number(minimum) < Number(maximum));
		assert.match(
			description ?? "",
			/\. Clipped to the bounds; [\d.-]+ while unknown\.$/,
		);
	}
});

test("Before the first action every column stands at what its description says of the unknown.", () => {
	const { columns } = flattenTraining(createEpisode(), task);
	columns.forEach((value, index) => {
		const { name, description } = observationColumns[
			index
		] as (typeof observationColumns)[0];
		const unknown = Number(
			/([\d.-]+) while unknown/.exec(description ?? "")?.[1],
		);
		assert.equal(
			value,
			name === "signal_not_started" ? 1 : Math.fround(unknown),
			name,
		);
	});
});

test("Columns tell the last epoch, the best one and the budget.", () => {
	assertColumns(
		createConfigured({
			charged: 6,
			epochs: createEpochs([
				{ trainLoss: 2, validationLoss: 2.25 },
				{ trainLoss: 1.5, validationLoss: 1.25 },
				{
					trainLoss: 1,
					validationLoss: 1.125,
					trainAccuracy: 0.75,
					validationAccuracy: 0.625,
					gradientNorm: 100,
				},
			]),
			best: {
				state: createState(1),
				momentsOf: "adam",
				epoch: 1,
				trial: 1,
				validationAccuracy: 0.6875,
				validationLoss: 1,
				line: [],
			},
			trial: 1,
		}),
		{
			spent_budget: 6 / 30,
			train_loss: 1,
			val_loss: 1.125,
			train_accuracy: 0.75,
			val_accuracy: 0.625,
			best_val_accuracy: 0.6875,
			epochs_since_best: 2 / 30,
			log10_learning_rate: -3,
			log10_gradient_norm: 2,
			trial: 1,
			signal_improving: 1,
			signal_stalling: 0,
			train_loss_0_ago: 1,
			train_loss_1_ago: 1.5,
			train_loss_2_ago: 2,
			train_loss_3_ago: LN_10,
			val_loss_0_ago: 1.125,
			val_loss_2_ago: 2.25,
			val_loss_9_ago: LN_10,
		},
	);
});

test("Columns tell the configuration, choices as one of several.", () => {
	const configuration: Configuration = {
		optimizer: "adamw",
		learning_rate: 0.01,
		batch_size: 256,
		weight_decay: 0.1,
		dropout: 0.5,
		lr_schedule: "warmup_cosine",
		warmup_epochs: 4,
		augmentation: true,
		augmentation_strength: 0.25,
	};
	const expected = {
		optimizer_sgd: 0,
		optimizer_adam: 0,
		optimizer_adamw: 1,
		lr_schedule_constant: 0,
		lr_schedule_step: 0,
		lr_schedule_cosine: 0,
		lr_schedule_warmup_cosine: 1,
		log2_batch_size: 8,
		weight_decay: 0.1,
		dropout: 0.5,
		warmup_epochs: 4,
		augmentation_strength: 0.25,
		log10_learning_rate: Math.log10(0.01 / 4),
	};
	assertColumns(createConfigured({ configuration }), expected);
	assertColumns(
		createConfigured({
			configuration: { ...configuration, augmentation: false },
		}),
		{ ...expected, augmentation_strength: 0 },
	);
});

test("Exactly one signal is on.", () => {
	for (const episode of [
		createEpisode(),
		createConfigured({ epochs: createEpochs([{}]) }),
		createConfigured({ epochs: createEpochs([{}, {}, {}]) }),
		createConfigured({ epochs: createEpochs([{}]), diverged: true }),
	]) {
		const on = Object.entries(columnsOf(episode)).filter(
			([name, value]) => name.startsWith("signal_") && value === 1,
		);
		assert.equal(on.length, 1);
	}
});

test("Whatever happened, every column is a float32 within its bounds.", () => {
	for (const extreme of EXTREMES)
		assertWithinBounds(
			createConfigured({
				charged: 40,
				trial: 500,
				diverged: true,
				epochs: createEpochs(
					repeat(
						{
							trainLoss: extreme,
							gradientNorm: extreme,
							validationLoss: extreme,
							validationAccuracy: extreme,
							trainAccuracy: extreme,
						},
						12,
					),
				),
			}),
		);
	const stream = new RandomStream(new Uint8Array(32), "flat");
	for (let draw = 0; draw < 200; draw++) {
		const epochs = createEpochs(
			Array.from(
				{ length: stream.nextBelow(15) },
				(): Partial<EpochRecord> => ({
					trainLoss: stream.nextBetween(0, 12),
					gradientNorm: 10 ** stream.nextBetween(-9, 9),
					validationLoss: stream.nextBetween(0, 12),
					validationAccuracy: stream.nextUnit(),
					trainAccuracy: stream.nextUnit(),
				}),
			),
		);
		assertWithinBounds(
			createConfigured({
				epochs,
				charged: epochs.length,
				configuration: {
					...DEFAULT_CONFIGURATION,
					learning_rate: 10 ** stream.nextBetween(-6, 0),
					weight_decay: 0.1,
					dropout: 0.5,
				},
			}),
		);
	}
});

test("The mask has an entry for every action, in their order, and says what is possible now.", () => {
	const maskOf = (episode: TrainingEpisode) =>
		Object.fromEntries(
			flattenTraining(episode, task).action_mask.map((possible, index) => [
				trainingActions[index]?.name,
				possible,
			]),
		);
	const all = {
		configure_training: true,
		run_epochs: true,
		adjust_learning_rate: true,
		toggle_augmentation: true,
		get_training_status: true,
		submit_model: true,
	};
	assert.deepEqual(maskOf(createConfigured()), all);
	assert.deepEqual(maskOf(createEpisode()), {
		...all,
		run_epochs: false,
		adjust_learning_rate: false,
		toggle_augmentation: false,
	});
	for (const episode of [
		createConfigured({ charged: 30 }),
		createConfigured({ diverged: true }),
	])
		assert.deepEqual(maskOf(episode), { ...all, run_epochs: false });
});
