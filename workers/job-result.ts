import type { ModelState, Precision } from "./engine.js";

/** Everything that comes back from a worker thread; errors too are values. */
export type JobResult<Value> = (
	| { readonly kind: "done"; readonly value: Value; readonly computeMs: number }
	| { readonly kind: "cancelled" }
	| {
			readonly kind: "failed";
			readonly message: string;
			readonly stack: string;
	  }
) & {
	/** Where a trace follows the job. */
	readonly span?: WorkerSpan;
};

/** When a worker did a job that a trace follows. */
export interface WorkerSpan {
	/** As the job had it. */
	readonly traceparent: string;
	/** Milliseconds since 1970, with fractions. */
	readonly startMs: number;
	readonly endMs: number;
	/** The worker's number among the process's threads. */
	readonly thread: number;
}

export interface EngineDescription {
	/** The part of the machine's identity that results depend on. */
	readonly name: string;
	readonly kind: "tensorflow" | "portable";
	/** Absent for the portable engine. */
	readonly tensorflowVersion: string | undefined;
	/** Why it is the portable one, in a sentence; absent for TensorFlow. */
	readonly why: string | undefined;
	readonly oneDnn: boolean;
	readonly intraOpThreads: number;
	readonly interOpThreads: number;
	readonly instructionSet: string;
	readonly precision: Precision;
}

export interface EpochOutcome {
	/** After the epoch; after a divergence the weights as they stood. */
	readonly state: ModelState;
	/** Mean over the epoch's batch losses, training mode; may be not finite. */
	readonly trainLoss: number;
	/** Mean over the epoch's batches. */
	readonly gradientNorm: number;
	/** A batch loss was not finite, or the mean or the validation loss exceeded 10. */
	readonly diverged: boolean;
	/** Absent when the training itself diverged. */
	readonly evaluation: EpochEvaluation | undefined;
}

export interface EpochEvaluation {
	readonly validationLoss: number;
	readonly validationAccuracy: number;
	/** On as many training images as validation has, evaluation mode. */
	readonly trainAccuracy: number;
}

export interface Grade {
	/** Every weight is finite; when not, nothing was measured. */
	readonly finite: boolean;
	readonly testAccuracy: number;
	readonly trainAccuracy: number;
}
