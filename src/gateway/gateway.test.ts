import assert from "node:assert/strict";
import { test } from "node:test";
import type { Environment } from "../environments/environment.js";
import type { HiddenState } from "../environments/sre/incident.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import {
	CounterEnvironment,
	createCall,
	episodeStart,
	patient,
} from "../sessions/testing.js";
import {
	createTinyEnvironment,
	HeldTrainer,
	TINY,
} from "../sessions/testing-training.js";
import { startTestGateway, type TestGateway } from "./testing.js";

const SEED = "7";

function both(): Environment[] {
	return [
		createTinyEnvironment(new ScriptedTrainer(() => ({}))),
		createSreEnvironment() as Environment,
	];
}

/** A session that was opened past HTTP. */
async function openBeside({ sessions }: TestGateway, taskId: string) {
	const { session } = await sessions.create(
		createCall({
			start: episodeStart(SEED, taskId),
			options: { rewardMode: "score", views: ["typed"], leaseMs: 600_000 },
		}),
		patient.signal,
	);
	return sessions.get(session?.session_id as string);
}

test("An incident played over HTTP is the one that sessions give: each observation, reward and the result.", async (context) => {
	const gateway = await startTestGateway(context);
	const { ask } = gateway;
	const beside = await openBeside(gateway, "sre/easy");
	const first = await ask("/reset", { task_tier: "easy", seed: 7 });
	assert.equal(first.status, 200);
	assert.equal(first.json.reward, null);
	assert.equal(first.json.done, false);
	const services = beside
		.describe()
		.observation.sre?.metrics?.map(({ service_id }) => service_id as string);
	for (let step = 1; step <= 30; step++) {
		const isRestart = step % 10 === 1;
		const service_id = services?.[step % 5] as string;
		const expected = await beside.step(
			{
				action: (isRestart
					? { action: "restart", restart: { service_id } }
					: { action: "wait", wait: {} }) as Parameters<
					typeof beside.step
				>[0]["action"],
				number: undefined,
				fingerprint: "",
			},
			patient,
		);
		const flat = isRestart
			? { action: "restart", service_id }
			: { action: "wait" };
		const bodies = [
			flat,
			{ action: flat },
			{
				action: {
					type: "call_tool",
					tool_name: flat.action,
					arguments: isRestart ? { service_id } : {},
				},
			},
		];
		const { status, json } = await ask("/step", bodies[step % 3]);
		assert.equal(status, 200);
		assert.equal(json.reward, expected.reward);
		assert.equal(json.done, step === 30);
		assert.equal(json.step_count, step);
		for (const { service_id, latency_p99 } of expected.observation?.sre
			?.metrics ?? [])
			assert.equal(
				json.observation.metrics[service_id as string].latency_p99,
				latency_p99 ?? null,
			);
		if (step < 30) continue;
		assert.equal(json.metadata.result.score, expected.result?.score);
		assert.equal(
			json.metadata.result.sre.root_service_id,
			expected.result?.sre?.root_service_id,
		);
		assert.deepEqual(json.observation.metadata, json.metadata);
	}
	const after = await ask("/step", { action: "wait" });
	assert.equal(after.status, 409);
	assert.equal(after.json.reason, "EPISODE_ENDED");
});

test("A training is played by the seed's names, and its epochs come out as figures.", async (context) => {
	const { ask } = await startTestGateway(context, { environments: both() });
	const first = await ask("/reset", { task_id: "tiny", seed: 7 });
	assert.equal(first.json.observation.convergence_signal, "not_started");
	assert.equal(first.json.observation.train_loss, null);
	const configured = await ask("/step", {
		action: "configure_training",
		optimizer: "adamw",
		lr_schedule: "warmup_cosine",
		warmup_epochs: 2,
	});
	assert.equal(configured.json.observation.configuration.optimizer, "adamw");
	const trained = await ask("/step", {
		action: {
			action: "run_epochs",
			num_epochs: 3,
			stop: { patience_epochs: 2 },
		},
	});
	assert.equal(trained.status, 200);
	assert.equal(trained.json.observation.current_epoch, 3);
	assert.equal(typeof trained.json.observation.val_accuracy, "number");
	assert.equal(trained.json.metadata.info.epochs_run, 3);
	assert.equal(
		trained.json.reward,
		Object.values<number>(trained.json.metadata.reward_breakdown).reduce(
			(sum, value) => sum + value,
			0,
		),
	);
	const free = await ask("/step", { action: "get_training_status" });
	assert.equal(free.json.step_count, 2);
	const submitted = await ask("/step", { action: "submit_model" });
	assert.equal(submitted.json.done, true);
	assert.equal(submitted.json.metadata.terminated, true);
	assert.equal(submitted.json.metadata.result.training.checkpoint, "best");
});

