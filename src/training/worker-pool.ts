import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Piscina } from "piscina";
import type { EngineChoice } from "../../workers/create-engine.js";
import type { Precision } from "../../workers/engine.js";
import {
	createEngineLoading,
	endTurnOfLost,
} from "../../workers/engine-loading.js";
import {
	cancelJob,
	createJobControl,
	type EpochProgress,
	type Job,
	type JobControl,
	type ProgressMessage,
} from "../../workers/job.js";
import type {
	EngineDescription,
	EpochOutcome,
	Grade,
	JobResult,
} from "../../workers/job-result.js";
import { toThreads } from "../../workers/machine.js";
import type { Network } from "../../workers/network.js";
import type { TrainingWorkerData } from "../../workers/training-worker.js";
import { type JobName, type JobObservers, JobWatch } from "./job-watch.js";
import {
	type EpochRequest,
	type GradeRequest,
	type Trainer,
	type TrainerTiming,
	WorkInterrupted,
} from "./trainer.js";

export interface WorkerPoolOptions extends JobObservers {
	readonly engine: EngineChoice;
	/** Default: float32. */
	readonly precision?: Precision;
	/** Worker threads, 1 or 2: the service is made for two processors. */
	readonly threads: number;
	/** Networks that jobs may train: those of the tasks. */
	readonly networks: readonly Network[];
	/** Told what happens to the workers; for the log and the server's health. */
	readonly onEvent?: (event: WorkerPoolEvent) => void;
	/** The module of a thread, for tests of threads that fail. Default: workers/training-worker.js. */
	readonly worker?: URL;
}

/** `no-engine`: no worker could load its engine, so jobs fail until one can; then `engine-back`. */
export type WorkerPoolEvent =
	| { readonly kind: "worker-lost"; readonly cause: Error }
	| { readonly kind: "no-engine"; readonly cause: Error }
	| { readonly kind: "engine-back" };

/** What the workers do now. */
export interface WorkerLoad {
	readonly threads: number;
	/** Threads that have a job. */
	readonly busy: number;
	/** Jobs in the line. */
	readonly waiting: number;
}

/** The trainer that worker threads make. */
export interface PoolTrainer extends Trainer {
	readonly workers: Piscina;
	readonly load: WorkerLoad;
}

/** TensorFlow's threads, per run: one within an operation, two between operations. Measured best for two workers on two processors. */
const THREADS = { TF_NUM_INTRAOP_THREADS: "1", TF_NUM_INTEROP_THREADS: "2" };

/** JavaScript's own memory in one worker, MB; images and weights lie outside of it. A worker that needs more ends, and the process goes on. */
const WORKER_HEAP_MB = 512;
/** How often a job that no worker has begun is handed over: where the last worker ended without its engine, another one is started for it. */
const ATTEMPTS = 3;

/**
 * Starts the worker threads and waits until the first has its engine. TensorFlow reads its settings from the process's environment when it
 * loads, so they are set here, before any worker starts.
 */
export async function createWorkerPool({
	engine,
	precision = "float32",
	threads,
	networks,
	onEvent = () => {},
	worker = new URL("../../workers/training-worker.js", import.meta.url),
	...observers
}: WorkerPoolOptions): Promise<PoolTrainer> {
	for (const [name, otherwise] of Object.entries(THREADS)) {
		// Written out where it stands for every processor: TensorFlow and the engine's name must mean the same number.
		const threads = toThreads(
			process.env[name] ?? otherwise,
			availableParallelism(),
		);
		process.env[name] = String(threads);
	}
	process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
	const workerData: TrainingWorkerData = {
		engine,
		precision,
		networks,
		loading: createEngineLoading(),
	};
	const piscina = new Piscina({
		filename: fileURLToPath(worker),
		minThreads: threads,
		maxThreads: threads,
		concurrentTasksPerWorker: 1,
		// Without this a job that finds no free worker goes behind those that came after it.
		stricterFIFO: true,
		atomics: "disabled",
		resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB },
		workerData,
	});
	piscina.on("workerDestroy", () =>
		endTurnOfLost(workerData.loading, piscina.threads),
	);
	const pool = new WorkerPool(piscina, onEvent, observers);
	try {
		const result = (await piscina.run({
			kind: "describe",
		} satisfies Job)) as JobResult<EngineDescription>;
		if (result.kind !== "done")
			throw new Error(result.kind === "failed" ? result.message : result.kind);
		return pool.started(result.value);
	} catch (cause) {
		await pool.close();
		throw new Error(
			`the training engine did not start: ${toError(cause).message}`,
			{ cause },
		);
	}
}

