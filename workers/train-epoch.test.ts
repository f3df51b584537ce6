import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import type { AugmentationRule } from "./augmentation.js";
import {
	type Batch,
	type Engine,
	type EvaluationMetrics,
	type Model,
	type ModelState,
	type StepMetrics,
	trainStepByStep,
	type Update,
} from "./engine.js";
import { drawSubset } from "./episode-images.js";
import { drawInitialState } from "./initial-state.js";
import {
	cancelJob,
	createJobControl,
	type EpisodeImages,
	type EpochProgress,
	type GradeJob,
	type TrainEpochJob,
	takeJob,
} from "./job.js";
import { type Network, parameterCount } from "./network.js";
import { gradeModel, trainEpoch } from "./train-epoch.js";

/** Images of 2 x 2 pixels whose first pixel is their number, so that a batch tells which images it holds. */
const COUNT = 250;
const images: EpisodeImages = {
	shape: [2, 2, 1],
	mean: [0],
	deviation: [1],
	train: {
		images: Uint8Array.from({ length: COUNT * 4 }, (_, at) =>
			at % 4 === 0 ? at / 4 : 100,
		),
		labels: Uint8Array.from({ length: COUNT }, (_, index) => index % 10),
		count: COUNT,
	},
	test: {
		images: Uint8Array.from({ length: 230 * 4 }, (_, at) => at >> 2),
		labels: new Uint8Array(230),
		count: 230,
	},
	trainCount: 150,
	validationCount: 40,
};
const network: Network = {
	name: "fake",
	input: [2, 2, 1],
	layers: [
		{ kind: "flatten" },
		{ kind: "dense", units: 30 },
		{ kind: "dense", units: 20 },
		{ kind: "dense", units: 10 },
	],
};
const key = new Uint8Array(32).fill(9);
const subset = drawSubset(images, key);
const SIZE = parameterCount(network);
const shifting: AugmentationRule = {
	rotationDegrees: 0,
	shiftShare: 0.5,
	flipProbability: 0,
	cropPadding: 0,
	colourShare: 0,
};

const stateOf = (weight: number): ModelState => ({
	weights: new Float32Array(SIZE).fill(weight),
	first: new Float32Array(SIZE).fill(weight),
	second: new Float32Array(SIZE).fill(weight),
	steps: 3,
});

type Call =
	| { readonly restored: ModelState }
	| { readonly step: Batch; readonly update: Update }
	| { readonly evaluated: Batch }
	| { readonly snapshot: ModelState };

/** An engine that trains nothing and remembers what it was asked; `step` and `evaluate` say what comes of it. */
class RecordingEngine implements Engine, Model {
	readonly name = "recording";
	readonly calls: Call[] = [];
	private readonly trained = stateOf(0.5);

	constructor(
		private readonly script: {
			readonly step?: (number: number) => StepMetrics;
			readonly evaluate?: (batch: Batch, number: number) => EvaluationMetrics;
			readonly snapshot?: ModelState;
		} = {},
	) {}

	model(): Model {
		return this;
	}

	restore(state: ModelState): void {
		this.calls.push({ restored: state });
	}

	snapshot(): ModelState {
		const snapshot = this.script.snapshot ?? this.trained;
		this.calls.push({ snapshot });
		return snapshot;
	}

	step(batch: Batch, update: Update): StepMetrics {
		this.calls.push({ step: batch, update });
		return (
			this.script.step?.(this.steps.length) ?? { loss: 1, gradientNorm: 2 }
		);
	}

	readonly stepsPerRun: number = 1;

	train(batches: Batch, updates: readonly Update[]): StepMetrics[] {
		return trainStepByStep(this, batches, updates);
	}

	evaluate(batch: Batch): EvaluationMetrics {
		this.calls.push({ evaluated: batch });
		return (
			this.script.evaluate?.(batch, this.evaluations.length) ?? {
				lossSum: batch.count,
				correct: 0,
			}
		);
	}

	get steps() {
		return this.calls.filter((call) => "step" in call);
	}

	get evaluations(): Batch[] {
		return this.calls.flatMap((call) =>
			"evaluated" in call ? [call.evaluated] : [],
		);
	}
}

