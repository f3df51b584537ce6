import {
	type DataSet,
	type DataSetFamily,
	type DrawOptions,
	drawDataSet,
} from "../../datasets/load.js";
import type { Action__Output } from "../../proto/generated/nightshift/v1/Action.js";
import type { ConfigureTraining } from "../../proto/generated/nightshift/v1/ConfigureTraining.js";
import { readServerConfiguration } from "../configuration.js";
import type { Environment } from "../environments/environment.js";
import {
	networksOf,
	type TrainingTask,
	trainingTasks,
} from "../environments/training/tasks.js";
import { createTrainingEnvironment } from "../environments/training/training-environment.js";
import { DataSets } from "../training/data-sets.js";
import { type Trainer, WorkInterrupted } from "../training/trainer.js";
import {
	createWorkerPool,
	type WorkerPoolOptions,
} from "../training/worker-pool.js";
import { Gate } from "./testing.js";

/** The real training environment, small enough for tests: 512 drawn digits, a budget of 6 epochs. */

const tiny: TrainingTask = {
	...(trainingTasks[0] as TrainingTask),
	id: "training/tiny",
	trainImages: 512,
	validationImages: 128,
	budget: 6,
	score: { kind: "accuracy", floor: 0.1, target: 0.9 },
};

export const TINY = tiny.id;
/** The same with another budget, so with other observations. */
export const TINY_LONG = "training/tiny_long";

export const tinyTasks: readonly TrainingTask[] = [
	tiny,
	{ ...tiny, id: TINY_LONG, budget: 9 },
];

/** Data sets that are drawn, not read. */
export class DrawnDataSets extends DataSets {
	private readonly drawn = new Map<DataSetFamily, Promise<DataSet>>();

	constructor(private readonly sizes: DrawOptions) {
		super({ directories: [], cacheDirectory: "", download: "never" });
	}

	override get(family: DataSetFamily): Promise<DataSet> {
		const drawing = this.drawn.get(family) ?? drawDataSet(family, this.sizes);
		this.drawn.set(family, drawing);
		return drawing;
	}
}

/** A trainer that holds epochs and gradings at gates. An epoch that is cut off while it is held counts as begun. */
export class HeldTrainer implements Trainer {
	readonly epochGate = new Gate();
	readonly gradeGate = new Gate();

	constructor(private readonly inner: Trainer) {}

	get engine() {
		return this.inner.engine;
	}

	async trainEpoch(...[request, options]: Parameters<Trainer["trainEpoch"]>) {
		await hold(this.epochGate, options.signal);
		return this.inner.trainEpoch(request, options);
	}

	async grade(...[request, options]: Parameters<Trainer["grade"]>) {
		await hold(this.gradeGate, options.signal);
		return this.inner.grade(request, options);
	}

	close(): Promise<void> {
		return this.inner.close();
	}
}

async function hold(gate: Gate, signal: AbortSignal): Promise<void> {
	try {
		await gate.pass(signal);
	} catch {
		throw new WorkInterrupted("cancelled", true);
	}
}

const dataSets = new DrawnDataSets({ train: 640, test: 100, seed: 7 });

/** The engine that tests train on: $NIGHTSHIFT_ENGINE, else the native one where it loads. */
export const { engine: testedEngine } = readServerConfiguration({});

/** Two worker threads where nothing else is asked for, to be closed after the tests. */
export function createTrainer(
	options: Partial<WorkerPoolOptions> = {},
): ReturnType<typeof createWorkerPool> {
	process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
	return createWorkerPool({
		engine: testedEngine,
		threads: 2,
		networks: networksOf(tinyTasks),
		...options,
	});
}

/** The tasks' data sets are drawn, so a task may have no more than 640 images. */
export function createTinyEnvironment(
	trainer: Trainer,
	tasks: readonly TrainingTask[] = tinyTasks,
): Environment {
	return createTrainingEnvironment(trainer, dataSets, tasks) as Environment;
}

/** Actions as the server reads them. */
export const configure = (changes: ConfigureTraining): Action__Output =>
	({
		action: "configure_training",
		configure_training: changes,
	}) as Action__Output;