class WorkerPool implements PoolTrainer {
	/** Jobs that were handed to Piscina: never more than it has threads. */
	private busy = 0;
	/** Begins the jobs that wait, oldest first. */
	private readonly waiting = new Set<() => void>();
	/** Gives back the jobs that stand in Piscina's own queue. */
	private readonly handed = new Set<AbortController>();
	private description: EngineDescription | undefined;
	private isClosing = false;
	private hasEngine = true;
	private lastLoss = new Error("a worker thread ended before it was ready");

	constructor(
		readonly workers: Piscina,
		private readonly tell: (event: WorkerPoolEvent) => void,
		private readonly observers: JobObservers,
	) {
		// A worker that ends while it has no job: it was loading its engine, or idle.
		workers.on("error", (cause: Error) => this.lost(cause));
		workers.on("workerDestroy", () =>
			// Piscina replaces the worker, where it does, after it has told this.
			queueMicrotask(() => this.giveBackWhereNoneIsLeft()),
		);
	}

	/** Its first worker has its engine. */
	started(engine: EngineDescription): this {
		this.description = engine;
		return this;
	}

	get engine(): EngineDescription {
		return this.description as EngineDescription;
	}

	get load(): WorkerLoad {
		return {
			threads: this.workers.threads.length,
			busy: this.busy,
			waiting: this.waiting.size,
		};
	}

	async trainEpoch(
		request: EpochRequest,
		{
			signal,
			onProgress,
		}: { signal: AbortSignal; onProgress: (progress: EpochProgress) => void },
	): Promise<EpochOutcome & TrainerTiming> {
		let told = Promise.resolve();
		let close = () => {};
		const name = nameOf("train-epoch", request);
		const outcome = await this.run<EpochOutcome>(name, signal, (job) => {
			close();
			const { port1: ours, port2: progress } = new MessageChannel();
			close = () => ours.close();
			// Result and progress come through two ports, so the result waits for the end of the progress. The closing of the worker's port would
			// not do: it comes only once the worker finds no further job.
			told = new Promise<void>((resolve) => {
				ours.on("message", (message: ProgressMessage) =>
					message === null ? resolve() : onProgress(message),
				);
			});
			return {
				job: { ...request, ...job, kind: "train-epoch", progress },
				transferList: [progress],
			};
		}).catch((error: unknown) => {
			close();
			throw error;
		});
		await told;
		close();
		return outcome;
	}

	grade(
		request: GradeRequest,
		{ signal }: { signal: AbortSignal },
	): Promise<Grade & TrainerTiming> {
		return this.run<Grade>(nameOf("grade", request), signal, (job) => ({
			job: { ...request, ...job, kind: "grade" },
			transferList: [],
		}));
	}

	async close(): Promise<void> {
		this.isClosing = true;
		await this.workers.destroy();
	}

	/**
	 * Waits until a worker is free and gives what ends the turn; in order of arrival. The line stands here and not in Piscina, where a job that
	 * was given up would stay until its turn comes.
	 */
	private async turn(signal: AbortSignal): Promise<() => void> {
		const mayBegin = () => {
			this.busy += 1;
		};
		if (signal.aborted) throw new WorkInterrupted("cancelled", false);
		if (this.busy < this.workers.options.maxThreads) mayBegin();
		else {
			await new Promise<void>((resolve, reject) => {
				const begin = () => {
					signal.removeEventListener("abort", leave);
					mayBegin();
					resolve();
				};
				const leave = () => {
					this.waiting.delete(begin);
					reject(new WorkInterrupted("cancelled", false));
				};
				this.waiting.add(begin);
				signal.addEventListener("abort", leave, { once: true });
			});
		}
		return () => {
			this.busy -= 1;
			const [next] = this.waiting;
			if (next === undefined) return;
			this.waiting.delete(next);
			next();
		};
	}

	/** Runs a job, and tells who watches it. Errors: WorkInterrupted, and any other for a defect. */
	private async run<Value extends object>(
		name: JobName,
		signal: AbortSignal,
		toJob: ToJob,
	): Promise<Value & TrainerTiming> {
		const sentAt = performance.now();
		const watch = new JobWatch(name, this.observers);
		try {
			const result = await this.resultOf<Value>(toJob, signal, watch);
			watch.end(result.kind, result);
			return toValue(result, sentAt);
		} catch (error) {
			watch.end(error instanceof WorkInterrupted ? error.kind : "failed");
			throw error;
		}
	}

