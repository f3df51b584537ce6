import type * as tensorflow from "@tensorflow/tfjs-node";
import { type Batch, EPSILON, type ModelState } from "../engine.js";
import { type Network, parametersOf } from "../network.js";
import { forwardPass } from "./op-by-op.js";
import type { Tfjs } from "./tfjs.js";

/** Training with tfjs as it is usually written: its own Adam, no dropout, no weight decay. Benchmarks compare with it. */
export interface UsualTraining {
	readonly name: string;
	/** One step on one batch: the mean loss before the update, nats. */
	step(batch: TensorBatch): Promise<number>;
	close(): void;
}

/** A batch that stands in tensors already. */
export interface TensorBatch {
	/** Count x height x width x channels. */
	readonly images: tensorflow.Tensor4D;
	/** Count x 10, 1 at the label. */
	readonly labels: tensorflow.Tensor2D;
}

/** The batch's tensors; whoever asked for them disposes of them. */
export function toTensors(
	tf: Tfjs,
	network: Network,
	{ images, labels, count }: Batch,
): TensorBatch {
	return {
		images: tf.tensor4d(images, [count, ...network.input]),
		labels: tf.tidy(
			() =>
				tf
					.oneHot(tf.tensor1d(labels, "int32"), 10)
					.toFloat() as tensorflow.Tensor2D,
		),
	};
}

/** `tf.sequential`, `compile` and `trainOnBatch`, beginning at the state's weights. */
export function createLayersTraining(
	tf: Tfjs,
	network: Network,
	{ weights }: Pick<ModelState, "weights">,
	learningRate: number,
): UsualTraining {
	const model = tf.sequential({ layers: toLayers(tf, network) });
	const optimizer = createAdam(tf, learningRate);
	model.compile({ optimizer, loss: "categoricalCrossentropy" });
	const tensors = toWeightTensors(tf, network, weights);
	model.setWeights(tensors);
	tf.dispose(tensors);
	return {
		name: "tf.sequential with trainOnBatch",
		step: async ({ images, labels }) =>
			(await model.trainOnBatch(images, labels)) as number,
		close() {
			optimizer.dispose();
			model.dispose();
		},
	};
}

/** Operations and `optimizer.minimize`, beginning at the state's weights. */
export function createMinimizeTraining(
	tf: Tfjs,
	network: Network,
	{ weights }: Pick<ModelState, "weights">,
	learningRate: number,
): UsualTraining {
	const variables = toWeightTensors(tf, network, weights).map((tensor) => {
		const variable = tf.variable(tensor);
		tensor.dispose();
		return variable;
	});
	const optimizer = createAdam(tf, learningRate);
	return {
		name: "tf.train.adam with minimize",
		async step({ images, labels }) {
			const loss = optimizer.minimize(
				() =>
					tf.losses.softmaxCrossEntropy(
						labels,
						forwardPass(tf, network, variables, images, undefined),
					) as tensorflow.Scalar,
				true,
				variables,
			) as tensorflow.Scalar;
			const [value] = loss.dataSync();
			loss.dispose();
			return value as number;
		},
		close() {
			optimizer.dispose();
			tf.dispose(variables);
		},
	};
}

/** With PyTorch's epsilon, so that losses can be compared. */
function createAdam(tf: Tfjs, learningRate: number) {
	return tf.train.adam(learningRate, undefined, undefined, EPSILON);
}

function toLayers(tf: Tfjs, network: Network): tensorflow.layers.Layer[] {
	return network.layers.map((layer, index) => {
		const input = index === 0 ? { inputShape: [...network.input] } : {};
		const isLast = index === network.layers.length - 1;
		switch (layer.kind) {
			case "convolution":
				return tf.layers.conv2d({
					...input,
					filters: layer.filters,
					kernelSize: 3,
					padding: "same",
					activation: "relu",
				});
			case "max-pooling":
				return tf.layers.maxPooling2d({ ...input, poolSize: 2 });
			case "flatten":
				return tf.layers.flatten(input);
			case "dense":
				return tf.layers.dense({
					...input,
					units: layer.units,
					activation: isLast ? "softmax" : "relu",
				});
		}
		return layer satisfies never;
	});
}

function toWeightTensors(
	tf: Tfjs,
	network: Network,
	weights: Float32Array,
): tensorflow.Tensor[] {
	return parametersOf(network).map(({ shape, offset, size }) =>
		tf.tensor(weights.slice(offset, offset + size), [...shape]),
	);
}
