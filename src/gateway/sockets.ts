import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Clock } from "../clock.js";
import type { CallObserver } from "../door/call-observer.js";
import { NightshiftError } from "../errors.js";
import type { Calls } from "./calls.js";
import { checkOrigin, clientOf } from "./client.js";
import { Claims, Connection, GOING_AWAY, type Wanted } from "./connection.js";
import { HttpRefusal, toHttpError } from "./http-error.js";
import { KnownSteps } from "./known-steps.js";
import type { OpenEnvRpc } from "./mcp/openenv.js";
import { type HttpMetrics, messageCounts } from "./observed.js";
import { prefixOf } from "./routes.js";
import type { SocketLimits } from "./socket-limits.js";

export interface SocketsOptions {
	readonly calls: Calls;
	readonly clock: Clock;
	readonly observe: CallObserver;
	/** One for each mount. */
	readonly rpcs: readonly OpenEnvRpc[];
	readonly allowedHosts: readonly string[];
	readonly limits: SocketLimits;
	/** Absent: messages are not counted. */
	readonly metrics: Pick<HttpMetrics, "webSocketMessages"> | undefined;
}

/** OpenEnv's WebSockets of a gateway. */
export interface Sockets {
	/** The server's event. */
	upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
	/** Takes no more, and ends those on which nothing is being answered. */
	startClosing(): void;
	/** Waits until those are answered that are being answered. */
	answered(): Promise<void>;
	/** Ends all that are left. */
	close(): void;
}

const PATH = /^(?<mount>\/[a-z]+)?(?:\/s\/(?<name>[\w.~-]{1,128}))?\/ws$/;

export function createSockets(options: SocketsOptions): Sockets {
	const { clock, rpcs, allowedHosts, limits, metrics } = options;
	const server = new WebSocketServer({
		noServer: true,
		clientTracking: false,
		perMessageDeflate: false,
		maxPayload: limits.messageBytes,
	});
	const open = new Set<Connection>();
	const claims = new Claims();
	const steps = new KnownSteps();
	let opened = 0;
	let isClosing = false;
	let wake = () => {};
	let stopTimer = () => {};

	const look = () => {
		for (const connection of open) connection.look();
		stopTimer = clock.after(limits.lookMs, look);
	};
	stopTimer = clock.after(limits.lookMs, look);

	return {
		upgrade(request, socket, head) {
			let wanted: Wanted;
			try {
				checkOrigin(request, allowedHosts);
				wanted = readUrl(request, rpcs);
				if (isClosing)
					throw new NightshiftError(
						"SERVER_DRAINING",
						"The server is shutting down and starts nothing new.",
					);
			} catch (error) {
				refuse(socket, error);
				return;
			}
			server.handleUpgrade(request, socket, head, (webSocket) => {
				opened += 1;
				const connection = new Connection(webSocket, {
					...options,
					steps,
					socket,
					client: clientOf(request),
					wanted,
					counts: messageCounts(metrics, routeOf(wanted)),
					number: opened,
					claims,
					onIdle: () => {
						if (isClosing) connection.hangUp(GOING_AWAY);
						wake();
					},
					onEnd: () => {
						open.delete(connection);
						wake();
					},
				});
				open.add(connection);
				connection.begin();
			});
		},
		startClosing() {
			isClosing = true;
			stopTimer();
			for (const connection of open)
				if (!connection.isBusy) connection.hangUp(GOING_AWAY);
		},
		async answered() {
			while ([...open].some(({ isBusy }) => isBusy))
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
		},
		close() {
			stopTimer();
			for (const connection of open) connection.hangUp(GOING_AWAY);
			for (const connection of open) connection.terminate();
		},
	};
}

/** Errors: HttpRefusal. */
function readUrl(
	{ url = "", headers }: IncomingMessage,
	rpcs: readonly OpenEnvRpc[],
): Wanted {
	if (headers.upgrade?.toLowerCase() !== "websocket")
		throw new HttpRefusal(
			400,
			"This server speaks HTTP/1.1 and WebSocket, and upgrades to nothing else; leave the header Upgrade out.",
		);
	const [path = "", query] = url.split("?", 2);
	const found = PATH.exec(path)?.groups;
	const rpc = rpcs.find(
		({ tools }) => found && tools.mount.path === (found.mount ?? ""),
	);
	if (rpc === undefined)
		throw new HttpRefusal(
			404,
			`There is no WebSocket at this path; ${rpcs.map(({ tools }) => `${tools.mount.path}/ws`).join(", ")}, each also with /s/NAME before /ws.`,
		);
	const sessionId = new URLSearchParams(query).get("session_id") ?? undefined;
	return { rpc, mount: rpc.tools.mount, name: found?.name, sessionId };
}

/** The pattern of an address, in which nothing stands that a client chose. */
function routeOf({ mount, name }: Wanted): string {
	return `${prefixOf(mount, name !== undefined)}/ws`;
}

/** Says why not, over HTTP. */
function refuse(socket: Duplex, thrown: unknown): void {
	const { status, headers, body } = toHttpError(thrown, "query", {});
	const text = JSON.stringify(body);
	socket.on("error", () => socket.destroy());
	socket.end(
		[
			`HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
			...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
			"content-type: application/json",
			`content-length: ${Buffer.byteLength(text)}`,
			"connection: close",
			"",
			text,
		].join("\r\n"),
		() => socket.destroy(),
	);
}
