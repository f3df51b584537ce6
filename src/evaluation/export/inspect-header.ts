import type { EvaluationHeader, FailedAttempt } from "../episode-record.js";
import type { EpisodeDigest } from "../results/episode-digest.js";
import { sumUsage } from "../usage.js";
import { boundText, type Json } from "./bounded.js";
import {
	type Fields,
	idOf,
	modelName,
	modelUsage,
	parseTime,
	SCORE,
	timeTold,
	whole,
} from "./inspect-form.js";

/** Attempts that a header tells one by one, the first ones. */
const MOST_ATTEMPTS = 100;

/** One agent on one task: what a log's header tells of. */
export interface LogContents {
	readonly header: EvaluationHeader;
	readonly agent: string;
	readonly agentVersion: string;
	readonly task: string;
	readonly taskVersion: number;
	/** What the task asks for. */
	readonly input: string;
	/** Of the samples, in their order. */
	readonly seeds: readonly string[];
	/** Finished ones. */
	readonly episodes: readonly EpisodeDigest[];
	readonly failedAttempts: readonly FailedAttempt[];
	/** Milliseconds since 1970: when the first sample began and the last one ended. */
	readonly startedAt: number;
	readonly completedAt: number;
}

/** A log's header.json. It is "cancelled" where seeds have no sample yet. Errors: UnreadableEvaluation. */
export function headerOf(log: LogContents): Fields {
	const { header, seeds, episodes } = log;
	const scores = episodes.map(({ score }) => score);
	const usages = episodes.flatMap(({ usage }) => usage ?? []);
	const agent = boundText(log.agent);
	const task = boundText(log.task);
	const missing = header.seeds.length - seeds.length;
	return {
		version: 2,
		status: missing > 0 ? "cancelled" : "success",
		eval: {
			eval_id: logId(header, log.agent, log.task),
			run_id: idOf(header.createdAt),
			created: timeTold(parseTime(header.createdAt)),
			task,
			task_id: logId(header, log.agent, log.task),
			task_version: Number.isSafeInteger(log.taskVersion)
				? log.taskVersion
				: String(log.taskVersion),
			task_description: log.input,
			solver: agent,
			solver_args: { version: boundText(log.agentVersion) },
			dataset: {
				name: `${task}, ${header.split}`,
				samples: seeds.length,
				sample_ids: seeds,
				shuffled: false,
			},
			model: modelName(agent),
			config: configOf(header),
			scorers: [{ name: SCORE }],
			metadata: {
				agent_version: boundText(log.agentVersion),
				split: header.split,
				seeds_without_end: missing,
				infrastructure_failures: log.failedAttempts.length,
				...(log.failedAttempts.length > 0 && {
					infrastructure_failures_told: attemptsTold(log.failedAttempts),
				}),
			},
		},
		plan: {
			name: "plan",
			steps: [
				{ solver: agent, params: { version: boundText(log.agentVersion) } },
			],
			config: {},
		},
		results: {
			total_samples: seeds.length,
			completed_samples: episodes.filter(({ error }) => error === undefined)
				.length,
			scores: [
				{
					name: SCORE,
					scorer: SCORE,
					scored_samples: scores.length,
					unscored_samples: seeds.length - scores.length,
					metrics: metricsOf(scores),
				},
			],
		},
		stats: {
			started_at: timeTold(log.startedAt),
			completed_at: timeTold(log.completedAt),
			model_usage: modelUsage(
				agent,
				usages.length > 0 ? sumUsage(usages) : undefined,
			),
		},
	};
}

/** "2026-01-02T03-04-05+00-00_sre-easy_<id>.eval". The same evaluation's log of an agent and task has always the same name. Errors: UnreadableEvaluation. */
export function logName(
	header: EvaluationHeader,
	agent: string,
	task: string,
): string {
	const time = timeTold(parseTime(header.createdAt))
		.replace(/\.\d+/, "")
		.replaceAll(":", "-");
	// Underscores divide the parts of a name.
	const words = task.replace(/[^A-Za-z0-9.]+/g, "-").slice(0, 60);
	return `${time}_${words}_${logId(header, agent, task)}.eval`;
}

function logId(header: EvaluationHeader, agent: string, task: string): string {
	return idOf(header.createdAt, header.split, agent, task);
}

function configOf({ limits }: EvaluationHeader): Fields {
	const { steps, wallSeconds, tokens, cost } = limits;
	return {
		epochs: 1,
		fail_on_error: false,
		score_on_error: true,
		...(steps !== undefined && { turn_limit: whole(steps) }),
		// Whole seconds alone are allowed there.
		...(wallSeconds !== undefined && {
			time_limit: whole(Math.ceil(wallSeconds)),
		}),
		...(tokens !== undefined && { token_limit: whole(tokens) }),
		...(cost !== undefined && { cost_limit: cost }),
	};
}

/** Mean, and from two scores on its standard error. */
function metricsOf(scores: readonly number[]): Fields {
	const count = scores.length;
	if (count === 0) return {};
	const mean = scores.reduce((sum, score) => sum + score, 0) / count;
	const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
	return {
		mean: { name: "mean", value: mean },
		...(count > 1 && {
			stderr: {
				name: "stderr",
				value: Math.sqrt(squares / (count - 1) / count),
			},
		}),
	};
}

function attemptsTold(attempts: readonly FailedAttempt[]): Json {
	return attempts
		.slice(0, MOST_ATTEMPTS)
		.map(({ seed, attempt, startedAt, error }) => ({
			seed,
			attempt,
			started_at: boundText(startedAt, 40),
			error: boundText(error, 500),
		}));
}
