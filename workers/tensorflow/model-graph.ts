import { BETA_1, BETA_2, MOMENTUM, type OptimizerName } from "../engine.js";
import {
	hiddenUnits,
	layerShapes,
	type Network,
	type Parameter,
	parametersOf,
} from "../network.js";
import {
	BOOL,
	FLOAT,
	flag,
	Graph,
	INT32,
	INT64,
	integers,
	type Tensor,
	text,
	typeOf,
} from "./graph.js";

/** Which of a model's training signatures to run. */
export interface TrainVariant {
	readonly optimizer: OptimizerName;
	readonly decay: boolean;
	readonly dropout: boolean;
}

export const OPTIMIZERS: readonly OptimizerName[] = ["sgd", "adam", "adamw"];

export const trainSignature = ({
	optimizer,
	decay,
	dropout,
}: TrainVariant): string =>
	`train_${optimizer}${decay ? "_decay" : ""}${dropout ? "_dropout" : ""}`;

/**
 * The graph of a network. Weights and moments are variables in it, so they never cross into JavaScript between steps. Signatures:
 * `restore` and `snapshot` (one tensor a parameter and moment: weights_NAME, first_NAME, second_NAME), `evaluate`, and one `train_...` for
 * each variant, in which forward pass, backward pass and update are one run. The batch's size is open.
 */
export function modelGraph(network: Network): Graph {
	const graph = new Graph();
	const parameters = parametersOf(network);
	const variables = new Map<string, Variables>();
	for (const parameter of parameters)
		variables.set(parameter.name, {
			weights: variable(graph, `weights_${parameter.name}`, parameter),
			first: variable(graph, `first_${parameter.name}`, parameter),
			second: variable(graph, `second_${parameter.name}`, parameter),
		});
	stateSignatures(graph, parameters, variables);

	const images = graph.placeholder("images", FLOAT, [-1, ...network.input]);
	const labels = graph.placeholder("labels", INT32, [-1]);
	const inverseCount = graph.placeholder("inverse_count", FLOAT, []);
	const rate = graph.placeholder("rate", FLOAT, []);
	const epsilon = graph.placeholder("epsilon", FLOAT, []);
	const decay = graph.placeholder("decay", FLOAT, []);
	const masks = hiddenUnits(network).map((units, index) =>
		graph.placeholder(`mask_${index}`, FLOAT, [-1, units]),
	);
	const weights = new Map(
		parameters.map(({ name }) => [
			name,
			graph.add(
				"ReadVariableOp",
				[(variables.get(name) as Variables).weights],
				{ dtype: typeOf(FLOAT) },
			),
		]),
	);

	evaluateSignature(
		graph,
		forwardPass(graph, network, weights, images, []).logits,
		labels,
	);
	for (const dropout of masks.length > 0 ? [false, true] : [false]) {
		const { logits, backward } = forwardPass(
			graph,
			network,
			weights,
			images,
			dropout ? masks : [],
		);
		const entropy = crossEntropy(graph, logits, labels);
		const loss = graph.add("Mean", [entropy, graph.ints([0])], {
			T: typeOf(FLOAT),
			Tidx: typeOf(INT32),
			keep_dims: flag(false),
		});
		const gradients = backward(
			graph.float("Mul", `${entropy}:1`, inverseCount),
		);
		const norm = gradientNorm(graph, [...gradients.values()]);
		for (const optimizer of OPTIMIZERS) {
			for (const withDecay of [false, true]) {
				const updates = parameters.map((parameter) => {
					const inputs = {
						weights: weights.get(parameter.name) as Tensor,
						gradient: gradients.get(parameter.name) as Tensor,
					};
					return applyUpdate(
						graph,
						optimizer,
						variables.get(parameter.name) as Variables,
						inputs,
						{ rate, epsilon, decay: withDecay ? decay : undefined },
					);
				});
				const fed = ["images", "labels", "inverse_count", "rate"];
				if (optimizer !== "sgd") fed.push("epsilon");
				if (withDecay) fed.push("decay");
				if (dropout) fed.push(...masks);
				graph.signature(
					trainSignature({ optimizer, decay: withDecay, dropout }),
					fed,
					{
						loss: {
							tensor: graph.add(
								"Identity",
								[loss],
								{ T: typeOf(FLOAT) },
								updates,
							),
							type: FLOAT,
						},
						gradient_norm: {
							tensor: graph.add(
								"Identity",
								[norm],
								{ T: typeOf(FLOAT) },
								updates,
							),
							type: FLOAT,
						},
					},
				);
			}
		}
	}
	return graph;
}

