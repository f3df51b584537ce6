import {
	type Batch,
	type EvaluationMetrics,
	type Model,
	type ModelState,
	type StepMetrics,
	trainStepByStep,
	type Update,
} from "../engine.js";
import {
	layerShapes,
	type Network,
	parameterCount,
	product,
} from "../network.js";
import { LayerStack } from "./layer-stack.js";
import { applyUpdate, type Trained } from "./optimizers.js";
import {
	softmaxCrossEntropy,
	softmaxCrossEntropyGradient,
} from "./softmax-cross-entropy.js";

/** A network's weights and moments, and memory for the largest batch so far. What a call gives never depends on that memory's size. */
export class PortableModel implements Model {
	private readonly trained: Trained;
	private readonly gradients: Float32Array;
	private readonly imageLength: number;
	private readonly classes: number;
	private stack: LayerStack;
	private logitsGradient: Float32Array;
	private steps = 0;

	constructor(private readonly network: Network) {
		const count = parameterCount(network);
		this.trained = {
			weights: new Float32Array(count),
			first: new Float32Array(count),
			second: new Float32Array(count),
		};
		this.gradients = new Float32Array(count);
		this.imageLength = product(network.input);
		this.classes = product(layerShapes(network).at(-1) as readonly number[]);
		this.stack = new LayerStack(
			network,
			this.trained.weights,
			this.gradients,
			EVALUATION_PART,
		);
		this.logitsGradient = new Float32Array(EVALUATION_PART * this.classes);
	}

	restore(state: ModelState): void {
		for (const kind of KINDS)
			this.checkLength(kind, state[kind].length, this.gradients.length);
		for (const kind of KINDS) this.trained[kind].set(state[kind]);
		this.steps = state.steps;
	}

	snapshot(): ModelState {
		const { weights, first, second } = this.trained;
		return {
			weights: weights.slice(),
			first: first.slice(),
			second: second.slice(),
			steps: this.steps,
		};
	}

	readonly stepsPerRun = 1;

	train(batches: Batch, updates: readonly Update[]): StepMetrics[] {
		return trainStepByStep(this, batches, updates);
	}

	step(batch: Batch, update: Update): StepMetrics {
		const { images, labels, count } = batch;
		this.checkBatch(batch);
		this.reserve(count);
		this.setMasks(update.dropoutMasks, count);
		const logits = this.stack.forward(images, count);
		const { lossSum } = softmaxCrossEntropy(
			logits,
			labels,
			count,
			this.classes,
		);
		softmaxCrossEntropyGradient(
			logits,
			labels,
			count,
			this.classes,
			this.logitsGradient,
		);
		this.stack.backward(this.logitsGradient, count);
		this.steps += 1;
		applyUpdate(this.trained, this.gradients, update, this.steps);
		return { loss: lossSum / count, gradientNorm: norm(this.gradients) };
	}

	evaluate(batch: Batch): EvaluationMetrics {
		const { images, labels, count } = batch;
		this.checkBatch(batch);
		this.setMasks(undefined, count);
		let lossSum = 0;
		let correct = 0;
		for (let start = 0; start < count; start += EVALUATION_PART) {
			const part = Math.min(EVALUATION_PART, count - start);
			const logits = this.stack.forward(
				images.subarray(start * this.imageLength),
				part,
			);
			const metrics = softmaxCrossEntropy(
				logits,
				labels.subarray(start),
				part,
				this.classes,
			);
			lossSum += metrics.lossSum;
			correct += metrics.correct;
		}
		return { lossSum, correct };
	}

	private reserve(count: number): void {
		if (count <= this.stack.capacity) return;
		this.stack = new LayerStack(
			this.network,
			this.trained.weights,
			this.gradients,
			count,
		);
		this.logitsGradient = new Float32Array(count * this.classes);
	}

	private setMasks(
		masks: readonly Float32Array[] | undefined,
		count: number,
	): void {
		const { dropouts } = this.stack;
		if (masks !== undefined)
			this.checkLength(
				"the list of dropout masks",
				masks.length,
				dropouts.length,
			);
		dropouts.forEach((dropout, index) => {
			const mask = masks?.[index];
			if (mask !== undefined)
				this.checkLength(
					`dropout mask ${index}`,
					mask.length,
					count * dropout.units,
				);
			dropout.mask = mask;
		});
	}

	private checkBatch({ images, labels, count }: Batch): void {
		this.checkLength(
			"the batch of images",
			images.length,
			count * this.imageLength,
		);
		this.checkLength("the batch of labels", labels.length, count);
	}

	private checkLength(what: string, length: number, expected: number): void {
		if (length !== expected)
			throw new Error(
				`${what} for network ${this.network.name} has ${length} entries instead of ${expected}`,
			);
	}
}

const KINDS = ["weights", "first", "second"] as const;
/** Images that are evaluated at a time. */
const EVALUATION_PART = 64;

function norm(values: Float32Array): number {
	let sum = 0;
	for (let at = 0; at < values.length; at++)
		sum += (values[at] as number) * (values[at] as number);
	return Math.sqrt(sum);
}
