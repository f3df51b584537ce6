import type { WorkerSpan } from "../../workers/job-result.js";

/** A job as metrics and traces name it. */
export interface JobName {
	readonly kind: "train-epoch" | "grade";
	/** Of its network. */
	readonly network: string;
}

/** `cancelled`: its caller went away, before or after it had begun. */
export type JobEnd = "done" | "cancelled" | "worker-lost" | "failed";

export interface EndedJob extends JobName {
	readonly end: JobEnd;
	/** In the line, until its turn or until it was given up. */
	readonly queueMs: number;
	/** From its turn to its end; absent where its turn never came. */
	readonly computeMs: number | undefined;
}

/** Follows jobs for a trace. */
export interface JobTracer {
	/** A job joins the line. Nothing comes back where no trace follows it. */
	queued(job: JobName): JobTrace | undefined;
}

export interface JobTrace {
	/** W3C's trace context, which goes along to the worker. */
	readonly traceparent: string;
	/** Its turn has come. */
	begun(): void;
	/** `span`: when the worker did it, where the worker could still tell. */
	ended(end: JobEnd, span: WorkerSpan | undefined): void;
}

/** Who is told of jobs; nobody, where both are absent. */
export interface JobObservers {
	readonly onJob?: ((job: EndedJob) => void) | undefined;
	readonly tracer?: JobTracer | undefined;
}

/** One job on its way from the line to its end. */
export class JobWatch {
	private readonly queuedAt = performance.now();
	private begunAt: number | undefined;
	private hasEnded = false;
	private readonly trace: JobTrace | undefined;

	constructor(
		private readonly job: JobName,
		private readonly observers: JobObservers,
	) {
		this.trace = observers.tracer?.queued(job);
	}

	/** For the job's message. */
	get context(): { readonly traceparent?: string } {
		return this.trace === undefined
			? {}
			: { traceparent: this.trace.traceparent };
	}

	begin(): void {
		this.begunAt = performance.now();
		this.trace?.begun();
	}

	/** Tells it, the first time. `result`: what came from the worker. */
	end(
		end: JobEnd,
		result: { readonly computeMs?: number; readonly span?: WorkerSpan } = {},
	): void {
		if (this.hasEnded) return;
		this.hasEnded = true;
		const { job, queuedAt, begunAt } = this;
		const now = performance.now();
		this.trace?.ended(end, result.span);
		this.observers.onJob?.({
			...job,
			end,
			queueMs: (begunAt ?? now) - queuedAt,
			computeMs:
				result.computeMs ?? (begunAt === undefined ? undefined : now - begunAt),
		});
	}
}