test("A task is named by its id, its bare name or its tier; at the root a tier is the sre environment's, and nothing named means --http-environment's first task.", async (context) => {
	const { ask } = await startTestGateway(context, { environments: both() });
	const taskOf = async (path: string, body: object) =>
		(await ask(path, body)).json.metadata?.task_id;
	assert.equal(await taskOf("/reset", { task_id: TINY }), TINY);
	assert.equal(
		await taskOf("/reset", { task_id: "single_oom" }),
		"sre/single_oom",
	);
	assert.equal(await taskOf("/reset", { task_tier: "hard" }), "sre/hard");
	assert.equal(
		await taskOf("/reset", { task_tier: "easy", task_id: "sre/easy" }),
		"sre/easy",
	);
	// The session's own, once there is one.
	assert.equal(await taskOf("/reset", {}), "sre/easy");
	assert.equal(await taskOf("/training/reset", { task_tier: "easy" }), TINY);
	assert.equal(await taskOf("/sre/reset", {}), "sre/easy");
	assert.equal(await taskOf("/reset", { episode_id: "another" }), TINY);
	const sre = await startTestGateway(context, {
		environments: both(),
		environment: "sre",
	});
	assert.equal((await sre.ask("/reset", {})).json.metadata.task_id, "sre/easy");
});

test("What a reset cannot take is refused whole, with each field at fault and what is allowed, and opens nothing.", async (context) => {
	const { ask, sessions } = await startTestGateway(context, {
		environments: both(),
	});
	const wrong: readonly [object, string, string, RegExp][] = [
		[{ sed: 7 }, "sed", "extra_forbidden", /one of episode_id, task_id/],
		[{ seed: -1 }, "seed", "value_error", /0 to 18446744073709551615/],
		[{ seed: 1.5 }, "seed", "value_error", /whole number/],
		[
			{ seed: 2 ** 60 },
			"seed",
			"value_error",
			/as a text above 9007199254740991/,
		],
		[{ seed: "18446744073709551616" }, "seed", "value_error", /whole number/],
		[{ seed: [1] }, "seed", "value_error", /a list is not allowed/],
		[
			{ split: "tset" },
			"split",
			"value_error",
			/one of train, validation, test/,
		],
		[{ task_id: "mnist" }, "task_id", "value_error", /one of training\/tiny/],
		[{ task_id: 3 }, "task_id", "value_error", /one of training\/tiny/],
		[
			{ task_tier: "impossible" },
			"task_tier",
			"value_error",
			/one of easy, medium, hard/,
		],
		[
			{ task_tier: "hard", task_id: TINY },
			"task_tier",
			"value_error",
			/leave one of them out/,
		],
		[{ episode_id: "" }, "episode_id", "value_error", /1 to 255/],
		[{ episode_id: "x".repeat(256) }, "episode_id", "value_error", /1 to 255/],
		[{ views: ["typed", "typed"] }, "views", "value_error", /at most once/],
		[{ views: "text" }, "views", "value_error", /a list of typed, flat, text/],
		[
			{ reward_mode: "sum" },
			"reward_mode",
			"value_error",
			/one of shaped, score/,
		],
		[
			{ task_tier: "easy", reward_mode: "shaped" },
			"reward_mode",
			"value_error",
			/REWARD_MODE_SCORE/,
		],
		[{ lease_seconds: 1 }, "lease_seconds", "value_error", /10 to 86400/],
	];
	for (const [body, field, type, expected] of wrong) {
		const { status, json } = await ask("/reset", body);
		assert.equal(status, 422, JSON.stringify(body));
		assert.deepEqual(json.detail[0].loc, ["body", field]);
		assert.equal(json.detail[0].type, type);
		assert.match(json.detail[0].msg, expected);
	}
	const { json } = await ask("/reset", { sed: 1, seed: -1, task_tier: "x" });
	assert.equal(json.detail.length, 3);
	for (const body of ["[]", "7", '"x"']) {
		const { status, json } = await ask("/reset", body);
		assert.equal(status, 422);
		assert.deepEqual(json.detail[0].loc, ["body"]);
		assert.match(json.detail[0].msg, /a JSON object/);
	}
	assert.equal(sessions.openCount, 0);
	assert.equal((await ask("/reset", "")).status, 200);
	assert.equal((await ask("/reset", "null")).status, 200);
});