/** A taken job. What it tells of its progress is read with `told`. */
function createJob(changes: Partial<TrainEpochJob> = {}): {
	job: TrainEpochJob;
	told: () => EpochProgress[];
} {
	const { port1, port2 } = new MessageChannel();
	port1.unref();
	port2.unref();
	const control = createJobControl();
	takeJob(control);
	return {
		job: {
			kind: "train-epoch",
			control,
			progress: port2,
			network,
			images,
			key,
			trial: 1,
			epoch: 1,
			state: stateOf(0),
			optimizer: "adam",
			learningRate: 0.125,
			batchSize: 32,
			weightDecay: 0.25,
			dropout: 0,
			augmentation: undefined,
			...changes,
		},
		told: () => {
			const messages: EpochProgress[] = [];
			for (;;) {
				const received = receiveMessageOnPort(port1);
				if (received === undefined) return messages;
				messages.push(received.message as EpochProgress);
			}
		},
	};
}

function gradeJob(changes: Partial<GradeJob> = {}): GradeJob {
	const control = createJobControl();
	takeJob(control);
	return {
		kind: "grade",
		control,
		network,
		images,
		key,
		trial: 1,
		state: stateOf(0),
		...changes,
	};
}

/** Which images a batch of plain ones holds. */
const numbersOf = ({ images, count }: Batch): number[] =>
	Array.from({ length: count }, (_, row) =>
		Math.round((images[row * 4] as number) * 255),
	);
const sorted = (numbers: Iterable<number>) =>
	[...numbers].sort((a, b) => a - b);

function trainedOrder(changes: Partial<TrainEpochJob> = {}): number[] {
	const engine = new RecordingEngine();
	trainEpoch(engine, createJob(changes).job);
	return engine.steps.flatMap(({ step }) => numbersOf(step));
}

test("An epoch trains on each training image once, in batches of the size asked for and a short last one.", () => {
	for (const [batchSize, sizes] of [
		[32, [32, 32, 32, 32, 22]],
		[64, [64, 64, 22]],
		[256, [150]],
	] as const) {
		const engine = new RecordingEngine();
		trainEpoch(engine, createJob({ batchSize }).job);
		assert.deepEqual(
			engine.steps.map(({ step }) => step.count),
			sizes,
		);
		assert.deepEqual(
			sorted(engine.steps.flatMap(({ step }) => numbersOf(step))),
			sorted(subset.train),
		);
	}
});

test("Labels go with their images.", () => {
	const engine = new RecordingEngine();
	trainEpoch(engine, createJob().job);
	for (const { step } of engine.steps)
		assert.deepEqual(
			[...step.labels],
			numbersOf(step).map((number) => number % 10),
		);
});

test("The order is fixed by key, trial and epoch, and is another one in each epoch and trial.", () => {
	const order = trainedOrder();
	assert.deepEqual(trainedOrder({ batchSize: 64, dropout: 0.5 }), order);
	const others = [
		trainedOrder({ epoch: 2 }),
		trainedOrder({ trial: 2 }),
		trainedOrder({ key: new Uint8Array(32) }),
		[...subset.train],
	];
	for (const other of others) assert.notDeepEqual(other, order);
});

test("The update rule of the job goes with every step.", () => {
	const engine = new RecordingEngine();
	trainEpoch(engine, createJob({ optimizer: "sgd" }).job);
	for (const { update } of engine.steps)
		assert.deepEqual(update, {
			optimizer: "sgd",
			learningRate: 0.125,
			weightDecay: 0.25,
			dropoutMasks: undefined,
		});
});

test("Dropout drops each unit with its rate and scales the kept ones by 1 / (1 - rate).", () => {
	for (const rate of [0.1, 0.25, 0.5]) {
		const engine = new RecordingEngine();
		trainEpoch(engine, createJob({ dropout: rate }).job);
		let dropped = 0;
		let all = 0;
		for (const { step, update } of engine.steps) {
			const masks = update.dropoutMasks as readonly Float32Array[];
			assert.deepEqual(
				masks.map(({ length }) => length),
				[step.count * 30, step.count * 20],
			);
			for (const factor of masks.flatMap((mask) => [...mask])) {
				assert.ok(factor === 0 || factor === Math.fround(1 / (1 - rate)));
				if (factor === 0) dropped += 1;
				all += 1;
			}
		}
		const error = Math.sqrt((rate * (1 - rate)) / all);
		assert.ok(
			Math.abs(dropped / all - rate) < 5 * error,
			`rate ${rate}: ${dropped / all}`,
		);
	}
});

