import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { Environment } from "../environments/environment.js";
import type { HiddenState } from "../environments/sre/incident.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { Metrics } from "../observability/metrics.js";
import { Scrape } from "../observability/testing.js";
import { ManualClock } from "../sessions/testing.js";
import {
	createTinyEnvironment,
	HeldTrainer,
} from "../sessions/testing-training.js";
import { readToEnd, startTestGateway, type TestGateway } from "./testing.js";

/** OpenEnv's WebSocket: what it says, whose session it means, and what becomes of both. */

const WAIT = { type: "step", data: { action: "wait" } };
const RESET = { type: "reset", data: { task_tier: "easy", seed: 7 } };
const STATE = { type: "state" };

function both(trainer = new ScriptedTrainer(() => ({}))): Environment[] {
	return [
		createTinyEnvironment(trainer),
		createSreEnvironment() as Environment,
	];
}

async function startHeld(context: Parameters<typeof startTestGateway>[0]) {
	const trainer = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const gateway = await startTestGateway(context, {
		environments: [createTinyEnvironment(trainer)],
	});
	return { ...gateway, trainer };
}

/** Until the server has so few sessions. */
async function sessionsLeft({ sessions }: TestGateway, count: number) {
	for (const session of sessions.all) {
		if (sessions.openCount <= count) break;
		for await (const _ of session.events.read(
			undefined,
			new AbortController().signal,
		));
	}
	assert.equal(sessions.openCount, count);
}

test("An incident played over the WebSocket is the one that HTTP gives, observation by observation, to its score.", async (context) => {
	const { ask, socket } = await startTestGateway(context);
	const { ask: say } = await socket("/sre/ws");
	const first = await say({
		type: "reset",
		data: { seed: 7, episode_id: "demo-1" },
	});
	const beside = await ask("/sre/reset", { seed: 7 });
	assert.equal(first.type, "observation");
	assert.deepEqual(first.data.observation, beside.json.observation);
	assert.equal(first.data.reward, null);
	const actions = [
		{ action: "wait" },
		{ action: "restart", service_id: "order_service" },
		{
			type: "call_tool",
			tool_name: "scale_up",
			arguments: { service_id: "user_db" },
		},
	];
	for (let step = 1; step <= 30; step++) {
		const action = actions[step <= 3 ? step - 1 : 0];
		const { type, data } = await say({ type: "step", data: action });
		const { json } = await ask("/sre/step", { action });
		assert.equal(type, "observation");
		assert.deepEqual(data.observation, json.observation);
		assert.equal(data.reward, json.reward);
		assert.deepEqual(data.metadata, json.metadata);
		assert.equal(data.done, step === 30);
		const { data: state } = await say(STATE);
		assert.equal(state.episode_id, "demo-1");
		assert.equal(state.step_count, step);
		if (data.done)
			assert.equal(data.metadata.result.score, json.metadata.result.score);
	}
	const after = await say(WAIT);
	assert.equal(after.data.code, "EXECUTION_ERROR");
	assert.equal(after.data.reason, "EPISODE_ENDED");
	const next = await say({ type: "reset", data: { episode_id: "demo-2" } });
	assert.equal(next.data.episode_id, "demo-2");
	assert.equal((await say(STATE)).data.step_count, 0);
	assert.equal((await say({ type: "reset" })).data.episode_id, "demo-2");
});

test("A training is played over the WebSocket, and each connection has its own session.", async (context) => {
	const { socket, sessions } = await startTestGateway(context, {
		environments: both(),
	});
	const one = await socket();
	const two = await socket("/training/ws");
	const name = { episode_id: "same", task_id: "tiny" };
	await one.ask({ type: "reset", data: { ...name, seed: 1 } });
	await two.ask({ type: "reset", data: { ...name, seed: 2 } });
	assert.equal(sessions.openCount, 2);
	await one.ask({
		type: "step",
		data: { action: "configure_training", optimizer: "adamw" },
	});
	const trained = await one.ask({
		type: "step",
		data: { action: "run_epochs", num_epochs: 2 },
	});
	assert.equal(trained.data.observation.current_epoch, 2);
	assert.equal((await two.ask(STATE)).data.step_count, 0);
	const finished = await one.ask({ type: "finish" });
	assert.equal(finished.data.done, true);
	assert.equal(
		(await one.ask({ type: "reset" })).data.observation.current_epoch,
		0,
	);
});

