import type {
	Action,
	Observation,
	TrainingObservation,
} from "../../../clients/typescript/index.js";
import type { EpisodeRecord } from "../episode-record.js";
import { actionArguments, actionName } from "./episode-digest.js";

/** What an agent saw of a training, by epoch. */
export interface TrainingCurve {
	/** The episode's budget. */
	readonly maxEpochs: number;
	/** Of every epoch that was told. */
	readonly trainLoss: readonly CurvePoint[];
	readonly validationLoss: readonly CurvePoint[];
	readonly trainAccuracy: readonly CurvePoint[];
	readonly validationAccuracy: readonly CurvePoint[];
	/** But for run_epochs and get_training_status. */
	readonly actions: readonly EpochAction[];
	/** Epochs that diverged. */
	readonly divergences: readonly number[];
	/** Of the submitted weights; 0 for initial ones. */
	readonly submittedEpoch: number;
	readonly testAccuracy: number | undefined;
}

export type CurvePoint = readonly [epoch: number, value: number];

export interface EpochAction {
	/** Epochs trained before it. */
	readonly epoch: number;
	readonly name: string;
	readonly told: string;
	readonly refused: boolean;
}

const FREE = ["run_epochs", "get_training_status"];

/** Nothing where the episode is no training, or was not told in the typed view. */
export function curveOf(record: EpisodeRecord): TrainingCurve | undefined {
	const { result, firstObservation } = record;
	let seen = trainingOf(firstObservation);
	if (!result.training || !seen) return undefined;
	const lines = {
		trainLoss: new Map<number, number>(),
		validationLoss: new Map<number, number>(),
		trainAccuracy: new Map<number, number>(),
		validationAccuracy: new Map<number, number>(),
	};
	const divergences = new Set<number>();
	const actions: EpochAction[] = [];
	const look = (now: TrainingObservation) => {
		const epoch = now.current_epoch;
		if (epoch > 0 && now.is_diverged) divergences.add(epoch);
		put(lines.trainAccuracy, epoch, now.train_accuracy);
		put(lines.validationAccuracy, epoch, now.val_accuracy);
		putHistory(
			lines.trainLoss,
			now.loss_history_last_10,
			epoch,
			now.train_loss,
		);
		putHistory(
			lines.validationLoss,
			now.val_loss_history_last_10,
			epoch,
			now.val_loss,
		);
	};
	look(seen);
	for (const { action, observation, refusal, epochs } of record.steps) {
		const name = actionName(action);
		if (!FREE.includes(name))
			actions.push({
				epoch: seen.current_epoch,
				name,
				told: argumentsTold(action),
				refused: refusal !== undefined,
			});
		for (const told of epochs ?? []) {
			if (told.diverged) divergences.add(told.epoch);
			put(lines.trainLoss, told.epoch, told.train_loss);
			put(lines.validationLoss, told.epoch, told.val_loss);
			put(lines.trainAccuracy, told.epoch, told.train_accuracy);
			put(lines.validationAccuracy, told.epoch, told.val_accuracy);
		}
		seen = trainingOf(observation) ?? seen;
		look(seen);
	}
	return {
		maxEpochs: seen.max_epochs,
		trainLoss: pointsOf(lines.trainLoss),
		validationLoss: pointsOf(lines.validationLoss),
		trainAccuracy: pointsOf(lines.trainAccuracy),
		validationAccuracy: pointsOf(lines.validationAccuracy),
		actions,
		divergences: [...divergences],
		submittedEpoch: result.training.epoch,
		testAccuracy: result.training.test_accuracy ?? undefined,
	};
}

/** "learning_rate 0.001, optimizer OPTIMIZER_ADAM"; nested fields by their path. */
export function argumentsTold(action: Action): string {
	const told: string[] = [];
	const tell = (path: string, value: unknown) => {
		if (value === null || value === undefined) return;
		if (typeof value === "object" && !Array.isArray(value))
			for (const [key, inner] of Object.entries(value))
				tell(path === "" ? key : `${path}.${key}`, inner);
		else
			told.push(
				`${path} ${typeof value === "string" ? value : JSON.stringify(value)}`,
			);
	};
	tell("", actionArguments(action));
	return told.join(", ");
}

function trainingOf(
	observation: Observation | undefined,
): TrainingObservation | undefined {
	return observation?.training ?? undefined;
}

function put(
	line: Map<number, number>,
	epoch: number,
	value: number | undefined,
): void {
	if (epoch > 0 && typeof value === "number") line.set(epoch, value);
}

/**
 * A history ends with the current epoch's loss where that is told; losses that were not finite are left out of it. Those end a call, so their
 * epochs are known by then: each has a mark (NaN) where a loss would stand.
 */
function putHistory(
	line: Map<number, number>,
	history: readonly number[] | undefined,
	current: number,
	last: number | undefined,
): void {
	if (current === 0) return;
	if (typeof last !== "number") line.set(current, Number.NaN);
	let epoch = current;
	for (const loss of [...(history ?? [])].reverse()) {
		while (Number.isNaN(line.get(epoch) ?? 0)) epoch--;
		if (epoch < 1) return;
		line.set(epoch, loss);
		epoch--;
	}
}

function pointsOf(line: Map<number, number>): CurvePoint[] {
	return [...line]
		.filter(([, value]) => Number.isFinite(value))
		.sort(([a], [b]) => a - b);
}
