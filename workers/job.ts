import type { MessagePort } from "node:worker_threads";
import type { AugmentationRule } from "./augmentation.js";
import type { ModelState, OptimizerName } from "./engine.js";
import type { Network } from "./network.js";

/**
 * Everything that crosses to a worker thread. Jobs are stateless: configuration, weights and random streams' keys come in, the same go out
 * (job-result.ts), so any worker continues any session and a lost worker loses one epoch at most.
 */
export type Job = DescribeJob | TrainEpochJob | GradeJob;

/**
 * A job that a trace follows has a `traceparent`: W3C's context of the trace, under which the worker tells when it did the job. Results do not depend
 * on it.
 */

/** Asks which engine the worker has. */
export interface DescribeJob {
	readonly kind: "describe";
}

/** Trains one epoch, then evaluates. */
export interface TrainEpochJob extends EpisodeModel {
	readonly kind: "train-epoch";
	readonly control: JobControl;
	readonly traceparent?: string;
	/** Takes `ProgressMessage`s. */
	readonly progress: MessagePort;
	/** Names the streams of order, masks and augmentation together with `trial`; from 1. */
	readonly epoch: number;
	readonly optimizer: OptimizerName;
	readonly learningRate: number;
	readonly batchSize: number;
	readonly weightDecay: number;
	readonly dropout: number;
	/** Absent: off. */
	readonly augmentation:
		| { readonly rule: AugmentationRule; readonly strength: number }
		| undefined;
}

/** Measures weights on the hidden test split and on all training images. */
export interface GradeJob extends EpisodeModel {
	readonly kind: "grade";
	readonly control: JobControl;
	readonly traceparent?: string;
}

export interface EpisodeModel {
	readonly network: Network;
	readonly images: EpisodeImages;
	/** 32 bytes: the key of the episode. */
	readonly key: Uint8Array;
	/** From 1; names the stream of the initial weights. */
	readonly trial: number;
	/** Absent: the trial's initial weights, drawn by He's rule. */
	readonly state: ModelState | undefined;
}

/** The data set in shared memory, and how many of its training images the episode draws. */
export interface EpisodeImages {
	readonly shape: readonly [height: number, width: number, channels: number];
	readonly mean: readonly number[];
	readonly deviation: readonly number[];
	readonly train: SharedImages;
	readonly test: SharedImages;
	readonly trainCount: number;
	readonly validationCount: number;
}

export interface SharedImages {
	/** count x height x width x channels bytes. */
	readonly images: Uint8Array;
	/** count classes. */
	readonly labels: Uint8Array;
	readonly count: number;
}

/** Progress inside an epoch, sent through the job's port at fixed shares of its batches. */
export interface EpochProgress {
	readonly batch: number;
	readonly batches: number;
	/** Mean loss of the batches so far. */
	readonly trainLoss: number;
}

/** What comes through a job's port: its progress, then null, and nothing after that. */
export type ProgressMessage = EpochProgress | null;

/**
 * Shared between the two sides of a job. Entry 0 is who owns it: `QUEUED` until a worker takes it (`TAKEN`) or the caller gives it up
 * (`DROPPED`), whichever comes first. Entry 1 is 1 once a taken job shall stop at its next batch.
 */
export type JobControl = Int32Array<SharedArrayBuffer>;

const QUEUED = 0;
const TAKEN = 1;
const DROPPED = 2;

export function createJobControl(): JobControl {
	return new Int32Array(new SharedArrayBuffer(8));
}

/** For the worker: takes the job; false when it was given up before. */
export function takeJob(control: JobControl): boolean {
	return Atomics.compareExchange(control, 0, QUEUED, TAKEN) === QUEUED;
}

/** For the caller: true when the job will never run; false when it was taken and will stop at its next batch. */
export function cancelJob(control: JobControl): boolean {
	if (Atomics.compareExchange(control, 0, QUEUED, DROPPED) !== TAKEN)
		return true;
	Atomics.store(control, 1, 1);
	return false;
}

export function isCancelled(control: JobControl): boolean {
	return Atomics.load(control, 1) === 1;
}
