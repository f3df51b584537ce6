import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { ManualClock } from "../sessions/testing.js";
import { createTinyEnvironment } from "../sessions/testing-training.js";
import { startTestGateway, type TestGateway } from "./testing.js";
import {
	anyValue,
	damaged,
	heapBytes,
	KEYS,
	MOUNTS,
	pick,
	type Random,
	RPC_BODIES,
	randomOf,
} from "./testing-random.js";
import { openSocket, type TestSocket, type Told } from "./testing-socket.js";

/** WebSockets on which everything is wrong that a seed comes upon, beside one on which nothing is. Only tests use it. */

/** Fewer than connections want, so that some find no room. */
const MAX_SESSIONS = 7;
const LANES = 8;
const MESSAGE_BYTES = 2 ** 16;
/** Bytes that the heap may have grown by since a tenth of the messages was answered. */
const MOST_GROWTH = 4 * 2 ** 20;
/** Longer than any lease that can be asked for. */
const LONGEST_MS = 86_400_000;

/** Sends so many messages; fails at an answer that is not typed, is missing or too much, a defect, a crash, harm to the other, or something that stays behind. */
export async function sendMalformedMessages(
	context: TestContext,
	seed: number,
	count: number,
): Promise<void> {
	const clock = new ManualClock();
	const defects: string[] = [];
	const gateway = await startTestGateway(context, {
		environments: [
			createTinyEnvironment(new ScriptedTrainer(() => ({}))),
			createSreEnvironment() as Environment,
		],
		clock,
		maxSessions: MAX_SESSIONS,
		limits: { messageBytes: MESSAGE_BYTES },
		observe({ method, error }) {
			if (error?.reason === "INTERNAL")
				defects.push(`${method} ${String(error.cause)}`);
		},
	});
	const player = await Player.start(gateway);
	const seen = new Map<string, number>();
	const tell = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
	let sent = 0;
	let heap = 0;
	const lane = async (random: Random) => {
		while (sent < count) {
			if (heap === 0 && sent >= count / 10) heap = heapBytes();
			const kind = random();
			if (kind < 0.2) await sendFrames(gateway, random, tell);
			else if (kind < 0.25) await shakeHands(gateway, random, tell);
			else {
				const messages = Math.ceil(random() * 60);
				sent += messages;
				await converse(gateway, random, messages, tell);
			}
			sent += 1;
		}
	};
	await Promise.all(
		Array.from({ length: LANES }, (_, at) => lane(randomOf(seed * LANES + at))),
	);
	await player.stop();
	assert.deepEqual(defects, []);
	for (const what of WANTED)
		assert.ok(seen.has(what), `${what} never happened`);
	// Kept sessions end with their leases, and all others with their connections, which the server may see a moment later.
	for (let turn = 0; turn < 10_000; turn++) {
		if (gateway.sessions.openCount <= MOUNTS.length) break;
		await setImmediate();
	}
	assert.ok(gateway.sessions.openCount <= MOUNTS.length);
	clock.advance(LONGEST_MS);
	for (const session of gateway.sessions.all)
		for await (const _ of session.events.read(
			undefined,
			new AbortController().signal,
		));
	assert.equal(gateway.sessions.openCount, 0);
	// Also their results are forgotten then.
	clock.advance(LONGEST_MS);
	await setImmediate();
	assert.equal([...gateway.sessions.all].length, 0);
	const growth = heapBytes() - heap;
	assert.ok(growth < MOST_GROWTH, `the heap has grown by ${growth} bytes`);
}

/** What must come about, or the messages were too tame. */
const WANTED = [
	"observation",
	"state",
	"mcp",
	"INVALID_JSON",
	"UNKNOWN_TYPE",
	"VALIDATION_ERROR",
	"EXECUTION_ERROR",
	"CAPACITY_REACHED",
	"SESSION_ERROR",
	"closed 1000",
	"closed 1002",
	"closed 1003",
	"closed 1007",
	"closed 1009",
	"refused 400",
	"refused 403",
	"refused 404",
	"cut",
	"half a frame",
];