test("Each hidden layer drops with the rate, and a unit is dropped for some images and kept for others.", () => {
	for (const rate of [0.1, 0.3, 0.5]) {
		const engine = new RecordingEngine();
		// Several epochs, so that each unit is seen often.
		for (let epoch = 1; epoch <= 4; epoch++)
			trainEpoch(engine, createJob({ dropout: rate, epoch }).job);
		const layers = [30, 20].map((units) =>
			Array.from({ length: units }, () => 0),
		);
		let rows = 0;
		for (const { step, update } of engine.steps) {
			rows += step.count;
			layers.forEach((dropped, layer) => {
				const mask = update.dropoutMasks?.[layer] as Float32Array;
				mask.forEach((factor, at) => {
					const unit = at % dropped.length;
					if (factor === 0) dropped[unit] = (dropped[unit] as number) + 1;
				});
			});
		}
		assert.equal(rows, 600);
		const variance = rate * (1 - rate);
		for (const dropped of layers) {
			const all = rows * dropped.length;
			const share = dropped.reduce((sum, count) => sum + count, 0) / all;
			assert.ok(Math.abs(share - rate) < 5 * Math.sqrt(variance / all));
			for (const count of dropped)
				assert.ok(
					Math.abs(count / rows - rate) < 5 * Math.sqrt(variance / rows),
				);
		}
	}
});

test("Every layer, batch, epoch and trial has dropout masks of its own.", () => {
	const masksOf = (changes: Partial<TrainEpochJob>) => {
		const engine = new RecordingEngine();
		trainEpoch(engine, createJob({ dropout: 0.5, ...changes }).job);
		return engine.steps.flatMap(({ update }) =>
			(update.dropoutMasks ?? []).map((mask) => mask.subarray(0, 60).join()),
		);
	};
	const all = [
		...masksOf({}),
		...masksOf({ epoch: 2 }),
		...masksOf({ trial: 2 }),
	];
	assert.equal(all.length, 3 * 5 * 2);
	assert.equal(new Set(all).size, all.length);
});

test("Augmentation transforms training batches alone.", () => {
	const plain = new RecordingEngine();
	trainEpoch(plain, createJob().job);
	const engine = new RecordingEngine();
	trainEpoch(
		engine,
		createJob({ augmentation: { rule: shifting, strength: 1 } }).job,
	);
	engine.steps.forEach(({ step }, index) => {
		const untouched = plain.steps[index]?.step as Batch;
		assert.notDeepEqual(step.images, untouched.images);
		assert.deepEqual(step.labels, untouched.labels);
	});
	assert.deepEqual(engine.evaluations, plain.evaluations);
});

test("Every batch, epoch and trial has augmentation of its own.", () => {
	// Equal images, so that nothing but the transform can differ.
	const equal = {
		...images,
		train: {
			...images.train,
			images: Uint8Array.from({ length: COUNT * 4 }, (_, at) => 50 * (at % 4)),
		},
	};
	const batchesOf = (changes: Partial<TrainEpochJob>) => {
		const engine = new RecordingEngine();
		trainEpoch(
			engine,
			createJob({
				images: equal,
				augmentation: { rule: shifting, strength: 1 },
				...changes,
			}).job,
		);
		return engine.steps.map(({ step }) => step.images.slice(0, 22 * 4).join());
	};
	const all = [{}, { epoch: 2 }, { trial: 2 }].flatMap(batchesOf);
	assert.equal(all.length, 3 * 5);
	assert.equal(new Set(all).size, all.length);
});

test("Augmentation of strength 0 is none.", () => {
	const order = trainedOrder();
	assert.deepEqual(
		trainedOrder({
			augmentation: { rule: { ...shifting, cropPadding: 4 }, strength: 0 },
		}),
		order,
	);
});

