import type { ColumnSpec } from "../../../proto/generated/nightshift/v1/ColumnSpec.js";
import type { ConvergenceSignal__Output as ConvergenceSignal } from "../../../proto/generated/nightshift/v1/ConvergenceSignal.js";
import { trainingActions } from "./actions.js";
import { convergenceSignal } from "./convergence.js";
import { lastEpoch, type TrainingEpisode } from "./episode.js";
import { nextLearningRate } from "./observation.js";
import { whyNotPossible } from "./possible.js";
import { trialEpochs } from "./run-epochs.js";
import type { TrainingTask } from "./tasks.js";

interface Column extends ColumnSpec {
	readonly name: string;
	readonly minimum: number;
	readonly maximum: number;
	readonly description: string;
	readonly value: (
		episode: TrainingEpisode,
		task: TrainingTask,
	) => number | undefined;
	/** Stands there while the value is not known or not a number; an infinite one is clipped. */
	readonly unknown: number;
}

const column = (
	name: string,
	minimum: number,
	maximum: number,
	unknown: number,
	description: string,
	value: Column["value"],
): Column => ({
	name,
	minimum,
	maximum,
	unknown,
	description: `${description} Clipped to the bounds; ${unknown} while unknown.`,
	value,
});

const SIGNALS: readonly ConvergenceSignal[] = [
	"CONVERGENCE_SIGNAL_NOT_STARTED",
	"CONVERGENCE_SIGNAL_WARMING_UP",
	"CONVERGENCE_SIGNAL_IMPROVING",
	"CONVERGENCE_SIGNAL_PLATEAUED",
	"CONVERGENCE_SIGNAL_OVERFITTING",
	"CONVERGENCE_SIGNAL_STALLING",
	"CONVERGENCE_SIGNAL_DIVERGED",
];
const CHANCE_LOSS = Math.log(10);
const HISTORY = 10;
const ago = (episode: TrainingEpisode, epochs: number) =>
	episode.epochs[episode.epochs.length - 1 - epochs];

const columns: readonly Column[] = [
	column(
		"spent_budget",
		0,
		1,
		0,
		"Share of the budget that is spent.",
		({ charged }, { budget }) => charged / budget,
	),
	column(
		"train_loss",
		0,
		10,
		CHANCE_LOSS,
		"Mean batch loss of the last epoch, nats.",
		(episode) => lastEpoch(episode)?.trainLoss,
	),
	column(
		"val_loss",
		0,
		10,
		CHANCE_LOSS,
		"Validation loss, nats.",
		(episode) => lastEpoch(episode)?.validationLoss,
	),
	column(
		"train_accuracy",
		0,
		1,
		0,
		"Accuracy on training images, evaluation mode.",
		(episode) => lastEpoch(episode)?.trainAccuracy,
	),
	column(
		"val_accuracy",
		0,
		1,
		0,
		"Validation accuracy.",
		(episode) => lastEpoch(episode)?.validationAccuracy,
	),
	column(
		"best_val_accuracy",
		0,
		1,
		0,
		"Highest validation accuracy of the episode.",
		({ best }) => best?.validationAccuracy,
	),
	column(
		"epochs_since_best",
		0,
		1,
		0,
		"Epochs since then, as a share of the budget.",
		({ best, epochs }, { budget }) =>
			best && (epochs.length - best.epoch) / budget,
	),
	column(
		"log10_learning_rate",
		-12,
		0,
		-12,
		"Logarithm of the rate of the next epoch.",
		(episode, task) =>
			Math.log10(nextLearningRate(episode, task) ?? Number.NaN),
	),
	column(
		"log10_gradient_norm",
		-6,
		6,
		0,
		"Logarithm of the last epoch's gradient norm.",
		(episode) => Math.log10(lastEpoch(episode)?.gradientNorm ?? Number.NaN),
	),
	column(
		"trial",
		1,
		201,
		1,
		"The current trial's number.",
		({ trial }) => trial,
	),
	...SIGNALS.map((signal) =>
		column(
			`signal_${signal.slice("CONVERGENCE_SIGNAL_".length).toLowerCase()}`,
			0,
			1,
			0,
			"Whether this is the convergence signal.",
			(episode) =>
				convergenceSignal(trialEpochs(episode), episode.diverged) === signal
					? 1
					: 0,
		),
	),
	...(["sgd", "adam", "adamw"] as const).map((name) =>
		column(
			`optimizer_${name}`,
			0,
			1,
			0,
			"Whether this optimizer is configured.",
			({ configuration }) => (configuration?.optimizer === name ? 1 : 0),
		),
	),
	...(["constant", "step", "cosine", "warmup_cosine"] as const).map((name) =>
		column(
			`lr_schedule_${name}`,
			0,
			1,
			0,
			"Whether this schedule is configured.",
			({ configuration }) => (configuration?.lr_schedule === name ? 1 : 0),
		),
	),
	column(
		"log2_batch_size",
		5,
		8,
		5,
		"Logarithm of the batch size.",
		({ configuration }) => configuration && Math.log2(configuration.batch_size),
	),
	column(
		"weight_decay",
		0,
		0.1,
		0,
		"Weight decay.",
		({ configuration }) => configuration?.weight_decay,
	),
	column(
		"dropout",
		0,
		0.5,
		0,
		"Dropout rate.",
		({ configuration }) => configuration?.dropout,
	),
	column(
		"warmup_epochs",
		0,
		20,
		0,
		"Warm-up epochs.",
		({ configuration }) => configuration?.warmup_epochs,
	),
	column(
		"augmentation_strength",
		0,
		1,
		0,
		"Strength of augmentation; 0 while it is off.",
		({ configuration }) =>
			configuration?.augmentation === true
				? configuration.augmentation_strength
				: 0,
	),
	...Array.from({ length: HISTORY }, (_, epochs) =>
		column(
			`train_loss_${epochs}_ago`,
			0,
			10,
			CHANCE_LOSS,
			`Training loss ${epochs} epochs before the last.`,
			(episode) => ago(episode, epochs)?.trainLoss,
		),
	),
	...Array.from({ length: HISTORY }, (_, epochs) =>
		column(
			`val_loss_${epochs}_ago`,
			0,
			10,
			CHANCE_LOSS,
			`Validation loss ${epochs} epochs before the last.`,
			(episode) => ago(episode, epochs)?.validationLoss,
		),
	),
];

/** The columns' names and bounds, in order. */
export const observationColumns: ColumnSpec[] = columns.map(
	({ name, minimum, maximum, description }) => ({
		name,
		minimum,
		maximum,
		description,
	}),
);

/** The columns' values as float32, and which actions are possible. */
export function flattenTraining(
	episode: TrainingEpisode,
	task: TrainingTask,
): { columns: number[]; action_mask: boolean[] } {
	return {
		columns: columns.map(({ value, unknown, minimum, maximum }) => {
			const known = value(episode, task) ?? Number.NaN;
			return Math.fround(
				Math.min(
					maximum,
					Math.max(minimum, Number.isNaN(known) ? unknown : known),
				),
			);
		}),
		action_mask: trainingActions.map(
			({ name }) => whyNotPossible(episode, task, name) === undefined,
		),
	};
}
