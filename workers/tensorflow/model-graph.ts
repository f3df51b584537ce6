import type { OptimizerName, Precision } from "../engine.js";
import {
	hiddenUnits,
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
	type Tensor,
	text,
	typeOf,
} from "./graph.js";
import { forwardPass, GraphWeights } from "./layer-passes.js";
import {
	applyUpdate,
	type StepScalars,
	type Variables,
} from "./optimizer-updates.js";

/** Which of a model's training signatures to run. */
export interface TrainVariant {
	readonly optimizer: OptimizerName;
	readonly decay: boolean;
	readonly dropout: boolean;
	/** Steps of training in one run. */
	readonly steps: number;
}

/** How a network is laid out in its graph. */
export interface GraphLayout {
	/**
	 * Equal parts of every batch, computed beside each other: TensorFlow's threads then work on a part each and wait for each other only at
	 * the update, once a step instead of once an operation.
	 */
	readonly parts: number;
	/** Beside signatures of one step there are signatures of so many: a run has a fixed cost, which small networks feel. */
	readonly stepsPerRun: number;
	readonly precision: Precision;
}

export function trainVariants(
	network: Network,
	{ stepsPerRun }: GraphLayout,
): TrainVariant[] {
	const optimizers: readonly OptimizerName[] = ["sgd", "adam", "adamw"];
	const dropouts = hiddenUnits(network).length > 0 ? [false, true] : [false];
	const runs = stepsPerRun === 1 ? [1] : [1, stepsPerRun];
	return optimizers.flatMap((optimizer) =>
		[false, true].flatMap((decay) =>
			dropouts.flatMap((dropout) =>
				runs.map((steps) => ({ optimizer, decay, dropout, steps })),
			),
		),
	);
}

export const trainSignature = ({
	optimizer,
	decay,
	dropout,
	steps,
}: TrainVariant): string =>
	`train_${optimizer}${decay ? "_decay" : ""}${dropout ? "_dropout" : ""}_${steps}`;

/**
 * The graph of a network. Weights and moments are variables in it, so they never cross into JavaScript between steps. Signatures:
 * `restore` and `snapshot` (one tensor a parameter and moment: weights_NAME, first_NAME, second_NAME), `evaluate`, and one `train_...` for
 * each variant, in which forward pass, backward pass and update are one run.
 *
 * A batch's size is open but for this: it divides into the layout's parts (and a run's batches are of one size). An image of weight 0 fills
 * it up and changes nothing.
 */
export function modelGraph(network: Network, layout: GraphLayout): Graph {
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
	const model: ModelParts = {
		graph,
		network,
		layout,
		parameters,
		variables,
		fed: {
			images: graph.placeholder("images", FLOAT, [-1, ...network.input]),
			labels: graph.placeholder("labels", INT32, [-1]),
			imageWeights: graph.placeholder("image_weights", FLOAT, [-1]),
			rates: graph.placeholder("rates", FLOAT, [-1]),
			epsilons: graph.placeholder("epsilons", FLOAT, [-1]),
			decays: graph.placeholder("decays", FLOAT, [-1]),
			masks: hiddenUnits(network).map((units, index) =>
				graph.placeholder(`mask_${index}`, FLOAT, [-1, units]),
			),
		},
	};
	evaluateSignature(model);
	for (const variant of trainVariants(network, layout))
		trainingSignature(model, variant);
	return graph;
}

