import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { FailedAttempt } from "../episode-record.js";
import type { EpisodeDigest } from "../results/episode-digest.js";
import { EpisodeReader, type Evaluation } from "../results/read-evaluation.js";
import { groupBy } from "../results/tally.js";
import { boundText } from "./bounded.js";
import { headerOf, logName } from "./inspect-header.js";
import { sampleOf, unfinishedSample } from "./inspect-sample.js";
import { ZipFile } from "./zip-file.js";

/** What a task of this version asks for, in words; undefined where that is not known. */
export type AskedOf = (task: string, taskVersion: number) => string | undefined;

/**
 * Writes an evaluation as logs that Inspect reads and shows, one for each agent on each task, into a folder that is made where there is none; logs
 * of the same name are replaced. Gives their paths. One episode is in memory at a time. The same lines give the same bytes. Errors:
 * UnreadableEvaluation, TooLarge, those of the file system.
 */
export async function exportInspect(
	evaluation: Evaluation,
	folder: string,
	askedOf: AskedOf,
): Promise<string[]> {
	mkdirSync(folder, { recursive: true });
	const { header, episodes, failedAttempts, path } = evaluation;
	const attemptsOf = groupBy(failedAttempts, pairOf);
	const episodesOf = groupBy(episodes, pairOf);
	const pairs = new Set(
		header.tasks.flatMap((task) =>
			header.agents.map(({ name }) => pairOf({ task, agent: name })),
		),
	);
	const reader = await EpisodeReader.open(path);
	try {
		const paths: string[] = [];
		for (const pair of pairs) {
			const log = new Log(
				evaluation,
				episodesOf.get(pair) ?? [],
				attemptsOf.get(pair) ?? [],
				askedOf,
			);
			if (log.seeds.length > 0) paths.push(await log.write(folder, reader));
		}
		return paths;
	} finally {
		await reader.close();
	}
}

function pairOf({
	task,
	agent,
}: {
	readonly task: string;
	readonly agent: string;
}): string {
	return JSON.stringify([task, agent]);
}

/** One agent on one task. */
class Log {
	/** Those with a line, in the header's order. */
	readonly seeds: readonly string[];
	private readonly episodeOf: ReadonlyMap<string, EpisodeDigest>;
	private readonly failedOf: ReadonlyMap<string, readonly FailedAttempt[]>;

	constructor(
		private readonly evaluation: Evaluation,
		private readonly episodes: readonly EpisodeDigest[],
		private readonly failedAttempts: readonly FailedAttempt[],
		private readonly askedOf: AskedOf,
	) {
		this.episodeOf = new Map(episodes.map((one) => [one.seed, one]));
		this.failedOf = groupBy(failedAttempts, ({ seed }) => seed);
		this.seeds = [...new Set(evaluation.header.seeds)].filter(
			(seed) => this.episodeOf.has(seed) || this.failedOf.has(seed),
		);
	}

	async write(folder: string, reader: EpisodeReader): Promise<string> {
		const { header } = this.evaluation;
		const { episodes, failedAttempts, seeds } = this;
		const [any] = [...episodes, ...failedAttempts] as [
			EpisodeDigest | FailedAttempt,
		];
		const { agent, agentVersion, task, taskVersion } = any;
		const context = {
			createdAt: header.createdAt,
			limits: header.limits,
			input: boundText(this.askedOf(task, taskVersion) ?? task),
		};
		const path = join(folder, logName(header, agent, task));
		const zip = new ZipFile(path);
		try {
			const summaries = [];
			const times = { startedAt: Number.POSITIVE_INFINITY, completedAt: 0 };
			for (const seed of seeds) {
				const failed = this.failedOf.get(seed) ?? [];
				const episode = this.episodeOf.get(seed);
				const sample = episode
					? sampleOf(await reader.read(episode.place), failed, context)
					: unfinishedSample(failed, context);
				zip.add(`samples/${seed}_epoch_1.json`, JSON.stringify(sample.whole));
				summaries.push(sample.summary);
				times.startedAt = Math.min(times.startedAt, sample.startedAt);
				times.completedAt = Math.max(times.completedAt, sample.completedAt);
			}
			zip.add("summaries.json", JSON.stringify(summaries));
			const told = headerOf({
				header,
				agent,
				agentVersion,
				task,
				taskVersion,
				input: context.input,
				seeds,
				episodes,
				failedAttempts,
				...times,
			});
			zip.add("header.json", JSON.stringify(told, undefined, 2));
			zip.finish();
			return path;
		} catch (error) {
			zip.discard();
			throw error;
		}
	}
}
