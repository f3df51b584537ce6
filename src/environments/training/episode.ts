import type { ModelState, OptimizerName } from "../../../workers/engine.js";
import type { CheckpointName, Configuration } from "./actions.js";
import type { ScheduleStart } from "./schedule.js";

/** The whole state of a training episode, as plain data. */
export interface TrainingEpisode {
	readonly taskId: string;
	/** 32 bytes. */
	readonly key: Uint8Array;
	readonly engine: string;
	readonly dataSet: { readonly name: string; readonly digest: string };
	configuration: Configuration | undefined;
	scheduleStart: ScheduleStart | undefined;
	/** Epochs taken off the budget, those cut off included. */
	charged: number;
	/** From 1; a new one begins with each resume_from best_checkpoint or scratch. */
	trial: number;
	/** The weights as they are; absent: the trial's initial weights. */
	current: ModelState | undefined;
	/** The optimizer whose moments `current` holds; absent while they are 0. */
	momentsOf: OptimizerName | undefined;
	/** The line of the current weights: the epochs that led to them, as indices into `epochs`. */
	line: readonly number[];
	/** Every epoch that was trained, in order. */
	readonly epochs: EpochRecord[];
	best: BestCheckpoint | undefined;
	/** Lowest validation loss of the episode's epochs that did not diverge; infinite before the first. */
	bestLoss: number;
	/** The current weights come from a divergence. */
	diverged: boolean;
	readonly trials: TrialRow[];
	readonly paid: PaidPotential;
	/** A run_epochs call that has not come to its end. */
	run: RunningCall | undefined;
}

export interface EpochRecord {
	/** current_epoch after it: its place in `epochs`, from 1. */
	readonly epoch: number;
	readonly trial: number;
	readonly learningRate: number;
	/** May be not finite. */
	readonly trainLoss: number;
	readonly gradientNorm: number;
	readonly diverged: boolean;
	/** Absent when the training itself diverged. */
	readonly validationLoss: number | undefined;
	readonly validationAccuracy: number | undefined;
	readonly trainAccuracy: number | undefined;
}

export interface BestCheckpoint {
	readonly state: ModelState;
	readonly momentsOf: OptimizerName;
	readonly epoch: number;
	/** The trial whose line it is. */
	readonly trial: number;
	readonly validationAccuracy: number;
	readonly validationLoss: number;
	readonly line: readonly number[];
}

/** A configuration that was trained under. */
export interface TrialRow {
	readonly trial: number;
	readonly configuration: Configuration;
	readonly firstEpoch: number;
	epochs: number;
	bestAccuracy: number | undefined;
	lastLoss: number | undefined;
	diverged: boolean;
}

/** What rewards have been paid up to; see reward.ts. */
export interface PaidPotential {
	bestAccuracy: number;
	bestLoss: number;
	gapExcess: number;
	/** Divergences that happened and are not paid yet. */
	divergencesDue: number;
}

export interface RunningCall {
	/** Epochs that the call will train at most. */
	readonly epochs: number;
	readonly askedFor: number;
	done: number;
	/** Epochs in a row without a new best validation loss. */
	withoutImprovement: number;
	/** The epoch that was cut off is charged already, and is not again when the call is taken up. */
	cutEpochCharged: boolean;
}

export function newEpisode(
	taskId: string,
	key: Uint8Array,
	engine: string,
	dataSet: TrainingEpisode["dataSet"],
): TrainingEpisode {
	return {
		taskId,
		key,
		engine,
		dataSet,
		configuration: undefined,
		scheduleStart: undefined,
		charged: 0,
		trial: 1,
		current: undefined,
		momentsOf: undefined,
		line: [],
		epochs: [],
		best: undefined,
		bestLoss: Number.POSITIVE_INFINITY,
		diverged: false,
		trials: [],
		paid: {
			bestAccuracy: 0,
			bestLoss: Math.log(10),
			gapExcess: 0,
			divergencesDue: 0,
		},
		run: undefined,
	};
}

export function lastEpoch(episode: TrainingEpisode): EpochRecord | undefined {
	return episode.epochs.at(-1);
}

/** Weights that can be graded. `best` falls back to the current ones before the first whole epoch. */
export interface Submission {
	readonly checkpoint: CheckpointName;
	readonly state: ModelState | undefined;
	readonly trial: number;
	/** 0 for initial weights. */
	readonly epoch: number;
	readonly validationAccuracy: number | undefined;
	readonly line: readonly number[];
}

export function submissionOf(
	episode: TrainingEpisode,
	checkpoint: CheckpointName,
): Submission {
	const { best } = episode;
	if (checkpoint === "best" && best !== undefined) {
		return {
			checkpoint,
			state: best.state,
			trial: best.trial,
			epoch: best.epoch,
			validationAccuracy: best.validationAccuracy,
			line: best.line,
		};
	}
	const last =
		episode.line.length === 0
			? undefined
			: episode.epochs[episode.line.at(-1) as number];
	return {
		checkpoint: "last",
		state: episode.current,
		trial: episode.trial,
		epoch: last?.epoch ?? 0,
		validationAccuracy: last?.validationAccuracy,
		line: episode.line,
	};
}
