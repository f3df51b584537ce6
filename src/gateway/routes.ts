import type {
	FastifyInstance,
	FastifyReply,
	FastifyRequest,
	FastifySchema,
} from "fastify";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { Clock } from "../clock.js";
import type { Departure } from "../departure.js";
import type { CallObserver } from "../door/call-observer.js";
import { NightshiftError } from "../errors.js";
import { metadataOf, openenvYaml, schemasOf, tasksOf } from "./about.js";
import type { Calls } from "./calls.js";
import { clientOf, departureOf } from "./client.js";
import type { Episode } from "./episodes.js";
import { HttpRefusal, toHttpError } from "./http-error.js";
import type { JsonSchema } from "./json-form.js";
import { type Mount, ofSession, TIERS } from "./mount.js";
import { replySchema, writeStepReply } from "./replies.js";
import {
	readEpisodeBody,
	readQuery,
	readResetBody,
	readStepBody,
} from "./requests.js";
import {
	countTasks,
	environmentsOf,
	getTask,
	getTaskRange,
	listTasks,
	splitsOf,
} from "./task-api.js";
import { withTimeout } from "./timeout.js";

export const JSON_TYPE = "application/json; charset=utf-8";

export interface RoutesOptions {
	readonly calls: Calls;
	readonly clock: Clock;
	readonly observe: CallObserver;
	readonly isServing: () => boolean;
	readonly grpcPort: number | undefined;
}

/** What a handler answers: something to tell as JSON, or a text of its own type. */
type Answer = object | { readonly type: string; readonly text: string };

type Handle = (
	request: FastifyRequest,
	signal: Departure,
) => Answer | Promise<Answer>;

/**
 * The HTTP of a mount: one line a call; no rule stands here. `isOfSession`: that of the paths of its sessions, /s/NAME, where the same is asked of
 * one session each.
 */
export function addRoutes(
	app: FastifyInstance,
	mount: Mount,
	isOfSession: boolean,
	{ calls, clock, observe, isServing, grpcPort }: RoutesOptions,
): void {
	const prefix = prefixOf(mount, isOfSession);
	const at = (request: FastifyRequest) => mountAt(mount, request);
	const schemas = schemasOf(mount, calls.toolboxes);
	const reply = replySchema(schemas.observation);
	const tag = mount.environment ?? "root";
	const find = (request: FastifyRequest, id: string | undefined) =>
		calls.find(at(request), clientOf(request.raw), id);

	const route = (
		method: "GET" | "POST",
		path: string,
		schema: FastifySchema & { readonly summary: string },
		handle: Handle,
	) =>
		app.route({
			method,
			url: `${prefix}${path}`,
			schema: { tags: [tag], hide: isOfSession, ...schema } as FastifySchema,
			handler: (request, reply) =>
				answer(`${method} ${prefix}${path}`, observe, request, reply, handle),
		});

	route(
		"GET",
		"/health",
		{
			summary: "Whether the server serves: 200 healthy, 503 unhealthy.",
			response: answers({
				type: "object",
				properties: { status: { enum: ["healthy", "unhealthy"] } },
			}),
		},
		() => {
			if (!isServing()) throw new Unhealthy();
			return { status: "healthy" };
		},
	);
	route(
		"POST",
		"/reset",
		{
			summary:
				"Starts an episode: the next one of your live session, else the first one of a new session.",
			body: resetSchema(mount),
			response: answers(reply),
		},
		async (request, signal) => {
			const { raw, body } = request;
			const asked = readResetBody(body, mount);
			return (await calls.reset(at(request), clientOf(raw), asked, signal))
				.reply;
		},
	);
	route(
		"POST",
		"/step",
		{
			summary:
				'Takes an action: flat, {"action": "wait"}, or OpenEnv\'s, {"action": {"action": "wait"}}, or a call of a tool.',
			body: stepSchema(schemas.action),
			response: answers(reply),
		},
		(request, signal) => {
			const asked = readStepBody(request.body);
			return withTimeout(clock, asked.timeoutMs, signal, (limited) =>
				calls.step(
					find(request, asked.episodeId),
					asked,
					limited,
					toStepAnswer,
				),
			);
		},
	);
	route(
		"GET",
		"/state",
		{
			summary:
				"Where your episode is. Tells nothing hidden, and renews nothing.",
			querystring: querySchema({ episode_id: "Which episode." }),
			response: answers(schemas.state),
		},
		(request) =>
			calls.state(
				find(request, readQuery(request.query, ["episode_id"]).episode_id),
			),
	);
	route(
		"POST",
		"/finish",
		{
			summary:
				"Ends your episode now, as truncated, and scores it. Asked again, it gives the same result.",
			body: episodeSchema,
			response: answers(reply),
		},
		(request, signal) =>
			calls.finish(find(request, readEpisodeBody(request.body)), signal),
	);
	route(
		"POST",
		"/close",
		{
			summary: "Ends your session and gives its slot back.",
			body: episodeSchema,
			response: answers({
				type: "object",
				properties: {
					episode_id: { type: "string" },
					closed: { type: "boolean" },
				},
			}),
		},
		async (request) => {
			const { id, session } = find(request, readEpisodeBody(request.body));
			await session.close();
			return { episode_id: id, closed: true };
		},
	);
	route(
		"GET",
		"/tasks",
		{
			summary:
				"The tasks, their actions as tools, and the schema of an action.",
		},
		() => tasksOf(mount, calls.toolboxes),
	);
	route(
		"GET",
		"/grader",
		{
			summary:
				"Plays a scripted policy on a task and tells its score, 0 to 1. A training takes minutes.",
			querystring: querySchema({
				tier: `A task by its tier: ${TIERS.join(", ")}.`,
				task_id: "A task by its id.",
				...RUN,
			}),
		},
		({ query }, signal) =>
			calls.grade(
				mount,
				readQuery(query, ["tier", "task_id", ...RUN_KEYS]),
				signal,
			),
	);
	route(
		"GET",
		"/baseline",
		{
			summary:
				"Plays a scripted policy on all three tiers. Trainings take many minutes.",
			querystring: querySchema(RUN),
		},
		({ query }, signal) =>
			calls.baseline(mount, readQuery(query, RUN_KEYS), signal),
	);
	route(
		"GET",
		"/list_environments",
		{ summary: "OpenEnv's Task API: the environments there are here." },
		() => environmentsOf(mount),
	);
	route(
		"GET",
		"/:env_name/splits",
		{ summary: "OpenEnv's Task API: the splits of an environment." },
		(request) => splitsOf(mount, nameIn(request)),
	);
	for (const [path, summary, call, keys] of TASK_CALLS)
		route(
			"POST",
			`/:env_name/${path}`,
			{ summary, body: splitSchema(keys) },
			(request) => call(mount, nameIn(request), request.body),
		);
	route(
		"GET",
		"/schema",
		{ summary: "JSON Schemas of action, observation and state." },
		() => schemas,
	);
	route("GET", "/metadata", { summary: "Name, description and version." }, () =>
		metadataOf(mount, grpcPort),
	);
	route(
		"GET",
		"/openenv.yaml",
		{ summary: "The manifest that OpenEnv's tools read." },
		() => ({
			type: "text/yaml; charset=utf-8",
			text: openenvYaml(mount, calls.toolboxes),
		}),
	);
}

