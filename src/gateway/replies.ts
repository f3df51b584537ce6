import type { EpisodeResult } from "../../proto/generated/nightshift/v1/EpisodeResult.js";
import type { FinishResponse } from "../../proto/generated/nightshift/v1/FinishResponse.js";
import type { Observation } from "../../proto/generated/nightshift/v1/Observation.js";
import type { RewardPart } from "../../proto/generated/nightshift/v1/RewardPart.js";
import type { StepInfo } from "../../proto/generated/nightshift/v1/StepInfo.js";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { Timing } from "../../proto/generated/nightshift/v1/Timing.js";
import type { EpisodeRecord } from "../sessions/session-record.js";
import type { Episode } from "./episodes.js";
import {
	formOf,
	type JsonSchema,
	unlessFrozen,
	writeString,
} from "./json-form.js";
import type { EnvironmentName } from "./mount.js";

/** Answers in OpenEnv's form, with its keys first and ours beside them. */

/** To a reset, a step and a finish. */
export interface Reply {
	/** The forms that were asked for: the typed one's fields, `flat`, `text`; and `metadata`, as beside it. */
	readonly observation: Readonly<Record<string, unknown>>;
	/** Null after a reset. */
	readonly reward: number | null;
	readonly done: boolean;
	/** What the answer tells beyond them. Nothing volatile stands in it. */
	readonly metadata: Readonly<Record<string, unknown>>;
	readonly episode_id: string;
	readonly step_count: number;
	readonly timing?: unknown;
	/** There where it is a stored answer. */
	readonly replayed?: true;
}

const TYPED = {
	training: formOf("nightshift.v1.TrainingObservation"),
	sre: formOf("nightshift.v1.SreObservation"),
};
const FLAT = formOf("nightshift.v1.FlatObservation");
const INFO = formOf("nightshift.v1.StepInfo");
const RESULT = formOf("nightshift.v1.EpisodeResult");
const SESSION = formOf("nightshift.v1.Session");
const TIMING = formOf("nightshift.v1.Timing");

/** What has begun, as it was then. */
export type Beginning = Pick<
	EpisodeRecord,
	"taskId" | "taskVersion" | "split" | "step"
>;

export function toResetReply(
	{ id }: Episode,
	{ taskId, taskVersion, split, step }: Beginning,
	observation: Observation | null | undefined,
): Reply {
	const metadata = { task_id: taskId, task_version: taskVersion, split };
	return {
		observation: toObservation(observation, metadata),
		reward: null,
		done: false,
		metadata,
		episode_id: id,
		step_count: step,
	};
}

export function toStepReply({ id }: Episode, response: StepResponse): Reply {
	const { terminated, truncated, info, result, step, timing } = response;
	const metadata = {
		terminated: terminated === true,
		truncated: truncated === true,
		reward_breakdown: toParts(response.reward_breakdown),
		info: info ? toInfo(info) : {},
		...(result && { result: toResult(result) }),
	};
	return {
		observation: toObservation(response.observation, metadata),
		reward: Number(response.reward),
		done: metadata.terminated || metadata.truncated,
		metadata,
		episode_id: id,
		step_count: Number(step),
		timing: toTiming(timing),
		...(response.replayed && { replayed: true }),
	};
}

/** The text of `toStepReply`, without making that: what most answers are. */
export function writeStepReply(
	{ id }: Episode,
	response: StepResponse,
): string {
	const { terminated, truncated, info, result, step, timing } = response;
	const hasTerminated = terminated === true;
	const wasTruncated = truncated === true;
	const metadata =
		`{"terminated":${hasTerminated},"truncated":${wasTruncated}` +
		`,"reward_breakdown":${JSON.stringify(toParts(response.reward_breakdown))}` +
		`,"info":${info ? writeInfo(info) : "{}"}` +
		`${result ? `,"result":${RESULT.write(result)}` : ""}}`;
	return (
		`{"observation":${writeObservation(response.observation, metadata)}` +
		`,"reward":${JSON.stringify(Number(response.reward))}` +
		`,"done":${hasTerminated || wasTruncated}` +
		`,"metadata":${metadata}` +
		`,"episode_id":${writeString(id)}` +
		`,"step_count":${JSON.stringify(Number(step))}` +
		`,"timing":${TIMING.write(timing ?? {})}` +
		`${response.replayed ? ',"replayed":true' : ""}}`
	);
}