interface Variables {
	readonly weights: Tensor;
	readonly first: Tensor;
	readonly second: Tensor;
}

function variable(graph: Graph, name: string, { shape }: Parameter): Tensor {
	const attributes = {
		dtype: typeOf(FLOAT),
		shape: { shape: { dim: shape.map((size) => ({ size })) } },
		shared_name: text(name),
		container: text(""),
	};
	return graph.add("VarHandleOp", [], attributes, [], `variable_${name}`);
}

function stateSignatures(
	graph: Graph,
	parameters: readonly Parameter[],
	variables: ReadonlyMap<string, Variables>,
): void {
	const inputs: string[] = [];
	const assigned: string[] = [];
	const outputs: Record<string, { tensor: Tensor; type: typeof FLOAT }> = {};
	for (const parameter of parameters) {
		for (const [kind, handle] of Object.entries(
			variables.get(parameter.name) as Variables,
		) as [string, Tensor][]) {
			const name = `${kind}_${parameter.name}`;
			inputs.push(graph.placeholder(name, FLOAT, parameter.shape));
			assigned.push(
				graph.add("AssignVariableOp", [handle, name], { dtype: typeOf(FLOAT) }),
			);
			outputs[name] = {
				tensor: graph.add("ReadVariableOp", [handle], { dtype: typeOf(FLOAT) }),
				type: FLOAT,
			};
		}
	}
	graph.signature("restore", inputs, {
		done: {
			tensor: graph.add(
				"Identity",
				[graph.ints(1)],
				{ T: typeOf(INT32) },
				assigned,
			),
			type: INT32,
		},
	});
	graph.signature("snapshot", [], outputs);
}