	/**
	 * What a job comes to in its turn; a cancelled one settles at once while it is queued, and within one batch while it runs. A job whose worker
	 * ended before it took the job goes to another worker, unnoticed by its caller.
	 */
	private async resultOf<Value extends object>(
		toJob: ToJob,
		signal: AbortSignal,
		watch: JobWatch,
	): Promise<JobResult<Value>> {
		const endTurn = await this.turn(signal);
		watch.begin();
		let inPool: Promise<unknown> = Promise.resolve();
		try {
			for (let attempt = 1; ; attempt++) {
				if (signal.aborted) throw new WorkInterrupted("cancelled", false);
				const control = createJobControl();
				const handed = this.hand<Value>(toJob({ control, ...watch.context }));
				inPool = handed.catch(() => {});
				const result = await this.settle(handed, control, signal).catch(
					(error: WorkInterrupted) => {
						if (error.kind === "cancelled" || error.begun || this.isClosing)
							throw error;
						if (attempt < ATTEMPTS) return undefined;
						this.setEngine(false);
						throw error;
					},
				);
				if (result === undefined) continue;
				this.setEngine(true);
				return result;
			}
		} finally {
			// Piscina may still have a job that its caller gave up.
			void inPool.then(endTurn);
		}
	}

	/** Hands a job to Piscina. Errors: whatever ended its worker, or an AbortError where none is left to take it. */
	private async hand<Value>({
		job,
		transferList,
	}: ReturnType<ToJob>): Promise<JobResult<Value>> {
		if (this.isClosing) throw new Error("the worker pool is closed");
		const back = new AbortController();
		this.handed.add(back);
		try {
			return (await this.workers.run(job, {
				transferList: [...transferList],
				signal: back.signal,
			})) as JobResult<Value>;
		} finally {
			this.handed.delete(back);
		}
	}

	/** What a job that was handed over comes to. Errors: WorkInterrupted. */
	private async settle<Value>(
		handed: Promise<JobResult<Value>>,
		control: JobControl,
		signal: AbortSignal,
	): Promise<JobResult<Value>> {
		let cancel = () => {};
		const dropped = new Promise<never>((_, reject) => {
			cancel = () => {
				if (cancelJob(control)) reject(new WorkInterrupted("cancelled", false));
			};
		});
		signal.addEventListener("abort", cancel, { once: true });
		try {
			return await Promise.race([
				handed.catch((thrown: unknown) => {
					const begun = !cancelJob(control);
					const cause = begun ? this.lost(toError(thrown)) : this.lastLoss;
					throw new WorkInterrupted("worker-lost", begun, { cause });
				}),
				dropped,
			]);
		} finally {
			signal.removeEventListener("abort", cancel);
		}
	}

	/**
	 * Piscina does not replace a worker that ended before it was ready, and leaves the jobs that wait in its queue there. They go back to `run`,
	 * which asks for another worker by handing them over again.
	 */
	private giveBackWhereNoneIsLeft(): void {
		if (this.workers.threads.length > 0) return;
		for (const back of this.handed) back.abort();
	}

	private lost(cause: Error): Error {
		this.lastLoss = cause;
		if (!this.isClosing) this.tell({ kind: "worker-lost", cause });
		return cause;
	}

	private setEngine(hasEngine: boolean): void {
		if (hasEngine === this.hasEngine) return;
		this.hasEngine = hasEngine;
		this.tell(
			hasEngine
				? { kind: "engine-back" }
				: { kind: "no-engine", cause: this.lastLoss },
		);
	}
}

/** Makes a job anew for each worker that it is handed to: what was transferred to one is gone with it. */
type ToJob = (parts: {
	readonly control: JobControl;
	readonly traceparent?: string;
}) => {
	readonly job: Job;
	readonly transferList: readonly MessagePort[];
};

function nameOf(
	kind: JobName["kind"],
	{ network }: EpochRequest | GradeRequest,
): JobName {
	return { kind, network: network.name };
}

function toValue<Value extends object>(
	result: JobResult<Value>,
	sentAt: number,
): Value & TrainerTiming {
	switch (result.kind) {
		case "done":
			return {
				...result.value,
				computeMs: result.computeMs,
				queueMs: Math.max(0, performance.now() - sentAt - result.computeMs),
			};
		case "cancelled":
			throw new WorkInterrupted("cancelled", true);
		case "failed":
			throw Object.assign(new Error(result.message), { stack: result.stack });
	}
}

function toError(thrown: unknown): Error {
	return thrown instanceof Error ? thrown : new Error(String(thrown));
}
