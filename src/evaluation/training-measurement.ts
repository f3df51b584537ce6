import type {
	NightshiftClient,
	Progress,
	Task,
} from "../../clients/typescript/index.js";
import { systemClock } from "../clock.js";
import type { Policy } from "../environments/policy.js";
import {
	type EpisodeChoice,
	playEpisode,
	type SplitName,
} from "./episode-player.js";
import type { JsonLines } from "./json-lines.js";
import { sideBySide } from "./side-by-side.js";
import {
	allChoices,
	choiceKey,
	entryKey,
	identifyServer,
	isTrainingEntry,
	type ServerIdentity,
	type TrainingEntry,
	toTrainingEntry,
} from "./training-entry.js";

/** What is to be measured. */
export interface Measurement {
	readonly tasks: readonly Task[];
	readonly policies: readonly Policy[];
	readonly seeds: readonly string[];
	readonly split: SplitName;
}

/** Told what happens while episodes are played. */
export interface MeasurementListener {
	/** Once, before the first is played: what is there already, and what is missing. */
	planned(
		there: readonly TrainingEntry[],
		missing: readonly EpisodeChoice[],
	): void;
	started(choice: EpisodeChoice): void;
	progress(choice: EpisodeChoice, progress: Progress): void;
	finished(choice: EpisodeChoice, entry: TrainingEntry): void;
}

/** A server has two worker threads. */
export const EPISODES_AT_ONCE = 2;

/**
 * Plays every episode of a measurement that the results file lacks, adds each as it ends, and gives the entries of all. An entry of another
 * engine, data set, task version or policy version is not taken: its episode is played anew.
 * Errors: NightshiftRpcError, CANCELLED where the signal cut it off; what was finished stays in the file.
 */
export async function measureTraining(
	client: NightshiftClient,
	{ tasks, policies, seeds, split }: Measurement,
	results: JsonLines,
	signal: AbortSignal,
	listener: MeasurementListener,
): Promise<TrainingEntry[]> {
	const identities = new Map<string, ServerIdentity>();
	for (const task of tasks)
		identities.set(task.id, await identifyServer(client, task, signal));
	const keyOf = (choice: EpisodeChoice) =>
		choiceKey(choice, identities.get(choice.task.id) as ServerIdentity);
	const wanted = allChoices(tasks, policies, seeds, split);
	const entries = new Map(
		results.values
			.filter(isTrainingEntry)
			.map((entry) => [entryKey(entry), entry]),
	);
	const missing = wanted.filter((choice) => !entries.has(keyOf(choice)));
	const entriesThere = () =>
		wanted.flatMap((choice) => entries.get(keyOf(choice)) ?? []);
	listener.planned(entriesThere(), missing);
	await sideBySide(
		missing,
		EPISODES_AT_ONCE,
		signal,
		async (choice, signal) => {
			listener.started(choice);
			const startedMs = systemClock.now();
			const played = await playEpisode(client, choice, signal, {
				progress: (progress) => listener.progress(choice, progress),
			});
			const seconds = (systemClock.now() - startedMs) / 1000;
			const entry = toTrainingEntry(choice, played, seconds);
			results.append(entry);
			entries.set(entryKey(entry), entry);
			listener.finished(choice, entry);
		},
	);
	return entriesThere();
}
