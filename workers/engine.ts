import type { Network } from "./network.js";

export type OptimizerName = "sgd" | "adam" | "adamw";

/** In which numbers convolutions and poolings are computed; everything else is float32 always. */
export type Precision = "float32" | "bf16";

/** What trains: native TensorFlow, or portable JavaScript. Bit for bit, results depend on it, so its name says what they depend on. */
export interface Engine {
	/** For example "tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512, float32)". */
	readonly name: string;
	/** The model of a network; one and the same object for the same network. It keeps its weights between steps. */
	model(network: Network): Model;
}

/** Weights in the engine. Everything is synchronous: a worker thread does one thing at a time. */
export interface Model {
	/** Copies weights and moments in. */
	restore(state: ModelState): void;
	/** Copies weights and moments out. */
	snapshot(): ModelState;
	/** One step of training on one batch. */
	step(batch: Batch, update: Update): StepMetrics;
	/** How many steps `train` takes best at once. It takes as many, or one. */
	readonly stepsPerRun: number;
	/**
	 * A step for each update, on as many batches of one size, which stand one after the other in `batches`. The updates differ in learning
	 * rate and masks alone.
	 */
	train(batches: Batch, updates: readonly Update[]): StepMetrics[];
	/** Evaluation mode (no dropout), any number of images. */
	evaluate(batch: Batch): EvaluationMetrics;
}

/** All of a training's numbers, flat, in the order of `parametersOf`. */
export interface ModelState {
	readonly weights: Float32Array;
	/** Momentum (sgd) or first moment (adam, adamw). */
	readonly first: Float32Array;
	/** Second moment (adam, adamw); zeros for sgd. */
	readonly second: Float32Array;
	/** Steps that the moments have seen. */
	readonly steps: number;
}

export interface Batch {
	/** Normalised, count x height x width x channels. */
	readonly images: Float32Array;
	/** 0..9, count. */
	readonly labels: Int32Array;
	readonly count: number;
}

/** `train` of a model that takes one step at a time. */
export function trainStepByStep(
	model: Pick<Model, "step">,
	batches: Batch,
	updates: readonly Update[],
): StepMetrics[] {
	return updates.map((update, index) =>
		model.step(batchOf(batches, index, updates.length), update),
	);
}

/** The `index`-th of `count` batches of one size that stand one after the other. */
export function batchOf(batches: Batch, index: number, count: number): Batch {
	if (count === 1) return batches;
	const size = batches.count / count;
	const values = batches.images.length / count;
	return {
		images: batches.images.subarray(index * values, (index + 1) * values),
		labels: batches.labels.subarray(index * size, (index + 1) * size),
		count: size,
	};
}

export interface Update {
	readonly optimizer: OptimizerName;
	readonly learningRate: number;
	readonly weightDecay: number;
	/** For each hidden dense layer count x units factors: 0 where dropped, else 1 / (1 - rate); absent without dropout. */
	readonly dropoutMasks: readonly Float32Array[] | undefined;
}

export interface StepMetrics {
	/** Mean cross-entropy of the batch before the update, nats. */
	readonly loss: number;
	/** L2 norm of the gradient of that loss. */
	readonly gradientNorm: number;
}

export interface EvaluationMetrics {
	/** Sum of the images' cross-entropies, nats. */
	readonly lossSum: number;
	/** Images whose greatest logit is their label's. */
	readonly correct: number;
}

export const MOMENTUM = 0.9;
export const BETA_1 = 0.9;
export const BETA_2 = 0.999;
export const EPSILON = 1e-8;

/**
 * Adam's bias corrections, folded as in Kingma and Ba's section 2 into the rate and the epsilon of step t (from 1), in double precision:
 * w -= rate x m / (sqrt(v) + epsilon) then equals PyTorch's w -= lr / (1 - b1^t) x m / (sqrt(v / (1 - b2^t)) + 1e-8).
 */
export function adamCorrections(
	learningRate: number,
	t: number,
): { rate: number; epsilon: number } {
	const root = Math.sqrt(1 - BETA_2 ** t);
	return {
		rate: (learningRate * root) / (1 - BETA_1 ** t),
		epsilon: EPSILON * root,
	};
}
