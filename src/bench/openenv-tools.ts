import {
	Client,
	StreamableHTTPClientTransport,
	type VersionNegotiationMode,
} from "@modelcontextprotocol/client";
import {
	type Contender,
	contest,
	figuresOf,
	keepUnderWay,
	type Pace,
	ratioOf,
} from "./contest.js";
import type { Figure } from "./figures.js";
import { overSocket } from "./openenv-player.js";
import { OpenEnvServer } from "./openenv-server.js";
import { postRequest, RawHttp } from "./raw-http.js";
import { ServiceProcess } from "./started-service.js";

/**
 * Calls of a tool: in OpenEnv's JSON-RPC over HTTP and as steps on its WebSocket, by raw clients, theirs a tool that does nothing; and in the real MCP by
 * the official SDK's client, theirs from the FastMCP that OpenEnv brings, as its own server has none. Ours is a step of an on-call incident each time.
 */
export interface ToolsBenchOptions {
	readonly quick: boolean;
	readonly progress: (text: string) => void;
	readonly emit: (figure: Figure) => void;
}

const CLIENTS = { raw: [1, 64], sdk: [1, 16] };
const ROUNDS = { quick: 1, full: 5 };
const ROUND_MS = { quick: 600, full: 2000 };
const WARM_UP_MS = { quick: 800, full: 3000 };
/** As many times the calls on a core of server as theirs. */
const GOALS = { rpc: 20, sdk: 3 } as const;

/** What stands in the bytes of an answer that is no result, and of one that ends an episode. */
const FAILED = Buffer.from('"error":{"code"');
const DONE = Buffer.from('"done":true');

export async function benchTools(
	options: ToolsBenchOptions,
	python: string,
): Promise<void> {
	const { progress } = options;
	progress("starting the servers of tools");
	const servers = await Promise.all([
		OpenEnvServer.start(python, "tools"),
		OpenEnvServer.start(python, "fastmcp"),
		ServiceProcess.start("./openenv-service-process.js"),
	]);
	const [theirs, fastMcp, service] = servers;
	const ours = {
		port: service.httpPort as number,
		sample: () => service.sample(),
	};
	try {
		for (const count of CLIENTS.raw)
			await compare(
				options,
				[
					await overRpc(theirs, "/mcp", count, "OpenEnv, JSON-RPC"),
					await overRpc(ours, "/sre/mcp", count, "nightshift, JSON-RPC"),
				],
				GOALS.rpc,
			);
		for (const count of CLIENTS.raw)
			await compare(
				options,
				[
					await calledAsSteps(theirs, "/ws", count, "OpenEnv, tools as steps"),
					await calledAsSteps(
						ours,
						"/sre/ws",
						count,
						"nightshift, tools as steps",
					),
				],
				GOALS.rpc,
			);
		for (const count of CLIENTS.sdk)
			await compare(
				options,
				[
					await overSdk(fastMcp, "/mcp", count, "legacy", "FastMCP, MCP"),
					await overSdk(ours, "/sre/mcp", count, "legacy", "nightshift, MCP"),
					await overSdk(
						ours,
						"/sre/mcp",
						count,
						{ pin: "2026-07-28" },
						"nightshift, MCP 2026-07-28",
					),
				],
				GOALS.sdk,
			);
	} finally {
		for (const server of servers) server.stop();
	}
}

/** The first contender is theirs; the first of ours is held against the goal. */
async function compare(
	{ quick, progress, emit }: ToolsBenchOptions,
	contenders: readonly Contender[],
	goal: number,
): Promise<void> {
	const size = quick ? "quick" : "full";
	const paces = await contest(contenders, {
		progress,
		rounds: ROUNDS[size],
		roundMs: ROUND_MS[size],
		warmUpMs: WARM_UP_MS[size],
	});
	for (const [number, { label }] of contenders.entries())
		for (const figure of figuresOf(label, paces[number] ?? [], "calls/s"))
			emit(figure);
	const [theirs, ...ours] = paces;
	for (const [number, rounds] of ours.entries())
		emit(
			ratioOf(
				`${contenders[number + 1]?.label} / ${contenders[0]?.label.replace(/^.*: /, "")}, a core${number === 0 ? ` (goal: ${goal})` : ""}`,
				rounds,
				theirs as Pace[],
			),
		);
}

