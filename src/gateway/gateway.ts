import { METHODS, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import swagger from "@fastify/swagger";
import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { loadedForm } from "../../proto/contract-files.js";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import type { Clock } from "../clock.js";
import type { CallObserver } from "../door/call-observer.js";
import { policies as registry } from "../environments/policies.js";
import type { Policy } from "../environments/policy.js";
import { NightshiftError } from "../errors.js";
import type { RequestTracer } from "../observability/request-tracer.js";
import type { Sessions } from "../sessions/sessions.js";
import { parseBody } from "./body.js";
import { Calls } from "./calls.js";
import { checkOrigin } from "./client.js";
import { docsPage } from "./docs-page.js";
import { Episodes } from "./episodes.js";
import { HttpRefusal } from "./http-error.js";
import { OpenEnvRpc } from "./mcp/openenv.js";
import { addMcp, MCP_HEADERS } from "./mcp/routes.js";
import { speakOverStreams } from "./mcp/streams.js";
import { ToolCalls } from "./mcp/tool-calls.js";
import { createMounts, type EnvironmentName, type Mount } from "./mount.js";
import { type HttpMetrics, observeRequests } from "./observed.js";
import { addRoutes, sendError } from "./routes.js";
import { SOCKET_LIMITS, type SocketLimits } from "./socket-limits.js";
import { createSockets } from "./sockets.js";
import { addWeb, type WebOptions } from "./web/web.js";

export interface GatewayOptions {
	readonly sessions: Sessions;
	readonly clock: Clock;
	readonly host: string;
	/** 0 picks a free one. */
	readonly port: number;
	/** Played at the root where nothing says what. */
	readonly environment: EnvironmentName;
	/** Names of this server beside its own, and hosts whose pages may use it; "*": all. */
	readonly allowedHosts: readonly string[];
	readonly defaultLeaseMs: number;
	/** Live sessions that one address may open here. */
	readonly maxSessionsPerAddress: number;
	/** What /grader and /baseline can play; default: the registry. */
	readonly policies?: readonly Policy[];
	readonly observe: CallObserver;
	/** Absent: requests are not counted, and there is no /metrics. */
	readonly metrics?: HttpMetrics | undefined;
	/** Absent where nothing is traced. */
	readonly tracer?: RequestTracer | undefined;
	/** Of the page to watch and to play by hand, /web. */
	readonly web?: WebOptions;
	/** Where the same sessions are served over gRPC; /metadata tells it. */
	readonly grpcPort?: number;
	/** Default: LIMITS. */
	readonly limits?: Partial<Limits>;
}

export interface Limits extends SocketLimits {
	/** Of a request's body. */
	readonly bodyBytes: number;
	/** In which a request's head must have come. */
	readonly headMs: number;
	/** In which all of a request must have come. */
	readonly requestMs: number;
	/** How long a connection may be left alone between requests. */
	readonly idleMs: number;
	readonly connections: number;
	/** Of one address; a trainer on one machine may have many. */
	readonly connectionsPerAddress: number;
}

export const LIMITS: Limits = {
	...SOCKET_LIMITS,
	bodyBytes: 2 ** 18,
	headMs: 10_000,
	requestMs: 30_000,
	idleMs: 72_000,
	connections: 8192,
	connectionsPerAddress: 1024,
};

export interface Gateway {
	/** "host:port" as bound. */
	readonly address: string;
	readonly port: number;
	/** What /health tells. */
	setServing(isServing: boolean): void;
	/** Speaks MCP over a pair of streams, as the root's /mcp does, until the input ends. */
	speakMcp(input: Readable, output: Writable): Promise<void>;
	/** Stops listening, lets answers that are under way go out for a while, and ends every connection. */
	close(): Promise<void>;
}

/** What is left of open requests after running actions have stopped. */
const CLOSING_MS = 2000;
const PROBE_KEEPALIVE_MS = 30_000;

/** Binds and serves HTTP. Errors: a sentence where the address cannot be had. */
export async function startGateway({
	sessions,
	clock,
	host,
	port,
	environment,
	allowedHosts,
	defaultLeaseMs,
	maxSessionsPerAddress,
	policies = registry,
	observe,
	metrics,
	tracer,
	web = {},
	limits: given = {},
	grpcPort,
}: GatewayOptions): Promise<Gateway> {
	const limits = { ...LIMITS, ...given };
	const tasks = sessions.tasks.map(
		loadedForm<Task__Output>("nightshift.v1.Task"),
	);
	const episodes = new Episodes(sessions, maxSessionsPerAddress);
	const calls = new Calls(sessions, tasks, episodes, policies, defaultLeaseMs);
	let isServing = true;
	const app = createApp(limits, allowedHosts);
	observeRequests(app, metrics, tracer);
	await app.register(swagger, {
		openapi: {
			openapi: "3.1.0",
			info: {
				title: "Nightshift",
				description:
					"Environments for agents that learn to keep things running. /training and /sre are full addresses of their own; the root serves both. Each call of an episode is there below /s/NAME, too (/sre/s/NAME/step): all requests there are about one session, whose name you choose, or whose id it is.",
				version: "1.0.0",
			},
		},
	});
	const mounts = createMounts(tasks, environment);
	await app.register(async (routes) => {
		for (const mount of mounts)
			for (const isOfSession of [false, true])
				addRoutes(routes, mount, isOfSession, {
					calls,
					clock,
					observe,
					isServing: () => isServing,
					grpcPort,
				});
	});
	const rpcs = mounts.map(
		(mount) => new OpenEnvRpc(new ToolCalls(mount, calls)),
	);
	for (const rpc of rpcs)
		for (const isOfSession of [false, true])
			await addMcp(app, rpc, isOfSession, observe);
	for (const mount of mounts) addPages(app, mount);
	addWeb(app, {
		calls,
		episodes,
		clock,
		observe,
		defaultLeaseMs,
		allowedHosts,
		...web,
	});
	limitConnections(app, limits);
	const answered = watchAnswers(app);
	const sockets = createSockets({
		calls,
		clock,
		observe,
		rpcs,
		allowedHosts,
		limits,
		metrics,
	});
	app.server.on("upgrade", (request, socket, head) =>
		sockets.upgrade(request, socket, head),
	);
	await listen(app, host, port);
	const bound = (app.server.address() as AddressInfo).port;
	return {
		address: `${host.includes(":") ? `[${host}]` : host}:${bound}`,
		port: bound,
		setServing(value) {
			isServing = value;
		},
		speakMcp: (input, output) =>
			speakOverStreams((rpcs[0] as OpenEnvRpc).tools, input, output, observe),
		async close() {
			let stopTimer = () => {};
			const late = new Promise<void>((resolve) => {
				stopTimer = clock.after(CLOSING_MS, resolve);
			});
			const closed = app.close();
			sockets.startClosing();
			await Promise.race([Promise.all([answered(), sockets.answered()]), late]);
			stopTimer();
			sockets.close();
			// Also those that were opened and never used, which no one else ends.
			app.server.closeAllConnections();
			await closed;
		},
	};
}

/** Reading, limits and refusals that hold for every path. */
function createApp(
	limits: Limits,
	allowedHosts: readonly string[],
): FastifyInstance {
	const app = fastify({
		bodyLimit: limits.bodyBytes,
		requestTimeout: limits.requestMs,
		keepAliveTimeout: limits.idleMs,
		// Requests under way are answered; connections without one are ended.
		forceCloseConnections: "idle",
		return503OnClosing: false,
		http: {
			headersTimeout: limits.headMs,
			connectionsCheckingInterval: limits.lookMs,
			keepAlive: true,
			keepAliveInitialDelay: PROBE_KEEPALIVE_MS,
		},
		// Names of sessions are checked where they are read, which says what is allowed.
		routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
		frameworkErrors: (error, request, reply) =>
			void sendError(request, reply, toRefusal(error, limits)),
		clientErrorHandler: ({ code }, socket) => {
			if (code === "ECONNRESET" || socket.destroyed) return;
			if (socket.writable)
				socket.end(plainAnswer(...noRequest(code, limits)), () =>
					socket.destroy(),
				);
			else socket.destroy();
		},
	});
	// Schemas are for readers: requests are read by src/gateway/requests.ts, which says more.
	app.setValidatorCompiler(() => () => true);
	app.setSerializerCompiler(() => (value) => JSON.stringify(value));
	app.removeAllContentTypeParsers();
	app.addContentTypeParser(
		/^application\/([\w.-]+\+)?json\s*(;|$)/i,
		{ parseAs: "string" },
		(_, text, done) => {
			try {
				done(null, parseBody(text as string));
			} catch (error) {
				done(error as Error);
			}
		},
	);
	app.addHook("onRequest", ({ raw }, reply, done) => {
		reply.header("cache-control", "no-store");
		reply.header("x-content-type-options", "nosniff");
		const cors = checkOrigin(raw, allowedHosts);
		reply.headers(cors);
		const isPreflight =
			raw.method === "OPTIONS" &&
			raw.headers["access-control-request-method"] !== undefined;
		if (isPreflight && Object.keys(cors).length > 0)
			reply
				.headers({
					"access-control-allow-methods": "GET, POST, DELETE",
					"access-control-allow-headers": `authorization, content-type, ${MCP_HEADERS.join(", ")}`,
					"access-control-max-age": "600",
				})
				.code(204)
				.send();
		else done();
	});
	app.setErrorHandler((error: FastifyError, request, reply) =>
		sendError(request, reply, toRefusal(error, limits)),
	);
	app.setNotFoundHandler((request, reply) => {
		const url = request.url.split("?")[0] as string;
		const allowed = METHODS.filter((method) => {
			try {
				return app.hasRoute({ url, method });
			} catch {
				return false;
			}
		});
		return sendError(
			request,
			reply,
			allowed.length > 0
				? new HttpRefusal(
						405,
						`${request.method} is not for this path; ${allowed.join(", ")}.`,
						{ allow: allowed.join(", ") },
					)
				: new HttpRefusal(
						404,
						"There is nothing at this path; /docs lists what there is.",
					),
		);
	});
	return app;
}

/** What Fastify itself refuses, in a sentence. */
function toRefusal(error: unknown, limits: Limits): unknown {
	if (error instanceof HttpRefusal || error instanceof NightshiftError)
		return error;
	const { code, statusCode = 500, message } = error as FastifyError;
	switch (code) {
		case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
		case "FST_ERR_CTP_EMPTY_TYPE":
			return new HttpRefusal(
				415,
				"A body must be JSON and say so: send the header Content-Type: application/json (curl has --json for both).",
			);
		case "FST_ERR_CTP_BODY_TOO_LARGE":
			return new HttpRefusal(
				413,
				`A body may have ${limits.bodyBytes} bytes; no request needs more.`,
				{ connection: "close" },
			);
		default:
			return statusCode >= 400 && statusCode < 500
				? new HttpRefusal(statusCode, `${message}.`)
				: error;
	}
}

/** What an address answers, for programs and for people. The root tells of all of them. */
function addPages(app: FastifyInstance, { path }: Mount): void {
	const documentOf = () => {
		const { paths, ...rest } = app.swagger();
		const own = Object.entries(paths ?? {}).filter(([url]) =>
			url.startsWith(`${path}/`),
		);
		return {
			...rest,
			servers: [{ url: path === "" ? "/" : path }],
			paths: Object.fromEntries(
				own.map(([url, item]) => [url.slice(path.length), item]),
			),
		};
	};
	const schema = { hide: true };
	app.get(`${path}/openapi.json`, { schema }, documentOf);
	app.get(`${path}/docs`, { schema }, (_, reply) =>
		reply
			.type("text/html; charset=utf-8")
			.header(
				"content-security-policy",
				"default-src 'none'; style-src 'unsafe-inline'",
			)
			.send(docsPage(documentOf())),
	);
	app.get(`${path}/`, { schema }, (_, reply) => reply.redirect(`${path}/docs`));
}

/** Gives what waits until no request is being answered. */
function watchAnswers(app: FastifyInstance): () => Promise<void> {
	const open = new Set<ServerResponse>();
	let wake = () => {};
	app.server.on("request", (_, response: ServerResponse) => {
		open.add(response);
		response.once("close", () => {
			open.delete(response);
			wake();
		});
	});
	return async () => {
		while (open.size > 0)
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
	};
}

/** Connections beyond the limits are ended before anything is read. */
function limitConnections(app: FastifyInstance, limits: Limits): void {
	const open = new Map<string, number>();
	app.server.maxConnections = limits.connections;
	app.server.on("connection", (socket: Socket) => {
		const address = socket.remoteAddress ?? "";
		const count = (open.get(address) ?? 0) + 1;
		open.set(address, count);
		socket.once("close", () => {
			const left = (open.get(address) as number) - 1;
			if (left === 0) open.delete(address);
			else open.set(address, left);
		});
		if (count > limits.connectionsPerAddress)
			socket.end(
				plainAnswer(
					429,
					`Your address has ${limits.connectionsPerAddress} connections open, as many as this server gives to one; close some, or use them for more than one request.`,
				),
				() => socket.destroy(),
			);
	});
}

/** Why what came is not taken for a request: status and sentence. */
function noRequest(code: string, limits: Limits): [number, string] {
	switch (code) {
		case "ERR_HTTP_REQUEST_TIMEOUT":
			return [
				408,
				`A request's head must have come within ${limits.headMs / 1000} s, and all of it within ${limits.requestMs / 1000} s; send it again.`,
			];
		case "HPE_HEADER_OVERFLOW":
			return [431, "The request's head is too large; 16 KiB are allowed."];
		default:
			return [400, "What came is no request in HTTP/1.1."];
	}
}

/** An answer where nobody reads requests any more, with which the connection ends. */
function plainAnswer(status: number, detail: string): string {
	const body = JSON.stringify({ detail });
	return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
}

async function listen(
	app: FastifyInstance,
	host: string,
	port: number,
): Promise<void> {
	try {
		await app.listen({ host, port });
	} catch (error) {
		const target = `${host.includes(":") ? `[${host}]` : host}:${port}`;
		throw new Error(
			`Cannot listen on ${target} for HTTP: ${whyNot(error as NodeJS.ErrnoException)}; choose another --http-port (0 picks a free one, off turns HTTP off) or --host.`,
			{ cause: error },
		);
	}
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
	if (code === "EADDRINUSE") return "the port is in use";
	if (code === "EACCES") return "this user may not use that port";
	return message;
}