test("A seed keeps each of its 64 bits.", async (context) => {
	const { ask } = await startTestGateway(context);
	await ask("/reset", { seed: "18446744073709551615" });
	assert.equal((await ask("/state")).json.seed, "18446744073709551615");
	await ask("/reset", { seed: Number.MAX_SAFE_INTEGER });
	assert.equal((await ask("/state")).json.seed, Number.MAX_SAFE_INTEGER);
});

test("What a step cannot take changes nothing, and the error names the place in the form of body that was sent.", async (context) => {
	const { ask } = await startTestGateway(context, { environments: both() });
	await ask("/training/reset", {});
	await ask("/sre/reset", {});
	const wrong: readonly [string, unknown, readonly string[], RegExp][] = [
		["/sre/step", {}, ["action"], /is missing; the name of an action/],
		["/sre/step", { action: "zap" }, ["action"], /one of restart, scale_up/],
		["/sre/step", { action: "run_epochs" }, ["action"], /one of restart/],
		["/sre/step", { action: "restart" }, ["service_id"], /is missing/],
		[
			"/sre/step",
			{ action: "restart", service_id: "x" },
			["service_id"],
			/one of api_gateway/,
		],
		[
			"/sre/step",
			{ action: "restart", service_id: 3 },
			["service_id"],
			/a name/,
		],
		[
			"/sre/step",
			{ action: "wait", service: 1 },
			["service"],
			/no argument of wait/,
		],
		[
			"/sre/step",
			{ action: { action: "restart", service_id: "x" } },
			["action", "service_id"],
			/one of api_gateway/,
		],
		[
			"/sre/step",
			{ action: { action: "wait" }, service_id: "x" },
			["service_id"],
			/no key of a step/,
		],
		[
			"/sre/step",
			{ action: { tool_name: "restart", arguments: { service_id: "x" } } },
			["action", "arguments", "service_id"],
			/one of api_gateway/,
		],
		[
			"/sre/step",
			{ action: { tool_name: "restart", arguments: [] } },
			["action", "arguments"],
			/JSON object/,
		],
		[
			"/sre/step",
			{ action: { type: "call_tool" } },
			["action", "tool_name"],
			/is missing/,
		],
		[
			"/sre/step",
			{ action: { tool_name: "zap" } },
			["action", "tool_name"],
			/one of restart/,
		],
		[
			"/sre/step",
			{ action: { type: "list", tool_name: "wait" } },
			["action", "type"],
			/call_tool/,
		],
		[
			"/sre/step",
			{ action: "wait", declare: { service_id: "x", fault_class: "none" } },
			["declare", "service_id"],
			/one of api_gateway/,
		],
		[
			"/sre/step",
			{ action: "wait", declare: { fault_class: "rain" } },
			["declare", "fault_class"],
			/one of none, single_oom/,
		],
		[
			"/training/step",
			{ action: "run_epochs", num_epochs: 21 },
			["num_epochs"],
			/1 to 20/,
		],
		[
			"/training/step",
			{ action: "configure_training", optimizer: "lion", dropout: "x" },
			["optimizer"],
			/one of sgd, adam, adamw/,
		],
		[
			"/training/step",
			{
				action: {
					action: "run_epochs",
					num_epochs: 1,
					stop: { patience_epochs: 0.5 },
				},
			},
			["action", "stop", "patience_epochs"],
			/1 to 20/,
		],
		[
			"/training/step",
			{ action: "submit_model", timeout_s: 0 },
			["timeout_s"],
			/a number from/,
		],
		[
			"/training/step",
			{ action: "submit_model", request_number: -1 },
			["request_number"],
			/whole number/,
		],
		[
			"/training/step",
			{ action: "submit_model", request_id: 3 },
			["request_id"],
			/text/,
		],
	];
	for (const [path, body, place, expected] of wrong) {
		const { status, json } = await ask(path, body);
		assert.equal(status, 422, JSON.stringify(body));
		assert.deepEqual(
			json.detail[0].loc,
			["body", ...place],
			JSON.stringify(body),
		);
		assert.match(json.detail[0].msg, expected);
	}
	assert.equal((await ask("/sre/state")).json.step_count, 0);
	const refused = await ask("/training/step", {
		action: "run_epochs",
		num_epochs: 1,
	});
	assert.equal(refused.status, 409);
	assert.equal(refused.json.reason, "ACTION_NOT_POSSIBLE");
});