test("What cannot be taken is told with OpenEnv's code, the field and what is allowed, and the connection goes on.", async (context) => {
	const { socket, sessions } = await startTestGateway(context);
	const { ask: say } = await socket("/sre/ws");
	const wrong: readonly [unknown, string, string[] | undefined, RegExp][] = [
		["{", "INVALID_JSON", undefined, /^The message is no JSON/],
		["", "INVALID_JSON", undefined, /empty/],
		["[".repeat(100), "INVALID_JSON", undefined, /nested/],
		[[], "VALIDATION_ERROR", [], /a list is not allowed; a JSON object/],
		["1", "VALIDATION_ERROR", [], /a JSON object/],
		[{}, "UNKNOWN_TYPE", undefined, /no type; one of reset, step, state/],
		[{ type: "reseat" }, "UNKNOWN_TYPE", undefined, /"reseat" is not known/],
		[{ type: "toString" }, "UNKNOWN_TYPE", undefined, /not known/],
		[{ type: ["step"] }, "UNKNOWN_TYPE", undefined, /not known/],
		[
			{ type: "state", data: {} },
			"VALIDATION_ERROR",
			["data"],
			/is no key of a state/,
		],
		[
			{ type: "reset", data: { seed: -5 } },
			"VALIDATION_ERROR",
			["data", "seed"],
			/^data\.seed: -5 is not allowed; a whole number/,
		],
		[
			{ type: "reset", data: { seed: 2 ** 70 } },
			"VALIDATION_ERROR",
			["data", "seed"],
			/as a text above/,
		],
		[
			{ type: "reset", data: { sede: 5 } },
			"VALIDATION_ERROR",
			["data", "sede"],
			/is no key of a reset; one of episode_id/,
		],
		[
			{ type: "reset", data: { task_id: "x" } },
			"VALIDATION_ERROR",
			["data", "task_id"],
			/one of sre\/easy/,
		],
		[
			{ type: "reset", data: { reward_mode: "shaped" } },
			"VALIDATION_ERROR",
			["data", "reward_mode"],
			/not allowed/,
		],
		[{ type: "reset", data: [] }, "VALIDATION_ERROR", ["data"], /JSON object/],
		[WAIT, "EXECUTION_ERROR", undefined, /no episode; send/],
		[STATE, "EXECUTION_ERROR", undefined, /no episode; send/],
		[RESET, "ok", undefined, /./],
		[{ type: "step" }, "VALIDATION_ERROR", ["data"], /is missing/],
		[
			{ type: "step", data: {} },
			"VALIDATION_ERROR",
			["data", "action"],
			/is missing/,
		],
		[
			{ type: "step", data: { action: "jump" } },
			"VALIDATION_ERROR",
			["data", "action"],
			/one of restart/,
		],
		[
			{ type: "step", data: { action: "wait", hard: true } },
			"VALIDATION_ERROR",
			["data", "hard"],
			/no argument/,
		],
		[
			{ type: "step", data: { action: "wait", timeout_s: 1 } },
			"VALIDATION_ERROR",
			["data", "timeout_s"],
			/no argument/,
		],
		[
			{ type: "step", data: { action: "wait" }, timeout: 1 },
			"VALIDATION_ERROR",
			["timeout"],
			/is no key of a step/,
		],
		[
			{ type: "step", data: { action: "wait" }, timeout_s: 0 },
			"VALIDATION_ERROR",
			["timeout_s"],
			/a number from/,
		],
		[
			{
				type: "step",
				data: { type: "call_tool", tool_name: "restart", arguments: {} },
			},
			"VALIDATION_ERROR",
			["data", "arguments", "service_id"],
			/is missing/,
		],
		[
			{ type: "step", data: { action: "restart", service_id: "nobody" } },
			"VALIDATION_ERROR",
			["data", "service_id"],
			/./,
		],
	];
	for (const [message, code, place, sentence] of wrong) {
		const { type, data } = await say(message);
		const shown = JSON.stringify(message);
		if (code === "ok") {
			assert.equal(type, "observation");
			continue;
		}
		assert.equal(type, "error", shown);
		assert.equal(data.code, code, shown);
		assert.match(data.message, sentence, shown);
		assert.deepEqual(data.errors?.[0].loc, place, shown);
	}
	assert.equal(sessions.openCount, 1);
	const { data } = await say(STATE);
	assert.equal(data.step_count, 0);
	assert.equal((await say(WAIT)).data.step_count, 1);
});