/** Who plays the same incident again and again, unharmed. */
class Player {
	private isOver = false;
	private readonly playing: Promise<void>;

	private constructor(private readonly socket: TestSocket) {
		this.playing = this.play();
	}

	static async start({ socket }: TestGateway): Promise<Player> {
		return new Player(await socket("/sre/ws"));
	}

	async stop(): Promise<void> {
		this.isOver = true;
		await this.playing;
		this.socket.send({ type: "close" });
		assert.equal(await this.socket.closed, 1000);
	}

	private async play(): Promise<void> {
		const { ask } = this.socket;
		let first: string | undefined;
		while (!this.isOver || first === undefined) {
			const begun = await ask({
				type: "reset",
				data: { task_tier: "easy", seed: 7 },
			});
			const played = createHash("sha256");
			played.update(seenIn(begun.data));
			for (let step = 1; step <= 30; step++) {
				const { type, data } = await ask({
					type: "step",
					data: { action: "wait" },
				});
				assert.equal(type, "observation");
				assert.equal(data.step_count, step);
				played.update(seenIn(data));
			}
			const digest = played.digest("hex");
			first ??= digest;
			assert.equal(digest, first);
		}
	}
}

/** Without what tells how many episodes there were before. */
function seenIn({ observation, reward }: Told): string {
	const { metadata, ...seen } = observation;
	return JSON.stringify([seen, reward, metadata.result?.score]);
}

type Tell = (what: string) => void;

const MESSAGES: readonly object[] = [
	{ type: "reset", data: { task_tier: "easy", seed: 7 } },
	{ type: "reset", data: { task_id: "tiny", episode_id: "e" } },
	{ type: "reset" },
	{ type: "step", data: { action: "wait" } },
	{ type: "step", data: { action: "restart", service_id: "user_db" } },
	{ type: "step", data: { action: "configure_training", optimizer: "adam" } },
	{ type: "step", data: { action: "run_epochs", num_epochs: 1 } },
	{
		type: "step",
		data: { type: "call_tool", tool_name: "wait", arguments: {} },
		request_id: "a",
	},
	{ type: "step", data: { type: "list_tools" } },
	{ type: "state" },
	{ type: "finish" },
	...RPC_BODIES.map((data) => ({ type: "mcp", data })),
	{
		type: "mcp",
		data: {
			jsonrpc: "2.0",
			id: 2,
			method: "tools/call",
			params: { name: "wait" },
		},
	},
];

/** Half of them good; the others with something put in anywhere, taken out, cut off, or nothing of all this. */
function anyMessage(random: Random): string {
	const message = structuredClone(pick(random, MESSAGES));
	const kind = random();
	if (kind < 0.6) {
		const place = anyObject(random, message as Record<string, unknown>);
		const key =
			random() < 0.5
				? pick(random, KEYS)
				: pick(random, [...Object.keys(place), "data"]);
		if (kind < 0.3) place[key] = anyValue(random);
		else if (kind < 0.4) delete place[key];
	}
	// Nobody else would know that what follows is not answered.
	const text = JSON.stringify(message).replace('"close"', '"closed"');
	if (kind < 0.75) return text;
	if (kind < 0.85) return damaged(random, text);
	return pick(random, [
		"",
		" ",
		"null",
		"1e999",
		"9".repeat(400),
		"[".repeat(40_000),
		'{"a":'.repeat(2000),
		"\u0000",
		"\ud83d\ude00".repeat(50),
		JSON.stringify(anyValue(random)),
		`{"type":"step","data":{"action":"wait","service_id":"${"x".repeat(30_000)}"}}`,
		'{"type":"state","type":"step"}',
		'{"__proto__":{"type":"state"}}',
	]);
}

