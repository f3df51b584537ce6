import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Piscina } from "piscina";
import type { EngineChoice } from "../../workers/create-engine.js";
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
import type { Network } from "../../workers/network.js";
import type { TrainingWorkerData } from "../../workers/training-worker.js";
import {
	type EpochRequest,
	type GradeRequest,
	type Trainer,
	type TrainerTiming,
	WorkInterrupted,
} from "./trainer.js";

export interface WorkerPoolOptions {
	readonly engine: EngineChoice;
	/** Worker threads, 1 or 2: the service is made for two processors. */
	readonly threads: number;
	/** Networks that jobs may train: those of the tasks. */
	readonly networks: readonly Network[];
}

/** TensorFlow's threads, per run: one within an operation, two between operations. Measured best for two workers on two processors. */
const INTRA_OP_THREADS = "1";
const INTER_OP_THREADS = "2";

/**
 * Starts the worker threads and waits until the first has its engine. TensorFlow reads its settings from the process's environment when it
 * loads, so they are set here, before any worker starts.
 */
export async function createWorkerPool({
	engine,
	threads,
	networks,
}: WorkerPoolOptions): Promise<Trainer & { readonly workers: Piscina }> {
	process.env.TF_NUM_INTRAOP_THREADS ??= INTRA_OP_THREADS;
	process.env.TF_NUM_INTEROP_THREADS ??= INTER_OP_THREADS;
	process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
	const workerData: TrainingWorkerData = {
		engine,
		networks,
		loading: createEngineLoading(),
	};
	const piscina = new Piscina({
		filename: fileURLToPath(
			new URL("../../workers/training-worker.js", import.meta.url),
		),
		minThreads: threads,
		maxThreads: threads,
		concurrentTasksPerWorker: 1,
		// Without this a job that finds no free worker goes behind those that came after it.
		stricterFIFO: true,
		atomics: "disabled",
		workerData,
	});
	// A worker that ends while nobody waits for it is replaced; without a listener it would end the process.
	piscina.on("error", () => {});
	piscina.on("workerDestroy", () =>
		endTurnOfLost(workerData.loading, piscina.threads),
	);
	try {
		const result = (await piscina.run({
			kind: "describe",
		} satisfies Job)) as JobResult<EngineDescription>;
		if (result.kind !== "done")
			throw new Error(result.kind === "failed" ? result.message : result.kind);
		return new WorkerPool(piscina, result.value);
	} catch (cause) {
		await piscina.destroy();
		throw new Error(
			`the training engine did not start: ${cause instanceof Error ? cause.message : String(cause)}`,
			{ cause },
		);
	}
}

class WorkerPool implements Trainer {
	/** Jobs that were handed to Piscina: never more than it has threads. */
	private busy = 0;
	/** Begins the jobs that wait, oldest first. */
	private readonly waiting = new Set<() => void>();

	constructor(
		readonly workers: Piscina,
		readonly engine: EngineDescription,
	) {}

	async trainEpoch(
		request: EpochRequest,
		{
			signal,
			onProgress,
		}: { signal: AbortSignal; onProgress: (progress: EpochProgress) => void },
	): Promise<EpochOutcome & TrainerTiming> {
		const { port1: ours, port2: progress } = new MessageChannel();
		// Result and progress come through two ports, so the result waits for the end of the progress. The closing of the worker's port would
		// not do: it comes only once the worker finds no further job.
		const told = new Promise<void>((resolve) => {
			ours.on("message", (message: ProgressMessage) =>
				message === null ? resolve() : onProgress(message),
			);
		});
		try {
			const control = createJobControl();
			const outcome = await this.run<EpochOutcome>(
				{ ...request, kind: "train-epoch", control, progress },
				control,
				signal,
				[progress],
			);
			await told;
			return outcome;
		} finally {
			ours.close();
		}
	}

	grade(
		request: GradeRequest,
		{ signal }: { signal: AbortSignal },
	): Promise<Grade & TrainerTiming> {
		const control = createJobControl();
		return this.run<Grade>(
			{ ...request, kind: "grade", control },
			control,
			signal,
			[],
		);
	}

	async close(): Promise<void> {
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

	/** Runs a job; a cancelled one settles at once while it is queued, and within one batch while it runs. */
	private async run<Value extends object>(
		job: Job,
		control: JobControl,
		signal: AbortSignal,
		transferList: readonly MessagePort[],
	): Promise<Value & TrainerTiming> {
		const sentAt = performance.now();
		const endTurn = await this.turn(signal);
		if (signal.aborted) {
			endTurn();
			throw new WorkInterrupted("cancelled", false);
		}
		let cancel = () => {};
		const dropped = new Promise<never>((_, reject) => {
			cancel = () => {
				if (cancelJob(control)) reject(new WorkInterrupted("cancelled", false));
			};
		});
		signal.addEventListener("abort", cancel, { once: true });
		try {
			const running = this.workers
				.run(job, { transferList: [...transferList] })
				.finally(endTurn) as Promise<JobResult<Value>>;
			const result = await Promise.race([
				running.catch((cause: unknown) => {
					throw new WorkInterrupted("worker-lost", !cancelJob(control), {
						cause,
					});
				}),
				dropped,
			]);
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
					throw Object.assign(new Error(result.message), {
						stack: result.stack,
					});
			}
		} finally {
			signal.removeEventListener("abort", cancel);
		}
	}
}
