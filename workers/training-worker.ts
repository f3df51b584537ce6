import { isMainThread, threadId, workerData } from "node:worker_threads";
import { move, Piscina } from "piscina";
import { createEngine, type EngineChoice } from "./create-engine.js";
import type { Precision } from "./engine.js";
import {
	agreeOnKind,
	type EngineLoading,
	loadInTurn,
	someoneHasLoaded,
} from "./engine-loading.js";
import { type Job, type ProgressMessage, takeJob } from "./job.js";
import type {
	EngineDescription,
	EpochOutcome,
	Grade,
	JobResult,
} from "./job-result.js";
import type { Network } from "./network.js";
import { gradeModel, trainEpoch } from "./train-epoch.js";

/** What the pool gives every worker when it starts. */
export interface TrainingWorkerData {
	readonly engine: EngineChoice;
	readonly precision: Precision;
	readonly networks: readonly Network[];
	readonly loading: EngineLoading;
}

if (isMainThread)
	throw new Error(
		"training-worker.js is a worker thread; start it through the training pool",
	);

// Piscina hands its own data in front of ours.
const {
	engine: choice,
	precision,
	networks,
	loading,
} = (
	Array.isArray(workerData) ? workerData[1] : workerData
) as TrainingWorkerData;
/**
 * Or why there is no engine, for the pool that starts. Once some worker has one, a worker without ends here: it is never ready, so jobs wait for
 * the others or for a new one.
 */
const loaded = await loadInTurn(loading, threadId, async () => {
	try {
		const created = await createEngine(choice, networks, precision);
		agreeOnKind(loading, created.description);
		return created;
	} catch (error) {
		if (someoneHasLoaded(loading)) throw error;
		return toError(error);
	}
});

type Value = EngineDescription | EpochOutcome | Grade;

/**
 * Does one job. Errors come back as values, but for two that end the worker, so that another takes its place: an engine that did not load (the
 * job is not taken, and the pool gives it to another worker), and memory that cannot be had (what this worker has is given back).
 */
export default function work(
	job: Job,
): JobResult<Value> | Promise<JobResult<Value>> {
	if (loaded instanceof Error && job.kind !== "describe")
		return endWorker(loaded);
	const started = performance.now();
	try {
		const value = run(job);
		const result: JobResult<Value> =
			value === undefined
				? { kind: "cancelled" }
				: { kind: "done", value, computeMs: performance.now() - started };
		endProgress(job);
		return moved({ ...result, ...spanOf(job, started) });
	} catch (error) {
		if (isOutOfMemory(error)) return endWorker(error);
		endProgress(job);
		const { message, stack } = toError(error);
		return {
			kind: "failed",
			message,
			stack: stack ?? "",
			...spanOf(job, started),
		};
	}
}

/** `started` in the time of `performance`. */
function spanOf(job: Job, started: number): Pick<JobResult<Value>, "span"> {
	if (job.kind === "describe" || job.traceparent === undefined) return {};
	const { timeOrigin } = performance;
	return {
		span: {
			traceparent: job.traceparent,
			startMs: timeOrigin + started,
			endMs: timeOrigin + performance.now(),
			thread: threadId,
		},
	};
}

function run(job: Job): Value | undefined {
	if (loaded instanceof Error) throw loaded;
	const { engine, description } = loaded;
	switch (job.kind) {
		case "describe":
			return description;
		case "train-epoch":
			return takeJob(job.control) ? trainEpoch(engine, job) : undefined;
		case "grade":
			return takeJob(job.control) ? gradeModel(engine, job) : undefined;
	}
}

function endProgress(job: Job): void {
	if (job.kind !== "train-epoch") return;
	job.progress.postMessage(null satisfies ProgressMessage);
	job.progress.close();
}

/** Weights and moments are the result's own, so they are handed over and not copied. */
function moved(result: JobResult<Value>): JobResult<Value> {
	if (result.kind !== "done" || !("state" in result.value)) return result;
	const { weights, first, second } = result.value.state;
	const buffers = new Set([weights.buffer, first.buffer, second.buffer]);
	const transferable = {
		[Piscina.transferableSymbol]: [...buffers],
		[Piscina.valueSymbol]: result,
	};
	return move(
		transferable as unknown as Parameters<typeof move>[0],
	) as unknown as JobResult<Value>;
}

/** An uncaught error ends the thread and reaches the pool; the job is never answered. */
function endWorker(error: unknown): Promise<never> {
	setImmediate(() => {
		throw error;
	});
	return new Promise(() => {});
}

/** JavaScript's and TensorFlow's words for it. */
function isOutOfMemory(error: unknown): boolean {
	return /Array buffer allocation failed|OOM when allocating/.test(
		toError(error).message,
	);
}

function toError(thrown: unknown): Error {
	return thrown instanceof Error ? thrown : new Error(String(thrown));
}
