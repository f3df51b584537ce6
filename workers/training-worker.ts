import { isMainThread, workerData } from "node:worker_threads";
import { createEngine, type EngineChoice } from "./create-engine.js";
import { type Job, takeJob } from "./job.js";
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
	readonly networks: readonly Network[];
	/** One entry; 1 while a worker loads its engine. */
	readonly loading: Int32Array<SharedArrayBuffer>;
}

if (isMainThread)
	throw new Error(
		"training-worker.js is a worker thread; start it through the training pool",
	);

// Piscina hands its own data in front of ours.
const {
	engine: choice,
	networks,
	loading,
} = (
	Array.isArray(workerData) ? workerData[1] : workerData
) as TrainingWorkerData;
const { engine, description } = await oneAtATime(loading, () =>
	createEngine(choice, networks),
);

/** Does one job. Never throws: errors come back as values. */
export default function work(
	job: Job,
): JobResult<EngineDescription | EpochOutcome | Grade> {
	const started = performance.now();
	try {
		const value = run(job);
		return value === undefined
			? { kind: "cancelled" }
			: { kind: "done", value, computeMs: performance.now() - started };
	} catch (error) {
		const cause = error instanceof Error ? error : new Error(String(error));
		return { kind: "failed", message: cause.message, stack: cause.stack ?? "" };
	} finally {
		if (job.kind === "train-epoch") job.progress.close();
	}
}

function run(job: Job): EngineDescription | EpochOutcome | Grade | undefined {
	switch (job.kind) {
		case "describe":
			return description;
		case "train-epoch":
			return takeJob(job.control) ? trainEpoch(engine, job) : undefined;
		case "grade":
			return takeJob(job.control) ? gradeModel(engine, job) : undefined;
	}
}

/** tfjs-node's binding keeps a process-wide set without a lock, so workers load and warm up one after the other. */
async function oneAtATime<T>(
	lock: Int32Array<SharedArrayBuffer>,
	load: () => Promise<T>,
): Promise<T> {
	while (Atomics.compareExchange(lock, 0, 0, 1) !== 0) Atomics.wait(lock, 0, 1);
	try {
		return await load();
	} finally {
		Atomics.store(lock, 0, 0);
		Atomics.notify(lock, 0, 1);
	}
}
