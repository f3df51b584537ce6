import type { Batch, Engine, Model, Update } from "./engine.js";
import {
	BatchReader,
	drawSubset,
	type EpisodeSubset,
} from "./episode-images.js";
import { drawInitialState } from "./initial-state.js";
import {
	type EpisodeImages,
	type EpochProgress,
	isCancelled,
	type TrainEpochJob,
} from "./job.js";
import type { EpochEvaluation, EpochOutcome, Grade } from "./job-result.js";
import { hiddenUnits } from "./network.js";
import { RandomStream } from "./random-stream.js";

/** A loss above this is a divergence. */
const DIVERGED_LOSS = 10;
/** Progress is told this many times an epoch, after fixed shares of its batches. */
const PROGRESS_SHARES = 10;
/** Images an evaluation run; the last run of a set may be shorter. */
const EVALUATION_BATCH = 200;

/** One epoch and its evaluation; nothing when the caller gave it up. */
export function trainEpoch(
	engine: Engine,
	job: TrainEpochJob,
): EpochOutcome | undefined {
	const { network, images, key, trial, epoch, batchSize } = job;
	const model = engine.model(network);
	const reader = new BatchReader(images);
	const subset = drawSubset(images, key);
	model.restore(job.state ?? drawInitialState(network, key, trial));

	const order = new RandomStream(key, "order", trial, epoch)
		.permutation(images.trainCount)
		.map((position) => subset.train[position] as number);
	const batches = Math.ceil(order.length / batchSize);
	const wholeBatches = Math.floor(order.length / batchSize);
	const tellEvery = Math.ceil(batches / PROGRESS_SHARES);
	let lossSum = 0;
	let normSum = 0;
	let done = 0;
	while (done < batches) {
		if (isCancelled(job.control)) return undefined;
		const first = done;
		// Steps go together where the engine takes several at once; the short last batch goes alone.
		const steps =
			wholeBatches - first >= model.stepsPerRun ? model.stepsPerRun : 1;
		const run = readTrainingRun(reader, job, order, first, steps);
		for (const { loss, gradientNorm } of model.train(run.images, run.updates)) {
			lossSum += loss;
			normSum += gradientNorm;
			done += 1;
			// TensorFlow's ReLU takes NaN for 0, so the loss alone can look sound: the gradient must be finite too.
			if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
				return {
					state: model.snapshot(),
					trainLoss: lossSum / done,
					gradientNorm: normSum / done,
					diverged: true,
					evaluation: undefined,
				};
		}
		if (
			Math.floor(done / tellEvery) > Math.floor(first / tellEvery) &&
			done < batches
		)
			job.progress.postMessage({
				batch: done,
				batches,
				trainLoss: lossSum / done,
			} satisfies EpochProgress);
	}
	const trainLoss = lossSum / batches;
	const gradientNorm = normSum / batches;
	if (trainLoss > DIVERGED_LOSS)
		return {
			state: model.snapshot(),
			trainLoss,
			gradientNorm,
			diverged: true,
			evaluation: undefined,
		};
	const evaluation = evaluateEpoch(model, reader, images, subset, job);
	if (evaluation === undefined) return undefined;
	const state = model.snapshot();
	const diverged =
		!(evaluation.validationLoss <= DIVERGED_LOSS) ||
		!state.weights.every(Number.isFinite);
	return { state, trainLoss, gradientNorm, diverged, evaluation };
}

