import {
	type ReadResourceResult,
	ResourceNotFoundError,
} from "@modelcontextprotocol/server";
import type { SessionEvent } from "../../../proto/generated/nightshift/v1/SessionEvent.js";
import { NightshiftError } from "../../errors.js";
import { tasksOf } from "../about.js";
import { HttpRefusal } from "../http-error.js";
import { formOf } from "../json-form.js";
import type { Asker } from "./exchange.js";
import type { ToolCalls } from "./tool-calls.js";

/** What can be read: the tasks, and the episode so far of a session whose handle the reader has. */

const TASKS = "nightshift://tasks";
const SESSIONS = "nightshift://sessions/";
const JSON_TYPE = "application/json";
/** An episode's latest events that are told; without observations. */
const MOST_EVENTS = 1000;

const EVENT = formOf("nightshift.v1.SessionEvent");

export function listResources({ mount }: ToolCalls) {
	return [
		{
			uri: TASKS,
			name: "tasks",
			description: "The tasks, their goals, limits and reference scores.",
			mimeType: JSON_TYPE,
		},
		...mount.tasks.map(({ id, description }) => ({
			uri: `${TASKS}/${id}`,
			name: id,
			description,
			mimeType: JSON_TYPE,
		})),
	];
}

export function listTemplates() {
	return [
		{
			uriTemplate: `${SESSIONS}{session}`,
			name: "episode",
			description:
				"The episode of a session so far: where it is, and its actions with their rewards.",
			mimeType: JSON_TYPE,
		},
	];
}

/** Errors: ResourceNotFoundError. */
export async function readResource(
	tools: ToolCalls,
	uri: string,
	asker: Asker,
): Promise<ReadResourceResult> {
	return {
		contents: [
			{
				uri,
				mimeType: JSON_TYPE,
				text: JSON.stringify(await contentOf(tools, uri, asker)),
			},
		],
	};
}

async function contentOf(
	tools: ToolCalls,
	uri: string,
	asker: Asker,
): Promise<object> {
	if (uri.startsWith(SESSIONS))
		return episodeSoFar(tools, uri.slice(SESSIONS.length), uri, asker);
	const all = tasksOf(tools.mount, tools.calls.toolboxes);
	if (uri === TASKS) return all;
	const task = (all.tasks as { readonly id: string }[]).find(
		({ id }) => uri === `${TASKS}/${id}`,
	);
	if (task === undefined) throw new ResourceNotFoundError(uri);
	return task;
}

async function episodeSoFar(
	tools: ToolCalls,
	handle: string,
	uri: string,
	asker: Asker,
): Promise<object> {
	if (handle === "") throw new ResourceNotFoundError(uri);
	const { id, session } = (() => {
		try {
			return tools.find(asker, handle);
		} catch (error) {
			if (error instanceof HttpRefusal || error instanceof NightshiftError)
				throw new ResourceNotFoundError(uri, error.message);
			throw error;
		}
	})();
	const { episode_id, ...state } = tools.calls.state({ id, session });
	const events: SessionEvent[] = [];
	const { events: log, record } = session;
	const end = log.nextOffset;
	// An aborted reader is told what there is, and does not wait for more.
	for await (const event of session.watch(undefined, AbortSignal.abort())) {
		if (Number(event.offset) >= end) break;
		if (event.episode === record.episode.number) events.push(event);
	}
	const shown = events.slice(-MOST_EVENTS);
	return {
		session: episode_id,
		...state,
		events_left_out: events.length - shown.length,
		events: shown.map(toEvent),
	};
}

function toEvent(event: SessionEvent): object {
	const { observation: _, ...completed } = event.action_completed ?? {};
	const { observation: __, ...started } = event.episode_started ?? {};
	return EVENT.toJson({
		...event,
		...(event.action_completed && { action_completed: completed }),
		...(event.episode_started && { episode_started: started }),
	});
}
