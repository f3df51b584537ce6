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
	type StepMetrics,
	type Update,
} from "../engine.js";
import {
	hiddenUnits,
	type Network,
	type Parameter,
	parameterCount,
	parametersOf,
} from "../network.js";
import { modelGraph, OPTIMIZERS, trainSignature } from "./model-graph.js";

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
): Promise<Engine> {
	const tf = loadTensorFlow();
	const models = new Map<string, TensorFlowModel>();
	for (const network of networks)
		models.set(network.name, await TensorFlowModel.load(tf, network));
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

class TensorFlowModel implements Model {
	private readonly parameters: readonly Parameter[];
	private readonly maskShapes: readonly number[];
	private steps = 0;

	private constructor(
		private readonly tf: TensorFlow,
		private readonly network: Network,
		private readonly signatures: ReadonlyMap<string, SavedModel>,
	) {
		this.parameters = parametersOf(network);
		this.maskShapes = hiddenUnits(network);
	}

	static async load(
		tf: TensorFlow,
		network: Network,
	): Promise<TensorFlowModel> {
		const folder = mkdtempSync(join(tmpdir(), "nightshift-model-"));
		try {
			modelGraph(network).save(folder);
			const flags = hiddenUnits(network).length > 0 ? [false, true] : [false];
			const trained = OPTIMIZERS.flatMap((optimizer) =>
				[false, true].flatMap((decay) =>
					flags.map((dropout) => trainSignature({ optimizer, decay, dropout })),
				),
			);
			const signatures = new Map<string, SavedModel>();
			for (const name of ["restore", "snapshot", "evaluate", ...trained])
				signatures.set(
					name,
					await tf.node.loadSavedModel(folder, ["serve"], name),
				);
			return new TensorFlowModel(tf, network, signatures);
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
		this.steps = state.steps;
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
			steps: this.steps,
		};
	}

	step(
		batch: Batch,
		{ optimizer, learningRate, weightDecay, dropoutMasks }: Update,
	): StepMetrics {
		const { tf } = this;
		const decay = weightDecay > 0;
		const dropout = dropoutMasks !== undefined;
		this.steps += 1;
		const corrected =
			optimizer === "sgd"
				? { rate: learningRate, epsilon: 0 }
				: adamCorrections(learningRate, this.steps);
		const inputs: Tensors = {
			...this.batchTensors(batch),
			inverse_count: tf.scalar(1 / batch.count),
			rate: tf.scalar(corrected.rate),
		};
		if (optimizer !== "sgd") inputs.epsilon = tf.scalar(corrected.epsilon);
		if (decay)
			inputs.decay = tf.scalar(
				optimizer === "adamw" ? learningRate * weightDecay : weightDecay,
			);
		dropoutMasks?.forEach((mask, index) => {
			inputs[`mask_${index}`] = tf.tensor2d(mask, [
				batch.count,
				this.maskShapes[index] as number,
			]);
		});
		const outputs = this.run(
			trainSignature({ optimizer, decay, dropout }),
			inputs,
			true,
		);
		return {
			loss: outputs.loss?.[0] as number,
			gradientNorm: outputs.gradient_norm?.[0] as number,
		};
	}

	evaluate(batch: Batch): EvaluationMetrics {
		const outputs = this.run("evaluate", this.batchTensors(batch), true);
		return {
			lossSum: outputs.loss_sum?.[0] as number,
			correct: outputs.correct?.[0] as number,
		};
	}

	private batchTensors({ images, labels, count }: Batch): Tensors {
		return {
			images: this.tf.tensor4d(images, [count, ...this.network.input]),
			labels: this.tf.tensor1d(labels, "int32"),
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

const KINDS = ["weights", "first", "second"] as const;
