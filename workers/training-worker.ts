import { isMainThread, threadId, workerData } from "node:worker_threads";
import { createEngine, type EngineChoice } from "./create-engine.js";
import {
	agreeOnKind,
	type EngineLoading,
	loadInTurn,
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
	networks,
	loading,
} = (
	Array.isArray(workerData) ? workerData[1] : workerData
) as TrainingWorkerData;
/** Why there is no engine is what every job of this worker comes to: a worker that ended instead would be started again and again. */
const loaded = await loadInTurn(loading, threadId, async () => {
	try {
		const created = await createEngine(choice, networks);
		agreeOnKind(loading, created.description);
		return created;
	} catch (error) {
		return toError(error);
	}
});

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
		const { message, stack } = toError(error);
		return { kind: "failed", message, stack: stack ?? "" };
	} finally {
		if (job.kind === "train-epoch") {
			job.progress.postMessage(null satisfies ProgressMessage);
			job.progress.close();
		}
	}
}

function run(job: Job): EngineDescription | EpochOutcome | Grade | undefined {
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

function toError(thrown: unknown): Error {
	return thrown instanceof Error ? thrown : new Error(String(thrown));
}