test("The same job asks the engine the same things twice.", () => {
	const run = () => {
		const engine = new RecordingEngine();
		const { job, told } = createJob({
			dropout: 0.3,
			augmentation: { rule: shifting, strength: 0.7 },
		});
		const outcome = trainEpoch(engine, job);
		return { calls: engine.calls, outcome, told: told() };
	};
	assert.deepEqual(run(), run());
});

test("Training goes on from the job's state, and without one from the trial's initial weights.", () => {
	const start = (changes: Partial<TrainEpochJob>) => {
		const engine = new RecordingEngine();
		trainEpoch(engine, createJob(changes).job);
		return engine.calls[0];
	};
	assert.deepEqual(start({ state: stateOf(0.75) }), {
		restored: stateOf(0.75),
	});
	assert.deepEqual(start({ state: undefined, trial: 4, epoch: 9 }), {
		restored: drawInitialState(network, key, 4),
	});
});

test("An epoch comes to its mean batch loss and gradient norm and to the engine's state.", () => {
	const { job } = createJob();
	const outcome = trainEpoch(
		new RecordingEngine({
			step: (number) => ({ loss: number, gradientNorm: 10 * number }),
		}),
		job,
	);
	assert.equal(outcome?.trainLoss, (1 + 2 + 3 + 4 + 5) / 5);
	assert.equal(outcome?.gradientNorm, 30);
	assert.equal(outcome?.diverged, false);
	assert.deepEqual(outcome?.state, stateOf(0.5));
});

test("After training the validation images are measured, then as many training images, without dropout or augmentation.", () => {
	const engine = new RecordingEngine({
		evaluate: ({ count }, number) => ({
			lossSum: count * (number === 1 ? 0.5 : 0.25),
			correct: number === 1 ? 10 : 30,
		}),
	});
	const outcome = trainEpoch(
		engine,
		createJob({
			dropout: 0.5,
			augmentation: { rule: shifting, strength: 1 },
		}).job,
	);
	const [validation, train] = engine.evaluations.map(numbersOf);
	assert.deepEqual(validation, [...subset.validation]);
	assert.equal(train?.length, 40);
	assert.equal(new Set(train).size, 40);
	assert.ok(train?.every((number) => subset.train.includes(number)));
	assert.deepEqual(outcome?.evaluation, {
		validationLoss: 0.5,
		validationAccuracy: 10 / 40,
		trainAccuracy: 30 / 40,
	});
	const last = engine.calls.findLastIndex((call) => "step" in call);
	assert.ok(engine.calls.findIndex((call) => "evaluated" in call) > last);
});

test("The measured training images are the same in every epoch and trial.", () => {
	const measured = (changes: Partial<TrainEpochJob>) => {
		const engine = new RecordingEngine();
		trainEpoch(engine, createJob(changes).job);
		return engine.evaluations.map(numbersOf);
	};
	assert.deepEqual(measured({ epoch: 7, trial: 3 }), measured({}));
});

test("Losses are means over images, whatever the batches of the evaluation.", () => {
	const outcome = trainEpoch(
		new RecordingEngine({
			evaluate: (batch) => ({
				lossSum:
					numbersOf(batch).reduce((sum, number) => sum + number, 0) / 100,
				correct: numbersOf(batch).filter((number) => number % 2 === 0).length,
			}),
		}),
		createJob({ images: { ...images, trainCount: 20, validationCount: 230 } })
			.job,
	);
	const { validation, train } = drawSubset(
		{ ...images, trainCount: 20, validationCount: 230 },
		key,
	);
	assert.ok(
		Math.abs(
			(outcome?.evaluation?.validationLoss as number) -
				validation.reduce((sum, number) => sum + number, 0) / 100 / 230,
		) < 1e-12,
	);
	assert.equal(
		outcome?.evaluation?.validationAccuracy,
		validation.filter((number) => number % 2 === 0).length / 230,
	);
	// Fewer training images than validation ones: all of them.
	assert.equal(
		outcome?.evaluation?.trainAccuracy,
		train.filter((number) => number % 2 === 0).length / 20,
	);
});

