import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { loadedForm } from "../../../proto/contract-files.js";
import type { CreateSessionRequest__Output } from "../../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import type { RenewSessionRequest__Output } from "../../../proto/generated/nightshift/v1/RenewSessionRequest.js";
import type { ResetRequest__Output } from "../../../proto/generated/nightshift/v1/ResetRequest.js";
import type { Task__Output } from "../../../proto/generated/nightshift/v1/Task.js";
import type { Clock } from "../../clock.js";
import type { Departure } from "../../departure.js";
import type { CallObserver } from "../../door/call-observer.js";
import { checkOperator } from "../../door/operator.js";
import {
	readCreate,
	readLease,
	readPage,
	readReset,
	readSessionId,
} from "../../door/requests.js";
import type { Session } from "../../sessions/session.js";
import { type Calls, relocated, resetPath } from "../calls.js";
import { clientOf } from "../client.js";
import type { Episode, Episodes } from "../episodes.js";
import { formOf } from "../json-form.js";
import type { Mount } from "../mount.js";
import { readEpisodeBody, readStepBody } from "../requests.js";
import { answer, toStepAnswer } from "../routes.js";
import { addAssets, PAGE_HEADERS } from "./assets.js";
import { Evaluations } from "./evaluations.js";
import { EventStreams } from "./event-streams.js";
import { readCreateBody } from "./requests.js";

export interface WebOptions {
	/** Lets its holder list all sessions; absent: nobody. */
	readonly operatorToken?: string | undefined;
	/** Folder of evaluations; absent, or not there: none are told. */
	readonly results?: string | undefined;
	/** Streams of events open at once; default 256. */
	readonly maxWatchers?: number | undefined;
}

interface WebServices extends WebOptions {
	readonly calls: Calls;
	readonly episodes: Episodes;
	readonly clock: Clock;
	readonly observe: CallObserver;
	readonly defaultLeaseMs: number;
	readonly allowedHosts: readonly string[];
}

const SESSION = formOf("nightshift.v1.Session");
const OBSERVATION = formOf("nightshift.v1.Observation");
const TASK = formOf("nightshift.v1.Task");
const toCreate = loadedForm<CreateSessionRequest__Output>(
	"nightshift.v1.CreateSessionRequest",
);
const toReset = loadedForm<ResetRequest__Output>("nightshift.v1.ResetRequest");
const toRenew = loadedForm<RenewSessionRequest__Output>(
	"nightshift.v1.RenewSessionRequest",
);

/** Rows of a list of sessions; the newest are told. */
const MOST_ROWS = 1000;
const MAX_WATCHERS = 256;
/** Sessions that the page opens count as opened here, so that requests to other addresses never mean them by chance. */
const MOUNT: Mount = {
	path: "/web",
	environment: undefined,
	otherwise: "training",
	tasks: [],
};

/**
 * The page to watch sessions and to play by hand, and what it asks for: the contract's messages as JSON under /web/api. Whoever has a session's
 * id may watch, step and close it; a list shows the sessions of an owner key, or all to the operator.
 */
