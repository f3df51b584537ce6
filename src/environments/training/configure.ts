import { type FieldViolation, NightshiftError } from "../../errors.js";
import {
	type Configuration,
	DEFAULT_CONFIGURATION,
	type TrainingAction,
} from "./actions.js";
import type { TrainingEpisode } from "./episode.js";
import type { TrainingTask } from "./tasks.js";

type Configure = TrainingAction & { name: "configure_training" };

/** Naming one of these starts the schedule anew. */
const SCHEDULE_FIELDS: readonly (keyof Configuration)[] = [
	"learning_rate",
	"lr_schedule",
	"warmup_epochs",
	"optimizer",
];

/** The configuration that a configure_training would lead to. Errors: INVALID_FIELD, ACTION_NOT_POSSIBLE; nothing has changed then. */
export function checkConfigure(
	episode: TrainingEpisode,
	task: TrainingTask,
	action: Configure,
): Configuration {
	const next: Configuration = {
		...(episode.configuration ?? DEFAULT_CONFIGURATION),
		...action.changes,
	};
	const violations: FieldViolation[] = [];
	const field = "action.configure_training.warmup_epochs";
	if (next.warmup_epochs > 0 && next.lr_schedule !== "warmup_cosine") {
		violations.push({
			field,
			description: `${next.warmup_epochs} goes only with lr_schedule LEARNING_RATE_SCHEDULE_WARMUP_COSINE; set warmup_epochs to 0 or choose that schedule.`,
		});
	}
	const left = task.budget - episode.charged;
	if (
		next.warmup_epochs > 0 &&
		startsSchedule(episode, action) &&
		next.warmup_epochs >= left
	) {
		violations.push({
			field,
			description: `${next.warmup_epochs} is not allowed; it must be less than the ${left} epochs left.`,
		});
	}
	if (violations.length > 0) throw NightshiftError.invalid(violations);
	if (
		action.names_resume_from &&
		action.resume_from === "current" &&
		episode.diverged
	) {
		throw new NightshiftError(
			"ACTION_NOT_POSSIBLE",
			"Training has diverged, so it cannot resume from the current weights; resume from best_checkpoint or scratch.",
		);
	}
	if (action.resume_from === "best_checkpoint" && episode.best === undefined) {
		throw new NightshiftError(
			"ACTION_NOT_POSSIBLE",
			"There is no checkpoint to resume from before the first whole epoch; resume from current or scratch.",
		);
	}
	return next;
}

/** Takes a configuration that `checkConfigure` gave. */
export function applyConfigure(
	episode: TrainingEpisode,
	task: TrainingTask,
	action: Configure,
	next: Configuration,
): void {
	if (startsSchedule(episode, action))
		episode.scheduleStart = {
			charged: episode.charged,
			budgetLeft: task.budget - episode.charged,
		};
	resume(episode, action);
	if (
		episode.current !== undefined &&
		episode.momentsOf !== undefined &&
		episode.momentsOf !== next.optimizer
	) {
		const { weights } = episode.current;
		episode.current = {
			weights,
			first: new Float32Array(weights.length),
			second: new Float32Array(weights.length),
			steps: 0,
		};
		episode.momentsOf = undefined;
	}
	episode.configuration = next;
}

function startsSchedule(
	episode: TrainingEpisode,
	{ changes, names_resume_from }: Configure,
): boolean {
	return (
		episode.configuration === undefined ||
		names_resume_from ||
		SCHEDULE_FIELDS.some((name) => changes[name] !== undefined)
	);
}

function resume(episode: TrainingEpisode, { resume_from }: Configure): void {
	switch (resume_from) {
		case "current":
			return;
		case "best_checkpoint": {
			const best = episode.best as NonNullable<TrainingEpisode["best"]>;
			episode.trial += 1;
			episode.current = best.state;
			episode.momentsOf = best.momentsOf;
			episode.line = best.line;
			episode.diverged = false;
			return;
		}
		case "scratch":
			episode.trial += 1;
			episode.current = undefined;
			episode.momentsOf = undefined;
			episode.line = [];
			episode.diverged = false;
			return;
	}
}
