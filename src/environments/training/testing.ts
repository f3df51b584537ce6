import type { Action__Output } from "../../../proto/generated/nightshift/v1/Action.js";
import type { ModelState } from "../../../workers/engine.js";
import type { EpisodeImages, EpochProgress } from "../../../workers/job.js";
import type {
	EngineDescription,
	EpochOutcome,
	Grade,
} from "../../../workers/job-result.js";
import { NightshiftError } from "../../errors.js";
import type {
	EpochRequest,
	GradeRequest,
	Trainer,
	TrainerTiming,
} from "../../training/trainer.js";
import {
	DEFAULT_CONFIGURATION,
	type TrainingAction,
	trainingActions,
} from "./actions.js";
import {
	type EpochRecord,
	newEpisode,
	type TrainingEpisode,
	type TrialRow,
} from "./episode.js";
import { type TrainingTask, trainingTasks } from "./tasks.js";

/** Episodes and a trainer that does what a test says. Only tests use them. */

export const task: TrainingTask = {
	...(trainingTasks[0] as TrainingTask),
	id: "training/tested",
	network: {
		name: "tested",
		input: [1, 1, 1],
		layers: [{ kind: "flatten" }, { kind: "dense", units: 1 }],
	},
	trainImages: 20,
	validationImages: 10,
	budget: 30,
};

export const key = new Uint8Array(32).fill(5);

const none = { images: new Uint8Array(0), labels: new Uint8Array(0), count: 0 };

export const images: EpisodeImages = {
	shape: [1, 1, 1],
	mean: [0],
	deviation: [1],
	train: none,
	test: none,
	trainCount: 20,
	validationCount: 10,
};

/** An episode before its first action, with whatever a test wants otherwise. */
export function createEpisode(
	changes: Partial<TrainingEpisode> = {},
): TrainingEpisode {
	return {
		...newEpisode(task.id, key, "test engine", {
			name: "mnist",
			digest: "sha256:0",
		}),
		...changes,
	};
}

/** One that is configured with the defaults. */
export function createConfigured(
	changes: Partial<TrainingEpisode> = {},
): TrainingEpisode {
	return createEpisode({
		configuration: DEFAULT_CONFIGURATION,
		scheduleStart: { charged: 0, budgetLeft: task.budget },
		...changes,
	});
}

/** A whole epoch of the first trial. */
export function createEpoch(changes: Partial<EpochRecord> = {}): EpochRecord {
	return {
		epoch: 1,
		trial: 1,
		learningRate: 1e-3,
		trainLoss: 1,
		gradientNorm: 2,
		diverged: false,
		validationLoss: 1,
		validationAccuracy: 0.5,
		trainAccuracy: 0.5,
		...changes,
	};
}

/** The epochs that these changes make, numbered from 1. */
export function createEpochs(
	changes: readonly Partial<EpochRecord>[],
): EpochRecord[] {
	return changes.map((change, index) =>
		createEpoch({ epoch: index + 1, ...change }),
	);
}

export function createTrialRow(changes: Partial<TrialRow> = {}): TrialRow {
	return {
		trial: 1,
		configuration: DEFAULT_CONFIGURATION,
		firstEpoch: 1,
		epochs: 3,
		bestAccuracy: 0.5,
		lastLoss: 1,
		diverged: false,
		...changes,
	};
}

/** Weights and moments that say where they come from. */
export function createState(weight: number, steps = 1): ModelState {
	return {
		weights: Float32Array.of(weight, weight),
		first: Float32Array.of(weight + 1, weight + 1),
		second: Float32Array.of(weight + 2, weight + 2),
		steps,
	};
}

/** The same thing several times. */
export const repeat = <T>(thing: T, count: number): T[] =>
	Array.from({ length: count }, () => thing);

/** A run_epochs action. */
export function run(
	num_epochs: number,
	stop: { patience_epochs?: number; val_accuracy?: number } = {},
): TrainingAction & { name: "run_epochs" } {
	return {
		name: "run_epochs",
		num_epochs,
		patience_epochs: stop.patience_epochs,
		val_accuracy: stop.val_accuracy,
	};
}