test("A binary message is refused and ends the connection, and so does one that is too large.", async (context) => {
	const { socket } = await startTestGateway(context, {
		limits: { messageBytes: 100 },
	});
	const binary = await socket();
	binary.webSocket.send(Buffer.from("{}"));
	assert.equal((await binary.next()).data.code, "SESSION_ERROR");
	assert.equal(await binary.closed, 1003);
	const large = await socket();
	large.send(" ".repeat(101));
	assert.equal(await large.closed, 1009);
});

test("Messages that are sent at once are answered one by one, in order; calls of a session never race.", async (context) => {
	const { socket, trainer } = await startHeld(context);
	const player = await socket();
	trainer.epochGate.shut();
	player.send({ type: "reset" });
	player.send({ type: "step", data: { action: "configure_training" } });
	player.send({ type: "step", data: { action: "run_epochs", num_epochs: 2 } });
	player.send({ type: "step", data: { action: "run_epochs", num_epochs: 1 } });
	player.send(STATE);
	await trainer.epochGate.holds();
	trainer.epochGate.open();
	const epochs: unknown[] = [];
	for (let answer = 0; answer < 4; answer++)
		epochs.push((await player.next()).data.observation.current_epoch);
	assert.deepEqual(epochs, [0, 0, 2, 3]);
	assert.equal((await player.next()).data.step_count, 3);
});

test("Hundreds of messages sent at once are all answered, in order, also while one of them takes its time.", async (context) => {
	const { socket, trainer } = await startHeld(context);
	const player = await socket();
	await player.ask({ type: "reset" });
	await player.ask({ type: "step", data: { action: "configure_training" } });
	trainer.epochGate.shut();
	player.send({ type: "step", data: { action: "run_epochs", num_epochs: 1 } });
	const padding = { pad: "x".repeat(2000) };
	for (let at = 0; at < 300; at++)
		player.send({ type: "step", data: { action: `a${at}`, ...padding } });
	await trainer.epochGate.holds();
	trainer.epochGate.open();
	assert.equal((await player.next()).data.observation.current_epoch, 1);
	for (let at = 0; at < 300; at++)
		assert.match((await player.next()).data.message, new RegExp(`"a${at}"`));
});

test("A client that does not read what it is told is not read either, and goes on where it left off.", async (context) => {
	const { socket } = await startTestGateway(context, {
		limits: { unreadBytes: 1000 },
	});
	const player = await socket("/sre/ws");
	await player.ask(RESET);
	player.webSocket.pause();
	for (let at = 0; at < 2000; at++) player.send(STATE);
	player.webSocket.resume();
	for (let at = 0; at < 2000; at++)
		assert.equal((await player.next()).type, "state");
});

test("A connection that ends gives its slot back, also when it was cut while something ran.", async (context) => {
	const gateway = await startHeld(context);
	const { socket, trainer, sessions } = gateway;
	const closing = await socket();
	await closing.ask({ type: "reset" });
	closing.send({ type: "close" });
	assert.equal(await closing.closed, 1000);
	assert.equal(sessions.openCount, 0);
	for (const isRunning of [false, true]) {
		const cut = await socket();
		await cut.ask({ type: "reset" });
		await cut.ask({ type: "step", data: { action: "configure_training" } });
		trainer.epochGate.shut();
		if (isRunning) {
			cut.send({ type: "step", data: { action: "run_epochs", num_epochs: 1 } });
			await trainer.epochGate.holds();
		}
		cut.cut();
		await sessionsLeft(gateway, 0);
		trainer.epochGate.open();
	}
});

test("A connection that is not reset after it was lost says so, and plays nothing else silently.", async (context) => {
	const { socket } = await startTestGateway(context);
	const first = await socket();
	await first.ask(RESET);
	first.cut();
	const second = await socket();
	const { data } = await second.ask(WAIT);
	assert.equal(data.code, "EXECUTION_ERROR");
	assert.match(data.message, /send \{"type": "reset"\} first.*\/s\/NAME/);
});

