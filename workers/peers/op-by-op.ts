import type * as tensorflow from "@tensorflow/tfjs-node";
import {
	type Batch,
	type Engine,
	type EvaluationMetrics,
	type Model,
	type ModelState,
	type StepMetrics,
	trainStepByStep,
	type Update,
} from "../engine.js";
import {
	hiddenUnits,
	layerShapes,
	type Network,
	type Parameter,
	parameterCount,
	parametersOf,
} from "../network.js";
import type { Tfjs } from "./tfjs.js";

/**
 * An engine that calls tfjs operation by operation and takes its gradients, as most programs do. It shares nothing with the two that train
 * episodes, so it tells whether they are right. The update rules are PyTorch's, written out, since tfjs's own differ (Adam's epsilon is
 * 1e-7 there, and there is no AdamW).
 */
export function createOpByOpEngine(tf: Tfjs): Engine {
	const models = new Map<string, OpByOpModel>();
	return {
		name: "tfjs, operation by operation",
		model(network: Network): Model {
			const key = JSON.stringify(network);
			const model = models.get(key) ?? new OpByOpModel(tf, network);
			models.set(key, model);
			return model;
		},
	};
}

/** The logits, count x classes. `weights` stand in the order of `parametersOf`, `masks` in that of the hidden dense layers. */
export function forwardPass(
	tf: Tfjs,
	network: Network,
	weights: readonly tensorflow.Tensor[],
	images: tensorflow.Tensor4D,
	masks: readonly tensorflow.Tensor[] | undefined,
): tensorflow.Tensor2D {
	const shapes = layerShapes(network);
	const lastLayer = network.layers.length - 1;
	let next = 0;
	const take = <T extends tensorflow.Tensor>() => weights[next++] as T;
	let hidden = 0;
	let x: tensorflow.Tensor = images;
	network.layers.forEach((layer, index) => {
		switch (layer.kind) {
			case "convolution":
				x = tf
					.conv2d(
						x as tensorflow.Tensor4D,
						take<tensorflow.Tensor4D>(),
						1,
						"same",
					)
					.add(take())
					.relu();
				break;
			case "max-pooling":
				x = tf.maxPool(x as tensorflow.Tensor4D, 2, 2, "valid");
				break;
			case "flatten":
				x = x.reshape([-1, ...(shapes[index + 1] as readonly number[])]);
				break;
			case "dense":
				x = x.matMul(take()).add(take());
				if (index === lastLayer) break;
				x = x.relu();
				if (masks !== undefined) x = x.mul(masks[hidden] as tensorflow.Tensor);
				hidden += 1;
				break;
		}
	});
	return x as tensorflow.Tensor2D;
}

class OpByOpModel implements Model {
	private readonly parameters: readonly Parameter[];
	private readonly units: readonly number[];
	private readonly weights: readonly tensorflow.Variable[];
	private readonly first: readonly tensorflow.Variable[];
	private readonly second: readonly tensorflow.Variable[];
	private steps = 0;
	readonly stepsPerRun = 1;

	constructor(
		private readonly tf: Tfjs,
		private readonly network: Network,
	) {
		this.parameters = parametersOf(network);
		this.units = hiddenUnits(network);
		const variables = () =>
			this.parameters.map(({ shape }) => tf.variable(tf.zeros([...shape])));
		this.weights = variables();
		this.first = variables();
		this.second = variables();
	}

	restore(state: ModelState): void {
		for (const kind of KINDS)
			this.parameters.forEach(({ shape, offset, size }, index) => {
				const part = state[kind].slice(offset, offset + size);
				assign(this[kind][index] as tensorflow.Variable, () =>
					this.tf.tensor(part, [...shape]),
				);
			});
		this.steps = state.steps;
	}

	train(batches: Batch, updates: readonly Update[]): StepMetrics[] {
		return trainStepByStep(this, batches, updates);
	}

