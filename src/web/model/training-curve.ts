import type {
	EpisodeResult,
	EpochMetrics,
	SessionEvent,
	TrainingObservation,
	TrainingProgress,
} from "./messages.js";
import type { TakenAction } from "./taken-actions.js";

/** A training as it has come so far, on one axis of epochs. */
export interface TrainingCurve {
	readonly maxEpochs: number;
	/** One a whole epoch, in order. */
	readonly epochs: readonly EpochMetrics[];
	readonly actions: readonly PlacedAction[];
	/** What the running call says of itself, while it runs. */
	readonly running: TrainingProgress | undefined;
	readonly observation: TrainingObservation | undefined;
	readonly result: EpisodeResult | undefined;
}

export interface PlacedAction extends TakenAction {
	/** Epochs trained when it was taken. */
	readonly epoch: number;
}

export function trainingCurve(
	events: readonly SessionEvent[],
	actions: readonly TakenAction[],
): TrainingCurve {
	const epochs = new Map<number, EpochMetrics>();
	const placed: PlacedAction[] = [];
	let running: TrainingProgress | undefined;
	let observation: TrainingObservation | undefined;
	let result: EpisodeResult | undefined;
	let trained = 0;
	for (const event of events) {
		const started = actions.find(({ offset }) => offset === event.offset);
		if (started) placed.push({ ...started, epoch: trained });
		const seen =
			event.episode_started?.observation?.training ??
			event.action_completed?.observation?.training;
		if (seen) {
			observation = seen;
			trained = seen.current_epoch;
		}
		const progress = event.progress?.training;
		if (progress) running = progress;
		if (progress?.epoch) {
			// One that was cut off and run again is told again.
			epochs.set(progress.epoch.epoch, progress.epoch);
			trained = Math.max(trained, progress.epoch.epoch);
		}
		if (event.action_completed || event.action_interrupted) running = undefined;
		result = event.episode_ended?.result ?? result;
	}
	return {
		maxEpochs: observation?.max_epochs ?? trained,
		epochs: [...epochs.values()].sort((a, b) => a.epoch - b.epoch),
		actions: placed,
		running: result ? undefined : running,
		observation,
		result,
	};
}

/** How far the running call is, 0..1. */
export function shareDone({
	epoch_of_call,
	epochs_of_call,
	batch,
}: TrainingProgress): number {
	const within = batch ? batch.batch / batch.batches : 1;
	return Math.min(
		1,
		(epoch_of_call - 1 + within) / Math.max(1, epochs_of_call),
	);
}