/** The message, or an object in it. */
function anyObject(
	random: Random,
	object: Record<string, unknown>,
): Record<string, unknown> {
	const inner = Object.values(object).filter(
		(value): value is Record<string, unknown> =>
			typeof value === "object" && value !== null && !Array.isArray(value),
	);
	return inner.length === 0 || random() < 0.4
		? object
		: anyObject(random, pick(random, inner));
}

/** Connections are over when their lane goes on: a test that ended each of them once more would keep them all. */
const NOTHING_KEPT = { after: () => {} };

const ENDINGS = ["close", "cut", "leave", "binary", "too large"] as const;

/** One connection from its beginning to its end: each of its messages has one answer, in order. */
async function converse(
	gateway: TestGateway,
	random: Random,
	messages: number,
	tell: Tell,
): Promise<void> {
	const mount = pick(random, MOUNTS);
	const path =
		random() < 0.7
			? `${mount}/ws`
			: pick(random, [
					`${mount}/s/a/ws`,
					`${mount}/ws?session_id=${pick(random, ["", "x", "0".repeat(32), "%00", "a&session_id=b"])}`,
					`${mount}/s/a%20b/ws`,
					`${mount}/s/${"x".repeat(200)}/ws`,
					"/nothing/ws",
					"/sre/web",
				]);
	const headers = random() < 0.1 ? { origin: "http://evil.example" } : {};
	let socket: TestSocket;
	try {
		socket = await openSocket(NOTHING_KEPT, gateway.port, path, { headers });
	} catch (error) {
		tell(`refused ${/\d+/.exec((error as Error).message)?.[0]}`);
		return;
	}
	for (let left = messages; left > 0; ) {
		const together = Math.min(left, random() < 0.8 ? 1 : 40);
		left -= together;
		for (let at = 0; at < together; at++) socket.send(anyMessage(random));
		for (let at = 0; at < together; at++) {
			const told = await Promise.race([socket.next(), socket.closed]);
			if (typeof told === "number") {
				tell(`closed ${told}`);
				return;
			}
			tell(kindOf(told));
		}
	}
	const ending = pick(random, ENDINGS);
	switch (ending) {
		case "close":
			socket.send({ type: "close" });
			break;
		case "cut":
			// What it is about to be answered goes nowhere.
			socket.send({ type: "reset" });
			socket.send({ type: "step", data: { action: "wait" } });
			socket.cut();
			tell("cut");
			break;
		case "leave":
			socket.webSocket.close();
			break;
		case "binary":
			socket.webSocket.send(Buffer.from([0, 255, 1]));
			await Promise.race([refused(socket), socket.closed]);
			break;
		case "too large":
			socket.webSocket.on("error", () => {});
			socket.send("x".repeat(MESSAGE_BYTES + 1));
	}
	tell(`closed ${await socket.closed}`);
}

/** Where the connection was not closed before, for another reason. */
async function refused(socket: TestSocket): Promise<void> {
	assert.equal(kindOf(await socket.next()), "SESSION_ERROR");
}

/** Of an answer, by OpenEnv's rules. */
function kindOf({ type, data, ...more }: Told): string {
	assert.deepEqual(more, {});
	switch (type) {
		case "observation":
			assert.equal(typeof data.observation, "object");
			assert.equal(typeof data.done, "boolean");
			return type;
		case "state":
			assert.equal(typeof data.step_count, "number");
			return type;
		case "mcp":
			assert.equal(data.jsonrpc, "2.0");
			assert.equal("result" in data, !("error" in data));
			if ("error" in data) checkSentence(data.error.message);
			return type;
		default:
			assert.equal(type, "error");
			assert.match(
				data.code,
				/^(INVALID_JSON|UNKNOWN_TYPE|VALIDATION_ERROR|EXECUTION_ERROR|CAPACITY_REACHED|SESSION_ERROR)$/,
			);
			checkSentence(data.message);
			return data.code;
	}
}

function checkSentence(sentence: string): void {
	assert.ok(sentence.length > 10 && sentence.length < 4000, sentence);
}