test("Under /s/NAME a cut connection's episode goes on: at the same step, and with what was running.", async (context) => {
	const { socket, trainer, sessions } = await startHeld(context);
	const path = "/training/s/run-7/ws";
	const first = await socket(path);
	await first.ask({ type: "reset", data: { seed: 3, episode_id: "mine" } });
	await first.ask({ type: "step", data: { action: "configure_training" } });
	trainer.epochGate.shut();
	first.send({ type: "step", data: { action: "run_epochs", num_epochs: 2 } });
	await trainer.epochGate.holds();
	first.cut();
	const second = await socket(path);
	const { data: during } = await second.ask(STATE);
	assert.deepEqual(
		[during.episode_id, during.step_count, during.seed, during.state],
		["mine", 1, 3, "running"],
	);
	second.send({ type: "step", data: { action: "run_epochs", num_epochs: 1 } });
	trainer.epochGate.open();
	const { data: after } = await second.next();
	assert.equal(after.observation.current_epoch, 3);
	assert.equal(after.step_count, 3);
	assert.equal(sessions.openCount, 1);
	const other = await socket("/training/s/run-8/ws");
	assert.equal((await other.ask(STATE)).type, "error");
	const stranger = await socket(path, { headers: { authorization: "x" } });
	assert.equal((await stranger.ask(STATE)).type, "error");
	second.send({ type: "close" });
	await second.closed;
	assert.equal(sessions.openCount, 0);
	const third = await socket(path);
	assert.equal((await third.ask(STATE)).type, "error");
	assert.equal((await third.ask({ type: "reset" })).data.step_count, 0);
});

test("Who holds a session's id takes part in it from any door, by /ws?session_id= and by /s/ID.", async (context) => {
	const { ask, socket, sessions } = await startTestGateway(context);
	const { json } = await ask("/sre/reset", { seed: 7 });
	const id = json.episode_id;
	for (const path of [`/sre/ws?session_id=${id}&x=1`, `/sre/s/${id}/ws`]) {
		const player = await socket(path);
		const { data } = await player.ask(WAIT);
		assert.equal(
			data.step_count,
			(await ask("/sre/state")).json.step_count,
			path,
		);
		player.webSocket.close();
		await player.closed;
	}
	assert.equal((await ask("/sre/step", WAIT.data)).json.step_count, 3);
	const bound = await socket(`/ws?session_id=${id}`);
	await bound.ask({ type: "reset", data: { seed: 8 } });
	bound.send({ type: "close" });
	assert.equal(await bound.closed, 1000);
	assert.equal((await ask("/sre/state")).json.seed, 8);
	assert.equal(sessions.openCount, 1);
	await ask("/sre/close", {});
	for (const [path, sentence] of [
		[`/ws?session_id=${id}`, /closed.*Open another/],
		[`/ws?session_id=${"0".repeat(32)}`, /does not know/],
		["/ws?session_id=nonsense", /no episode of this name/],
		[`/s/mine/ws?session_id=${id}`, /no live episode here/],
	] as const) {
		const refused = await socket(path);
		const { data } = await refused.next();
		assert.equal(data.code, "SESSION_ERROR", path);
		assert.match(data.message, sentence);
		assert.equal(await refused.closed, 1000);
	}
});

test("A second connection to a session is refused while the first one lives, and takes its place when that is dead.", async (context) => {
	const clock = new ManualClock();
	const { socket } = await startTestGateway(context, { clock });
	for (const name of ["with-episode", "without"]) {
		const path = `/sre/s/${name}/ws`;
		const first = await socket(path);
		if (name === "with-episode") await first.ask(RESET);
		const second = await socket(path);
		const { data } = await second.next();
		assert.equal(data.code, "SESSION_ERROR");
		assert.match(data.message, /already has an attached WebSocket/);
		assert.equal(await second.closed, 1000);
		// It hears nothing, and so answers nothing.
		first.webSocket.pause();
		const third = await socket(path);
		third.send(STATE);
		// What arrived before this is handled: the third is being weighed.
		await (await socket()).ask(STATE);
		clock.advance(2000);
		const told = await third.next();
		assert.equal(told.type, name === "without" ? "error" : "state");
		assert.equal((await third.ask(RESET)).type, "observation");
		first.webSocket.resume();
		assert.equal(await first.closed, 1006);
	}
});

test("A connection that sends hundreds of messages before it is let in is answered all of them, and goes on.", async (context) => {
	const clock = new ManualClock();
	const { socket } = await startTestGateway(context, { clock });
	const path = "/sre/s/eager/ws";
	const first = await socket(path);
	await first.ask(RESET);
	// It hears nothing, and so does not prove that it is alive.
	first.webSocket.pause();
	const second = await socket(path);
	for (let at = 0; at < 300; at++) second.send(STATE);
	await (await socket()).ask(STATE);
	clock.advance(2000);
	for (let at = 0; at < 300; at++)
		assert.equal((await second.next()).type, "state");
	assert.equal((await second.ask(WAIT)).type, "observation");
	first.webSocket.resume();
});