/** Accuracy of the job's weights on the hidden test split and on all training images; nothing when the caller gave it up. */
export function gradeModel(
	engine: Engine,
	job: Pick<
		TrainEpochJob,
		"network" | "images" | "key" | "trial" | "state" | "control"
	>,
): Grade | undefined {
	const { network, images, key, trial } = job;
	const state = job.state ?? drawInitialState(network, key, trial);
	if (!state.weights.every(Number.isFinite))
		return { finite: false, testAccuracy: 0, trainAccuracy: 0 };
	const model = engine.model(network);
	model.restore(state);
	const reader = new BatchReader(images);
	const test = measure(
		model,
		(indices) => reader.read(images.test, indices),
		everyIndex(images.test.count),
		job,
	);
	const train =
		test &&
		measure(
			model,
			(indices) => reader.read(images.train, indices),
			drawSubset(images, key).train,
			job,
		);
	return (
		test &&
		train && {
			finite: true,
			testAccuracy: test.accuracy,
			trainAccuracy: train.accuracy,
		}
	);
}

/** The batches from the `first` on, `steps` of them, and their updates. */
function readTrainingRun(
	reader: BatchReader,
	job: TrainEpochJob,
	order: Uint32Array,
	first: number,
	steps: number,
): { images: Batch; updates: Update[] } {
	const { augmentation, batchSize, key, trial, epoch } = job;
	const indices = order.subarray(
		first * batchSize,
		(first + steps) * batchSize,
	);
	const numbers = Array.from({ length: steps }, (_, step) => first + step);
	const images =
		augmentation === undefined || augmentation.strength === 0
			? reader.read(job.images.train, indices)
			: reader.readAugmented(
					job.images.train,
					indices,
					augmentation.rule,
					augmentation.strength,
					numbers.map(
						(batch) =>
							new RandomStream(key, "augmentation", trial, epoch, batch),
					),
				);
	const updates = numbers.map((batch) => ({
		optimizer: job.optimizer,
		learningRate: job.learningRate,
		weightDecay: job.weightDecay,
		dropoutMasks: drawDropoutMasks(job, images.count / steps, batch),
	}));
	return { images, updates };
}

/** Inverted dropout: a kept unit counts 1 / (1 - rate). */
function drawDropoutMasks(
	{ network, dropout, key, trial, epoch }: TrainEpochJob,
	count: number,
	batch: number,
): Float32Array[] | undefined {
	const hidden = hiddenUnits(network);
	if (dropout === 0 || hidden.length === 0) return undefined;
	const kept = 1 / (1 - dropout);
	return hidden.map((units, layer) => {
		const stream = new RandomStream(key, "dropout", trial, epoch, batch, layer);
		const mask = new Float32Array(count * units);
		for (let unit = 0; unit < mask.length; unit++)
			mask[unit] = stream.nextUnit() < dropout ? 0 : kept;
		return mask;
	});
}

function evaluateEpoch(
	model: Model,
	reader: BatchReader,
	images: EpisodeImages,
	subset: EpisodeSubset,
	job: TrainEpochJob,
): EpochEvaluation | undefined {
	const read = (indices: Uint32Array) => reader.read(images.train, indices);
	const validation = measure(model, read, subset.validation, job);
	// The subset stands in random order, so its first images are a fixed draw.
	const train =
		validation &&
		measure(model, read, subset.train.subarray(0, images.validationCount), job);
	return (
		validation &&
		train && {
			validationLoss: validation.loss,
			validationAccuracy: validation.accuracy,
			trainAccuracy: train.accuracy,
		}
	);
}

function measure(
	model: Model,
	read: (indices: Uint32Array) => Batch,
	indices: Uint32Array,
	{ control }: Pick<TrainEpochJob, "control">,
): { loss: number; accuracy: number } | undefined {
	let lossSum = 0;
	let correct = 0;
	for (let first = 0; first < indices.length; first += EVALUATION_BATCH) {
		if (isCancelled(control)) return undefined;
		const part = model.evaluate(
			read(indices.subarray(first, first + EVALUATION_BATCH)),
		);
		lossSum += part.lossSum;
		correct += part.correct;
	}
	return { loss: lossSum / indices.length, accuracy: correct / indices.length };
}

function everyIndex(count: number): Uint32Array {
	return Uint32Array.from({ length: count }, (_, index) => index);
}
