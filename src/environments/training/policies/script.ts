import type { Action } from "../../../../proto/generated/nightshift/v1/Action.js";
import type { ConfigureTraining } from "../../../../proto/generated/nightshift/v1/ConfigureTraining.js";
import type { TrainingObservation__Output } from "../../../../proto/generated/nightshift/v1/TrainingObservation.js";
import type { TrialRecord__Output } from "../../../../proto/generated/nightshift/v1/TrialRecord.js";
import type { Act } from "../../policy.js";

type Seen = TrainingObservation__Output;

/** An episode told as a sequence of statements: it yields an action and is given what is seen after it. Once it returns, the episode is left. */
export type Script<Value = void> = Generator<Action, Value, Seen>;

/** The most epochs that one run_epochs may ask for. */
const MOST_EPOCHS_A_CALL = 20;

/** What a trial goes by when every one that was tried diverged in its first epoch: the defaults, each of them named. */
const DEFAULTS: ConfigureTraining = {
	optimizer: "OPTIMIZER_ADAM",
	learning_rate: 1e-3,
	batch_size: 64,
	weight_decay: 0,
	dropout: 0,
	augmentation: false,
};

/** Plays a script, which is given what is seen at the beginning. */
export function playScript(script: (seen: Seen) => Script): Act {
	let steps: Script | undefined;
	return ({ training }) => {
		const seen = training as Seen;
		steps ??= script(seen);
		const step = steps.next(seen);
		return step.done ? undefined : step.value;
	};
}

/** Trains new weights at a constant rate for some epochs, or fewer where it diverges. The configuration must name all that a trial may change. */
export function* trainAnew(
	seen: Seen,
	configuration: ConfigureTraining,
	epochs: number,
): Script<Seen> {
	const configured = yield {
		configure_training: {
			...configuration,
			lr_schedule: "LEARNING_RATE_SCHEDULE_CONSTANT",
			...(seen.configuration && { resume_from: "RESUME_FROM_SCRATCH" }),
		},
	};
	return yield* train(configured, epochs);
}

/** Trains the best checkpoint of the episode further under the configuration that led to it, as `trainAnew`. */
export function* trainBestFurther(seen: Seen, epochs: number): Script<Seen> {
	const configured = yield {
		configure_training: {
			...bestTrial(seen)?.configuration,
			resume_from: "RESUME_FROM_BEST_CHECKPOINT",
		},
	};
	return yield* train(configured, epochs);
}

/** Spends what is left of the budget on the best checkpoint, its rate falling to 0 on a cosine, and submits the best. */
export function* annealBestAndSubmit(seen: Seen): Script {
	if (seen.remaining_budget > 0) {
		const best = bestTrial(seen);
		const configured = yield {
			configure_training: {
				...(best?.configuration ?? DEFAULTS),
				lr_schedule: "LEARNING_RATE_SCHEDULE_COSINE",
				resume_from:
					best === undefined
						? "RESUME_FROM_SCRATCH"
						: "RESUME_FROM_BEST_CHECKPOINT",
			},
		};
		yield* train(configured, configured.remaining_budget);
	}
	yield { submit_model: {} };
}

/** The row of the trial history in which the best checkpoint was reached; absent before there is one. */
export function bestTrial({
	best_val_epoch,
	trials,
}: Pick<Seen, "best_val_epoch" | "trials">): TrialRecord__Output | undefined {
	return best_val_epoch === undefined
		? undefined
		: trials.findLast(({ first_epoch }) => first_epoch <= best_val_epoch);
}

/** Highest validation accuracy of the trial that was trained last; 0 where it diverged in its first epoch. */
export function lastReached({ trials }: Pick<Seen, "trials">): number {
	return trials.at(-1)?.best_val_accuracy ?? 0;
}

function* train(seen: Seen, epochs: number): Script<Seen> {
	const leave = Math.max(0, seen.remaining_budget - epochs);
	let now = seen;
	while (now.remaining_budget > leave && !now.is_diverged)
		now = yield {
			run_epochs: {
				num_epochs: Math.min(MOST_EPOCHS_A_CALL, now.remaining_budget - leave),
			},
		};
	return now;
}