	snapshot(): ModelState {
		const read = (variables: readonly tensorflow.Variable[]) => {
			const flat = new Float32Array(parameterCount(this.network));
			this.parameters.forEach(({ offset }, index) => {
				flat.set(
					(variables[index] as tensorflow.Variable).dataSync<"float32">(),
					offset,
				);
			});
			return flat;
		};
		return {
			weights: read(this.weights),
			first: read(this.first),
			second: read(this.second),
			steps: this.steps,
		};
	}

	step(batch: Batch, update: Update): StepMetrics {
		const { tf } = this;
		return tf.tidy(() => {
			const masks = update.dropoutMasks?.map((mask, index) =>
				tf.tensor2d(mask, [batch.count, this.units[index] as number]),
			);
			const images = this.imagesOf(batch);
			const labels = tf.oneHot(tf.tensor1d(batch.labels, "int32"), 10);
			const { value, grads } = tf.variableGrads(
				() =>
					tf.losses.softmaxCrossEntropy(
						labels,
						forwardPass(tf, this.network, this.weights, images, masks),
					) as tensorflow.Scalar,
				[...this.weights],
			);
			const gradients = this.weights.map(
				({ name }) => grads[name] as tensorflow.Tensor,
			);
			const squares = gradients.map((gradient) => gradient.square().sum());
			this.steps += 1;
			gradients.forEach((gradient, index) => {
				this.update(index, gradient, update);
			});
			return {
				loss: value.dataSync()[0] as number,
				gradientNorm: tf.addN(squares).sqrt().dataSync()[0] as number,
			};
		});
	}

	evaluate(batch: Batch): EvaluationMetrics {
		const { tf } = this;
		return tf.tidy(() => {
			const logits = forwardPass(
				tf,
				this.network,
				this.weights,
				this.imagesOf(batch),
				undefined,
			);
			const labels = tf.tensor1d(batch.labels, "int32");
			const entropies = tf.logSoftmax(logits).mul(tf.oneHot(labels, 10)).neg();
			return {
				lossSum: entropies.sum().dataSync()[0] as number,
				correct: logits.argMax(1).equal(labels).sum().dataSync()[0] as number,
			};
		});
	}

	/** PyTorch's SGD (momentum, no dampening), Adam and AdamW, term by term. */
	private update(
		index: number,
		gradient: tensorflow.Tensor,
		{ optimizer, learningRate, weightDecay }: Update,
	): void {
		const weights = this.weights[index] as tensorflow.Variable;
		const first = this.first[index] as tensorflow.Variable;
		const second = this.second[index] as tensorflow.Variable;
		const decayed =
			optimizer === "adamw" ? gradient : gradient.add(weights.mul(weightDecay));
		if (optimizer === "sgd") {
			assign(first, () => first.mul(MOMENTUM).add(decayed));
			assign(weights, () => weights.sub(first.mul(learningRate)));
			return;
		}
		if (optimizer === "adamw")
			assign(weights, () => weights.mul(1 - learningRate * weightDecay));
		assign(first, () => first.mul(BETA_1).add(decayed.mul(1 - BETA_1)));
		assign(second, () =>
			second.mul(BETA_2).add(decayed.square().mul(1 - BETA_2)),
		);
		assign(weights, () => {
			const mean = first.div(1 - BETA_1 ** this.steps);
			const square = second.div(1 - BETA_2 ** this.steps);
			return weights.sub(
				mean.mul(learningRate).div(square.sqrt().add(EPSILON)),
			);
		});
	}

	private imagesOf({ images, count }: Batch): tensorflow.Tensor4D {
		return this.tf.tensor4d(images, [count, ...this.network.input]);
	}
}

/** PyTorch's defaults, and the momentum of the contract; written again here, so that a wrong one in the engines shows. */
const MOMENTUM = 0.9;
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

const KINDS = ["weights", "first", "second"] as const;

function assign(
	variable: tensorflow.Variable,
	value: () => tensorflow.Tensor,
): void {
	const assigned = value();
	variable.assign(assigned);
	assigned.dispose();
}
