import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import type { TestContext } from "node:test";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { createTinyEnvironment } from "../sessions/testing-training.js";
import { readToEnd, startTestGateway } from "./testing.js";
import {
	anyValue,
	damaged,
	heapBytes,
	KEYS,
	MOST_GROWTH,
	MOUNTS,
	pick,
	type Random,
	RPC_BODIES,
	randomOf,
} from "./testing-random.js";

/** Requests that are wrong in every way that a seed comes upon: what is answered, and what is left behind. Only tests use it. */

const MAX_SESSIONS = 8;

/** Sends so many; fails at an answer that is no typed error, a defect, a crash, or something that stays behind. */
export async function sendMalformed(
	context: TestContext,
	seed: number,
	count: number,
): Promise<void> {
	const gateway = await startTestGateway(context, {
		environments: [
			createTinyEnvironment(new ScriptedTrainer(() => ({}))),
			createSreEnvironment() as Environment,
		],
		maxSessions: MAX_SESSIONS,
		maxSessionsPerAddress: MAX_SESSIONS,
	});
	const random = randomOf(seed);
	const agent = new Agent({ keepAlive: true, maxSockets: 8 });
	context.after(() => agent.destroy());
	const seen = new Map<number, number>();
	let heap = 0;
	for (let sent = 0; sent < count; sent += 8) {
		await Promise.all(
			Array.from({ length: 8 }, async (_, lane) => {
				// A connection of its own costs more, and little can be wrong below HTTP.
				const status =
					lane === 0 && sent % 64 === 0
						? await sendBytes(await gateway.connect(), random)
						: await send(gateway.port, agent, random);
				seen.set(status, (seen.get(status) ?? 0) + 1);
			}),
		);
		if (heap === 0 && sent >= count / 10) heap = heapBytes();
	}
	assert.deepEqual(
		gateway.errors.filter((line) => line.includes("INTERNAL")),
		[],
	);
	assert.equal((await gateway.ask("/health")).status, 200);
	assert.ok(gateway.sessions.openCount <= MAX_SESSIONS);
	const growth = heapBytes() - heap;
	assert.ok(growth < MOST_GROWTH, `the heap has grown by ${growth} bytes`);
	for (const status of [200, 404, 409, 415, 422])
		assert.ok(seen.has(status), `${status} was never answered`);
	assert.deepEqual(
		[...seen.keys()].filter((status) => status >= 500),
		[],
	);
}

const PATHS = [
	"/reset",
	"/step",
	"/finish",
	"/close",
	"/state",
	"/tasks",
	"/mcp",
	"/s/a/reset",
	"/s/a/step",
	"/s/a/mcp",
	"/s/%ff/state",
	"/x",
	"/%ff",
	"//",
	"/..%2f",
	"/step/",
];
const BODIES: readonly object[] = [
	{ task_tier: "easy", seed: 7 },
	{ task_id: "tiny", episode_id: "e" },
	{ action: "restart", service_id: "user_db" },
	{ action: { action: "wait" } },
	{
		action: {
			type: "call_tool",
			tool_name: "run_epochs",
			arguments: { num_epochs: 1 },
		},
	},
	{ action: "configure_training", optimizer: "adam" },
];
/** A good body with something put in, taken out or cut off; now and then a good one. */
function anyBody(random: Random, bodies: readonly object[]): string {
	const body: Record<string, unknown> = { ...pick(random, bodies) };
	const kind = random();
	if (kind < 0.5) body[pick(random, KEYS)] = anyValue(random);
	else if (kind < 0.6) delete body[pick(random, Object.keys(body))];
	else if (kind < 0.7) return JSON.stringify(anyValue(random));
	const text = JSON.stringify(body);
	return kind < 0.8 ? text : damaged(random, text);
}

async function send(
	port: number,
	agent: Agent,
	random: Random,
): Promise<number> {
	const method =
		random() < 0.7
			? "POST"
			: pick(random, ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"]);
	const query =
		random() < 0.2
			? `?${pick(random, KEYS)}=${pick(random, ["", "a", "%00", "%zz", "a&a=b"])}`
			: "";
	const path = pick(random, PATHS);
	const headers: Record<string, string> = {
		...(random() < 0.2 && { accept: "application/json, text/event-stream" }),
		...(random() < 0.1 && {
			"mcp-protocol-version": pick(random, ["2026-07-28", "2025-11-25", "x"]),
			"mcp-method": pick(random, ["tools/call", "x", ""]),
			"mcp-session-id": "x",
		}),
		"content-type":
			random() < 0.95
				? "application/json"
				: pick(random, [
						"text/plain",
						"application/x",
						";",
						"application/json; charset=x",
					]),
		...(random() < 0.05 && {
			host: pick(random, ["evil.example", "", "a b", "::"]),
		}),
		...(random() < 0.05 && {
			origin: pick(random, ["null", "http://evil.example", "x"]),
		}),
		...(random() < 0.1 && {
			authorization: `Bearer ${Math.floor(random() * 4)}`,
		}),
	};
	const asked = request({
		port,
		host: "127.0.0.1",
		agent,
		method,
		path: `${pick(random, MOUNTS)}${path}${query}`,
		headers,
	});
	return new Promise((resolve, reject) => {
		asked.on("error", reject);
		asked.on("response", (response) => {
			let text = "";
			response.setEncoding("utf8");
			response.on("data", (part) => {
				text += part;
			});
			response.on("end", () => {
				const status = response.statusCode as number;
				if (status >= 400 && method !== "HEAD") checkError(status, text);
				resolve(status);
			});
		});
		const bodies = path.endsWith("/mcp") ? RPC_BODIES : BODIES;
		asked.end(method === "POST" ? anyBody(random, bodies) : undefined);
	});
}

/** Every refusal says why: a sentence, or a list of fields with a sentence each. */
function checkError(status: number, text: string): void {
	const { detail, jsonrpc, error } = JSON.parse(text) as {
		detail: string | { loc: string[]; msg: string; type: string }[];
		jsonrpc?: "2.0";
		error?: { message: string };
	};
	if (jsonrpc !== undefined) {
		assert.equal(typeof error?.message, "string", text);
		return;
	}
	assert.equal(Array.isArray(detail), status === 422, text);
	for (const sentence of typeof detail === "string"
		? [detail]
		: detail.map(({ msg }) => msg))
		assert.ok(sentence.length > 10 && sentence.length < 2000, text);
}

const PIECES = [
	"GET ",
	"POST ",
	"/step",
	" HTTP/1.1\r\n",
	" HTTP/9.9\r\n",
	"Host: localhost\r\n",
	"Content-Length: 5\r\n",
	"Content-Length: -1\r\n",
	"Transfer-Encoding: chunked\r\n",
	"Content-Type: application/json\r\n",
	"\r\n",
	"zz\r\n",
	"5\r\nhello\r\n",
	"\u0000\u0001\u0002",
	"x".repeat(20_000),
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	"Upgrade: websocket\r\nConnection: Upgrade\r\n",
];

/** Bytes that hardly make a request, on a connection of their own. 0 where nothing was answered. */
async function sendBytes(
	socket: Awaited<
		ReturnType<Awaited<ReturnType<typeof startTestGateway>>["connect"]>
	>,
	random: Random,
): Promise<number> {
	const answer = readToEnd(socket);
	for (let piece = 0; piece < 6; piece++) socket.write(pick(random, PIECES));
	socket.end("\r\n\r\n");
	return Number(/^HTTP\/1\.1 (\d{3}) /.exec(await answer)?.[1] ?? 0);
}
