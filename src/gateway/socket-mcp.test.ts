import assert from "node:assert/strict";
import { test } from "node:test";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import {
	createTinyEnvironment,
	HeldTrainer,
} from "../sessions/testing-training.js";
import { startTestGateway } from "./testing.js";
import type { TestSocket } from "./testing-socket.js";

/** OpenEnv's dialect of JSON-RPC inside its WebSocket. */

function rpcMessage(method: string, params: object = {}): object {
	return { type: "mcp", data: { jsonrpc: "2.0", id: 5, method, params } };
}

function rpcOf({ ask }: TestSocket) {
	return async (method: string, params: object = {}) => {
		const { type, data } = await ask(rpcMessage(method, params));
		assert.equal(type, "mcp");
		assert.equal(data.jsonrpc, "2.0");
		assert.equal(data.id, 5);
		return data;
	};
}

function startBoth(context: Parameters<typeof startTestGateway>[0]) {
	return startTestGateway(context, {
		environments: [
			createTinyEnvironment(new ScriptedTrainer(() => ({}))),
			createSreEnvironment() as Environment,
		],
	});
}

test("JSON-RPC in a WebSocket's messages is about the connection's session: a tool call is a step among its steps.", async (context) => {
	const { socket, sessions } = await startBoth(context);
	const player = await socket();
	const rpc = rpcOf(player);
	const { tools } = (await rpc("tools/list")).result;
	assert.equal(tools.length, 11);
	const none = await rpc("tools/call", { name: "wait" });
	assert.equal(none.error.code, -32602);
	assert.match(none.error.message, /no session here; a reset, or/);
	assert.equal(sessions.openCount, 0);
	await player.ask({ type: "reset", data: { task_id: "sre/easy", seed: 7 } });
	const { session_id } = (await rpc("openenv/session/create")).result;
	assert.equal(sessions.openCount, 1);
	assert.equal(sessions.all[0]?.record.id, session_id);
	assert.equal((await rpc("tools/list")).result.tools.length, 5);
	for (let step = 1; step <= 30; step += 3) {
		const called = await rpc("tools/call", { name: "wait", arguments: {} });
		assert.equal(called.result.data.step_count, step);
		const named = await rpc("tools/call", { name: "wait", session_id });
		assert.equal(named.result.data.step_count, step + 1);
		const { data } = await player.ask({
			type: "step",
			data: { action: "wait" },
		});
		assert.equal(data.step_count, step + 2);
		assert.equal(data.done, step === 28);
	}
	const after = await rpc("tools/call", { name: "wait" });
	assert.equal(after.error.data.reason, "EPISODE_ENDED");
	const seeded = await rpc("openenv/session/create", { seed: 8 });
	assert.equal(seeded.error.code, -32602);
	assert.match(seeded.error.message, /a session here already/);
	const closed = await rpc("openenv/session/close");
	assert.deepEqual(closed.result, { session_id, closed: true });
	assert.equal(sessions.openCount, 0);
	const next = await rpc("openenv/session/create", { task_id: "tiny" });
	assert.notEqual(next.result.session_id, session_id);
	const configured = await rpc("tools/call", { name: "configure_training" });
	assert.equal(configured.result.data.step_count, 1);
	const { data: state } = await player.ask({ type: "state" });
	assert.equal(state.session_id, next.result.session_id);
	assert.equal(state.step_count, 1);
});

test("What is wrong with a message in JSON-RPC is answered in JSON-RPC, what is wrong around it as any message, and defects alone are told as such.", async (context) => {
	const { socket, errors } = await startBoth(context);
	const player = await socket("/sre/ws");
	await player.ask({ type: "reset", data: {} });
	for (const [request, code, pattern] of [
		[{}, -32600, /jsonrpc must be/],
		[{ jsonrpc: "2.0", id: 1 }, -32600, /method is missing/],
		[
			{ jsonrpc: "2.0", id: 1, method: "initialize" },
			-32601,
			/Method not found/,
		],
		[
			{
				jsonrpc: "2.0",
				id: 1,
				method: "tools/call",
				params: { name: "restart" },
			},
			-32603,
			/service_id/,
		],
		[
			{
				jsonrpc: "2.0",
				id: 1,
				method: "tools/call",
				params: { name: "wait", session_id: "x" },
			},
			-32602,
			/Unknown session_id/,
		],
	] as const) {
		const { type, data } = await player.ask({ type: "mcp", data: request });
		assert.equal(type, "mcp");
		assert.equal(data.error.code, code, JSON.stringify(request));
		assert.match(data.error.message, pattern);
	}
	assert.deepEqual(
		errors.map((line) => line.split(" ").slice(0, 3).join(" ")),
		["WS mcp INVALID_FIELD"],
	);
	for (const message of [
		{ type: "mcp" },
		{ type: "mcp", data: [] },
		{ type: "mcp", data: {}, id: 1 },
	]) {
		const { type, data } = await player.ask(message);
		assert.equal(type, "error");
		assert.equal(data.code, "VALIDATION_ERROR", JSON.stringify(message));
	}
	assert.equal((await player.ask({ type: "state" })).data.step_count, 0);
});

test("Messages in JSON-RPC wait their turn among the others, and one whose answer was lost is taken once.", async (context) => {
	const trainer = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const { socket } = await startTestGateway(context, {
		environments: [createTinyEnvironment(trainer)],
	});
	const path = "/training/s/mine/ws";
	const first = await socket(path);
	await first.ask({ type: "reset" });
	await first.ask({ type: "step", data: { action: "configure_training" } });
	const run = rpcMessage("tools/call", {
		name: "run_epochs",
		arguments: { num_epochs: 1 },
	});
	trainer.epochGate.shut();
	first.send({ type: "step", data: { action: "run_epochs", num_epochs: 1 } });
	first.send(run);
	first.send({ type: "state" });
	await trainer.epochGate.holds();
	trainer.epochGate.open();
	assert.equal((await first.next()).data.observation.current_epoch, 1);
	const { data } = await first.next();
	assert.equal(data.result.data.observation.current_epoch, 2);
	assert.equal((await first.next()).data.step_count, 3);
	trainer.epochGate.shut();
	first.send(run);
	await trainer.epochGate.holds();
	first.cut();
	const second = await socket(path);
	second.send(run);
	trainer.epochGate.open();
	const again = (await second.next()).data.result.data;
	assert.equal(again.observation.current_epoch, 3);
	// This one's answer came, so that the same words are another call.
	const next = (await second.ask(run)).data.result.data;
	assert.equal(next.observation.current_epoch, 4);
	assert.equal(next.step_count, 5);
});
