import type {
	EpisodeModel,
	EpochProgress,
	TrainEpochJob,
} from "../../workers/job.js";
import type {
	EngineDescription,
	EpochOutcome,
	Grade,
} from "../../workers/job-result.js";

/** One epoch to train; what the trainer adds to make a job of it is left out. */
export type EpochRequest = Omit<
	TrainEpochJob,
	"kind" | "control" | "traceparent" | "progress"
>;

export type GradeRequest = EpisodeModel;

/** How long a request took, milliseconds. */
export interface TrainerTiming {
	readonly queueMs: number;
	readonly computeMs: number;
}

/**
 * Trains epochs for many sessions. Requests are served in the order in which they came, and a session asks for one epoch at a time, so
 * sessions take turns. Errors: WorkInterrupted (cancelled: within one batch after the signal), and any other for a defect.
 */
export interface Trainer {
	readonly engine: EngineDescription;
	trainEpoch(
		request: EpochRequest,
		options: {
			readonly signal: AbortSignal;
			readonly onProgress: (progress: EpochProgress) => void;
		},
	): Promise<EpochOutcome & TrainerTiming>;
	grade(
		request: GradeRequest,
		options: { readonly signal: AbortSignal },
	): Promise<Grade & TrainerTiming>;
	close(): Promise<void>;
}

/** The work was cut off; `begun` says whether a worker had taken it. The environment makes CALL_CANCELLED or WORKER_LOST of it. */
export class WorkInterrupted extends Error {
	constructor(
		readonly kind: "cancelled" | "worker-lost",
		readonly begun: boolean,
		options?: { cause?: unknown },
	) {
		super(
			kind === "cancelled"
				? "the work was cancelled"
				: "the worker thread was lost",
			options,
		);
		this.name = "WorkInterrupted";
	}
}
