import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type * as tensorflow from "@tensorflow/tfjs-node";
import {
	adamCorrections,
	type Batch,
	type Engine,
	type EvaluationMetrics,
	type Model,
	type ModelState,
	type Precision,
	type StepMetrics,
	type Update,
} from "../engine.js";
import {
	hiddenUnits,
	type Network,
	type Parameter,
	parameterCount,
	parametersOf,
	product,
} from "../network.js";
import {
	type GraphLayout,
	modelGraph,
	trainSignature,
	trainVariants,
} from "./model-graph.js";

type TensorFlow = typeof tensorflow;
type SavedModel = Awaited<ReturnType<TensorFlow["node"]["loadSavedModel"]>>;
type Tensors = Record<string, tensorflow.Tensor>;

/**
 * Loads native TensorFlow into this thread. Never on the main thread: it takes a second and blocks while it computes. Throws when the
 * native add-on is not in place. `networks` are loaded at once, so that a step never waits for that.
 */
export async function createTensorFlowEngine(
	name: string,
	networks: readonly Network[],
	precision: Precision = "float32",
): Promise<Engine> {
	const tf = loadTensorFlow();
	const models = new Map<string, TensorFlowModel>();
	for (const network of networks)
		models.set(
			network.name,
			await TensorFlowModel.load(tf, network, precision),
		);
	return {
		name,
		model(network: Network): Model {
			const model = models.get(network.name);
			if (model === undefined)
				throw new Error(
					`network ${network.name} was not loaded into this worker`,
				);
			return model;
		},
	};
}

/** The version of the TensorFlow library behind the add-on, for example "2.21.0". */
export function tensorFlowVersion(): string {
	const backend = loadTensorFlow().backend() as unknown as {
		binding?: { TF_Version?: string };
	};
	return backend.binding?.TF_Version ?? "unknown";
}

function loadTensorFlow(): TensorFlow {
	restoreNodeUtilities();
	keepLibraryLoaded();
	return createRequire(import.meta.url)("@tensorflow/tfjs-node") as TensorFlow;
}

/** tfjs-node 4.22 calls two functions of `node:util` that Node 23 took away. */
function restoreNodeUtilities(): void {
	const util = createRequire(import.meta.url)("node:util") as {
		isNullOrUndefined?: (value: unknown) => boolean;
		isArray?: (value: unknown) => boolean;
	};
	util.isNullOrUndefined ??= (value) => value === null || value === undefined;
	util.isArray ??= Array.isArray;
}

/** dlopen's flags on Linux and macOS; Node names only the first. */
const RTLD_NODELETE: Partial<Record<NodeJS.Platform, number>> = {
	linux: 0x1000,
	darwin: 0x80,
};

/**
 * Node unloads an add-on with the last thread that uses it, and the library behind it with that; TensorFlow's exit handlers would then stand
 * at addresses that are gone, and the process ends in a segmentation fault. So the library is loaded once more, never to be unloaded.
 */
function keepLibraryLoaded(): void {
	const flag = RTLD_NODELETE[process.platform];
	if (flag === undefined) return;
	const folder = join(
		dirname(
			createRequire(import.meta.url).resolve(
				"@tensorflow/tfjs-node/package.json",
			),
		),
		"deps",
		"lib",
	);
	for (const name of ["libtensorflow_framework", "libtensorflow"]) {
		const library = join(
			folder,
			process.platform === "darwin" ? `${name}.2.dylib` : `${name}.so.2`,
		);
		if (!existsSync(library)) continue;
		try {
			process.dlopen(
				{ exports: {} },
				library,
				constants.dlopen.RTLD_LAZY | flag,
			);
		} catch {
			// It is no add-on, which Node says after it has loaded it.
		}
	}
}

/** Two parts, for two processors; several steps a run for a network without convolutions, whose steps are short. */
function layoutOf(network: Network, precision: Precision): GraphLayout {
	const convolves = network.layers.some(({ kind }) => kind === "convolution");
	return {
		parts: convolves ? 2 : 1,
		stepsPerRun: convolves ? 1 : 8,
		precision,
	};
}

class TensorFlowModel implements Model {
	readonly stepsPerRun: number;
	private readonly parameters: readonly Parameter[];
	private readonly maskShapes: readonly number[];
	private readonly imageSize: number;
	private taken = 0;

	private constructor(
		private readonly tf: TensorFlow,
		private readonly network: Network,
		private readonly layout: GraphLayout,
		private readonly signatures: ReadonlyMap<string, SavedModel>,
	) {
		this.stepsPerRun = layout.stepsPerRun;
		this.parameters = parametersOf(network);
		this.maskShapes = hiddenUnits(network);
		this.imageSize = product(network.input);
	}