test("A connection that lives keeps its session, however idle; one that gives no sign of life is ended.", async (context) => {
	const clock = new ManualClock();
	const { socket, sessions } = await startTestGateway(context, {
		clock,
		maxSessions: 1,
	});
	const idle = await socket("/sre/ws");
	await idle.ask({ type: "reset", data: { lease_seconds: 10 } });
	for (let minute = 0; minute < 4; minute++) {
		const heard = once(idle.webSocket, "ping");
		clock.advance(20_000);
		await heard;
		// The pong is read before this is answered.
		assert.equal((await idle.ask(STATE)).data.state, "idle");
	}
	const full = await socket("/sre/ws");
	const { data } = await full.ask(RESET);
	assert.equal(data.code, "CAPACITY_REACHED");
	assert.deepEqual([data.active_sessions, data.max_sessions], [1, 1]);
	idle.webSocket.pause();
	clock.advance(20_000);
	await full.ask(STATE);
	clock.advance(20_000);
	idle.webSocket.resume();
	assert.equal(await idle.closed, 1006);
	assert.equal(sessions.openCount, 0);
	assert.equal((await full.ask(RESET)).type, "observation");
});

test("A kept session is graded and its slot given back when nobody comes back before its lease runs out.", async (context) => {
	const clock = new ManualClock();
	const gateway = await startTestGateway(context, { clock });
	const lost = await gateway.socket("/sre/s/lost/ws");
	await lost.ask({ type: "reset", data: { lease_seconds: 30 } });
	lost.cut();
	// Until the server has noticed: then another one is let in at once.
	const back = await gateway.socket("/sre/s/lost/ws");
	assert.equal((await back.ask(STATE)).data.step_count, 0);
	back.webSocket.close();
	await back.closed;
	clock.advance(31_000);
	await sessionsLeft(gateway, 0);
	assert.equal(
		gateway.sessions.all[0]?.describe().session.result?.end_reason,
		"END_REASON_LEASE_EXPIRED",
	);
});

test("A connection on which nothing is ever played is ended after a while.", async (context) => {
	const clock = new ManualClock();
	const { socket } = await startTestGateway(context, {
		clock,
		limits: { unusedMs: 15_000 },
	});
	const unused = await socket();
	const used = await socket();
	await used.ask(RESET);
	clock.advance(15_000);
	assert.equal(await unused.closed, 1000);
	assert.equal((await used.ask(STATE)).type, "state");
});

test("A page of another origin, a path that there is not, and another protocol are refused over HTTP.", async (context) => {
	const { socket, connect } = await startTestGateway(context, {
		allowedHosts: ["page.example"],
	});
	for (const [path, headers, status] of [
		["/ws", { origin: "https://evil.example" }, 403],
		["/ws", { host: "evil.example" }, 403],
		["/nothing/ws", {}, 404],
		["/s/a%20b/ws", {}, 404],
	] as const)
		await assert.rejects(socket(path, { headers }), {
			message: `Unexpected server response: ${status}`,
		});
	const allowed = await socket("/ws", {
		headers: { origin: "https://page.example" },
	});
	assert.equal((await allowed.ask(RESET)).type, "observation");
	const other = await connect();
	other.write(
		"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
	);
	assert.match(
		await readToEnd(other),
		/^HTTP\/1\.1 400 .*leave the header Upgrade out/s,
	);
});

test("What one address may hold counts sockets, too, and closing one makes room.", async (context) => {
	const { ask, socket } = await startTestGateway(context, {
		maxSessionsPerAddress: 2,
	});
	const one = await socket("/sre/ws");
	await one.ask(RESET);
	await ask("/sre/reset", {});
	const two = await socket("/sre/s/two/ws");
	const { data } = await two.ask(RESET);
	assert.equal(data.code, "CAPACITY_REACHED");
	assert.match(data.message, /Your address has 2 live episodes/);
	one.send({ type: "close" });
	await one.closed;
	assert.equal((await two.ask(RESET)).type, "observation");
});

test("A step repeated with its request id, in its metadata or beside it, is taken once; one over its time is cut off and taken up.", async (context) => {
	const { socket, trainer } = await startHeld(context);
	const player = await socket();
	await player.ask({ type: "reset" });
	const configure = {
		type: "step",
		data: { action: "configure_training", metadata: { request_id: "a" } },
	};
	const { data: first } = await player.ask(configure);
	const { data: again } = await player.ask(configure);
	assert.equal(again.replayed, true);
	assert.deepEqual(again.observation, first.observation);
	assert.equal(again.step_count, 1);
	trainer.epochGate.shut();
	const run = {
		type: "step",
		data: { action: "run_epochs", num_epochs: 2 },
		request_id: "b",
	};
	const { data: late } = await player.ask({ ...run, timeout_s: 0.001 });
	assert.equal(late.code, "EXECUTION_ERROR");
	assert.match(late.message, /longer than its timeout_s of 0\.001/);
	trainer.epochGate.open();
	const { data: whole } = await player.ask(run);
	assert.equal(whole.observation.current_epoch, 2);
	assert.equal(whole.observation.remaining_budget, 4);
});