test("A step that is asked for again under its request id or number gives the stored answer, also to the same step over another door.", async (context) => {
	const gateway = await startTestGateway(context);
	const { ask, sessions } = gateway;
	const { json } = await ask("/reset", { seed: 7 });
	const step = {
		action: "restart",
		service_id: "user_db",
		request_id: "first",
	};
	const once = await ask("/step", step);
	assert.equal("replayed" in once.json, false);
	const twice = await ask("/step", step);
	assert.equal(twice.json.replayed, true);
	const { timing: _, ...fixed } = once.json;
	const { timing: __, replayed: ___, ...again } = twice.json;
	assert.deepEqual(again, fixed);
	assert.equal((await ask("/state")).json.step_count, 1);
	const inAction = {
		action: { action: "wait", metadata: { request_id: "second" } },
	};
	await ask("/step", inAction);
	assert.equal((await ask("/step", inAction)).json.replayed, true);
	const other = await ask("/step", { ...step, request_id: "second" });
	assert.equal(other.status, 422);
	assert.equal(other.json.reason, "REQUEST_MISMATCH");
	const numbered = await ask("/step", { action: "wait", request_number: 9 });
	assert.equal(numbered.json.step_count, 3);
	// The form in which gRPC's handlers get it.
	const action = { wait: {}, action: "wait" } as never;
	const beside = await sessions.get(json.episode_id).step(
		{
			action,
			number: "9",
			fingerprint: JSON.stringify(["step", action, null]),
		},
		patient,
	);
	assert.equal(beside.replayed, true);
});

test("A reset that opened a session gives its answer when it comes again under its request id or number, over HTTP and the WebSocket.", async (context) => {
	const { ask, socket, sessions } = await startTestGateway(context);
	const { ask: say } = await socket("/sre/ws");
	const doors = {
		http: async (body: object) => (await ask("/sre/reset", body)).json,
		socket: async (data: object) => (await say({ type: "reset", data })).data,
	};
	for (const [door, reset] of Object.entries(doors)) {
		const named = { task_tier: "easy", request_id: "first" };
		const first = await reset(named);
		if (door === "http") await ask("/sre/step", { action: "wait" });
		else await say({ type: "step", data: { action: "wait" } });
		assert.deepEqual(await reset(named), { ...first, replayed: true }, door);
		const other = await reset({ ...named, seed: 3 });
		assert.equal(other.reason, "REQUEST_MISMATCH", door);
		const next = await reset({ ...named, request_id: "second" });
		assert.equal(next.replayed, undefined);
		const again = await reset({ ...named, request_id: "second" });
		assert.deepEqual(again.observation, next.observation, door);
		// The one before it is long over, and this is a new one.
		const late = await reset(named);
		assert.notDeepEqual(late.observation, first.observation, door);
	}
	assert.equal(sessions.openCount, 2);
	const numbered = { task_tier: "easy", request_number: 5 };
	const headers = { authorization: "Bearer other" };
	const opened = await ask("/sre/reset", numbered, { headers });
	const again = await ask("/sre/reset", numbered, { headers });
	assert.deepEqual(again.json, { ...opened.json, replayed: true });
});

test("An observation comes in the forms that were asked for, which last until others are.", async (context) => {
	const { ask } = await startTestGateway(context);
	const text = await ask("/reset", { views: ["text", "flat"] });
	assert.deepEqual(Object.keys(text.json.observation), [
		"flat",
		"text",
		"metadata",
	]);
	assert.match(text.json.observation.text, /^task: sre\/easy/);
	const next = await ask("/reset", { seed: 2 });
	assert.match(next.json.observation.text, /^task: sre\/easy/);
	const typed = await ask("/reset", { views: ["typed"] });
	assert.ok(typed.json.observation.metrics);
});