export function toFinishReply(
	{ id, session }: Episode,
	response: FinishResponse,
): Reply {
	const result = response.result as EpisodeResult;
	const metadata = {
		terminated: result.terminated === true,
		truncated: result.truncated === true,
		reward_breakdown: toParts(response.reward_breakdown),
		info: {},
		result: toResult(result),
	};
	return {
		observation: toObservation(response.observation, metadata),
		reward: Number(response.reward),
		done: true,
		metadata,
		episode_id: id,
		step_count: session.record.episode.step,
		timing: toTiming(response.timing),
	};
}

/** OpenEnv's two keys, then the contract's Session. Nothing hidden stands in it. */
export function toState({ id, session }: Episode): Record<string, unknown> {
	return {
		episode_id: id,
		step_count: session.record.episode.step,
		environment: session.record.episode.environment,
		...SESSION.toJson(session.message()),
	};
}

export function toResult(result: EpisodeResult): Record<string, unknown> {
	return RESULT.toJson(result);
}

/** Of an observation with reward, done and metadata beside it, as OpenEnv describes it. */
export function observationSchema(environment: EnvironmentName): JsonSchema {
	const { schema } = TYPED[environment];
	return {
		title: environment === "sre" ? "SREObservation" : "MLTrainerObservation",
		...schema,
		properties: {
			...(schema.properties as object),
			flat: FLAT.schema,
			text: { type: "string", description: "VIEW_TEXT: under 4 kB." },
			metadata: { type: "object" },
			reward: { type: ["number", "null"] },
			done: { type: "boolean" },
		},
		required: ["done", "reward"],
		anyOf: [
			{ required: schema.required },
			{ required: ["flat"] },
			{ required: ["text"] },
		],
	};
}

export function stateSchema(): JsonSchema {
	return {
		title: "NightshiftState",
		type: "object",
		properties: {
			episode_id: { type: "string" },
			step_count: { type: "integer", minimum: 0 },
			environment: { type: "string" },
			...(SESSION.schema.properties as object),
		},
		required: ["episode_id", "step_count", "environment"],
	};
}

export function replySchema(observation: JsonSchema): JsonSchema {
	return {
		type: "object",
		properties: {
			observation,
			reward: { type: ["number", "null"] },
			done: { type: "boolean" },
			metadata: { type: "object" },
			episode_id: { type: "string" },
			step_count: { type: "integer" },
		},
		required: ["observation", "reward", "done", "metadata", "episode_id"],
	};
}

function toObservation(
	observation: Observation | null | undefined,
	metadata: object,
): Record<string, unknown> {
	const { training, sre, flat, text } = observation ?? {};
	return {
		...(training && TYPED.training.toJson(training)),
		...(sre && TYPED.sre.toJson(sre)),
		...(flat && { flat: FLAT.toJson(flat) }),
		...(text !== undefined && text !== null && { text }),
		metadata,
	};
}

function writeObservation(
	observation: Observation | null | undefined,
	metadata: string,
): string {
	const { training, sre, flat, text } = observation ?? {};
	return `{${[
		...(training ? [TYPED.training.writeFields(training)] : []),
		...(sre ? [TYPED.sre.writeFields(sre)] : []),
		...(flat ? [`"flat":${FLAT.write(flat)}`] : []),
		...(text === undefined || text === null
			? []
			: [`"text":${JSON.stringify(text)}`]),
		`"metadata":${metadata}`,
	].join()}}`;
}

const writeInfo = unlessFrozen((info: StepInfo) =>
	JSON.stringify(toInfo(info)),
);

function toInfo(info: StepInfo): object {
	const { training, sre, ...rest } = INFO.toJson(info);
	return { ...rest, ...(training as object), ...(sre as object) };
}

function toTiming(timing: Timing | null | undefined): unknown {
	return TIMING.toJson(timing ?? {});
}

function toParts(parts: readonly RewardPart[] | undefined): object {
	return Object.fromEntries(
		(parts ?? []).map(({ name, value }) => [name, value]),
	);
}
