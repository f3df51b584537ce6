import type {
	EpisodeIdentity,
	EpisodeLimits,
	EpisodeRecord,
	FailedAttempt,
} from "../episode-record.js";
import { boundFields, boundText } from "./bounded.js";
import {
	eventsOf,
	limitTold,
	limitType,
	messagesOf,
} from "./inspect-events.js";
import {
	evalError,
	type Fields,
	idOf,
	modelName,
	modelUsage,
	parseTime,
	SCORE,
	timeTold,
} from "./inspect-form.js";

/** Attempts of a sample that are told, the first ones. */
const MOST_ATTEMPTS = 20;

/** An episode as a sample of Inspect's, and what its list of samples tells of it. */
export interface Sample {
	readonly whole: Fields;
	readonly summary: Fields;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	readonly completedAt: number;
}

/** What is the same in all samples of a log. */
export interface SampleContext {
	/** The evaluation's createdAt. */
	readonly createdAt: string;
	readonly limits: EpisodeLimits;
	/** What the task asks for. */
	readonly input: string;
}

/** An episode that is over. `failed`: its attempts that the infrastructure cut off. Errors: UnreadableEvaluation. */
export function sampleOf(
	record: EpisodeRecord,
	failed: readonly FailedAttempt[],
	context: SampleContext,
): Sample {
	const { agent, outcome, limit, seconds, steps } = record;
	const start = parseTime(record.startedAt);
	const score = scoreOf(record);
	const uuid = uuidOf(record, context);
	const messages = messagesOf(record, context.input, uuid);
	const usage = modelUsage(boundText(agent), record.usage);
	const limited =
		outcome === "limit"
			? {
					type: limitType(limit),
					limit: (limit && context.limits[limit]) ?? 0,
					reason: limitTold(limit),
				}
			: undefined;
	const error =
		record.error === undefined ? undefined : boundText(record.error);
	const shared = {
		...beginning(record, context),
		scores: { [SCORE]: score },
		model_usage: usage,
		started_at: timeTold(start),
		completed_at: timeTold(start, seconds),
		total_time: seconds,
		working_time: seconds,
		turn_count: steps.length,
	};
	return {
		startedAt: start,
		completedAt: start + seconds * 1000,
		whole: {
			...shared,
			metadata: {
				...identityTold(record),
				attempt: record.attempt,
				outcome,
				refused: steps.filter(({ refusal }) => refusal !== undefined).length,
			},
			messages,
			output: outputOf(agent),
			events: eventsOf(record, uuid, score),
			...(error !== undefined && { error: evalError(error) }),
			...(limited && { limit: limited }),
			...(failed.length > 0 && { error_retries: retriesOf(failed) }),
		},
		summary: {
			...shared,
			scores: { [SCORE]: { value: record.score } },
			metadata: { outcome },
			completed: true,
			message_count: messages.length,
			retries: failed.length,
			...(error !== undefined && { error: boundText(error, 200) }),
			...(limited && { limit: limited.type, limit_reason: limited.reason }),
		},
	};
}

/** An episode that no attempt brought to its end, with one attempt at least: it has an error, and no score. Errors: UnreadableEvaluation. */
export function unfinishedSample(
	failed: readonly FailedAttempt[],
	context: SampleContext,
): Sample {
	const last = failed[failed.length - 1] as FailedAttempt;
	const start = parseTime(last.startedAt);
	const error = boundText(last.error);
	const shared = {
		...beginning(last, context),
		scores: {},
		model_usage: {},
		started_at: timeTold(start),
		completed_at: timeTold(start, last.seconds),
		total_time: last.seconds,
		working_time: last.seconds,
	};
	const before = failed.slice(0, -1);
	return {
		startedAt: start,
		completedAt: start + last.seconds * 1000,
		whole: {
			...shared,
			metadata: {
				...identityTold(last),
				attempt: last.attempt,
				outcome: "never finished",
			},
			messages: [],
			output: outputOf(last.agent),
			events: [
				{
					event: "error",
					error: evalError(error),
					uuid: `${uuidOf(last, context)}-0`,
					timestamp: timeTold(start, last.seconds),
					working_start: last.seconds,
				},
			],
			error: evalError(error),
			...(before.length > 0 && { error_retries: retriesOf(before) }),
		},
		summary: {
			...shared,
			metadata: { outcome: "never finished" },
			completed: true,
			message_count: 0,
			retries: before.length,
			error: boundText(error, 200),
		},
	};
}

function beginning(identity: EpisodeIdentity, context: SampleContext): Fields {
	return {
		id: identity.seed,
		epoch: 1,
		input: context.input,
		target: "",
		uuid: uuidOf(identity, context),
	};
}

function uuidOf(
	{ agent, agentVersion, task, taskVersion, split, seed }: EpisodeIdentity,
	{ createdAt }: SampleContext,
): string {
	return idOf(createdAt, agent, agentVersion, task, taskVersion, split, seed);
}

function identityTold(identity: EpisodeIdentity): Fields {
	return {
		agent_version: boundText(identity.agentVersion),
		task_version: identity.taskVersion,
		split: identity.split,
		seed: identity.seed,
	};
}

function outputOf(agent: string): Fields {
	return { model: modelName(boundText(agent)), choices: [] };
}

/** Value 0..1, in words how the episode ended, and the parts of the server's result. */
function scoreOf({ score, outcome, result, steps }: EpisodeRecord): Fields {
	const { end_reason, total_reward } = result;
	return {
		value: score,
		explanation: boundText(
			`${HOW[outcome]} after ${steps.length} actions (${end_reason}), total reward ${Number(total_reward.toPrecision(6))}.`,
		),
		metadata: boundFields(result),
	};
}

const HOW = {
	ended: "The environment ended it",
	left: "The agent left it",
	limit: "A limit of the evaluation stopped it",
	"agent-failed": "The agent failed",
} as const;

function retriesOf(failed: readonly FailedAttempt[]): Fields[] {
	return failed
		.slice(0, MOST_ATTEMPTS)
		.map(({ error }) => evalError(boundText(error)));
}
