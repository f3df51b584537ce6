import type { Precision } from "../engine.js";
import { layerShapes, type Network } from "../network.js";
import {
	BFLOAT16,
	FLOAT,
	type Graph,
	INT32,
	integers,
	type Tensor,
	text,
	typeOf,
} from "./graph.js";

/** A network's weights in a graph: float32, and convolutions' kernels and biases also as they are computed with. */
export class GraphWeights {
	constructor(
		private readonly graph: Graph,
		/** By the parameter's name. */
		private readonly values: ReadonlyMap<string, Tensor>,
		readonly precision: Precision,
	) {}

	private readonly rounded = new Map<string, Tensor>();

	full(name: string): Tensor {
		const value = this.values.get(name);
		if (value === undefined) throw new Error(`there is no parameter ${name}`);
		return value;
	}

	/** For a convolution; rounded once, however many parts of a batch use it. */
	convolutional(name: string): Tensor {
		if (this.precision === "float32") return this.full(name);
		const known = this.rounded.get(name);
		if (known !== undefined) return known;
		const value = this.graph.cast(this.full(name), FLOAT, BFLOAT16);
		this.rounded.set(name, value);
		return value;
	}
}

/**
 * Adds the forward pass of one part of a batch. Gives the logits, and how their gradient becomes the gradients of all parameters. `masks`:
 * one a hidden dense layer, or none without dropout.
 *
 * A convolution that is pooled is rectified with it: relu(max(x)) = max(relu(x)), so the gradient passes the ReLU, and is summed for the
 * bias, where it has a quarter of the pixels.
 */
export function forwardPass(
	graph: Graph,
	network: Network,
	weights: GraphWeights,
	images: Tensor,
	masks: readonly Tensor[],
): {
	readonly logits: Tensor;
	readonly backward: (atLogits: Tensor) => ReadonlyMap<string, Tensor>;
} {
	const shapes = layerShapes(network);
	const gradients = new Map<string, Tensor>();
	const tape: ((gradient: Tensor) => Tensor | undefined)[] = [];
	const firstTrained = network.layers.findIndex(
		({ kind }) => kind === "convolution" || kind === "dense",
	);
	const lastDense = network.layers.findLastIndex(
		({ kind }) => kind === "dense",
	);
	const bf16 = weights.precision === "bf16";
	const spatial = bf16 ? BFLOAT16 : FLOAT;
	/** To and from the numbers in which images are computed. */
	const toSpatial = (value: Tensor) =>
		bf16 ? graph.cast(value, FLOAT, BFLOAT16) : value;
	const fromSpatial = (value: Tensor) =>
		bf16 ? graph.cast(value, BFLOAT16, FLOAT) : value;
	const spatialOp = (op: string, ...inputs: readonly Tensor[]) =>
		graph.add(op, inputs, { T: typeOf(spatial) });
	/** The gradient before a convolution's ReLU, and that of its bias. */
	const rectified = (layer: number, gradient: Tensor, output: Tensor) => {
		const local = spatialOp("ReluGrad", gradient, output);
		gradients.set(
			`bias_${layer}`,
			graph.float("BiasAddGrad", fromSpatial(local)),
		);
		return local;
	};

	let hidden = 0;
	let x = network.layers[0]?.kind === "flatten" ? images : toSpatial(images);
	network.layers.forEach((layer, index) => {
		const input = x;
		const inputShape = shapes[index] as readonly number[];
		switch (layer.kind) {
			case "convolution": {
				const kernel = weights.convolutional(`kernel_${index}`);
				const attributes = {
					T: typeOf(spatial),
					strides: integers([1, 1, 1, 1]),
					padding: text("SAME"),
					data_format: text("NHWC"),
					dilations: integers([1, 1, 1, 1]),
				};
				const output = spatialOp(
					"Relu",
					spatialOp(
						"BiasAdd",
						graph.add("Conv2D", [input, kernel], attributes),
						weights.convolutional(`bias_${index}`),
					),
				);
				const pooled = network.layers[index + 1]?.kind === "max-pooling";
				tape.push((gradient) => {
					const local = pooled ? gradient : rectified(index, gradient, output);
					const kernelShape = graph.ints([
						3,
						3,
						inputShape[2] as number,
						layer.filters,
					]);
					gradients.set(
						`kernel_${index}`,
						fromSpatial(
							graph.add(
								"Conv2DBackpropFilter",
								[input, kernelShape, local],
								attributes,
							),
						),
					);
					if (index === firstTrained) return undefined;
					const inputSizes = graph.add("Shape", [input], {
						T: typeOf(spatial),
						out_type: typeOf(INT32),
					});
					return graph.add(
						"Conv2DBackpropInput",
						[inputSizes, kernel, local],
						attributes,
					);
				});
				x = output;
				break;
			}
			case "max-pooling": {
				const attributes = {
					T: typeOf(spatial),
					ksize: integers([1, 2, 2, 1]),
					strides: integers([1, 2, 2, 1]),
					padding: text("VALID"),
					data_format: text("NHWC"),
				};
				const output = graph.add("MaxPool", [input], attributes);
				const previous = network.layers[index - 1]?.kind;
				tape.push((gradient) => {
					if (index < firstTrained) return undefined;
					const local =
						previous === "convolution"
							? rectified(index - 1, gradient, output)
							: gradient;
					return graph.add("MaxPoolGrad", [input, output, local], attributes);
				});
				x = output;
				break;
			}
			case "flatten": {
				const reshape = (value: Tensor, shape: readonly number[]) =>
					graph.add("Reshape", [value, graph.ints([-1, ...shape])], {
						T: typeOf(FLOAT),
						Tshape: typeOf(INT32),
					});
				x = reshape(
					index === 0 ? input : fromSpatial(input),
					shapes[index + 1] as readonly number[],
				);
				tape.push((gradient) =>
					index < firstTrained
						? undefined
						: toSpatial(reshape(gradient, inputShape)),
				);
				break;
			}
			case "dense": {
				const kernel = weights.full(`kernel_${index}`);
				const isHidden = index !== lastDense;
				const sums = graph.float(
					"BiasAdd",
					graph.matrixProduct(input, kernel, false, false),
					weights.full(`bias_${index}`),
				);
				const active = isHidden ? graph.float("Relu", sums) : sums;
				const mask = isHidden ? masks[hidden++] : undefined;
				tape.push((gradient) => {
					const kept =
						mask === undefined ? gradient : graph.float("Mul", gradient, mask);
					const local = isHidden ? graph.float("ReluGrad", kept, active) : kept;
					gradients.set(`bias_${index}`, graph.float("BiasAddGrad", local));
					gradients.set(
						`kernel_${index}`,
						graph.matrixProduct(input, local, true, false),
					);
					return index === firstTrained
						? undefined
						: graph.matrixProduct(local, kernel, false, true);
				});
				x = mask === undefined ? active : graph.float("Mul", active, mask);
				break;
			}
		}
	});
	const backward = (atLogits: Tensor): ReadonlyMap<string, Tensor> => {
		let gradient: Tensor | undefined = atLogits;
		for (const back of tape.toReversed()) {
			if (gradient === undefined) break;
			gradient = back(gradient);
		}
		return gradients;
	};
	return { logits: x, backward };
}