test("The tools are told in OpenEnv's form and cost nothing, before and after a reset.", async (context) => {
	const { socket } = await startTestGateway(context, { environments: both() });
	const player = await socket();
	const list = { type: "step", data: { type: "list_tools" } };
	const namesOf = async () =>
		(await player.ask(list)).data.observation.tools.map(
			({ name }: { name: string }) => name,
		);
	assert.ok((await namesOf()).includes("run_epochs"));
	await player.ask(RESET);
	assert.ok((await namesOf()).includes("restart"));
	const { data } = await player.ask(list);
	for (const { description, input_schema } of data.observation.tools) {
		assert.equal(typeof description, "string");
		assert.equal(input_schema.type, "object");
	}
	assert.equal((await player.ask(STATE)).data.step_count, 0);
});

test("Nothing hidden is told on the way: neither by observations, nor by the state.", async (context) => {
	const { socket, sessions } = await startTestGateway(context);
	const player = await socket("/sre/ws");
	let text = JSON.stringify(
		await player.ask({ type: "reset", data: { task_id: "hard", seed: 11 } }),
	);
	const hidden = sessions.all[0]?.reveal() as HiddenState;
	for (let step = 0; step < 29; step++) {
		text += JSON.stringify(await player.ask(WAIT));
		text += JSON.stringify(await player.ask(STATE));
	}
	for (const secret of [
		hidden.fault,
		String(hidden.severity),
		String(hidden.objective_ceiling),
		"fault_class",
		"root_service",
	]) {
		assert.ok(secret.length > 3);
		assert.equal(text.includes(secret), false, secret);
	}
	const { data: last } = await player.ask(WAIT);
	assert.equal(
		last.metadata.result.sre.root_service_id,
		hidden.root_service_id,
	);
});

test("Closing answers what runs, ends sockets that only wait, and takes no new ones.", async (context) => {
	const gateway = await startHeld(context);
	const { socket, trainer, sessions } = gateway;
	const waiting = await socket();
	await waiting.ask({ type: "reset" });
	const running = await socket();
	await running.ask({ type: "reset" });
	await running.ask({ type: "step", data: { action: "configure_training" } });
	trainer.epochGate.shut();
	running.send({ type: "step", data: { action: "run_epochs", num_epochs: 1 } });
	await trainer.epochGate.holds();
	sessions.startDraining();
	const closed = gateway.close();
	assert.equal(await waiting.closed, 1001);
	trainer.epochGate.open();
	assert.equal((await running.next()).data.observation.current_epoch, 1);
	assert.equal(await running.closed, 1001);
	await closed;
	assert.equal(sessions.openCount, 0);
});

test("Messages are counted by route and direction, whatever they say; no name that a client chose stands in /metrics.", async (context) => {
	const metrics = new Metrics();
	context.after(() => metrics.close());
	const { ask, socket } = await startTestGateway(context, { metrics });
	const counted = async () => {
		const scraped = new Scrape((await ask("/metrics")).text);
		assert.deepEqual(scraped.faults, []);
		const { samples } = scraped.families.get(
			"nightshift_websocket_messages_total",
		) as { samples: readonly { labels: object; value: number }[] };
		return new Map(
			samples.map(({ labels, value }) => [
				Object.values(labels).join(" "),
				value,
			]),
		);
	};
	const named = await socket("/sre/s/my-secret/ws");
	for (const message of [RESET, WAIT, STATE, "{"]) await named.ask(message);
	const unknown = await socket("/ws?session_id=my-secret");
	await unknown.closed;
	const binary = await socket();
	binary.webSocket.send(Buffer.from("{}"));
	await binary.closed;
	named.send({ type: "close" });
	await named.closed;
	assert.deepEqual(
		await counted(),
		new Map([
			["/sre/s/:session/ws in", 5],
			["/sre/s/:session/ws out", 4],
			["/ws in", 1],
			["/ws out", 2],
		]),
	);
});
