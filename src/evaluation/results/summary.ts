import type { EpisodeLimits, EvaluationHeader } from "../episode-record.js";
import { interquartileMean } from "../interquartile-mean.js";
import { type MeanInterval, meanInterval } from "../student-t.js";
import type {
	EpisodeDigest,
	IncidentDigest,
	TrainingDigest,
} from "./episode-digest.js";
import { type Proportion, proportion } from "./proportion.js";
import { type Evaluation, episodeKey } from "./read-evaluation.js";
import { stratifiedMean } from "./stratified-mean.js";
import { groupBy, tally } from "./tally.js";

/** What an evaluation came to. All of it follows from the lines and the passing score. */
export interface Summary {
	readonly header: EvaluationHeader;
	/** An episode with at least this score passed. */
	readonly passingScore: number;
	/** Finished ones. */
	readonly episodes: number;
	/** Attempts that the infrastructure cut off, those that were made good by another included. */
	readonly failedAttempts: number;
	/** In the header's order; those that nobody played have no rows. */
	readonly tasks: readonly TaskSummary[];
	/** A row for each agent with finished episodes. */
	readonly overall: readonly OverallRow[];
}

export interface TaskSummary {
	readonly task: string;
	/** A row for each agent with a line, in the header's order. */
	readonly rows: readonly AgentRow[];
}

/** An agent over all tasks that it has finished episodes of; each task weighs the same. */
export interface OverallRow {
	readonly agent: string;
	readonly tasks: number;
	readonly episodes: number;
	readonly score: MeanInterval;
	readonly passed: Proportion;
}

/** An agent on a task. Means are over its finished episodes, and absent without any. */
export interface AgentRow {
	readonly agent: string;
	readonly agentVersion: string;
	readonly taskVersions: readonly number[];
	readonly episodes: number;
	readonly score: MeanInterval | undefined;
	readonly interquartileMean: MeanInterval | undefined;
	readonly quartiles: Quartiles | undefined;
	readonly passed: Proportion | undefined;
	readonly agentFailures: number;
	readonly left: number;
	/** Episodes that a limit of the evaluation stopped, by the limit. */
	readonly limits: Readonly<Partial<Record<keyof EpisodeLimits, number>>>;
	/** Attempts that the infrastructure cut off. */
	readonly failedAttempts: number;
	/** Episodes with such an attempt and without an end. */
	readonly unfinished: number;
	/** Per episode, sent to the server, refused ones included. */
	readonly actions: number | undefined;
	readonly refused: number | undefined;
	readonly actionCounts: Readonly<Record<string, number>>;
	/** Per episode: in all, and the shares of the agent and of the server in it. */
	readonly seconds: number | undefined;
	readonly decideSeconds: number | undefined;
	readonly stepSeconds: number | undefined;
	/** Of all finished episodes together; absent where none told any. */
	readonly usage: UsageSummary | undefined;
	readonly sre: SreSummary | undefined;
	readonly training: TrainingSummary | undefined;
}

export interface Quartiles {
	readonly least: number;
	readonly lower: number;
	readonly median: number;
	readonly upper: number;
	readonly most: number;
}

export interface UsageSummary {
	readonly requests: number;
	readonly inputTokens: number;
	readonly outputTokens: number;
	/** US dollars; absent where no episode has a price. */
	readonly cost: number | undefined;
	/** Episodes with a price. */
	readonly pricedEpisodes: number;
}

export interface SreSummary {
	readonly mitigated: Proportion;
	/** Mean step over the mitigated episodes. */
	readonly timeToMitigate: number | undefined;
	/** Per episode. */
	readonly wrongActions: number;
	readonly trapActions: number;
	/** Of the episodes with a diagnosis (hit@1); absent where there was none. */
	readonly rootHits: Proportion | undefined;
	readonly classHits: Proportion | undefined;
	/** In alphabetical order. */
	readonly faults: readonly FaultRow[];
}

export interface FaultRow {
	readonly fault: string;
	readonly episodes: number;
	readonly score: MeanInterval;
	readonly passed: Proportion;
}

export interface TrainingSummary {
	readonly testAccuracy: MeanInterval | undefined;
	readonly gap: number | undefined;
	readonly epochs: number;
}

export function summarise(
	evaluation: Evaluation,
	passingScore: number,
): Summary {
	const { header, episodes, failedAttempts } = evaluation;
	const ofTask = groupBy([...episodes, ...failedAttempts], ({ task }) => task);
	return {
		header,
		passingScore,
		episodes: episodes.length,
		failedAttempts: failedAttempts.length,
		tasks: header.tasks.map((task) => {
			const played = new Set(ofTask.get(task)?.map(({ agent }) => agent));
			return {
				task,
				rows: header.agents
					.filter(({ name }) => played.has(name))
					.map(({ name, version }) =>
						toRow(evaluation, task, name, version, passingScore),
					),
			};
		}),
		overall: header.agents.flatMap(({ name }) =>
			toOverall(
				name,
				episodes.filter(({ agent }) => agent === name),
				passingScore,
			),
		),
	};
}

function toOverall(
	agent: string,
	episodes: readonly EpisodeDigest[],
	passingScore: number,
): OverallRow[] {
	if (episodes.length === 0) return [];
	const byTask = [...groupBy(episodes, ({ task }) => task).values()];
	return [
		{
			agent,
			tasks: byTask.length,
			episodes: episodes.length,
			score: stratifiedMean(
				byTask.map((some) => some.map(({ score }) => score)),
			),
			passed: passedOf(episodes, passingScore),
		},
	];
}

