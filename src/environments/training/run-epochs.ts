import type { EpochMetrics } from "../../../proto/generated/nightshift/v1/EpochMetrics.js";
import type { RunStop } from "../../../proto/generated/nightshift/v1/RunStop.js";
import type { TrainingProgress } from "../../../proto/generated/nightshift/v1/TrainingProgress.js";
import type { EpisodeImages } from "../../../workers/job.js";
import type { EpochOutcome } from "../../../workers/job-result.js";
import { NightshiftError, throwIfCancelled } from "../../errors.js";
import { type Trainer, WorkInterrupted } from "../../training/trainer.js";
import type { PerformContext } from "../environment.js";
import type { Configuration, TrainingAction } from "./actions.js";
import { convergenceSignal } from "./convergence.js";
import type {
	EpochRecord,
	RunningCall,
	TrainingEpisode,
	TrialRow,
} from "./episode.js";
import { learningRate, type ScheduleStart } from "./schedule.js";
import type { TrainingTask } from "./tasks.js";

export interface RunContext extends PerformContext {
	readonly task: TrainingTask;
	readonly trainer: Trainer;
	readonly images: EpisodeImages;
}

/**
 * Trains the epochs of a run_epochs call, one after the other, and gives why it ended. Each whole epoch is in the episode before the next
 * begins, so a call that is cut off loses one epoch at most; called again for the same action, it goes on where it stands.
 */
export async function runEpochs(
	episode: TrainingEpisode,
	action: TrainingAction & { name: "run_epochs" },
	context: RunContext,
): Promise<{ epochsRun: number; stop: RunStop }> {
	const left = context.task.budget - episode.charged;
	episode.run ??= {
		epochs: Math.min(action.num_epochs, left),
		askedFor: action.num_epochs,
		done: 0,
		withoutImprovement: 0,
		cutEpochCharged: false,
	};
	const { run } = episode;
	let stop = stopOf(episode, run, action);
	while (stop === undefined) {
		throwIfCancelled(context.signal);
		const previousBest = episode.bestLoss;
		const outcome = await trainOne(episode, run, context);
		commit(episode, run, outcome, previousBest);
		context.onProgress({
			training: {
				...callProgress(run),
				epoch_of_call: run.done,
				epoch: epochMetrics(episode),
			},
		});
		stop = stopOf(episode, run, action);
	}
	episode.run = undefined;
	return { epochsRun: run.done, stop };
}

/** Gives up a call that was cut off; an epoch that had begun stays charged. */
export function abandonRun(episode: TrainingEpisode): void {
	episode.run = undefined;
}

export function epochMetrics(episode: TrainingEpisode): EpochMetrics {
	const record = episode.epochs.at(-1) as EpochRecord;
	return {
		epoch: record.epoch,
		trial: record.trial,
		learning_rate: record.learningRate,
		...finite("train_loss", record.trainLoss),
		...finite("val_loss", record.validationLoss),
		...finite("train_accuracy", record.trainAccuracy),
		...finite("val_accuracy", record.validationAccuracy),
		...finite("gradient_norm", record.gradientNorm),
		convergence_signal: convergenceSignal(
			trialEpochs(episode),
			episode.diverged,
		),
		diverged: record.diverged,
	};
}

/** The epochs of the current trial. */
export function trialEpochs(episode: TrainingEpisode): EpochRecord[] {
	return episode.epochs.filter(({ trial }) => trial === episode.trial);
}

/** A field that is absent while its value is unknown or not finite. */
export function finite<Name extends string>(
	name: Name,
	value: number | undefined,
): { [key in Name]?: number } {
	return value !== undefined && Number.isFinite(value)
		? ({ [name]: value } as { [key in Name]: number })
		: {};
}

function stopOf(
	episode: TrainingEpisode,
	run: RunningCall,
	action: TrainingAction & { name: "run_epochs" },
): RunStop | undefined {
	if (run.done > 0 && episode.diverged) return "RUN_STOP_DIVERGED";
	const accuracy =
		run.done > 0 ? episode.epochs.at(-1)?.validationAccuracy : undefined;
	if (
		action.val_accuracy !== undefined &&
		accuracy !== undefined &&
		accuracy >= action.val_accuracy
	)
		return "RUN_STOP_ACCURACY_REACHED";
	if (run.done >= run.epochs)
		return run.epochs < run.askedFor
			? "RUN_STOP_BUDGET_SPENT"
			: "RUN_STOP_COMPLETED";
	if (
		action.patience_epochs !== undefined &&
		run.withoutImprovement >= action.patience_epochs
	)
		return "RUN_STOP_NO_IMPROVEMENT";
	return undefined;
}

