import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import type { ClientOptions } from "ws";
import { type Clock, systemClock } from "../clock.js";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { Sessions } from "../sessions/sessions.js";
import { type Gateway, type GatewayOptions, startGateway } from "./gateway.js";
import { openSocket, type TestSocket } from "./testing-socket.js";

/** What tests of the gateway stand on: a real one on a free port, and requests to it, well formed or byte by byte. */

export interface TestGateway extends Gateway {
	readonly sessions: Sessions;
	/** Errors that the log would be told. */
	readonly errors: string[];
	readonly ask: Ask;
	/** A connection on which anything can be written. */
	readonly connect: () => Promise<Socket>;
	readonly socket: (
		path?: string,
		options?: ClientOptions,
	) => Promise<TestSocket>;
}

export interface Answer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly text: string;
	// biome-ignore lint/suspicious/noExplicitAny: whatever JSON says; tests look into it.
	readonly json: any;
}

export interface Asking {
	readonly headers?: Readonly<Record<string, string>>;
	readonly signal?: AbortSignal;
}

/** A GET without a body, a POST with one; a text is sent as it is. */
export type Ask = (
	path: string,
	body?: unknown,
	asking?: Asking & { readonly method?: string },
) => Promise<Answer>;

export async function startTestGateway(
	context: TestContext,
	{
		environments = [createSreEnvironment() as Environment],
		clock = systemClock,
		maxSessions = 64,
		maxActions = 64,
		...options
	}: Partial<GatewayOptions> & {
		readonly environments?: readonly Environment[];
		readonly clock?: Clock;
		readonly maxSessions?: number;
		readonly maxActions?: number;
	} = {},
): Promise<TestGateway> {
	const sessions =
		options.sessions ??
		new Sessions({ clock, environments, maxSessions, maxActions });
	const errors: string[] = [];
	const gateway = await startGateway({
		clock,
		host: "127.0.0.1",
		port: 0,
		environment: "training",
		allowedHosts: [],
		defaultLeaseMs: 600_000,
		maxSessionsPerAddress: 1000,
		observe: ({ method, error }) => {
			if (error)
				errors.push(`${method} ${error.reason} ${String(error.cause)}`);
		},
		...options,
		sessions,
	});
	context.after(() => gateway.close());
	return {
		...gateway,
		sessions,
		errors,
		ask: (path, body, asking) => ask(gateway.port, path, body, asking),
		socket: (path = "/ws", options = {}) =>
			openSocket(context, gateway.port, path, options),
		async connect() {
			const socket = connect(gateway.port, "127.0.0.1");
			await once(socket, "connect");
			context.after(() => socket.destroy());
			return socket;
		},
	};
}

async function ask(
	port: number,
	path: string,
	body: unknown,
	{
		headers = {},
		signal,
		method = body === undefined ? "GET" : "POST",
	}: Asking & { readonly method?: string } = {},
): Promise<Answer> {
	const asked = request({
		host: "127.0.0.1",
		port,
		path,
		method,
		headers: {
			...(body !== undefined && { "content-type": "application/json" }),
			...headers,
		},
		...(signal && { signal }),
	});
	asked.end(
		body === undefined || typeof body === "string"
			? body
			: JSON.stringify(body),
	);
	const [response] = await once(asked, "response");
	let text = "";
	for await (const part of response.setEncoding("utf8")) text += part;
	return {
		status: response.statusCode,
		headers: response.headers,
		text,
		json:
			text !== "" && /json/.test(response.headers["content-type"] ?? "")
				? JSON.parse(text)
				: undefined,
	};
}

/** Everything that comes on a connection until its other end closes it. */
export async function readToEnd(socket: Socket): Promise<string> {
	let text = "";
	socket.setEncoding("utf8");
	socket.on("data", (part) => {
		text += part;
	});
	socket.on("error", () => {});
	if (!socket.closed)
		await new Promise((resolve) => socket.once("close", resolve));
	return text;
}