function toRow(
	evaluation: Evaluation,
	task: string,
	agent: string,
	agentVersion: string,
	passingScore: number,
): AgentRow {
	const isMine = (line: { readonly task: string; readonly agent: string }) =>
		line.task === task && line.agent === agent;
	const episodes = evaluation.episodes.filter(isMine);
	const attempts = evaluation.failedAttempts.filter(isMine);
	const scores = episodes.map(({ score }) => score);
	const isAny = episodes.length > 0;
	const ended = new Set(episodes.map(episodeKey));
	const stopped = episodes.flatMap(({ outcome, limit }) =>
		outcome === "limit" && limit ? [limit] : [],
	);
	const incidents = episodes.filter(({ sre }) => sre);
	const trainings = episodes.flatMap(({ training }) => training ?? []);
	return {
		agent,
		agentVersion,
		taskVersions: [
			...new Set([...episodes, ...attempts].map((line) => line.taskVersion)),
		].sort((a, b) => a - b),
		episodes: episodes.length,
		score: isAny ? meanInterval(scores) : undefined,
		interquartileMean: isAny ? interquartileMean(scores) : undefined,
		quartiles: isAny ? quartilesOf(scores) : undefined,
		passed: isAny ? passedOf(episodes, passingScore) : undefined,
		agentFailures: countOf(episodes, "agent-failed"),
		left: countOf(episodes, "left"),
		limits: tally(stopped),
		failedAttempts: attempts.length,
		unfinished: new Set(
			attempts.map(episodeKey).filter((key) => !ended.has(key)),
		).size,
		actions: meanOf(episodes.map((episode) => episode.actions)),
		refused: meanOf(episodes.map((episode) => episode.refused)),
		actionCounts: tally(
			episodes.flatMap(({ actionCounts }) => Object.entries(actionCounts)),
		) as Record<string, number>,
		seconds: meanOf(episodes.map((episode) => episode.seconds)),
		decideSeconds: meanOf(episodes.map((episode) => episode.decideSeconds)),
		stepSeconds: meanOf(episodes.map((episode) => episode.stepSeconds)),
		usage: summariseUsage(episodes),
		sre:
			incidents.length > 0
				? summariseIncidents(incidents, passingScore)
				: undefined,
		training: trainings.length > 0 ? summariseTrainings(trainings) : undefined,
	};
}

function summariseIncidents(
	episodes: readonly EpisodeDigest[],
	passingScore: number,
): SreSummary {
	const incidents = episodes.map(({ sre }) => sre as IncidentDigest);
	const times = incidents.flatMap(({ timeToMitigate }) => timeToMitigate ?? []);
	const faults = groupBy(episodes, ({ sre }) => (sre as IncidentDigest).fault);
	return {
		mitigated: proportion(times.length, incidents.length),
		timeToMitigate: meanOf(times),
		wrongActions: meanOf(incidents.map((one) => one.wrongActions)) as number,
		trapActions: meanOf(incidents.map((one) => one.trapActions)) as number,
		rootHits: hitsOf(incidents.flatMap(({ rootHit }) => rootHit ?? [])),
		classHits: hitsOf(incidents.flatMap(({ classHit }) => classHit ?? [])),
		faults: [...faults]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([fault, some]) => ({
				fault,
				episodes: some.length,
				score: meanInterval(some.map(({ score }) => score)),
				passed: passedOf(some, passingScore),
			})),
	};
}

function summariseTrainings(
	trainings: readonly TrainingDigest[],
): TrainingSummary {
	const accuracies = trainings.flatMap(
		({ testAccuracy }) => testAccuracy ?? [],
	);
	return {
		testAccuracy: accuracies.length > 0 ? meanInterval(accuracies) : undefined,
		gap: meanOf(trainings.flatMap(({ gap }) => gap ?? [])),
		epochs: meanOf(trainings.map(({ epochs }) => epochs)) as number,
	};
}

function summariseUsage(
	episodes: readonly EpisodeDigest[],
): UsageSummary | undefined {
	const usages = episodes.flatMap(({ usage }) => usage ?? []);
	if (usages.length === 0) return undefined;
	const costs = usages.flatMap(({ cost }) => cost ?? []);
	return {
		requests: sumOf(usages.map(({ requests }) => requests)),
		inputTokens: sumOf(usages.map(({ inputTokens }) => inputTokens)),
		outputTokens: sumOf(usages.map(({ outputTokens }) => outputTokens)),
		cost: costs.length > 0 ? sumOf(costs) : undefined,
		pricedEpisodes: costs.length,
	};
}

/** Quantiles between neighbouring values are interpolated (Hyndman and Fan's type 7). */
function quartilesOf(values: readonly number[]): Quartiles {
	const sorted = [...values].sort((a, b) => a - b);
	const at = (share: number) => {
		const place = share * (sorted.length - 1);
		const low = sorted[Math.floor(place)] as number;
		const high = sorted[Math.ceil(place)] as number;
		return low + (high - low) * (place - Math.floor(place));
	};
	return {
		least: at(0),
		lower: at(0.25),
		median: at(0.5),
		upper: at(0.75),
		most: at(1),
	};
}

function passedOf(
	episodes: readonly EpisodeDigest[],
	passingScore: number,
): Proportion {
	return proportion(
		episodes.filter(({ score }) => score >= passingScore).length,
		episodes.length,
	);
}

function hitsOf(hits: readonly boolean[]): Proportion | undefined {
	return hits.length === 0
		? undefined
		: proportion(hits.filter(Boolean).length, hits.length);
}

function countOf(
	episodes: readonly EpisodeDigest[],
	outcome: EpisodeDigest["outcome"],
): number {
	return episodes.filter((episode) => episode.outcome === outcome).length;
}

function sumOf(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: readonly number[]): number | undefined {
	return values.length === 0 ? undefined : sumOf(values) / values.length;
}
