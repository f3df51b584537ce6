import type { FieldSpec } from "../../../proto/generated/nightshift/v1/FieldSpec.js";
import type { LearningRateSchedule } from "../../../proto/generated/nightshift/v1/LearningRateSchedule.js";
import type { Optimizer } from "../../../proto/generated/nightshift/v1/Optimizer.js";
import type { TrainingConfiguration } from "../../../proto/generated/nightshift/v1/TrainingConfiguration.js";
import type { TrainingObservation } from "../../../proto/generated/nightshift/v1/TrainingObservation.js";
import type { Configuration } from "./actions.js";
import { convergenceSignal } from "./convergence.js";
import { lastEpoch, type TrainingEpisode } from "./episode.js";
import { finite, trialEpochs } from "./run-epochs.js";
import { learningRate } from "./schedule.js";
import type { TrainingTask } from "./tasks.js";

const HISTORY = 10;

/** What an agent sees. Nothing volatile stands in it; what is not known or not finite is absent. */
export function observeTraining(
	episode: TrainingEpisode,
	task: TrainingTask,
): TrainingObservation {
	const last = lastEpoch(episode);
	const history = episode.epochs.slice(-HISTORY);
	return {
		current_epoch: episode.epochs.length,
		max_epochs: task.budget,
		remaining_budget: task.budget - episode.charged,
		...finite("train_loss", last?.trainLoss),
		...finite("val_loss", last?.validationLoss),
		...finite("train_accuracy", last?.trainAccuracy),
		...finite("val_accuracy", last?.validationAccuracy),
		...finite("best_val_accuracy", episode.best?.validationAccuracy),
		...finite("best_val_epoch", episode.best?.epoch),
		loss_history_last_10: history
			.map(({ trainLoss }) => trainLoss)
			.filter(Number.isFinite),
		val_loss_history_last_10: history.flatMap(({ validationLoss }) =>
			validationLoss !== undefined && Number.isFinite(validationLoss)
				? [validationLoss]
				: [],
		),
		convergence_signal: convergenceSignal(
			trialEpochs(episode),
			episode.diverged,
		),
		is_diverged: episode.diverged,
		...(episode.configuration && {
			configuration: toConfiguration(episode.configuration),
		}),
		...finite("learning_rate", nextLearningRate(episode, task)),
		...finite("gradient_norm", last?.gradientNorm),
		trial: episode.trial,
		trials: episode.trials.map((row) => ({
			trial: row.trial,
			configuration: toConfiguration(row.configuration),
			first_epoch: row.firstEpoch,
			epochs: row.epochs,
			...finite("best_val_accuracy", row.bestAccuracy),
			...finite("last_val_loss", row.lastLoss),
			diverged: row.diverged,
		})),
		engine: episode.engine,
		data_set: {
			...episode.dataSet,
			train_images: task.trainImages,
			validation_images: task.validationImages,
		},
	};
}

/** The rate that the next epoch will use; unknown before the first configuration and once the budget is spent. */
export function nextLearningRate(
	episode: TrainingEpisode,
	task: TrainingTask,
): number | undefined {
	if (
		episode.configuration === undefined ||
		episode.scheduleStart === undefined ||
		episode.charged >= task.budget
	)
		return undefined;
	return learningRate(
		episode.configuration,
		episode.scheduleStart,
		episode.charged,
	);
}

function toConfiguration(configuration: Configuration): TrainingConfiguration {
	return {
		...configuration,
		optimizer:
			`OPTIMIZER_${configuration.optimizer.toUpperCase()}` as Optimizer,
		lr_schedule:
			`LEARNING_RATE_SCHEDULE_${configuration.lr_schedule.toUpperCase()}` as LearningRateSchedule,
	};
}

const share = { minimum: 0, maximum: 1 };

/** The fields of TrainingObservation, for discovery. */
export function observationFields(task: TrainingTask): FieldSpec[] {
	return [
		{
			name: "current_epoch",
			type: "uint32",
			description: "Epochs trained so far; never goes back.",
			minimum: 0,
			maximum: task.budget,
		},
		{
			name: "max_epochs",
			type: "uint32",
			description: "The budget of epochs.",
			minimum: task.budget,
			maximum: task.budget,
		},
		{
			name: "remaining_budget",
			type: "uint32",
			description: "Epochs left.",
			minimum: 0,
			maximum: task.budget,
		},
		{
			name: "train_loss",
			type: "double",
			description:
				"Mean batch loss of the last epoch in training mode, nats; absent before the first.",
			minimum: 0,
		},
		{
			name: "val_loss",
			type: "double",
			description: "Validation loss, nats; absent before the first epoch.",
			minimum: 0,
		},
		{
			name: "train_accuracy",
			type: "double",
			description:
				"Accuracy on a fixed draw of training images, evaluation mode.",
			...share,
		},
		{
			name: "val_accuracy",
			type: "double",
			description: "Validation accuracy.",
			...share,
		},
		{
			name: "best_val_accuracy",
			type: "double",
			description: "Highest validation accuracy of the episode.",
			...share,
		},
		{
			name: "best_val_epoch",
			type: "uint32",
			description: "Epoch at which it was reached.",
			minimum: 1,
			maximum: task.budget,
		},
		{
			name: "loss_history_last_10",
			type: "repeated double",
			description: "train_loss of the last 10 epochs, oldest first.",
			minimum: 0,
		},
		{
			name: "val_loss_history_last_10",
			type: "repeated double",
			description: "val_loss of the last 10 epochs, oldest first.",
			minimum: 0,
		},
		{
			name: "convergence_signal",
			type: "enum ConvergenceSignal",
			description: "What the curves of the current trial look like.",
		},
		{
			name: "is_diverged",
			type: "bool",
			description: "Whether the current weights come from a divergence.",
		},
		{
			name: "configuration",
			type: "message TrainingConfiguration",
			description:
				"The configuration; absent before the first configure_training.",
		},
		{
			name: "learning_rate",
			type: "double",
			description: "Rate that the next epoch will use.",
			minimum: 0,
			maximum: 1,
		},
		{
			name: "gradient_norm",
			type: "double",
			description: "Mean L2 norm of the last epoch's gradients.",
			minimum: 0,
		},
		{
			name: "trial",
			type: "uint32",
			description: "The current trial's number.",
			minimum: 1,
			maximum: task.budget + 101,
		},
		{
			name: "trials",
			type: "repeated message TrialRecord",
			description: "Each configuration tried and what it reached.",
		},
		{
			name: "engine",
			type: "string",
			description: "Name of the engine that trains.",
		},
		{
			name: "data_set",
			type: "message DataSetIdentity",
			description: "Name, digest and numbers of the images.",
		},
	];
}