interface ModelParts {
	readonly graph: Graph;
	readonly network: Network;
	readonly layout: GraphLayout;
	readonly parameters: readonly Parameter[];
	readonly variables: ReadonlyMap<string, Variables>;
	readonly fed: {
		readonly images: Tensor;
		readonly labels: Tensor;
		/** What each image counts in the loss: 1 / batch size, or 0. */
		readonly imageWeights: Tensor;
		/** One a step. */
		readonly rates: Tensor;
		readonly epsilons: Tensor;
		readonly decays: Tensor;
		readonly masks: readonly Tensor[];
	};
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
			// A copy: what is fed is JavaScript's own memory, which the binding lets go in whatever thread drops it last. A variable that took it
			// over would drop it in one of TensorFlow's threads, at its first update, and Node's heap does not bear that.
			const copy = graph.float("DeepCopy", name);
			assigned.push(
				graph.add("AssignVariableOp", [handle, copy], { dtype: typeOf(FLOAT) }),
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

/** Reads all weights once the nodes of `after` have run. */
function readWeights(
	{ graph, layout, parameters, variables }: ModelParts,
	after: readonly string[],
): GraphWeights {
	const values = parameters.map(
		({ name }) =>
			[
				name,
				graph.add(
					"ReadVariableOp",
					[(variables.get(name) as Variables).weights],
					{ dtype: typeOf(FLOAT) },
					after,
				),
			] as const,
	);
	return new GraphWeights(graph, new Map(values), layout.precision);
}

function trainingSignature(model: ModelParts, variant: TrainVariant): void {
	const { graph, layout, fed } = model;
	const { optimizer, decay, dropout, steps } = variant;
	const pieces = steps * layout.parts;
	const images = graph.split(fed.images, FLOAT, pieces);
	const labels = graph.split(fed.labels, INT32, pieces);
	const imageWeights = graph.split(fed.imageWeights, FLOAT, pieces);
	const masks = dropout
		? fed.masks.map((mask) => graph.split(mask, FLOAT, pieces))
		: [];
	const rates = graph.unpack(fed.rates, steps);
	const epsilons = optimizer === "sgd" ? [] : graph.unpack(fed.epsilons, steps);
	const decays = decay ? graph.unpack(fed.decays, steps) : [];

	const losses: Tensor[] = [];
	const norms: Tensor[] = [];
	let updated: string[] = [];
	for (let step = 0; step < steps; step++) {
		const weights = readWeights(model, updated);
		const parts = Array.from({ length: layout.parts }, (_, part) => {
			const piece = step * layout.parts + part;
			return partOfStep(model, weights, {
				images: images[piece] as Tensor,
				labels: labels[piece] as Tensor,
				imageWeights: imageWeights[piece] as Tensor,
				masks: masks.map((mask) => mask[piece] as Tensor),
			});
		});
		const gradients = new Map(
			model.parameters.map(({ name }) => [
				name,
				graph.total(parts.map((part) => part.gradients.get(name) as Tensor)),
			]),
		);
		losses.push(graph.total(parts.map(({ loss }) => loss)));
		norms.push(gradientNorm(graph, [...gradients.values()]));
		const scalars: StepScalars = {
			rate: rates[step] as Tensor,
			epsilon: epsilons[step] ?? "",
			decay: decays[step],
		};
		updated = model.parameters.map(({ name }) =>
			applyUpdate(
				graph,
				optimizer,
				model.variables.get(name) as Variables,
				{
					weights: weights.full(name),
					gradient: gradients.get(name) as Tensor,
				},
				scalars,
			),
		);
	}
	const inputs = [fed.images, fed.labels, fed.imageWeights, fed.rates];
	if (optimizer !== "sgd") inputs.push(fed.epsilons);
	if (decay) inputs.push(fed.decays);
	if (dropout) inputs.push(...fed.masks);
	const afterUpdates = (
		values: readonly Tensor[],
	): { tensor: Tensor; type: typeof FLOAT } => ({
		tensor: graph.add(
			"Identity",
			[graph.pack(values)],
			{ T: typeOf(FLOAT) },
			updated,
		),
		type: FLOAT,
	});
	graph.signature(trainSignature(variant), inputs, {
		losses: afterUpdates(losses),
		gradient_norms: afterUpdates(norms),
	});
}

function partOfStep(
	{ graph, network }: ModelParts,
	weights: GraphWeights,
	fed: {
		readonly images: Tensor;
		readonly labels: Tensor;
		readonly imageWeights: Tensor;
		readonly masks: readonly Tensor[];
	},
) {
	const { logits, backward } = forwardPass(
		graph,
		network,
		weights,
		fed.images,
		fed.masks,
	);
	const entropy = crossEntropy(graph, logits, fed.labels);
	const column = graph.add("ExpandDims", [fed.imageWeights, graph.ints(1)], {
		T: typeOf(FLOAT),
		Tdim: typeOf(INT32),
	});
	return {
		loss: sum(graph, graph.float("Mul", entropy, fed.imageWeights)),
		gradients: backward(graph.float("Mul", `${entropy}:1`, column)),
	};
}

function crossEntropy(graph: Graph, logits: Tensor, labels: Tensor): Tensor {
	return graph.add("SparseSoftmaxCrossEntropyWithLogits", [logits, labels], {
		T: typeOf(FLOAT),
		Tlabels: typeOf(INT32),
	});
}

function sum(graph: Graph, vector: Tensor): Tensor {
	return graph.add("Sum", [vector, graph.ints([0])], {
		T: typeOf(FLOAT),
		Tidx: typeOf(INT32),
		keep_dims: flag(false),
	});
}

function evaluateSignature(model: ModelParts): void {
	const { graph, network, layout, fed } = model;
	const weights = readWeights(model, []);
	const images = graph.split(fed.images, FLOAT, layout.parts);
	const labels = graph.split(fed.labels, INT32, layout.parts);
	const imageWeights = graph.split(fed.imageWeights, FLOAT, layout.parts);
	const parts = images.map((image, part) => {
		const label = labels[part] as Tensor;
		const weight = imageWeights[part] as Tensor;
		const { logits } = forwardPass(graph, network, weights, image, []);
		const guess = graph.add("ArgMax", [logits, graph.ints(1)], {
			T: typeOf(FLOAT),
			Tidx: typeOf(INT32),
			output_type: typeOf(INT64),
		});
		const right = graph.add("Equal", [guess, graph.cast(label, INT32, INT64)], {
			T: typeOf(INT64),
			incompatible_shape_error: flag(true),
		});
		const weighted = (values: Tensor) =>
			sum(graph, graph.float("Mul", values, weight));
		return {
			loss: weighted(crossEntropy(graph, logits, label)),
			correct: weighted(graph.cast(right, BOOL, FLOAT)),
		};
	});
	graph.signature("evaluate", [fed.images, fed.labels, fed.imageWeights], {
		loss_sum: {
			tensor: graph.total(parts.map(({ loss }) => loss)),
			type: FLOAT,
		},
		correct: {
			tensor: graph.total(parts.map(({ correct }) => correct)),
			type: FLOAT,
		},
	});
}

function gradientNorm(graph: Graph, gradients: readonly Tensor[]): Tensor {
	const halves = gradients.map((gradient) => graph.float("L2Loss", gradient));
	return graph.float(
		"Sqrt",
		graph.float("Mul", graph.total(halves), graph.scalar(2)),
	);
}
