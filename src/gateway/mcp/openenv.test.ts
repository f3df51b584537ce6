import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Environment } from "../../environments/environment.js";
import { createSreEnvironment } from "../../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../../environments/training/testing.js";
import {
	createTinyEnvironment,
	HeldTrainer,
} from "../../sessions/testing-training.js";
import { type Asking, startTestGateway, type TestGateway } from "../testing.js";

function both(): Environment[] {
	return [
		createTinyEnvironment(new ScriptedTrainer(() => ({}))),
		createSreEnvironment() as Environment,
	];
}

/** As OpenEnv's client asks: it takes anything, and its answers have status 200. */
function rpcOf({ ask }: TestGateway, path = "/mcp") {
	return async (method: string, params: object = {}, asking: Asking = {}) => {
		const { status, json } = await ask(
			path,
			{ jsonrpc: "2.0", id: 3, method, params },
			{ ...asking, headers: { accept: "*/*", ...asking.headers } },
		);
		assert.equal(status, 200);
		assert.equal(json.jsonrpc, "2.0");
		assert.equal(json.id, 3);
		return json;
	};
}

test("OpenEnv's dialect: a session is made, its tools are listed and called, and each call is a step that is counted and paid.", async (context) => {
	const gateway = await startTestGateway(context, { environments: both() });
	const rpc = rpcOf(gateway, "/sre/mcp");
	const made = await rpc("openenv/session/create");
	const { session_id } = made.result;
	assert.match(session_id, /^[0-9a-f]{32}$/);
	const { tools } = (await rpc("tools/list", { session_id })).result;
	assert.deepEqual(
		tools.map(({ name }: { name: string }) => name),
		["restart", "scale_up", "circuit_break", "rollback", "wait"],
	);
	for (const { description, inputSchema } of tools) {
		assert.equal(typeof description, "string");
		assert.equal(inputSchema.type, "object");
	}
	let sum = 0;
	let data: { reward: number; done: boolean; metadata: never } | undefined;
	for (let step = 1; data?.done !== true; step++) {
		const { result } = await rpc("tools/call", {
			name: "wait",
			arguments: {},
			session_id,
		});
		assert.equal(result.is_error, false);
		assert.equal(result.data.step_count, step);
		data = result.data as NonNullable<typeof data>;
		sum += data.reward;
	}
	const { score } = (data as { metadata: { result: { score: number } } })
		.metadata.result;
	assert.ok(Math.abs(sum - score) < 1e-9);
	const state = await gateway.ask(`/sre/state?episode_id=${session_id}`);
	assert.equal(state.json.result.score, score);
	const after = await rpc("tools/call", { name: "wait", session_id });
	assert.equal(after.error.code, -32603);
	assert.equal(after.error.data.reason, "EPISODE_ENDED");
	const closed = await rpc("openenv/session/close", { session_id });
	assert.deepEqual(closed.result, { session_id, closed: true });
	assert.equal(gateway.sessions.openCount, 0);
});

test("OpenEnv's dialect: a training is played in a session that names its task and seed.", async (context) => {
	const gateway = await startTestGateway(context, { environments: both() });
	const rpc = rpcOf(gateway);
	const made = await rpc("openenv/session/create", {
		task_id: "tiny",
		seed: 7,
		views: ["typed", "text"],
	});
	const { session_id } = made.result;
	const call = async (name: string, given: object) =>
		(await rpc("tools/call", { name, arguments: given, session_id })).result;
	await call("configure_training", { optimizer: "adamw" });
	const trained = await call("run_epochs", { num_epochs: 2 });
	assert.equal(trained.data.observation.current_epoch, 2);
	assert.equal(trained.content[0].text, trained.data.observation.text);
	const submitted = await call("submit_model", {});
	assert.equal(submitted.data.done, true);
});

test("OpenEnv's dialect: where no session is named the client's only live one is meant, and none is made to be thrown away.", async (context) => {
	const gateway = await startTestGateway(context, { environments: both() });
	const rpc = rpcOf(gateway);
	const none = await rpc("tools/call", { name: "wait" });
	assert.equal(none.error.code, -32602);
	assert.match(none.error.message, /openenv\/session\/create makes one/);
	assert.equal(gateway.sessions.openCount, 0);
	await gateway.ask("/reset", { task_id: "sre/easy" });
	const waited = await rpc("tools/call", { name: "wait" });
	assert.equal(waited.result.data.step_count, 1);
	// Without one, all there is can be listed.
	const { tools } = (await rpc("tools/list")).result;
	assert.equal(tools.length, 11);
});