	static async load(
		tf: TensorFlow,
		network: Network,
		precision: Precision,
	): Promise<TensorFlowModel> {
		const folder = mkdtempSync(join(tmpdir(), "nightshift-model-"));
		const layout = layoutOf(network, precision);
		try {
			const graph = modelGraph(network, layout);
			graph.save(folder);
			const signatures = new Map<string, SavedModel>();
			for (const name of [
				"restore",
				"snapshot",
				"evaluate",
				...trainVariants(network, layout).map(trainSignature),
			]) {
				signatures.set(
					name,
					await tf.node.loadSavedModel(folder, ["serve"], name),
				);
				// The first call opened the session that all signatures share; the others only read what the signature is, from a file that they parse whole.
				if (signatures.size === 1) graph.save(folder, { nodes: false });
			}
			return new TensorFlowModel(tf, network, layout, signatures);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	}

	restore(state: ModelState): void {
		const inputs: Tensors = {};
		for (const kind of KINDS) {
			const flat = state[kind];
			const expected = parameterCount(this.network);
			if (flat.length !== expected)
				throw new Error(
					`${kind} of network ${this.network.name} has ${flat.length} numbers instead of ${expected}`,
				);
			for (const { name, shape, offset, size } of this.parameters)
				inputs[`${kind}_${name}`] = this.tf.tensor(
					flat.subarray(offset, offset + size),
					[...shape],
					"float32",
				);
		}
		this.run("restore", inputs);
		this.taken = state.steps;
	}

	snapshot(): ModelState {
		const outputs = this.run("snapshot", {}, true);
		const read = (kind: (typeof KINDS)[number]) => {
			const flat = new Float32Array(parameterCount(this.network));
			for (const { name, offset } of this.parameters)
				flat.set(outputs[`${kind}_${name}`] as Float32Array, offset);
			return flat;
		};
		return {
			weights: read("weights"),
			first: read("first"),
			second: read("second"),
			steps: this.taken,
		};
	}

	step(batch: Batch, update: Update): StepMetrics {
		return this.train(batch, [update])[0] as StepMetrics;
	}

	train(batches: Batch, updates: readonly Update[]): StepMetrics[] {
		const { tf } = this;
		const [{ optimizer, weightDecay, dropoutMasks }] = updates as [Update];
		const decay = weightDecay > 0;
		const dropout = (dropoutMasks?.length ?? 0) > 0;
		const count = batches.count / updates.length;
		const { inputs, padding } = this.batchTensors(
			batches,
			1 / count,
			updates.length,
		);
		const corrected = updates.map(({ learningRate }) => {
			this.taken += 1;
			return optimizer === "sgd"
				? { rate: learningRate, epsilon: 0 }
				: adamCorrections(learningRate, this.taken);
		});
		inputs.rates = tf.tensor1d(corrected.map(({ rate }) => rate));
		if (optimizer !== "sgd")
			inputs.epsilons = tf.tensor1d(corrected.map(({ epsilon }) => epsilon));
		if (decay)
			inputs.decays = tf.tensor1d(
				updates.map(({ learningRate }) =>
					optimizer === "adamw" ? learningRate * weightDecay : weightDecay,
				),
			);
		dropoutMasks?.forEach((_, layer) => {
			const units = this.maskShapes[layer] as number;
			const size = count * units;
			const masks = new Float32Array((batches.count + padding) * units);
			updates.forEach((update, step) => {
				masks.set(update.dropoutMasks?.[layer] as Float32Array, step * size);
			});
			inputs[`mask_${layer}`] = tf.tensor2d(masks, [
				batches.count + padding,
				units,
			]);
		});
		const { losses, gradient_norms } = this.run(
			trainSignature({ optimizer, decay, dropout, steps: updates.length }),
			inputs,
			true,
		);
		return updates.map((_, step) => ({
			loss: losses?.[step] as number,
			gradientNorm: gradient_norms?.[step] as number,
		}));
	}

	evaluate(batch: Batch): EvaluationMetrics {
		const outputs = this.run(
			"evaluate",
			this.batchTensors(batch, 1, 1).inputs,
			true,
		);
		return {
			lossSum: outputs.loss_sum?.[0] as number,
			correct: outputs.correct?.[0] as number,
		};
	}

	/** Fills up with images that count nothing, until the parts are equal. */
	private batchTensors(
		{ images, labels, count }: Batch,
		imageWeight: number,
		steps: number,
	): { inputs: Tensors; padding: number } {
		const { parts } = this.layout;
		const padding = (parts - (count % parts)) % parts;
		if (steps > 1 && count % (parts * steps) !== 0)
			throw new Error(
				`${steps} batches of ${count / steps} images do not divide into ${parts} parts`,
			);
		const all = count + padding;
		return {
			padding,
			inputs: {
				images: this.tf.tensor4d(fillUp(images, all * this.imageSize), [
					all,
					...this.network.input,
				]),
				labels: this.tf.tensor1d(fillUp(labels, all), "int32"),
				image_weights: this.tf.tensor1d(
					new Float32Array(all).fill(imageWeight, 0, count),
				),
			},
		};
	}

	/** Feeds, runs and frees; the fetched values are copied out where they are wanted. */
	private run(
		signature: string,
		inputs: Tensors,
		wanted = false,
	): Record<string, Float32Array | Int32Array> {
		const saved = this.signatures.get(signature);
		if (saved === undefined)
			throw new Error(
				`network ${this.network.name} has no signature ${signature}`,
			);
		const outputs = saved.predict(inputs) as Tensors;
		const values: Record<string, Float32Array | Int32Array> = {};
		if (wanted)
			for (const [name, tensor] of Object.entries(outputs))
				values[name] = tensor.dataSync() as Float32Array | Int32Array;
		this.tf.dispose([inputs, outputs]);
		return values;
	}
}

/** The values, and zeros up to a length. */
function fillUp<Values extends Float32Array | Int32Array>(
	values: Values,
	length: number,
): Values {
	if (values.length === length) return values;
	const filled = new (values.constructor as new (length: number) => Values)(
		length,
	);
	filled.set(values);
	return filled;
}

const KINDS = ["weights", "first", "second"] as const;