test("/state tells what the contract's Session tells, and nothing that is hidden.", async (context) => {
	const { ask, sessions } = await startTestGateway(context);
	const { json } = await ask("/reset", { task_tier: "easy", seed: 3 });
	await ask("/step", { action: "wait" });
	const state = await ask("/state");
	assert.deepEqual(Object.keys(state.json), [
		"episode_id",
		"step_count",
		"environment",
		"session_id",
		"task_id",
		"task_version",
		"split",
		"seed",
		"episode",
		"step",
		"state",
		"options",
		"create_time",
		"lease_expire_time",
		"last_request_number",
		"next_event_offset",
		"result",
	]);
	assert.equal(state.json.state, "idle");
	assert.equal(state.json.result, null);
	const hidden = sessions.get(json.episode_id).reveal() as HiddenState;
	for (const secret of [
		hidden.fault,
		hidden.root_service_id,
		String(hidden.severity),
		String(hidden.objective_ceiling),
	]) {
		assert.ok(secret.length > 3);
		assert.equal(state.text.includes(secret), false, secret);
	}
});

test("A caller that goes away stops its step within a batch, and the episode goes on.", async (context) => {
	const trainer = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const { ask, sessions } = await startTestGateway(context, {
		environments: [createTinyEnvironment(trainer)],
	});
	const { json } = await ask("/reset", {});
	await ask("/step", { action: "configure_training" });
	trainer.epochGate.shut();
	const gone = new AbortController();
	const cut = ask(
		"/step",
		{ action: "run_epochs", num_epochs: 2 },
		{ signal: gone.signal },
	);
	await trainer.epochGate.holds();
	const busy = await ask("/step", { action: "submit_model" });
	assert.equal(busy.status, 409);
	assert.equal(busy.json.reason, "SESSION_BUSY");
	assert.equal((await ask("/state")).json.state, "running");
	gone.abort();
	await assert.rejects(cut);
	await sessions.get(json.episode_id).settled();
	trainer.epochGate.open();
	const next = await ask("/step", { action: "run_epochs", num_epochs: 1 });
	assert.equal(next.status, 200);
	assert.equal(next.json.observation.current_epoch, 1);
	// The unfinished epoch stays charged.
	assert.equal(next.json.observation.remaining_budget, 4);
});

test("A step that takes longer than its timeout_s is cut off, and goes on where it was asked for again.", async (context) => {
	const trainer = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const { ask } = await startTestGateway(context, {
		environments: [createTinyEnvironment(trainer)],
	});
	await ask("/reset", {});
	await ask("/step", { action: "configure_training" });
	trainer.epochGate.shut();
	const step = { action: "run_epochs", num_epochs: 2, request_id: "r" };
	const cut = await ask("/step", { ...step, timeout_s: 0.001 });
	assert.equal(cut.status, 504);
	assert.match(cut.json.detail, /longer than its timeout_s of 0\.001/);
	trainer.epochGate.open();
	const whole = await ask("/step", step);
	assert.equal(whole.json.observation.current_epoch, 2);
	assert.equal(whole.json.observation.remaining_budget, 4);
});

test("/finish ends an episode and scores it, the same when it is asked again; /close gives the slot back.", async (context) => {
	const { ask, sessions } = await startTestGateway(context);
	await ask("/reset", { seed: 7 });
	const finished = await ask("/finish", {});
	assert.equal(finished.json.done, true);
	assert.equal(finished.json.metadata.truncated, true);
	assert.equal(finished.json.reward, finished.json.metadata.result.score);
	const again = await ask("/finish", {});
	assert.deepEqual(again.json.metadata.result, finished.json.metadata.result);
	assert.equal(again.json.reward, 0);
	assert.equal((await ask("/close", {})).json.closed, true);
	assert.equal(sessions.openCount, 0);
	assert.equal((await ask("/close", { episode: 1 })).status, 422);
});

test("/grader plays the heuristic agent or a named policy, /baseline all three tiers: with the scores of RunPolicy.", async (context) => {
	const { ask, sessions } = await startTestGateway(context);
	const { json } = await ask("/grader?tier=easy&seed=5&episodes=2&split=test");
	assert.equal(json.policy, "tuned-rule");
	const { policies } = await import("../environments/policies.js");
	const scores: number[] = [];
	for await (const { result } of sessions.run(
		{
			policy: policies.find(({ name }) => name === "tuned-rule") as never,
			taskId: "sre/easy",
			split: "test",
			firstSeed: 5n,
			episodes: 2,
		},
		patient.signal,
	))
		scores.push(result.score as number);
	assert.ok(
		Math.abs(json.score - scores.reduce((sum, score) => sum + score / 2, 0)) <
			1e-12,
	);
	assert.equal(json.last_result.score, scores[1]);
	const baseline = await ask("/sre/baseline?policy=do-nothing");
	assert.deepEqual(Object.keys(baseline.json.scores), [
		"easy",
		"medium",
		"hard",
	]);
	assert.equal(baseline.json.scores.easy, 0.01);
	for (const [query, field] of [
		["tier=eesy", "tier"],
		["tire=easy", "tire"],
		["policy=nobody", "policy"],
		["seed=-1", "seed"],
		["seed=18446744073709551615&episodes=2", "seed"],
		["episodes=0", "episodes"],
		["episodes=100000000000", "episodes"],
		["split=x", "split"],
		["tier=easy&tier=hard", "tier"],
	] as const) {
		const { status, json } = await ask(`/grader?${query}`);
		assert.equal(status, 422, query);
		assert.deepEqual(json.detail[0].loc, ["query", field]);
	}
});