/** A configure_training action. */
export function configure(
	changes: (TrainingAction & { name: "configure_training" })["changes"] = {},
	resume_from?: (TrainingAction & {
		name: "configure_training";
	})["resume_from"],
): TrainingAction & { name: "configure_training" } {
	return {
		name: "configure_training",
		changes,
		resume_from: resume_from ?? "current",
		names_resume_from: resume_from !== undefined,
	};
}

/** An action as the server reads it. */
export function toMessage(name: string, fields: object = {}): Action__Output {
	return { action: name, [name]: fields } as unknown as Action__Output;
}

/** A flat action of these levels by argument ("run_epochs.num_epochs"); every other level is 0. */
export function toFlatMessage(
	name: string,
	levels: Readonly<Record<string, number>> = {},
): Action__Output {
	return toMessage("flat", {
		levels: [
			trainingActions.findIndex((row) => row.name === name),
			...trainingActions.flatMap((row) =>
				row.arguments.map(
					(argument) => levels[`${row.name}.${argument.name}`] ?? 0,
				),
			),
		],
	});
}

/** For assert.throws and assert.rejects: an error of this reason, whose message matches. */
export const failsWith =
	(reason: NightshiftError["reason"], message: RegExp) => (error: unknown) => {
		if (!(error instanceof NightshiftError)) throw error;
		if (error.reason !== reason || !message.test(error.message))
			throw new Error(
				`${error.reason}: ${error.message}\ninstead of ${reason}: ${message}`,
			);
		return true;
	};

/** What an epoch of a scripted trainer comes to; the rest of it is sound. */
export type Scripted = Partial<
	Pick<
		EpochRecord,
		| "trainLoss"
		| "gradientNorm"
		| "diverged"
		| "validationLoss"
		| "validationAccuracy"
		| "trainAccuracy"
	>
>;

/**
 * A trainer that trains nothing: each epoch comes to what the script says, which may throw. The state that it gives depends on the state, the
 * epoch and the rate that it was asked with, so equal states mean equal requests.
 */
export class ScriptedTrainer implements Trainer {
	readonly requests: EpochRequest[] = [];
	readonly grades: GradeRequest[] = [];
	readonly engine: EngineDescription = {
		name: "test engine",
		kind: "portable",
		tensorflowVersion: undefined,
		why: "this is a test",
		oneDnn: false,
		intraOpThreads: 1,
		interOpThreads: 1,
		instructionSet: "none",
		precision: "float32",
	};

	constructor(
		private readonly script: (request: EpochRequest, call: number) => Scripted,
		private readonly grading: () => Grade = () => ({
			finite: true,
			testAccuracy: 0.9,
			trainAccuracy: 0.95,
		}),
	) {}

	async trainEpoch(
		request: EpochRequest,
		{
			onProgress,
		}: {
			signal: AbortSignal;
			onProgress: (progress: EpochProgress) => void;
		},
	): Promise<EpochOutcome & TrainerTiming> {
		this.requests.push(request);
		onProgress({ batch: 1, batches: 2, trainLoss: 1.5 });
		const scripted = this.script(request, this.requests.length);
		const { trainLoss, gradientNorm, diverged, ...evaluation } = {
			...createEpoch(),
			...scripted,
		};
		return {
			state: createState(
				(request.state?.weights[0] ?? request.trial) / 2 +
					request.epoch +
					request.learningRate,
				(request.state?.steps ?? 0) + 1,
			),
			trainLoss,
			gradientNorm,
			diverged,
			evaluation:
				evaluation.validationLoss === undefined
					? undefined
					: {
							validationLoss: evaluation.validationLoss,
							validationAccuracy: evaluation.validationAccuracy as number,
							trainAccuracy: evaluation.trainAccuracy as number,
						},
			queueMs: 1,
			computeMs: 10,
		};
	}

	async grade(request: GradeRequest): Promise<Grade & TrainerTiming> {
		this.grades.push(request);
		return { ...this.grading(), queueMs: 1, computeMs: 10 };
	}

	async close(): Promise<void> {}
}

/** A trainer whose n-th epoch of the episode comes to the n-th entry; past the last, to it. */
export function trainerOf(...epochs: readonly Scripted[]): ScriptedTrainer {
	return new ScriptedTrainer(
		({ epoch }) => epochs[Math.min(epoch, epochs.length) - 1] ?? {},
	);
}
