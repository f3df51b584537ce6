import type {
	NightshiftClient,
	Task,
	TrainingObservation,
} from "../../clients/typescript/index.js";
import type { Policy } from "../environments/policy.js";
import type {
	EpisodeChoice,
	PlayedEpisode,
	SplitName,
} from "./episode-player.js";

/** The images of a task, as its observations name them. */
export interface DataIdentity {
	readonly name: string;
	readonly digest: string;
	readonly train_images: number;
	readonly validation_images: number;
}

/** What the results of a task on a server depend on beside task, split, seed and actions. */
export interface ServerIdentity {
	readonly engine: string;
	readonly data: DataIdentity;
}

/** One episode that was played: a line of the results file. Accuracies are 0..1 and absent where they were not measured. */
export interface TrainingEntry extends ServerIdentity {
	readonly task: string;
	readonly task_version: number;
	readonly split: SplitName;
	readonly seed: string;
	readonly policy: string;
	readonly policy_version: number;
	/** 0..1. */
	readonly score: number;
	/** Of the submitted weights, as all accuracies. */
	readonly validation_accuracy?: number;
	readonly test_accuracy?: number;
	readonly train_accuracy?: number;
	/** train_accuracy - test_accuracy. */
	readonly gap?: number;
	readonly test_images: number;
	/** Epochs charged. */
	readonly epochs: number;
	/** current_epoch of the submitted weights; 0 for the initial ones. */
	readonly submitted_epoch: number;
	readonly actions: number;
	readonly total_reward: number;
	readonly end_reason: string;
	readonly wall_seconds: number;
}

/** Two entries with one key are the same episode: everything that fixes its result. */
export function entryKey(
	entry: Pick<
		TrainingEntry,
		| "task"
		| "task_version"
		| "split"
		| "seed"
		| "policy"
		| "policy_version"
		| "engine"
	> & { readonly data: Pick<DataIdentity, "digest"> },
): string {
	return JSON.stringify([
		entry.task,
		entry.task_version,
		entry.split,
		entry.seed,
		entry.policy,
		entry.policy_version,
		entry.engine,
		entry.data.digest,
	]);
}

/** The key that an episode's entry will have. */
export function choiceKey(
	{ task, policy, seed, split }: EpisodeChoice,
	identity: ServerIdentity,
): string {
	return entryKey({
		task: task.id,
		task_version: task.version,
		split,
		seed,
		policy: policy.name,
		policy_version: policy.version,
		...identity,
	});
}

/** Whether a value out of a results file is an entry; lines of other programs and of other times may stand there too. */
export function isTrainingEntry(value: unknown): value is TrainingEntry {
	const entry = value as Partial<TrainingEntry> | null;
	return (
		typeof entry === "object" &&
		typeof entry?.task === "string" &&
		typeof entry.policy === "string" &&
		typeof entry.score === "number" &&
		typeof entry.epochs === "number" &&
		typeof entry.wall_seconds === "number" &&
		typeof entry.data?.digest === "string"
	);
}

/** What a played episode comes to. */
export function toTrainingEntry(
	{ task, policy, seed, split }: EpisodeChoice,
	{ result, observation }: PlayedEpisode,
	wallSeconds: number,
): TrainingEntry {
	const graded = result.training;
	const seen = observation.training;
	if (!graded || !seen || result.score === undefined)
		throw new Error(
			`${task.id}, seed ${seed}: the episode ended ungraded (${result.end_reason}).`,
		);
	const { test_accuracy, train_accuracy } = graded;
	const validation =
		graded.epoch === 0
			? undefined
			: graded.checkpoint === "CHECKPOINT_LAST"
				? seen.val_accuracy
				: seen.best_val_accuracy;
	return {
		task: task.id,
		task_version: task.version,
		split,
		seed,
		policy: policy.name,
		policy_version: policy.version,
		...toIdentity(seen),
		score: result.score,
		...(validation !== undefined && { validation_accuracy: validation }),
		...(test_accuracy !== undefined && { test_accuracy }),
		...(train_accuracy !== undefined && { train_accuracy }),
		...(test_accuracy !== undefined &&
			train_accuracy !== undefined && { gap: train_accuracy - test_accuracy }),
		test_images: graded.test_images,
		epochs: graded.epochs_charged,
		submitted_epoch: graded.epoch,
		actions: result.steps,
		total_reward: result.total_reward,
		end_reason: result.end_reason,
		wall_seconds: Math.round(wallSeconds * 1000) / 1000,
	};
}

/** Asks a server for its engine and its images of a task. Errors: NightshiftRpcError. */
export async function identifyServer(
	client: NightshiftClient,
	task: Task,
	signal: AbortSignal,
): Promise<ServerIdentity> {
	const session = await client.createSession(task.id, { seed: 0, signal });
	await session.close({ signal });
	return toIdentity(session.observation.training as TrainingObservation);
}

function toIdentity({ engine, data_set }: TrainingObservation): ServerIdentity {
	const { name, digest, train_images, validation_images } =
		data_set as DataIdentity;
	return { engine, data: { name, digest, train_images, validation_images } };
}

/** Every episode of these tasks, policies and seeds: seed by seed, so that what is stopped early has all policies. */
export function allChoices(
	tasks: readonly Task[],
	policies: readonly Policy[],
	seeds: readonly string[],
	split: SplitName,
): EpisodeChoice[] {
	return seeds.flatMap((seed) =>
		tasks.flatMap((task) =>
			policies.map((policy) => ({ task, policy, seed, split })),
		),
	);
}