/** Of a step, as most answers are. */
export function toStepAnswer(episode: Episode, response: StepResponse): Answer {
	return { type: JSON_TYPE, text: writeStepReply(episode, response) };
}

/** Where a mount's own calls are registered, and those of its sessions' paths. */
export function prefixOf({ path }: Mount, isOfSession: boolean): string {
	return isOfSession ? `${path}/s/:session` : path;
}

/** Where a request was asked. Errors: HttpRefusal. */
export function mountAt(mount: Mount, { params }: FastifyRequest): Mount {
	const { session } = params as { readonly session?: string };
	return session === undefined ? mount : ofSession(mount, session);
}

/** Answers a request, or tells why not. A client that goes away aborts the signal. */
export async function answer(
	method: string,
	observe: CallObserver,
	request: FastifyRequest,
	reply: FastifyReply,
	handle: Handle,
): Promise<FastifyReply> {
	const departing = departureOf(reply.raw);
	const started = performance.now();
	const finish = (error: NightshiftError | undefined) =>
		observe({ method, error, durationMs: performance.now() - started });
	try {
		const answered = await handle(request, departing);
		finish(undefined);
		return "text" in answered && "type" in answered
			? reply.type(answered.type).send(answered.text)
			: reply.send(answered);
	} catch (thrown) {
		if (thrown instanceof Unhealthy)
			return reply.code(503).send({ status: "unhealthy" });
		// One error for the log and for the answer: a defect's has a number that stands in both.
		const error =
			thrown instanceof HttpRefusal ? thrown : NightshiftError.from(thrown);
		finish(error instanceof NightshiftError ? error : undefined);
		return sendError(request, reply, error);
	}
}

export function sendError(
	request: FastifyRequest,
	reply: FastifyReply,
	error: unknown,
): FastifyReply {
	const isQuery = request.method === "GET" || request.method === "HEAD";
	const { status, headers, body } = toHttpError(
		error,
		isQuery ? "query" : "body",
		isQuery ? request.query : request.body,
	);
	return reply.code(status).headers(headers).send(body);
}

class Unhealthy extends Error {}

function nameIn({ params }: FastifyRequest): string {
	return (params as { env_name: string }).env_name;
}

