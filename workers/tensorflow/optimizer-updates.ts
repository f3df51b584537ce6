import { BETA_1, BETA_2, MOMENTUM, type OptimizerName } from "../engine.js";
import { FLOAT, flag, type Graph, type Tensor, typeOf } from "./graph.js";

/** The handles of one parameter's variables. */
export interface Variables {
	readonly weights: Tensor;
	readonly first: Tensor;
	readonly second: Tensor;
}

/** Scalars of one step. */
export interface StepScalars {
	/** Learning rate; for adam and adamw with the bias corrections in it (adamCorrections). */
	readonly rate: Tensor;
	/** For adam and adamw. */
	readonly epsilon: Tensor;
	/** Weight decay; for adamw learning rate x weight decay. Absent without decay. */
	readonly decay: Tensor | undefined;
}

/** Adds the update of one parameter and names the node that must run. Rules and order as PyTorch's SGD, Adam and AdamW. */
export function applyUpdate(
	graph: Graph,
	optimizer: OptimizerName,
	variables: Variables,
	{ weights, gradient }: { weights: Tensor; gradient: Tensor },
	{ rate, epsilon, decay }: StepScalars,
): string {
	const attributes = { T: typeOf(FLOAT), use_locking: flag(false) };
	const decayed =
		decay === undefined || optimizer === "adamw"
			? gradient
			: graph.float("AddV2", gradient, graph.float("Mul", weights, decay));
	// adamw's decay is taken off the weights before the step.
	const shrink =
		decay !== undefined && optimizer === "adamw"
			? [
					graph.add(
						"AssignSubVariableOp",
						[variables.weights, graph.float("Mul", weights, decay)],
						{ dtype: typeOf(FLOAT) },
						// Not before the gradient is known: it is of the weights as they were.
						[gradient],
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
	// The bias corrections come in through `rate` and `epsilon`, so the kernel's own powers are 0.
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