async function trainOne(
	episode: TrainingEpisode,
	run: RunningCall,
	{ task, trainer, images, signal, onProgress, onTiming }: RunContext,
): Promise<EpochOutcome & { learningRate: number }> {
	const configuration = episode.configuration as Configuration;
	const charged = run.cutEpochCharged ? episode.charged - 1 : episode.charged;
	const rate = learningRate(
		configuration,
		episode.scheduleStart as ScheduleStart,
		charged,
	);
	const epoch = episode.epochs.length + 1;
	try {
		const outcome = await trainer.trainEpoch(
			{
				network: task.network,
				images,
				key: episode.key,
				trial: episode.trial,
				epoch,
				state: episode.current,
				optimizer: configuration.optimizer,
				learningRate: rate,
				batchSize: configuration.batch_size,
				weightDecay: configuration.weight_decay,
				dropout: configuration.dropout,
				augmentation: configuration.augmentation
					? {
							rule: task.augmentation,
							strength: configuration.augmentation_strength,
						}
					: undefined,
			},
			{
				signal,
				onProgress: ({ batch, batches, trainLoss }) =>
					onProgress({
						training: {
							...callProgress(run),
							batch: {
								epoch,
								batch,
								batches,
								...finite("train_loss", trainLoss),
							},
						},
					}),
			},
		);
		onTiming(outcome);
		return { ...outcome, learningRate: rate };
	} catch (error) {
		if (!(error instanceof WorkInterrupted)) throw error;
		if (error.kind === "worker-lost") {
			throw new NightshiftError(
				"WORKER_LOST",
				`${error.begun ? `A worker thread ended in the middle of epoch ${epoch}` : `No worker thread could begin epoch ${epoch}`}; the epochs before it are kept and it is not charged. Repeat the call under the same request number: it goes on from there, to the same result.`,
				{ cause: error },
			);
		}
		// A begun epoch stays charged, else a cancelled call would be a free look.
		if (error.begun && !run.cutEpochCharged) {
			episode.charged += 1;
			run.cutEpochCharged = true;
		}
		throwIfCancelled(signal);
		throw error;
	}
}

/** Takes a whole epoch into the episode. */
function commit(
	episode: TrainingEpisode,
	run: RunningCall,
	outcome: EpochOutcome & { learningRate: number },
	previousBest: number,
): void {
	const { evaluation, diverged } = outcome;
	const record: EpochRecord = {
		epoch: episode.epochs.length + 1,
		trial: episode.trial,
		learningRate: outcome.learningRate,
		trainLoss: outcome.trainLoss,
		gradientNorm: outcome.gradientNorm,
		diverged,
		validationLoss: evaluation?.validationLoss,
		validationAccuracy: evaluation?.validationAccuracy,
		trainAccuracy: evaluation?.trainAccuracy,
	};
	if (run.cutEpochCharged) run.cutEpochCharged = false;
	else episode.charged += 1;
	episode.epochs.push(record);
	episode.line = [...episode.line, episode.epochs.length - 1];
	episode.current = outcome.state;
	episode.momentsOf = (episode.configuration as Configuration).optimizer;
	episode.diverged = diverged;
	run.done += 1;
	if (diverged) episode.paid.divergencesDue += 1;
	else takeBest(episode, record);
	run.withoutImprovement =
		episode.bestLoss < previousBest ? 0 : run.withoutImprovement + 1;
	recordTrial(episode, record);
}

function takeBest(episode: TrainingEpisode, record: EpochRecord): void {
	const accuracy = record.validationAccuracy as number;
	const loss = record.validationLoss as number;
	episode.bestLoss = Math.min(episode.bestLoss, loss);
	const { best } = episode;
	if (
		best !== undefined &&
		(accuracy < best.validationAccuracy ||
			(accuracy === best.validationAccuracy && loss >= best.validationLoss))
	)
		return;
	episode.best = {
		state: episode.current as NonNullable<TrainingEpisode["current"]>,
		momentsOf: (episode.configuration as Configuration).optimizer,
		epoch: record.epoch,
		trial: record.trial,
		validationAccuracy: accuracy,
		validationLoss: loss,
		line: episode.line,
	};
}

function recordTrial(episode: TrainingEpisode, record: EpochRecord): void {
	const configuration = episode.configuration as Configuration;
	let row = episode.trials.at(-1);
	if (
		row === undefined ||
		row.trial !== record.trial ||
		!sameConfiguration(row.configuration, configuration)
	) {
		row = {
			trial: record.trial,
			configuration,
			firstEpoch: record.epoch,
			epochs: 0,
			bestAccuracy: undefined,
			lastLoss: undefined,
			diverged: false,
		} satisfies TrialRow;
		episode.trials.push(row);
	}
	row.epochs += 1;
	row.lastLoss = record.validationLoss;
	row.diverged = record.diverged;
	if (!record.diverged)
		row.bestAccuracy = Math.max(
			row.bestAccuracy ?? 0,
			record.validationAccuracy as number,
		);
}

function sameConfiguration(a: Configuration, b: Configuration): boolean {
	return (Object.keys(a) as (keyof Configuration)[]).every(
		(name) => a[name] === b[name],
	);
}

function callProgress(
	run: RunningCall,
): Pick<TrainingProgress, "epoch_of_call" | "epochs_of_call"> {
	return { epoch_of_call: run.done + 1, epochs_of_call: run.epochs };
}