type Server = Contender["server"] & { readonly port: number };

const named = (count: number, label: string) =>
	`${count} client${count === 1 ? "" : "s"}: ${label}`;

/** Each on a connection and in a session of its own; where an episode ends, another session takes its place. */
async function overRpc(
	server: Server,
	path: string,
	count: number,
	label: string,
): Promise<Contender> {
	const clients = await Promise.all(
		Array.from({ length: count }, () => RawHttp.open(server.port)),
	);
	const calls = new Map<RawHttp, { readonly id: string; call: Buffer }>();
	let seed = 0;
	const ask = async (client: RawHttp, method: string, params: object) => {
		const answer = await client.ask(
			postRequest(path, { jsonrpc: "2.0", id: 1, method, params }),
		);
		const { result } = JSON.parse(answer.toString()) as {
			result?: { session_id: string };
		};
		if (result === undefined) throw new Error(`${label}: ${answer.toString()}`);
		return result.session_id;
	};
	const begin = async (client: RawHttp) => {
		const id = await ask(client, "openenv/session/create", {
			...(path.startsWith("/sre") && { task_tier: "easy", seed: seed++ }),
		});
		const params = { session_id: id, name: "wait", arguments: {} };
		const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params };
		calls.set(client, { id, call: postRequest(path, message) });
	};
	const end = (client: RawHttp) =>
		ask(client, "openenv/session/close", { session_id: calls.get(client)?.id });
	for (const client of clients) await begin(client);
	return {
		label: named(count, label),
		server,
		play: (untilMs) =>
			keepUnderWay(count, untilMs, async (place) => {
				const client = clients[place] as RawHttp;
				const answer = await client.ask(calls.get(client)?.call as Buffer);
				if (answer.includes(FAILED))
					throw new Error(`${label}: ${answer.toString()}`);
				if (answer.includes(DONE)) {
					await end(client);
					await begin(client);
				}
				return 1;
			}),
		leave: async () => {
			for (const client of clients) {
				await end(client);
				client.close();
			}
		},
	};
}

function calledAsSteps(
	server: Server,
	path: string,
	count: number,
	label: string,
): Promise<Contender> {
	return overSocket(server, count, named(count, label), {
		path,
		reset: (seed) => ({ type: "reset", data: { seed, task_tier: "easy" } }),
		step: {
			type: "step",
			data: { type: "call_tool", tool_name: "wait", arguments: {} },
		},
	});
}

/** Ours takes the session as an argument of each call; theirs has none to take. */
async function overSdk(
	server: Server,
	path: string,
	count: number,
	mode: VersionNegotiationMode,
	label: string,
): Promise<Contender> {
	const isOurs = path.startsWith("/sre");
	const clients = await Promise.all(
		Array.from({ length: count }, async () => {
			const client = new Client(
				{ name: "bench", version: "1" },
				{ versionNegotiation: { mode } },
			);
			await client.connect(
				new StreamableHTTPClientTransport(
					new URL(`http://127.0.0.1:${server.port}${path}`),
				),
			);
			return client;
		}),
	);
	const call = async (client: Client, name: string, given: object) => {
		const result = await client.callTool({ name, arguments: { ...given } });
		if (result.isError)
			throw new Error(`${label}: ${JSON.stringify(result.content)}`);
		return result.structuredContent as { session: string; done: boolean };
	};
	let seed = 0;
	const easy = () => ({ task_tier: "easy", seed: seed++ });
	const given: { session?: string }[] = [];
	for (const client of clients)
		given.push(
			isOurs ? { session: (await call(client, "reset", easy())).session } : {},
		);
	return {
		label: named(count, label),
		server,
		play: (untilMs) =>
			keepUnderWay(count, untilMs, async (place) => {
				const client = clients[place] as Client;
				const own = given[place] as { session?: string };
				const { done } = await call(client, "wait", own);
				if (isOurs && done) await call(client, "reset", { ...own, ...easy() });
				return 1;
			}),
		leave: async () => {
			for (const [place, client] of clients.entries()) {
				if (isOurs) await call(client, "close", given[place] ?? {});
				await client.close();
			}
		},
	};
}
