import type { MeanInterval } from "../student-t.js";
import type { Proportion } from "./proportion.js";
import type { AgentRow, Summary } from "./summary.js";

/** A summary as plain data: what summary.json holds. What is absent has no field. */
export function toSummaryJson(summary: Summary) {
	const { header, passingScore, tasks, overall } = summary;
	return {
		format: 1,
		created_at: header.createdAt,
		agents: header.agents,
		split: header.split,
		seeds: header.seeds,
		limits: header.limits,
		passing_score: passingScore,
		episodes: summary.episodes,
		infrastructure_failures: summary.failedAttempts,
		overall: overall.map((row) => ({
			agent: row.agent,
			tasks: row.tasks,
			episodes: row.episodes,
			...toInterval("score", row.score),
			passed: toProportion(row.passed),
		})),
		tasks: tasks.map(({ task, rows }) => ({
			task,
			agents: rows.map(toRowJson),
		})),
	};
}

function toRowJson(row: AgentRow) {
	const { sre, training, usage } = row;
	return {
		agent: row.agent,
		agent_version: row.agentVersion,
		task_versions: row.taskVersions,
		episodes: row.episodes,
		...toInterval("score", row.score),
		...toInterval("interquartile_mean", row.interquartileMean),
		score_quartiles: row.quartiles,
		passed: row.passed && toProportion(row.passed),
		agent_failures: row.agentFailures,
		left: row.left,
		limits_hit: row.limits,
		infrastructure_failures: row.failedAttempts,
		never_finished: row.unfinished,
		actions_per_episode: row.actions,
		refused_per_episode: row.refused,
		actions: row.actionCounts,
		seconds_per_episode: row.seconds,
		agent_seconds_per_episode: row.decideSeconds,
		server_seconds_per_episode: row.stepSeconds,
		usage: usage && {
			requests: usage.requests,
			input_tokens: usage.inputTokens,
			output_tokens: usage.outputTokens,
			cost: usage.cost,
			priced_episodes: usage.pricedEpisodes,
		},
		sre: sre && {
			mitigated: toProportion(sre.mitigated),
			steps_to_mitigate: sre.timeToMitigate,
			wrong_actions_per_episode: sre.wrongActions,
			trap_actions_per_episode: sre.trapActions,
			root_hits: sre.rootHits && toProportion(sre.rootHits),
			class_hits: sre.classHits && toProportion(sre.classHits),
			faults: sre.faults.map(({ fault, episodes, score, passed }) => ({
				fault,
				episodes,
				...toInterval("score", score),
				passed: toProportion(passed),
			})),
		},
		training: training && {
			...toInterval("test_accuracy", training.testAccuracy),
			gap: training.gap,
			epochs: training.epochs,
		},
	};
}

/** A mean by its name, and the ends of its 95 % interval. */
export function toInterval(
	name: string,
	interval: MeanInterval | undefined,
): Record<string, number | readonly [number, number]> {
	if (!interval) return {};
	const { mean, halfWidth } = interval;
	return {
		[name]: mean,
		...(halfWidth !== undefined && {
			[`${name}_interval_95`]: [mean - halfWidth, mean + halfWidth],
		}),
	};
}

function toProportion({ count, of, share, low, high }: Proportion) {
	return { count, of, share, interval_95: [low, high] };
}