test("Progress is told at most ten times an epoch, after fixed shares of its batches, with the mean loss so far.", () => {
	for (let batches = 1; batches <= 45; batches++) {
		const { job, told } = createJob({
			batchSize: 1,
			images: { ...images, trainCount: batches },
		});
		trainEpoch(
			new RecordingEngine({
				step: (number) => ({ loss: number, gradientNorm: 1 }),
			}),
			job,
		);
		const messages = told();
		assert.ok(messages.length <= 10, `${batches} batches`);
		const share = Math.ceil(batches / 10);
		const expected = Array.from(
			{ length: batches },
			(_, index) => index + 1,
		).filter((batch) => batch % share === 0 && batch < batches);
		assert.deepEqual(
			messages,
			// 1 + 2 + ... + n = n (n + 1) / 2.
			expected.map((batch) => ({
				batch,
				batches,
				// Means grow beyond 10, which only the whole epoch's may not.
				trainLoss: (batch + 1) / 2,
			})),
		);
	}
});

/** Remembers in which sizes its batches came. */
class RunningEngine extends RecordingEngine {
	override readonly stepsPerRun = 3;
	readonly runs: number[] = [];

	override train(batches: Batch, updates: readonly Update[]): StepMetrics[] {
		this.runs.push(updates.length);
		return super.train(batches, updates);
	}
}

test("An engine that takes several steps at once is given whole batches, and what is left over one by one.", () => {
	const augmentation = { rule: shifting, strength: 1 };
	for (const changes of [{}, { dropout: 0.25 }, { augmentation }]) {
		// 150 images: nine whole batches of 16 and one of 6.
		const job = { batchSize: 16, ...changes };
		const engine = new RunningEngine();
		const one = new RecordingEngine();
		const outcome = trainEpoch(engine, createJob(job).job);
		assert.deepEqual(outcome, trainEpoch(one, createJob(job).job));
		assert.deepEqual(engine.runs, [3, 3, 3, 1]);
		assert.deepEqual(engine.calls, one.calls);
	}
});

test("Progress of several steps at once is told after the run that reaches a share.", () => {
	const { job, told } = createJob({ batchSize: 8 });
	trainEpoch(new RunningEngine(), job);
	assert.deepEqual(
		told().map(({ batch, batches }) => [batch, batches]),
		[3, 6, 9, 12, 15, 18].map((batch) => [batch, 19]),
	);
});

test("Steps of a run after the one that diverged do not count.", () => {
	const engine = new RunningEngine({
		step: (number) => ({
			loss: number === 2 ? Number.NaN : 1,
			gradientNorm: 2,
		}),
	});
	const outcome = trainEpoch(engine, createJob({ batchSize: 16 }).job);
	assert.equal(outcome?.diverged, true);
	assert.equal(outcome?.gradientNorm, 2);
	assert.ok(Number.isNaN(outcome?.trainLoss));
	assert.deepEqual(engine.runs, [3]);
});

test("A cancelled epoch stops before its next batch and gives nothing.", () => {
	for (let cancelledAt = 1; cancelledAt <= 5; cancelledAt++) {
		const { job } = createJob();
		const engine = new RecordingEngine({
			step: (number) => {
				if (number === cancelledAt) cancelJob(job.control);
				return { loss: 1, gradientNorm: 1 };
			},
		});
		assert.equal(trainEpoch(engine, job), undefined);
		assert.equal(engine.steps.length, cancelledAt);
		assert.equal(engine.evaluations.length, 0);
	}
});

test("A job that is cancelled before its first batch trains nothing.", () => {
	const { job } = createJob();
	cancelJob(job.control);
	const engine = new RecordingEngine();
	assert.equal(trainEpoch(engine, job), undefined);
	assert.equal(engine.steps.length, 0);
});

test("Evaluation and grading stop at their next batch too.", () => {
	const { job } = createJob();
	const evaluating = new RecordingEngine({
		evaluate: () => {
			cancelJob(job.control);
			return { lossSum: 1, correct: 1 };
		},
	});
	assert.equal(trainEpoch(evaluating, job), undefined);
	assert.equal(evaluating.evaluations.length, 1);
	const grade = gradeJob();
	const grading = new RecordingEngine({
		evaluate: () => {
			cancelJob(grade.control);
			return { lossSum: 1, correct: 1 };
		},
	});
	assert.equal(gradeModel(grading, grade), undefined);
	assert.equal(grading.evaluations.length, 1);
});

const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY];