test("A caller of /grader that goes away stops the run.", async (context) => {
	const environment = new CounterEnvironment();
	const { ask, sessions } = await startTestGateway(context, {
		environments: [environment],
		policies: [
			{
				name: "heuristic",
				version: 1,
				environment: "training",
				description: "",
				start: () => () => ({ run_epochs: { num_epochs: 1 } }),
			},
		],
	});
	environment.epochGate.shut();
	const gone = new AbortController();
	const run = ask("/grader", undefined, { signal: gone.signal });
	await environment.epochGate.holds();
	gone.abort();
	await assert.rejects(run);
	environment.epochGate.open();
	assert.equal(sessions.openCount, 0);
});

test("What an address tells about itself holds together: health, metadata, schemas, tasks, manifest, OpenAPI and the page.", async (context) => {
	const gateway = await startTestGateway(context, { environments: both() });
	const { ask } = gateway;
	assert.deepEqual((await ask("/health")).json, { status: "healthy" });
	for (const [path, name] of [
		["", "nightshift"],
		["/training", "nightshift-training"],
		["/sre", "nightshift-sre"],
	] as const) {
		const { json: metadata } = await ask(`${path}/metadata`);
		assert.equal(metadata.name, name);
		const { json: own } = await ask(`${path}/openapi.json`);
		for (const call of ["/reset", "/step", "/state", "/health"])
			assert.ok(own.paths[call], `${path} ${call}`);
		assert.equal("/sre/reset" in own.paths, path === "");
		assert.match((await ask(`${path}/docs`)).text, /POST \/reset/);
		assert.equal((await ask(`${path}/`)).headers.location, `${path}/docs`);
		assert.equal(typeof metadata.description, "string");
		const { json: schema } = await ask(`${path}/schema`);
		for (const part of ["action", "observation", "state", "reset_observation"])
			assert.equal(schema[part].type, "object", part);
		const yaml = await ask(`${path}/openenv.yaml`);
		assert.match(yaml.text, /^spec_version: 1\nname: "nightshift/);
	}
	const { json: tasks } = await ask("/sre/tasks");
	assert.equal(tasks.tasks[0].name, "easy");
	assert.equal(tasks.tasks[0].actions.length, 5);
	assert.deepEqual(
		tasks.actions.sre.map(({ name }: { name: string }) => name),
		tasks.action_schema.properties.action.enum,
	);
	const { json: openapi } = await ask("/openapi.json");
	assert.equal(openapi.info.version, "1.0.0");
	for (const path of [
		"/reset",
		"/step",
		"/state",
		"/training/step",
		"/sre/grader",
	])
		assert.ok(openapi.paths[path], path);
	const page = await ask("/docs");
	assert.match(page.text, /POST \/sre\/reset/);
	assert.doesNotMatch(page.text, /<script|https?:\/\/|src=/);
	const root = await ask("/");
	assert.equal(root.status, 302);
	gateway.setServing(false);
	const unhealthy = await ask("/health");
	assert.equal(unhealthy.status, 503);
	assert.deepEqual(unhealthy.json, { status: "unhealthy" });
});

test("A path or method that there is not is told in a sentence.", async (context) => {
	const { ask } = await startTestGateway(context);
	const nothing = await ask("/nothing");
	assert.equal(nothing.status, 404);
	assert.match(nothing.json.detail, /\/docs/);
	const wrong = await ask("/step");
	assert.equal(wrong.status, 405);
	assert.equal(wrong.headers.allow, "POST");
	assert.equal((await ask("/training/health")).status, 404);
	const head = await ask("/health", undefined, { method: "HEAD" });
	assert.equal(head.status, 200);
});
