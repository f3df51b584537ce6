import type { ConfigureTraining } from "../../../../proto/generated/nightshift/v1/ConfigureTraining.js";
import type { TrainingObservation__Output } from "../../../../proto/generated/nightshift/v1/TrainingObservation.js";
import { RandomStream } from "../../../../workers/random-stream.js";
import { flatColumns, readFlatAction } from "../../action-schema.js";
import type { Policy } from "../../policy.js";
import { trainingActions } from "../actions.js";

const COLUMNS = flatColumns(trainingActions);

/**
 * Draws each action from the table of actions: every level of every argument equally likely, over all actions that are lawful now and neither
 * free nor the submission. It submits once it has spent a number of epochs that is drawn beforehand, 1 to the budget. Its stream is keyed by
 * the seed and the task, so a seed always plays the same.
 */
export const random: Policy = {
	name: "random",
	version: 1,
	environment: "training",
	description:
		"Lawful actions drawn at random from the table of actions; submits after a random number of epochs.",
	start(task, seed) {
		const stream = new RandomStream(
			new TextEncoder().encode(`random/${task.id}/${seed}`),
			"policy",
		);
		const lastEpoch = 1 + stream.nextBelow(task.budget);
		return ({ training }) => {
			const seen = training as TrainingObservation__Output;
			if (seen.max_epochs - seen.remaining_budget >= lastEpoch)
				return { submit_model: {} };
			for (;;) {
				const { row, message } = readFlatAction(
					trainingActions,
					COLUMNS.map((levels) => stream.nextBelow(levels)),
				);
				if (
					row.free !== true &&
					row.name !== "submit_model" &&
					isLawful(row.name, message, seen)
				)
					return { [row.name]: message };
			}
		};
	},
};

/** Whether the server would take the action now, from what an observation shows. */
function isLawful(
	name: string,
	message: object,
	seen: TrainingObservation__Output,
): boolean {
	if (name === "configure_training") return isLawfulChange(message, seen);
	return (
		Boolean(seen.configuration) && !(name === "run_epochs" && seen.is_diverged)
	);
}

function isLawfulChange(
	{ resume_from, lr_schedule, warmup_epochs }: ConfigureTraining,
	seen: TrainingObservation__Output,
): boolean {
	if (
		resume_from === "RESUME_FROM_BEST_CHECKPOINT" &&
		seen.best_val_accuracy === undefined
	)
		return false;
	if (resume_from === "RESUME_FROM_CURRENT" && seen.is_diverged) return false;
	const warmup = warmup_epochs ?? seen.configuration?.warmup_epochs ?? 0;
	const schedule = lr_schedule ?? seen.configuration?.lr_schedule;
	return (
		warmup === 0 ||
		(schedule === "LEARNING_RATE_SCHEDULE_WARMUP_COSINE" &&
			warmup < seen.remaining_budget)
	);
}
