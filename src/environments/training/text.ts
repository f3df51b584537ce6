import type { Configuration } from "./actions.js";
import { convergenceSignal } from "./convergence.js";
import { lastEpoch, type TrainingEpisode, type TrialRow } from "./episode.js";
import { nextLearningRate } from "./observation.js";
import { trialEpochs } from "./run-epochs.js";
import type { TrainingTask } from "./tasks.js";

/** Rows of the trial history that a text holds: the best and the latest. */
const TRIALS_SHOWN = 8;
const HISTORY = 10;

/** An observation for language models, under 4 kB. Equal states give equal texts. */
export function describeTraining(
	episode: TrainingEpisode,
	task: TrainingTask,
): string {
	const last = lastEpoch(episode);
	const spent = episode.charged;
	const lines = [
		`task: ${task.id} - ${task.goal}`,
		`data: ${episode.dataSet.name} (${episode.dataSet.digest}), ${task.trainImages} training and ${task.validationImages} validation images`,
		`engine: ${episode.engine}`,
		`epochs: ${episode.epochs.length} trained, ${task.budget - spent} of ${task.budget} left in the budget`,
		`signal: ${signalName(episode)}`,
	];
	if (last !== undefined) {
		lines.push(
			`last epoch: train_loss ${number(last.trainLoss)}, val_loss ${number(last.validationLoss)}, train_accuracy ${number(last.trainAccuracy)}, val_accuracy ${number(last.validationAccuracy)}, gradient_norm ${number(last.gradientNorm)}`,
			`val_loss of the last ${HISTORY} epochs: ${episode.epochs
				.slice(-HISTORY)
				.map(({ validationLoss }) => number(validationLoss))
				.join(" ")}`,
			`train_loss of the last ${HISTORY} epochs: ${episode.epochs
				.slice(-HISTORY)
				.map(({ trainLoss }) => number(trainLoss))
				.join(" ")}`,
		);
	}
	lines.push(
		episode.best === undefined
			? "best: no whole epoch yet"
			: `best: val_accuracy ${number(episode.best.validationAccuracy)} at epoch ${episode.best.epoch}`,
	);
	const rate = nextLearningRate(episode, task);
	lines.push(
		episode.configuration === undefined
			? "configuration: none yet; configure_training comes first"
			: `configuration: ${configurationText(episode.configuration)}${rate === undefined ? "" : `; next learning rate ${number(rate)}`}`,
	);
	if (episode.trials.length > 0)
		lines.push(
			`trial ${episode.trial}; configurations tried:`,
			...shownTrials(episode.trials),
		);
	return lines.join("\n");
}

/** The signal's name as the founding document writes it: lower case, without prefix. */
function signalName(episode: TrainingEpisode): string {
	return convergenceSignal(trialEpochs(episode), episode.diverged)
		.slice("CONVERGENCE_SIGNAL_".length)
		.toLowerCase();
}

function shownTrials(trials: readonly TrialRow[]): string[] {
	const latest = trials.slice(-TRIALS_SHOWN);
	const best = trials.reduce((a, b) =>
		(b.bestAccuracy ?? -1) > (a.bestAccuracy ?? -1) ? b : a,
	);
	const rows = latest.includes(best) ? latest : [best, ...latest.slice(1)];
	const omitted = trials.length - rows.length;
	return [
		...(omitted > 0 ? [`  (${omitted} more not shown)`] : []),
		...rows.map(trialText),
	];
}

function trialText({
	trial,
	configuration,
	firstEpoch,
	epochs,
	bestAccuracy,
	lastLoss,
	diverged,
}: TrialRow): string {
	return `  trial ${trial}, epochs ${firstEpoch}-${firstEpoch + epochs - 1}: ${configurationText(configuration)} -> best val_accuracy ${number(bestAccuracy)}, last val_loss ${number(lastLoss)}${diverged ? ", diverged" : ""}`;
}

function configurationText(c: Configuration): string {
	const schedule =
		c.lr_schedule === "warmup_cosine"
			? `warmup_cosine(${c.warmup_epochs})`
			: c.lr_schedule;
	return `${c.optimizer} lr ${number(c.learning_rate)} ${schedule}, batch ${c.batch_size}, weight_decay ${number(c.weight_decay)}, dropout ${number(c.dropout)}, augmentation ${c.augmentation ? number(c.augmentation_strength) : "off"}`;
}

function number(value: number | undefined): string {
	if (value === undefined) return "-";
	if (!Number.isFinite(value)) return "not finite";
	return String(Number(value.toPrecision(4)));
}