const TASK_CALLS = [
	["tasks", "OpenEnv's Task API: the tasks of a split.", listTasks, []],
	["num_tasks", "OpenEnv's Task API: how many there are.", countTasks, []],
	["task", "OpenEnv's Task API: one of them.", getTask, ["index"]],
	[
		"task_range",
		"OpenEnv's Task API: from start to before stop.",
		getTaskRange,
		["start", "stop"],
	],
] as const;

function splitSchema(keys: readonly string[]): JsonSchema {
	return {
		type: "object",
		properties: {
			split: { enum: ["train", "validation", "test"] },
			...Object.fromEntries(
				keys.map((key) => [key, { type: "integer", minimum: 0 }]),
			),
		},
		required: ["split", ...(keys.includes("index") ? ["index"] : [])],
		additionalProperties: false,
	};
}

const RUN_KEYS = ["policy", "seed", "split", "episodes"] as const;
const RUN: Readonly<Record<(typeof RUN_KEYS)[number], string>> = {
	policy: "Which policy; default: the environment's heuristic agent.",
	seed: "Seed of the first episode; default 0.",
	split: "train, validation or test; default train.",
	episodes: "How many episodes, of consecutive seeds; default 1.",
};

const ERROR: JsonSchema = {
	type: "object",
	properties: {
		detail: {
			description: "A sentence; with 422 a list, one entry a field at fault.",
			anyOf: [
				{ type: "string" },
				{
					type: "array",
					items: {
						type: "object",
						properties: {
							type: { type: "string" },
							loc: { type: "array", items: { type: "string" } },
							msg: { type: "string" },
							input: {},
						},
						required: ["type", "loc", "msg"],
					},
				},
			],
		},
		reason: { type: "string" },
		retry_after_ms: { type: "number" },
	},
	required: ["detail"],
};

function answers(schema: JsonSchema): object {
	return {
		200: { description: "The answer.", ...schema },
		default: { description: "Why not.", ...ERROR },
	};
}

function querySchema(keys: Readonly<Record<string, string>>): JsonSchema {
	return {
		type: "object",
		properties: Object.fromEntries(
			Object.entries(keys).map(([key, description]) => [
				key,
				{ type: "string", description },
			]),
		),
	};
}

const EPISODE_ID = {
	type: ["string", "null"],
	maxLength: 255,
	description:
		"Which episode, as the answer to its reset told it; left out: your only live one at this address.",
};

const CALL = {
	request_number: {
		type: ["integer", "string", "null"],
		description:
			"Makes the call exactly once: numbers rise within a session, and the last one, repeated, gives the stored answer.",
	},
	request_id: {
		type: ["string", "null"],
		maxLength: 255,
		description: "The same by any text; request_number wins.",
	},
};

const episodeSchema: JsonSchema = {
	type: ["object", "null"],
	properties: { episode_id: EPISODE_ID },
	additionalProperties: false,
};

/** Of the body of a reset. */
export function resetSchema({ tasks }: Mount): JsonSchema {
	return {
		type: ["object", "null"],
		properties: {
			task_id: {
				type: ["string", "null"],
				description: `Which task: ${tasks.map(({ id }) => id).join(", ")}, also without the environment before it. Left out: the session's, at first the first one.`,
			},
			task_tier: {
				type: ["string", "null"],
				enum: [...TIERS, null],
				description: "Which task, by its difficulty.",
			},
			seed: {
				type: ["integer", "string", "null"],
				minimum: 0,
				description:
					"0 to 2^64-1, above 2^53-1 as a text. Left out, the server draws one, which /state tells.",
			},
			split: {
				type: ["string", "null"],
				enum: ["train", "validation", "test", null],
				description: "Default: the session's, at first train.",
			},
			episode_id: {
				...EPISODE_ID,
				description:
					"A name of your own for the episode, or the id of one that goes on. Left out: your only live one at this address, else a new one.",
			},
			reward_mode: {
				type: ["string", "null"],
				enum: ["shaped", "score", null],
			},
			views: {
				type: ["array", "null"],
				items: { enum: ["typed", "flat", "text"] },
				description: "Forms of the observation; default typed.",
			},
			lease_seconds: {
				type: ["number", "null"],
				minimum: 10,
				maximum: 86_400,
				description: "How long the session may be left alone.",
			},
			...CALL,
		},
		additionalProperties: false,
	};
}

function stepSchema(action: JsonSchema): JsonSchema {
	return {
		type: "object",
		properties: {
			action: {
				anyOf: [{ type: "string", description: "The flat form." }, action],
			},
			episode_id: EPISODE_ID,
			timeout_s: {
				type: ["number", "null"],
				exclusiveMinimum: 0,
				description: "After so many seconds the step is cut off.",
			},
			...CALL,
		},
		required: ["action"],
		description:
			"In the flat form the action's arguments stand beside its name, here.",
	};
}