const HANDSHAKE = [
	"GET /ws HTTP/1.1",
	"Host: localhost",
	"Upgrade: websocket",
	"Connection: Upgrade",
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
	"Sec-WebSocket-Version: 13",
];
const OPEN = `${HANDSHAKE.join("\r\n")}\r\n\r\n`;

/** A frame of a client: its first byte, and what is in it, under a mask of zeros. */
function frame(first: number, payload: Buffer | string = ""): Buffer {
	const bytes = Buffer.from(payload);
	assert.ok(bytes.length < 126);
	return Buffer.concat([
		Buffer.from([first, 0x80 | bytes.length, 0, 0, 0, 0]),
		bytes,
	]);
}

/** Frames that break the protocol, and the code with which a connection is closed for it. */
const BROKEN: readonly (readonly [Buffer, number])[] = [
	[Buffer.from([0x81, 0x02, 0x7b, 0x7d]), 1002], // no mask
	[frame(0xc1, "{}"), 1002], // a reserved bit
	[frame(0x83, "{}"), 1002], // an opcode that there is not
	[frame(0x8b), 1002],
	[frame(0x80, "{}"), 1002], // more of nothing
	[frame(0x09, ""), 1002], // a ping in pieces
	[Buffer.concat([frame(0x01, "{"), frame(0x81, "}")]), 1002],
	[frame(0x88, "x"), 1002], // a code of one byte
	[frame(0x88, Buffer.from([0, 1])), 1002],
	[frame(0x81, Buffer.from([0xff, 0xfe])), 1007],
	[Buffer.from([0x89, 0xfe, 0, 200, 0, 0, 0, 0]), 1002], // a large ping
	[Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
	[Buffer.from([0x81, 0xff, ...Array(8).fill(0xff), 0, 0, 0, 0]), 1009],
];

/** Bytes behind a good handshake. */
async function sendFrames(
	gateway: TestGateway,
	random: Random,
	tell: Tell,
): Promise<void> {
	const socket = connect(gateway.port, "127.0.0.1");
	const closed = closeCode(socket);
	socket.write(OPEN);
	socket.write(frame(0x81, '{"type":"reset"}'));
	if (random() < 0.5) socket.write(frame(0x89, "ping"));
	if (random() < 0.3) {
		const text = frame(0x81, '{"type":"state"}');
		socket.end(text.subarray(0, Math.floor(random() * text.length)));
		await closed;
		tell("half a frame");
		return;
	}
	const [bytes, code] = pick(random, BROKEN);
	socket.write(bytes);
	assert.equal(await closed, code, bytes.toString("hex"));
	tell(`closed ${code}`);
}

/** That of the last frame that comes; undefined where it closes nothing. */
async function closeCode(socket: Socket): Promise<number | undefined> {
	const parts: Buffer[] = [];
	socket.on("data", (part) => parts.push(part));
	socket.on("error", () => {});
	await new Promise((resolve) => socket.once("close", resolve));
	const end = Buffer.concat(parts).subarray(-4);
	return end[0] === 0x88 && end[1] === 2 ? end.readUInt16BE(2) : undefined;
}

/** A handshake with a line that is missing, or wrong. */
async function shakeHands(
	gateway: TestGateway,
	random: Random,
	tell: Tell,
): Promise<void> {
	const lines = [...HANDSHAKE];
	const at = 2 + Math.floor(random() * (lines.length - 2));
	const [name] = (lines[at] as string).split(":");
	lines[at] = pick(random, [`${name}: x`, `${name}: 1`, `${name}: websocket,`]);
	const socket = connect(gateway.port, "127.0.0.1");
	let text = "";
	socket.setEncoding("latin1");
	socket.on("data", (part) => {
		text += part;
	});
	socket.on("error", () => {});
	const closed = new Promise((resolve) => socket.once("close", resolve));
	socket.end(`${lines.join("\r\n")}\r\n\r\n`);
	await closed;
	const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1];
	assert.match(status ?? text, /^(101|400|404|405|426)$/);
	tell(`refused ${status}`);
}
