import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import {
	Client,
	StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { Gate, ManualClock } from "../sessions/testing.js";
import {
	createTinyEnvironment,
	HeldTrainer,
} from "../sessions/testing-training.js";
import { startTestGateway, type TestGateway } from "./testing.js";

/** /s/NAME below an address: one session, whichever door is taken to it. */

const WAIT = { action: "wait" };

function startBoth(context: Parameters<typeof startTestGateway>[0]) {
	return startTestGateway(context, {
		environments: [
			createTinyEnvironment(new ScriptedTrainer(() => ({}))),
			createSreEnvironment() as Environment,
		],
	});
}

async function rpc(
	{ ask }: TestGateway,
	path: string,
	method: string,
	params: object = {},
) {
	const body = { jsonrpc: "2.0", id: 1, method, params };
	return (await ask(path, body)).json;
}

test("Under /s/NAME an episode is played over HTTP without being named, and every address, name and client has its own.", async (context) => {
	const { ask, sessions } = await startBoth(context);
	const early = await ask("/sre/s/mine/step", WAIT);
	assert.equal(early.status, 409);
	assert.match(early.json.detail, /POST \/sre\/s\/mine\/reset starts one/);
	await ask("/sre/s/mine/reset", { seed: 1 });
	await ask("/sre/s/yours/reset", { seed: 2 });
	await ask("/s/mine/reset", { seed: 3, task_id: "tiny" });
	await ask("/sre/s/mine/reset", { seed: 4 }, { headers: BEARER });
	assert.equal(sessions.openCount, 4);
	for (const [path, seed, headers] of [
		["/sre/s/mine", 1, {}],
		["/sre/s/yours", 2, {}],
		["/s/mine", 3, {}],
		["/sre/s/mine", 4, BEARER],
	] as const)
		assert.equal(
			(await ask(`${path}/state`, undefined, { headers })).json.seed,
			seed,
		);
	for (let step = 1; step <= 30; step++) {
		const { json } = await ask("/sre/s/mine/step", WAIT);
		assert.equal(json.step_count, step);
		assert.equal(json.done, step === 30);
	}
	assert.equal((await ask("/sre/s/mine/finish", {})).json.done, true);
	assert.equal((await ask("/sre/s/yours/state")).json.step_count, 0);
	assert.equal((await ask("/sre/s/mine/close", {})).json.closed, true);
	assert.equal((await ask("/sre/s/mine/state")).status, 409);
	assert.equal(sessions.openCount, 3);
	for (const path of ["health", "metadata", "schema", "tasks", "openenv.yaml"])
		assert.equal((await ask(`/sre/s/mine/${path}`)).status, 200, path);
	for (const name of ["a%20b", "%C3%A4", "x".repeat(129)]) {
		const { status, json } = await ask(`/sre/s/${name}/reset`, {});
		assert.equal(status, 404, name);
		assert.match(json.detail, /a name of 1 to 128 letters/);
	}
});

test("A reset under /s/NAME may name the episode anew, and there is one session however often, and however many at once.", async (context) => {
	const gate = new Gate();
	const sre = createSreEnvironment() as Environment;
	const start: Environment["start"] = async (...given) => {
		await gate.pass(new AbortController().signal);
		return sre.start(...given);
	};
	const slow = new Proxy(sre, {
		get: (target, name) =>
			name === "start" ? start : Reflect.get(target, name, target),
	});
	const gateway = await startTestGateway(context, { environments: [slow] });
	const { ask, socket, sessions } = gateway;
	const path = "/sre/s/run-7";
	const player = await socket(`${path}/ws`);
	gate.shut();
	player.send({ type: "reset", data: { seed: 1, episode_id: "socket" } });
	const begun = Promise.all([
		...["a", "b", "c"].map((episode_id) =>
			ask(`${path}/reset`, { episode_id, seed: 1 }),
		),
		ask(`${path}/reset`, {}),
		rpc(gateway, `${path}/mcp`, "openenv/session/create"),
	]);
	await gate.holds();
	// Whatever was sent before this has come.
	await ask("/health");
	gate.open();
	await begun;
	assert.equal(
		(await player.next()).type,
		"observation",
		gateway.errors.join(),
	);
	assert.equal(sessions.openCount, 1);
	await ask(`${path}/reset`, { episode_id: "d" });
	const { json } = await ask(`${path}/step`, { ...WAIT, episode_id: "d" });
	assert.equal(json.episode_id, "d");
	const { session_id } = (await ask(`${path}/state`)).json;
	const byId = await ask(`${path}/step`, { ...WAIT, episode_id: session_id });
	assert.equal(byId.json.step_count, 2);
	for (const episode_id of ["c", "0".repeat(32)]) {
		const other = await ask(`${path}/step`, { ...WAIT, episode_id });
		assert.equal(other.status, 404);
		assert.match(other.json.detail, /of \/sre\/s\/run-7 has another name/);
	}
	assert.equal((await ask(`${path}/state`)).json.step_count, 2);
});

test("A dropped socket's episode goes on over HTTP and /mcp under the same path, and back; what ran goes on meanwhile.", async (context) => {
	const trainer = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const gateway = await startTestGateway(context, {
		environments: [createTinyEnvironment(trainer)],
	});
	const { ask, socket, sessions } = gateway;
	const path = "/training/s/run-7";
	const first = await socket(`${path}/ws`);
	await first.ask({ type: "reset", data: { seed: 3, episode_id: "mine" } });
	await first.ask({ type: "step", data: { action: "configure_training" } });
	trainer.epochGate.shut();
	const run = { action: "run_epochs", num_epochs: 1 };
	first.send({ type: "step", data: run });
	await trainer.epochGate.holds();
	first.cut();
	const during = await ask(`${path}/state`);
	assert.deepEqual(
		[during.json.episode_id, during.json.state, during.json.seed],
		["mine", "running", 3],
	);
	trainer.epochGate.open();
	await sessions.get(during.json.session_id).settled();
	const stepped = await ask(`${path}/step`, run);
	assert.equal(stepped.json.observation.current_epoch, 2);
	const called = await rpc(gateway, `${path}/mcp`, "tools/call", {
		name: "run_epochs",
		arguments: { num_epochs: 1 },
	});
	assert.equal(called.result.data.observation.current_epoch, 3);
	const second = await socket(`${path}/ws`);
	const { data } = await second.ask({ type: "step", data: run });
	assert.equal(data.observation.current_epoch, 4);
	assert.equal(data.step_count, 5);
	assert.equal(sessions.openCount, 1);
	// What is closed at one door is closed at the other, and what is opened there is taken up.
	await ask(`${path}/close`, {});
	assert.equal(
		(await second.ask({ type: "step", data: run })).data.code,
		"SESSION_ERROR",
	);
	await ask(`${path}/reset`, { seed: 4 });
	assert.equal((await second.ask({ type: "state" })).data.seed, 4);
	second.send({ type: "close" });
	await second.closed;
	assert.equal(sessions.openCount, 0);
});

test("A socket that came before any session speaks of the one that HTTP opens under its path.", async (context) => {
	const { ask, socket, sessions } = await startBoth(context);
	const player = await socket("/s/early/ws");
	assert.equal((await player.ask({ type: "state" })).type, "error");
	await ask("/s/early/reset", { task_id: "sre/easy" });
	const step = { type: "step", data: WAIT };
	assert.equal((await player.ask(step)).data.step_count, 1);
	await ask("/s/early/close", {});
	await ask("/s/early/reset", { task_id: "tiny" });
	// The same words as before, which another environment does not know.
	assert.match((await player.ask(step)).data.message, /configure_training/);
	assert.equal(sessions.openCount, 1);
});

test("A socket that lives keeps the session that HTTP opened under its path, though nothing was said on it since.", async (context) => {
	const clock = new ManualClock();
	const { ask, socket, sessions } = await startTestGateway(context, { clock });
	const player = await socket("/s/quiet/ws");
	assert.equal((await player.ask({ type: "state" })).type, "error");
	await ask("/s/quiet/reset", { task_id: "sre/easy", lease_seconds: 10 });
	for (let minute = 0; minute < 4; minute++) {
		const heard = once(player.webSocket, "ping");
		clock.advance(20_000);
		await heard;
		// The client's pong is read before its own ping is answered.
		const answered = once(player.webSocket, "pong");
		player.webSocket.ping();
		await answered;
		assert.equal((await ask("/s/quiet/state")).json.state, "idle");
	}
	assert.equal(sessions.openCount, 1);
	assert.equal((await player.ask({ type: "state" })).data.step_count, 0);
});

test("OpenEnv's clients of tools make their session under /s/NAME once, attach to it, and find it again.", async (context) => {
	const gateway = await startBoth(context);
	const { socket, sessions } = gateway;
	const path = "/sre/s/tools";
	const create = async () =>
		(await rpc(gateway, `${path}/mcp`, "openenv/session/create")).result
			.session_id;
	const session_id = await create();
	const attached = `${path}/ws?session_id=${session_id}`;
	const player = await socket(attached);
	await player.ask({ type: "reset", data: { seed: 5, episode_id: "mine" } });
	await rpc(gateway, `${path}/mcp`, "tools/call", { name: "wait", session_id });
	assert.equal((await player.ask({ type: "state" })).data.step_count, 1);
	player.send({ type: "close" });
	await player.closed;
	assert.equal(await create(), session_id);
	const again = await socket(attached);
	assert.equal((await again.ask({ type: "state" })).data.seed, 5);
	const stranger = await socket(`${path}/ws?session_id=${"0".repeat(32)}`);
	assert.match((await stranger.next()).data.message, /has another name/);
	const { error } = await rpc(gateway, `${path}/mcp`, "tools/call", {
		name: "wait",
		session_id: "0".repeat(32),
	});
	assert.equal(error.code, -32602);
	const closed = await rpc(gateway, `${path}/mcp`, "openenv/session/close");
	assert.deepEqual(closed.result, { session_id, closed: true });
	assert.equal(sessions.openCount, 0);
});

for (const mode of ["legacy", { pin: "2026-07-28" }] as const)
	test(`MCP under /s/NAME (${typeof mode === "string" ? mode : mode.pin}): tools need no handle, and a client that comes back finds its episode.`, async (context) => {
		const { port, sessions, ask } = await startBoth(context);
		const connect = async () => {
			const client = new Client(
				{ name: "test", version: "1" },
				{ versionNegotiation: { mode } },
			);
			const url = new URL(`http://127.0.0.1:${port}/sre/s/host/mcp`);
			await client.connect(new StreamableHTTPClientTransport(url));
			context.after(() => client.close());
			return client;
		};
		const client = await connect();
		const { tools } = await client.listTools();
		for (const { inputSchema } of tools)
			assert.equal(inputSchema.required?.includes("session") ?? false, false);
		const early = await client.callTool({ name: "wait", arguments: {} });
		assert.equal(early.isError, true);
		assert.match(JSON.stringify(early.content), /no session here.*reset/);
		await client.callTool({ name: "reset", arguments: { seed: 7 } });
		await client.callTool({ name: "wait", arguments: {} });
		const again = await connect();
		const told = await again.callTool({ name: "wait", arguments: {} });
		const { step_count, session } = told.structuredContent as {
			step_count: number;
			session: string;
		};
		assert.equal(step_count, 2);
		const state = await again.callTool({
			name: "state",
			arguments: { session },
		});
		assert.notEqual(state.isError, true);
		await again.callTool({ name: "reset", arguments: { seed: 8 } });
		assert.equal((await ask("/sre/s/host/state")).json.seed, 8);
		assert.equal(sessions.openCount, 1);
		await again.callTool({ name: "close", arguments: {} });
		assert.equal(sessions.openCount, 0);
	});

const BEARER = { authorization: "Bearer other" };