test("OpenEnv's dialect: what is wrong has its code and says what is allowed.", async (context) => {
	const gateway = await startTestGateway(context, {
		environments: both(),
		maxSessions: 1,
	});
	const rpc = rpcOf(gateway);
	const { session_id } = (
		await rpc("openenv/session/create", { task_id: "sre/easy" })
	).result;
	const full = await rpc("openenv/session/create");
	assert.equal(full.error.code, -32000);
	assert.equal(full.error.data.active_sessions, 1);
	assert.equal(full.error.data.max_sessions, 1);
	for (const [method, params, code, pattern] of [
		["initialise", {}, -32601, /one of tools\/list, tools\/call/],
		["tools/call", { session_id }, -32602, /params\.name is missing/],
		["tools/call", { name: "wait", session_id: 3 }, -32602, /session_id/],
		["tools/call", { name: "wait", session_id: "x" }, -32602, /Unknown/],
		["tools/list", { session_id: "0".repeat(32) }, -32602, /Unknown/],
		["openenv/session/close", {}, -32602, /session_id is missing/],
		["tools/call", { name: "explode", session_id }, -32603, /one of restart/],
		["tools/call", { name: "restart", session_id }, -32603, /service_id/],
		["openenv/session/create", { seed: -1 }, -32603, /seed: -1/],
	] as const) {
		const { error } = await rpc(method, params);
		assert.equal(error.code, code, `${method} ${JSON.stringify(params)}`);
		assert.match(error.message, pattern);
	}
	const missing = await rpc("tools/call", { name: "restart", session_id });
	assert.deepEqual(
		missing.error.data.violations.map(({ field }: { field: string }) => field),
		["params.arguments.service_id"],
	);
	for (const [body, code] of [
		[{}, -32600],
		["null", -32600],
		[[], -32700],
		["{", -32700],
		["", -32600],
		[{ jsonrpc: "1.0", id: 1, method: "tools/list" }, -32600],
		[{ jsonrpc: "2.0", id: 1, method: "tools/list", more: 1 }, -32600],
		[{ jsonrpc: "2.0", id: 1, method: "tools/list", params: [] }, -32602],
	] as const) {
		const { status, json } = await gateway.ask("/mcp", body);
		assert.equal(status, 200);
		assert.equal(json.jsonrpc, "2.0");
		assert.equal(json.error.code, code, JSON.stringify(body));
	}
	assert.equal(
		(await rpc("tools/call", { name: "wait", session_id })).result.data
			.step_count,
		1,
	);
});

/** A session of a training whose epochs are held while they run. */
async function startRun(context: TestContext) {
	const trainer = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const gateway = await startTestGateway(context, {
		environments: [createTinyEnvironment(trainer)],
	});
	const rpc = rpcOf(gateway);
	const { session_id } = (await rpc("openenv/session/create")).result;
	await rpc("tools/call", { name: "configure_training", session_id });
	trainer.epochGate.shut();
	const gone = new AbortController();
	const run = {
		name: "run_epochs",
		arguments: { num_epochs: 2 },
		session_id,
	};
	const lost = rpc("tools/call", run, { signal: gone.signal });
	await trainer.epochGate.holds();
	/** Its client goes away, and its work is cut off. */
	const lose = async () => {
		gone.abort();
		await assert.rejects(lost);
		await gateway.sessions.get(session_id).settled();
		trainer.epochGate.open();
	};
	return { gateway, rpc, session_id, run, lose };
}

test("OpenEnv's dialect: calls of one session never race; a client that goes away stops its call, and the same call takes it up.", async (context) => {
	const { rpc, session_id, run, lose } = await startRun(context);
	const busy = await rpc("tools/call", { name: "submit_model", session_id });
	assert.equal(busy.error.data.reason, "SESSION_BUSY");
	assert.equal(busy.error.data.retry_after_ms, 500);
	await lose();
	const { data } = (await rpc("tools/call", run)).result;
	assert.equal(data.observation.current_epoch, 2);
	assert.equal(data.observation.remaining_budget, 4);
});

test("A call like one whose answer was lost is another one once the session has gone on at another door.", async (context) => {
	const { gateway, rpc, session_id, run, lose } = await startRun(context);
	await lose();
	const episode_id = session_id;
	await gateway.ask("/reset", { episode_id });
	await gateway.ask("/step", { episode_id, action: "configure_training" });
	const { data } = (await rpc("tools/call", run)).result;
	assert.equal(data.observation.current_epoch, 2);
	assert.equal(data.replayed, undefined);
});