export function addWeb(app: FastifyInstance, services: WebServices): void {
	const { calls, episodes, clock, observe, defaultLeaseMs, allowedHosts } =
		services;
	const { sessions } = calls;
	const taskOf = (id: string) => sessions.environmentOf(id).task;
	const streams = new EventStreams(
		clock,
		services.maxWatchers ?? MAX_WATCHERS,
		observe,
	);
	const evaluations = new Evaluations(services.results);
	const tasks = {
		tasks: calls.tasks.map(toTask),
		tools: Object.fromEntries(
			[...calls.toolboxes].map(([name, { tools }]) => [name, tools]),
		),
	};
	app.addHook("preClose", async () => streams.close());

	const sessionOf = (request: FastifyRequest): Session =>
		sessions.get(readSessionId((request.params as { readonly id: string }).id));
	const episodeOf = (request: FastifyRequest): Episode => {
		const session = sessionOf(request);
		return { id: session.record.id, session };
	};
	const route = (
		method: "GET" | "POST",
		path: string,
		handle: (request: FastifyRequest, signal: Departure) => Handled,
	) =>
		app.route({
			method,
			url: `/web/api${path}`,
			schema: { hide: true },
			handler: (request, reply) =>
				answer(`${method} /web/api${path}`, observe, request, reply, handle),
		});

	addAssets(app, allowedHosts);
	route("GET", "/tasks", () => tasks);
	route("GET", "/sessions", ({ headers }) => {
		if (headers.authorization !== undefined) {
			checkOperator(services.operatorToken, headers.authorization);
			return toRows(sessions.all);
		}
		const { ownerKey } = readPage({
			owner_key: ownerKeyOf(headers),
			page_size: 0,
			page_token: "",
		});
		return toRows(sessions.listOf(ownerKey));
	});
	route("POST", "/sessions", async (request, signal) => {
		const { request_id, lease, ...asked } = readCreateBody(request.body);
		const create = relocated(
			() =>
				readCreate(
					toCreate({
						...asked,
						owner_key: ownerKeyOf(request.headers),
						idempotency_key: request_id,
						options: { ...asked.options, lease },
					}),
					taskOf,
					defaultLeaseMs,
				),
			resetPath,
		);
		const client = clientOf(request.raw);
		const leave = episodes.takeRoom(client);
		try {
			const { session } = await sessions.create(create, signal);
			const id = session?.session_id as string;
			episodes.add(client, MOUNT, undefined, sessions.get(id));
			return { session: SESSION.toJson(session) };
		} finally {
			leave();
		}
	});
	route("GET", "/sessions/:id", (request) => {
		const { session, observation } = sessionOf(request).describe();
		return {
			session: SESSION.toJson(session),
			observation: OBSERVATION.toJson(observation),
		};
	});
	route("POST", "/sessions/:id/step", (request, signal) =>
		calls.step(
			episodeOf(request),
			readStepBody(request.body),
			signal,
			toStepAnswer,
		),
	);
	route("POST", "/sessions/:id/finish", (request, signal) => {
		readEpisodeBody(request.body);
		return calls.finish(episodeOf(request), signal);
	});
	route("POST", "/sessions/:id/reset", async (request, signal) => {
		readEpisodeBody(request.body);
		const session = sessionOf(request);
		const { session: started } = await session.reset(
			readReset(toReset({}), session.record, taskOf, defaultLeaseMs),
			{ signal, onProgress: () => {} },
		);
		return { session: SESSION.toJson(started) };
	});
	route("POST", "/sessions/:id/renew", (request) => {
		readEpisodeBody(request.body);
		const { lease } = toRenew({});
		return {
			session: SESSION.toJson(sessionOf(request).renewLease(readLease(lease))),
		};
	});
	route("POST", "/sessions/:id/close", async (request) => {
		readEpisodeBody(request.body);
		const session = sessionOf(request);
		await session.close("The session was closed on the page.");
		return { session: SESSION.toJson(session.message()) };
	});
	route("GET", "/evaluations", () => evaluations.list());
	route("GET", "/evaluations/:name", ({ params }) =>
		evaluations.summary((params as { readonly name: string }).name),
	);
	app.get(
		"/web/api/sessions/:id/events",
		{ schema: { hide: true } },
		(request, reply) => streams.serve(request, reply, () => sessionOf(request)),
	);
	app.get(
		"/web/reports/:name",
		{ schema: { hide: true } },
		(request, reply: FastifyReply) => {
			const { name } = request.params as { readonly name: string };
			reply.headers(PAGE_HEADERS).header(
				"content-security-policy",
				// Its style stands inside it; it has no scripts.
				"default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups; frame-ancestors 'none'",
			);
			return answer(
				"GET /web/reports/:name",
				observe,
				request,
				reply,
				async () => ({
					type: "text/html; charset=utf-8",
					text: await evaluations.report(name),
				}),
			);
		},
	);
}

type Handled = object | Promise<object>;

/** Newest first, without what a row does not show. */
function toRows(all: readonly Session[]) {
	const rows = all.slice(-MOST_ROWS).reverse();
	return {
		total: all.length,
		sessions: rows.map((session) => SESSION.toJson(session.message())),
	};
}

/** Without the flat form of an observation. */
function toTask(task: Task__Output): object {
	const {
		observation_columns: _,
		observation_fields: __,
		...rest
	} = TASK.toJson(task);
	return rest;
}

function ownerKeyOf(headers: FastifyRequest["headers"]): string {
	return [headers["nightshift-owner-key"] ?? ""].flat().join("");
}