/** The logits, and how a gradient at the logits becomes the gradients of all parameters. */
function forwardPass(
	graph: Graph,
	network: Network,
	weights: ReadonlyMap<string, Tensor>,
	images: Tensor,
	masks: readonly Tensor[],
) {
	const shapes = layerShapes(network);
	const gradients = new Map<string, Tensor>();
	const tape: ((gradient: Tensor) => Tensor | undefined)[] = [];
	const firstTrained = network.layers.findIndex(
		({ kind }) => kind === "convolution" || kind === "dense",
	);
	const lastDense = network.layers.findLastIndex(
		({ kind }) => kind === "dense",
	);
	let hidden = 0;
	let x = images;
	network.layers.forEach((layer, index) => {
		const input = x;
		const inputShape = shapes[index] as readonly number[];
		const kernel = weights.get(`kernel_${index}`) as Tensor;
		const bias = weights.get(`bias_${index}`) as Tensor;
		switch (layer.kind) {
			case "convolution": {
				const attributes = {
					T: typeOf(FLOAT),
					strides: integers([1, 1, 1, 1]),
					padding: text("SAME"),
					data_format: text("NHWC"),
					dilations: integers([1, 1, 1, 1]),
				};
				const output = graph.float(
					"Relu",
					graph.float(
						"BiasAdd",
						graph.add("Conv2D", [input, kernel], attributes),
						bias,
					),
				);
				tape.push((gradient) => {
					const local = graph.float("ReluGrad", gradient, output);
					gradients.set(`bias_${index}`, graph.float("BiasAddGrad", local));
					const kernelShape = graph.ints([
						3,
						3,
						inputShape[2] as number,
						layer.filters,
					]);
					gradients.set(
						`kernel_${index}`,
						graph.add(
							"Conv2DBackpropFilter",
							[input, kernelShape, local],
							attributes,
						),
					);
					if (index === firstTrained) return undefined;
					const inputSizes = graph.add("Shape", [input], {
						T: typeOf(FLOAT),
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
					T: typeOf(FLOAT),
					ksize: integers([1, 2, 2, 1]),
					strides: integers([1, 2, 2, 1]),
					padding: text("VALID"),
					data_format: text("NHWC"),
				};
				const output = graph.add("MaxPool", [input], attributes);
				tape.push((gradient) =>
					graph.add("MaxPoolGrad", [input, output, gradient], attributes),
				);
				x = output;
				break;
			}
			case "flatten": {
				const reshape = (value: Tensor, shape: readonly number[]) =>
					graph.add("Reshape", [value, graph.ints([-1, ...shape])], {
						T: typeOf(FLOAT),
						Tshape: typeOf(INT32),
					});
				x = reshape(input, shapes[index + 1] as readonly number[]);
				tape.push((gradient) =>
					index < firstTrained ? undefined : reshape(gradient, inputShape),
				);
				break;
			}
			case "dense": {
				const isHidden = index !== lastDense;
				const sums = graph.float(
					"BiasAdd",
					graph.matrixProduct(input, kernel, false, false),
					bias,
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

function crossEntropy(graph: Graph, logits: Tensor, labels: Tensor): Tensor {
	return graph.add("SparseSoftmaxCrossEntropyWithLogits", [logits, labels], {
		T: typeOf(FLOAT),
		Tlabels: typeOf(INT32),
	});
}

function evaluateSignature(graph: Graph, logits: Tensor, labels: Tensor): void {
	const sum = (value: Tensor, type: typeof FLOAT | typeof INT32) =>
		graph.add("Sum", [value, graph.ints([0])], {
			T: typeOf(type),
			Tidx: typeOf(INT32),
			keep_dims: flag(false),
		});
	const guess = graph.add("ArgMax", [logits, graph.ints(1)], {
		T: typeOf(FLOAT),
		Tidx: typeOf(INT32),
		output_type: typeOf(INT64),
	});
	const label = graph.add("Cast", [labels], {
		SrcT: typeOf(INT32),
		DstT: typeOf(INT64),
		Truncate: flag(false),
	});
	const right = graph.add("Equal", [guess, label], {
		T: typeOf(INT64),
		incompatible_shape_error: flag(true),
	});
	const correct = graph.add("Cast", [right], {
		SrcT: typeOf(BOOL),
		DstT: typeOf(INT32),
		Truncate: flag(false),
	});
	graph.signature("evaluate", ["images", "labels"], {
		loss_sum: {
			tensor: sum(crossEntropy(graph, logits, labels), FLOAT),
			type: FLOAT,
		},
		correct: { tensor: sum(correct, INT32), type: INT32 },
	});
}

function gradientNorm(graph: Graph, gradients: readonly Tensor[]): Tensor {
	const halves = gradients.map((gradient) => graph.float("L2Loss", gradient));
	const sum = graph.add("AddN", halves, {
		N: { i: halves.length },
		T: typeOf(FLOAT),
	});
	return graph.float("Sqrt", graph.float("Mul", sum, graph.scalar(2)));
}

/** Adds the update of one parameter and names the node that must run. Kernels and order as PyTorch's SGD, Adam and AdamW. */
function applyUpdate(
	graph: Graph,
	optimizer: OptimizerName,
	variables: Variables,
	{ weights, gradient }: { weights: Tensor; gradient: Tensor },
	{
		rate,
		epsilon,
		decay,
	}: { rate: Tensor; epsilon: Tensor; decay: Tensor | undefined },
): string {
	const attributes = { T: typeOf(FLOAT), use_locking: flag(false) };
	const decayed =
		decay === undefined || optimizer === "adamw"
			? gradient
			: graph.float("AddV2", gradient, graph.float("Mul", weights, decay));
	// adamw: `decay` is learning rate x weight decay, taken off the weights before the step.
	const shrink =
		decay !== undefined && optimizer === "adamw"
			? [
					graph.add(
						"AssignSubVariableOp",
						[variables.weights, graph.float("Mul", weights, decay)],
						{ dtype: typeOf(FLOAT) },
					),
				]
			: [];
	if (optimizer === "sgd") {
		return graph.add(
			"ResourceApplyMomentum",
			[
				variables.weights,
				variables.first,
				rate,
				decayed,
				graph.scalar(MOMENTUM),
			],
			{ ...attributes, use_nesterov: flag(false) },
		);
	}
	// The bias corrections come in through `rate` and `epsilon` (see adamCorrections), so the kernel's own powers are 0.
	const zero = graph.scalar(0);
	return graph.add(
		"ResourceApplyAdam",
		[
			variables.weights,
			variables.first,
			variables.second,
			zero,
			zero,
			rate,
			graph.scalar(BETA_1),
			graph.scalar(BETA_2),
			epsilon,
			decayed,
		],
		{ ...attributes, use_nesterov: flag(false) },
		shrink,
	);
}