test("A loss or gradient that is not finite is a divergence and stops the epoch at once.", () => {
	for (const bad of NOT_FINITE)
		for (const metrics of [
			{ loss: bad, gradientNorm: 1 },
			{ loss: 3, gradientNorm: bad },
		]) {
			const engine = new RecordingEngine({
				step: (number) => (number < 3 ? { loss: 1, gradientNorm: 1 } : metrics),
			});
			const outcome = trainEpoch(engine, createJob().job);
			assert.equal(engine.steps.length, 3);
			assert.equal(engine.evaluations.length, 0);
			assert.deepEqual(outcome, {
				state: stateOf(0.5),
				trainLoss: (1 + 1 + metrics.loss) / 3,
				gradientNorm: (1 + 1 + metrics.gradientNorm) / 3,
				diverged: true,
				evaluation: undefined,
			});
		}
});

test("A mean loss above 10 is a divergence, one of 10 is not.", () => {
	const run = (mean: number) => {
		const engine = new RecordingEngine({
			step: (number) => ({
				loss: mean + (number === 1 ? 4 : -1),
				gradientNorm: 1,
			}),
		});
		const outcome = trainEpoch(engine, createJob().job);
		assert.equal(engine.steps.length, 5);
		return { outcome, evaluations: engine.evaluations.length };
	};
	const above = run(10.25);
	assert.equal(above.outcome?.diverged, true);
	assert.equal(above.outcome?.trainLoss, 10.25);
	assert.equal(above.outcome?.evaluation, undefined);
	assert.equal(above.evaluations, 0);
	assert.equal(run(10).outcome?.diverged, false);
});

test("A validation loss above 10 or not finite is a divergence, one of 10 is not.", () => {
	const run = (loss: number) =>
		trainEpoch(
			new RecordingEngine({
				evaluate: ({ count }, number) => ({
					lossSum: number === 1 ? loss * count : count,
					correct: 4,
				}),
			}),
			createJob().job,
		);
	for (const loss of [10.25, ...NOT_FINITE]) {
		const outcome = run(loss);
		assert.equal(outcome?.diverged, true);
		assert.equal(outcome?.evaluation?.validationLoss, loss);
	}
	assert.equal(run(10)?.diverged, false);
});

test("Weights that are not finite are a divergence, however sound the losses look.", () => {
	for (const bad of NOT_FINITE) {
		const broken = stateOf(0.5);
		broken.weights[SIZE - 1] = bad;
		const outcome = trainEpoch(
			new RecordingEngine({ snapshot: broken }),
			createJob().job,
		);
		assert.equal(outcome?.diverged, true);
		assert.deepEqual(outcome?.state, broken);
	}
});

test("A grade measures every test image and every training image of the episode.", () => {
	const engine = new RecordingEngine({
		evaluate: ({ count }, number) => ({
			lossSum: 0,
			correct: number <= 2 ? count / 2 : count / 4,
		}),
	});
	assert.deepEqual(gradeModel(engine, gradeJob({ state: stateOf(0.75) })), {
		finite: true,
		testAccuracy: 0.5,
		trainAccuracy: 0.25,
	});
	assert.deepEqual(engine.calls[0], { restored: stateOf(0.75) });
	const measured = engine.evaluations.flatMap(numbersOf);
	assert.deepEqual(
		sorted(measured.slice(0, 230)),
		Array.from({ length: 230 }, (_, index) => index),
	);
	assert.deepEqual(sorted(measured.slice(230)), sorted(subset.train));
});

test("Without a state the trial's initial weights are graded.", () => {
	const engine = new RecordingEngine();
	gradeModel(engine, gradeJob({ state: undefined, trial: 3 }));
	assert.deepEqual(engine.calls[0], {
		restored: drawInitialState(network, key, 3),
	});
});

test("Weights that are not finite are not measured.", () => {
	for (const bad of NOT_FINITE) {
		const state = stateOf(0);
		state.weights[0] = bad;
		const engine = new RecordingEngine();
		assert.deepEqual(gradeModel(engine, gradeJob({ state })), {
			finite: false,
			testAccuracy: 0,
			trainAccuracy: 0,
		});
		assert.deepEqual(engine.calls, []);
	}
});
