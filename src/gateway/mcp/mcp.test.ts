import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
	Client,
	type Progress,
	StreamableHTTPClientTransport,
	type VersionNegotiationMode,
} from "@modelcontextprotocol/client";
import type { Environment } from "../../environments/environment.js";
import { createSreEnvironment } from "../../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../../environments/training/testing.js";
import { Gate } from "../../sessions/testing.js";
import {
	createTinyEnvironment,
	HeldTrainer,
	TINY,
} from "../../sessions/testing-training.js";
import { startTestGateway, type TestGateway } from "../testing.js";

const ERAS: Readonly<Record<string, VersionNegotiationMode>> = {
	"2025-11-25": "legacy",
	"2026-07-28": { pin: "2026-07-28" },
};

/** Structured content; tests look into it. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the server says.
type Content = any;

function both(): Environment[] {
	return [
		createTinyEnvironment(new ScriptedTrainer(() => ({}))),
		createSreEnvironment() as Environment,
	];
}

async function connect(
	context: TestContext,
	{ port }: TestGateway,
	mode: VersionNegotiationMode,
	path = "/mcp",
): Promise<Client> {
	const client = new Client(
		{ name: "test", version: "1" },
		{ versionNegotiation: { mode } },
	);
	await client.connect(
		new StreamableHTTPClientTransport(
			new URL(`http://127.0.0.1:${port}${path}`),
		),
	);
	context.after(() => client.close());
	return client;
}

async function call(
	client: Client,
	name: string,
	given: object,
): Promise<Content> {
	const result = await client.callTool({ name, arguments: { ...given } });
	assert.notEqual(result.isError, true, JSON.stringify(result.content));
	return result.structuredContent;
}

const textOf = (result: Content): string => result.content[0].text;

for (const [era, mode] of Object.entries(ERAS)) {
	test(`${era}: the official client plays an incident, whose every result is as its schema says, and the session tells the same.`, async (context) => {
		const gateway = await startTestGateway(context, { environments: both() });
		const client = await connect(context, gateway, mode);
		assert.equal(client.getNegotiatedProtocolVersion(), era);
		// The client holds results against these schemas from here on.
		const { tools } = await client.listTools();
		const names = tools.map(({ name }) => name);
		assert.deepEqual(names.slice(0, 4), ["reset", "state", "finish", "close"]);
		for (const name of ["wait", "restart", "run_epochs", "submit_model"])
			assert.ok(names.includes(name), name);
		const begun = await client.callTool({
			name: "reset",
			arguments: { task_id: "sre/easy", seed: 7 },
		});
		const { session, observation } = begun.structuredContent as Content;
		assert.match(
			textOf(begun),
			new RegExp(`^session: ${session}\nTask sre/easy: `),
		);
		const [service] = Object.keys(observation.metrics);
		const restarted = await client.callTool({
			name: "restart",
			arguments: { session, service_id: service },
		});
		assert.match(textOf(restarted), /\nReward: -?\d\.\d{3}\.$/);
		let last: Content = restarted.structuredContent;
		let sum = last.reward;
		while (!last.done) {
			last = await call(client, "wait", { session });
			sum += last.reward;
		}
		const { result } = last.metadata;
		assert.ok(Math.abs(sum - result.score) < 1e-9);
		const state = await call(client, "state", { session });
		assert.equal(state.step_count, last.step_count);
		assert.equal(state.result.score, result.score);
		assert.equal(
			gateway.sessions.get(session).record.episode.step,
			last.step_count,
		);
		const after = await client.callTool({
			name: "wait",
			arguments: { session },
		});
		assert.equal(after.isError, true);
		const next = await call(client, "reset", { session });
		assert.equal(next.session, session);
		assert.equal(next.step_count, 0);
		assert.equal((await call(client, "close", { session })).closed, true);
		assert.equal(gateway.sessions.openCount, 0);
	});

	test(`${era}: the official client plays a training and is told its epochs while they run.`, async (context) => {
		const gateway = await startTestGateway(context, { environments: both() });
		const client = await connect(context, gateway, mode, "/training/mcp");
		await client.listTools();
		const { session, metadata } = await call(client, "reset", { seed: 7 });
		assert.equal(metadata.task_id, TINY);
		await call(client, "configure_training", { session, optimizer: "adamw" });
		const told: Progress[] = [];
		const trained = await client.callTool(
			{
				name: "run_epochs",
				arguments: { session, num_epochs: 3, stop: { patience_epochs: 2 } },
			},
			{ onprogress: (progress) => told.push(progress) },
		);
		assert.equal(
			(trained.structuredContent as Content).observation.current_epoch,
			3,
		);
		assert.deepEqual(
			told.map(({ progress, total }) => [progress, total]),
			[0.5, 1, 1.5, 2, 2.5, 3].map((progress) => [progress, 3]),
		);
		assert.match(
			told[1]?.message ?? "",
			/^Epoch 1 of 3: training loss \d\.\d{3}, validation loss .*\.$/,
		);
		const submitted = await call(client, "submit_model", { session });
		assert.equal(submitted.done, true);
		assert.equal(submitted.metadata.result.training.checkpoint, "best");
	});

	test(`${era}: a call that is taken back stops its work within a batch; asked again, it is taken up, and the epoch is paid once.`, async (context) => {
		const trainer = new HeldTrainer(new ScriptedTrainer(() => ({})));
		const gateway = await startTestGateway(context, {
			environments: [createTinyEnvironment(trainer)],
		});
		const client = await connect(context, gateway, mode);
		const { session } = await call(client, "reset", { seed: 7 });
		await call(client, "configure_training", { session });
		trainer.epochGate.shut();
		const given = { session, num_epochs: 2 };
		const controller = new AbortController();
		const cut = client.callTool(
			{ name: "run_epochs", arguments: given },
			{ signal: controller.signal },
		);
		await trainer.epochGate.holds();
		const busy = await client.callTool({
			name: "submit_model",
			arguments: { session },
		});
		assert.equal(
			(busy.structuredContent as Content).error.reason,
			"SESSION_BUSY",
		);
		controller.abort();
		await assert.rejects(cut);
		await gateway.sessions.get(session).settled();
		trainer.epochGate.open();
		const whole = await call(client, "run_epochs", given);
		assert.equal(whole.observation.current_epoch, 2);
		assert.equal(whole.observation.remaining_budget, 4);
	});

	test(`${era}: what the agent does wrong is a result that says what is allowed, and costs nothing.`, async (context) => {
		const gateway = await startTestGateway(context, { environments: both() });
		const client = await connect(context, gateway, mode);
		const { session } = await call(client, "reset", { task_tier: "easy" });
		const refuse = async (name: string, given: object, pattern: RegExp) => {
			const result = await client.callTool({ name, arguments: { ...given } });
			assert.equal(result.isError, true);
			assert.match(textOf(result), pattern);
			return (result.structuredContent as Content).error;
		};
		const missing = await refuse(
			"restart",
			{ session },
			/restart needs service_id/,
		);
		assert.deepEqual(
			missing.violations.map(({ field }: { field: string }) => field),
			["service_id"],
		);
		await refuse("wait", {}, /session: is missing; the handle of a session/);
		await refuse(
			"wait",
			{ session: "mine" },
			/no session of this handle; reset/,
		);
		await refuse("wait", { session: "0".repeat(32) }, /session/i);
		await refuse("wait", { session, minutes: 3 }, /no argument "minutes"/);
		await refuse("run_epochs", { session, num_epochs: 1 }, /one of/);
		await refuse("explode", { session }, /no tool "explode"; one of reset, /);
		await refuse("reset", { seed: -1 }, /seed: -1 is not allowed/);
		await refuse("reset", { task_id: "sre/none" }, /one of training\/tiny/);
		await refuse("state", { session, step: 1 }, /no argument of state/);
		assert.equal((await call(client, "state", { session })).step_count, 0);
	});

	test(`${era}: tasks and the episode so far can be read.`, async (context) => {
		const gateway = await startTestGateway(context, { environments: both() });
		const client = await connect(context, gateway, mode, "/sre/mcp");
		const { resources } = await client.listResources();
		assert.ok(
			resources.some(({ uri }) => uri === "nightshift://tasks/sre/hard"),
		);
		const read = async (uri: string): Promise<Content> => {
			const { contents } = await client.readResource({ uri });
			return JSON.parse((contents[0] as { text: string }).text);
		};
		assert.equal((await read("nightshift://tasks/sre/hard")).id, "sre/hard");
		assert.ok((await read("nightshift://tasks")).tasks.length > 3);
		const { resourceTemplates } = await client.listResourceTemplates();
		assert.equal(
			resourceTemplates[0]?.uriTemplate,
			"nightshift://sessions/{session}",
		);
		const { session } = await call(client, "reset", { seed: 7 });
		await call(client, "wait", { session });
		await call(client, "wait", { session });
		const episode = await read(`nightshift://sessions/${session}`);
		assert.equal(episode.step_count, 2);
		const done = episode.events.filter(
			(event: Content) => event.action_completed,
		);
		assert.equal(done.length, 2);
		assert.equal(done[1].action_completed.step, 2);
		assert.equal(done[1].action_completed.observation, null);
		for (const uri of [
			"nightshift://tasks/sre/none",
			`nightshift://sessions/${"0".repeat(32)}`,
			"nightshift://sessions/",
			"file:///etc/passwd",
		])
			await assert.rejects(client.readResource({ uri }), uri);
	});
}

test("In the handshake's era a client that is gone has not taken its call back: the work goes on, and the same call gets its answer.", async (context) => {
	const trainer = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const gateway = await startTestGateway(context, {
		environments: [createTinyEnvironment(trainer)],
	});
	const client = await connect(context, gateway, "legacy");
	const { session } = await call(client, "reset", { seed: 7 });
	await call(client, "configure_training", { session });
	trainer.epochGate.shut();
	const gone = new AbortController();
	const lost = gateway.ask(
		"/mcp",
		toolCall("run_epochs", { session, num_epochs: 2 }),
		{ signal: gone.signal, headers: STREAMS },
	);
	await trainer.epochGate.holds();
	gone.abort();
	await assert.rejects(lost);
	// The server has seen by then that it is gone.
	await gateway.ask("/health");
	trainer.epochGate.open();
	await gateway.sessions.get(session).settled();
	assert.equal(gateway.sessions.get(session).record.episode.step, 2);
	const again = await call(client, "run_epochs", { session, num_epochs: 2 });
	assert.equal(again.replayed, true);
	assert.equal(again.observation.current_epoch, 2);
	assert.equal(again.step_count, 2);
	// Nothing was lost since: the same call is another one.
	const next = await call(client, "run_epochs", { session, num_epochs: 2 });
	assert.equal(next.observation.current_epoch, 4);
});

/** Incidents that begin when they are let. */
function createSlow(gate: Gate): Environment {
	const sre = createSreEnvironment() as Environment;
	const start: Environment["start"] = async (...given) => {
		await gate.pass(new AbortController().signal);
		return sre.start(...given);
	};
	return new Proxy(sre, {
		get: (target, name) =>
			name === "start" ? start : Reflect.get(target, name, target),
	});
}

for (const [dialect, body, asking] of [
	["MCP", toolCall("reset", { seed: 7 }), { accept: "*/*, text/event-stream" }],
	[
		"OpenEnv's dialect",
		{
			jsonrpc: "2.0",
			id: 1,
			method: "openenv/session/create",
			params: { seed: 7 },
		},
		{},
	],
] as const)
	test(`${dialect}: a reset whose answer was lost opens one session with the same call that comes again, also where there is room for one alone.`, async (context) => {
		const gate = new Gate();
		const { ask, sessions } = await startTestGateway(context, {
			environments: [createSlow(gate)],
			maxSessionsPerAddress: 1,
		});
		for (const isEarly of [true, false]) {
			gate.shut();
			const gone = new AbortController();
			const lost = ask("/sre/mcp", body, {
				signal: gone.signal,
				headers: asking,
			});
			await gate.holds();
			gone.abort();
			await assert.rejects(lost);
			// The server has seen by then that it is gone.
			await ask("/health");
			const again = isEarly
				? ask("/sre/mcp", body, { headers: asking })
				: undefined;
			if (isEarly) await ask("/health");
			gate.open();
			const { text } =
				(await again) ?? (await ask("/sre/mcp", body, { headers: asking }));
			const [session] = sessions.all.filter(({ record }) => !record.ended);
			assert.equal(sessions.openCount, 1);
			assert.ok(text.includes(session?.record.id as string), text);
			const other = await ask("/sre/mcp", body, { headers: asking });
			assert.match(other.text, /Your address has 1 live episodes/);
			await session?.close();
		}
	});

test("A reset that is taken back opens no session, and one that its client names opens one session under that name.", async (context) => {
	const gate = new Gate();
	const gateway = await startTestGateway(context, {
		environments: [createSlow(gate)],
	});
	const { sessions } = gateway;
	const client = await connect(context, gateway, { pin: "2026-07-28" });
	gate.shut();
	const taken = new AbortController();
	const call = { name: "reset", arguments: {} };
	const cut = client.callTool(call, { signal: taken.signal });
	await gate.holds();
	taken.abort();
	await assert.rejects(cut);
	await gateway.ask("/health");
	gate.open();
	const reset = async (name: string) =>
		(
			await client.callTool({
				...call,
				_meta: { "nightshift/request_id": name },
			})
		).structuredContent as Content;
	const first = await reset("a");
	assert.equal(sessions.openCount, 1);
	await client.callTool({
		name: "wait",
		arguments: { session: first.session },
	});
	assert.deepEqual(await reset("a"), first);
	assert.notEqual((await reset("b")).session, first.session);
	assert.equal(sessions.openCount, 2);
});

test("A call that its client names is the same call under the same name, wherever it comes from.", async (context) => {
	const gateway = await startTestGateway(context);
	const client = await connect(context, gateway, { pin: "2026-07-28" });
	const { session } = await call(client, "reset", { seed: 7 });
	const wait = (name: string) =>
		client.callTool({
			name: "wait",
			arguments: { session },
			_meta: { "nightshift/request_id": name },
		});
	const first = (await wait("a")).structuredContent as Content;
	const again = (await wait("a")).structuredContent as Content;
	assert.deepEqual(
		{ ...again, replayed: undefined },
		{ ...first, replayed: undefined },
	);
	assert.equal(again.replayed, true);
	const stranger = await gateway.ask(
		"/mcp",
		toolCall("wait", { session }, { "nightshift/request_id": "a" }),
		{ headers: { ...STREAMS, authorization: "Bearer other" } },
	);
	assert.match(stranger.text, /"replayed":true/);
	const other = (await wait("b")).structuredContent as Content;
	assert.equal(other.step_count, 2);
});

test("A batch of the handshake's era, a body that is no JSON, and what is not there are answered as the protocol says.", async (context) => {
	const { ask } = await startTestGateway(context);
	const broken = await ask("/mcp", "{", { headers: STREAMS });
	assert.equal(broken.status, 400);
	assert.equal(broken.json.error.code, -32700);
	const deep = await ask("/mcp", "[".repeat(100), { headers: STREAMS });
	assert.equal(deep.json.error.code, -32700);
	const batch = await ask(
		"/mcp",
		[1, 2].map((id) => ({ jsonrpc: "2.0", id, method: "ping" })),
		{ headers: STREAMS },
	);
	assert.equal(batch.status, 200);
	const stream = await ask("/mcp", undefined, { headers: STREAMS });
	assert.equal(stream.status, 405);
	assert.equal(stream.headers.allow, "POST, DELETE");
	const ended = await ask("/mcp", undefined, { method: "DELETE" });
	assert.equal(ended.status, 204);
});

test("Calls of many clients at once get their own answers, whatever they are called, and one of a version that there is not is refused.", async (context) => {
	const { ask } = await startTestGateway(context);
	const open = async (seed: number) => {
		const begun = await ask("/mcp", toolCall("reset", { seed }), {
			headers: STREAMS,
		});
		return /"session":"([0-9a-f]{32})"/.exec(begun.text)?.[1] as string;
	};
	const sessions = await Promise.all([1, 2, 3, 4].map(open));
	const ids = [1, 1, "1", "one"];
	const waits = await Promise.all(
		sessions.map((session, number) =>
			ask(
				"/mcp",
				{ ...toolCall("wait", { session }), id: ids[number] },
				{ headers: STREAMS },
			),
		),
	);
	for (const [number, { json }] of waits.entries()) {
		assert.equal(json.id, ids[number]);
		assert.equal(json.result.structuredContent.session, sessions[number]);
		assert.equal(json.result.structuredContent.step_count, 1);
	}
	const wrong = await ask("/mcp", toolCall("wait", { session: 5 }), {
		headers: { ...STREAMS, "mcp-protocol-version": "2025-11-25" },
	});
	assert.equal(wrong.json.result.isError, true);
	const otherType = await ask("/mcp", toolCall("wait", {}), {
		headers: { ...STREAMS, "content-type": "application/problem+json" },
	});
	assert.equal(otherType.status, 415);
	const noName = await ask(
		"/mcp",
		{ ...toolCall("wait", {}), params: { name: 5 } },
		{ headers: STREAMS },
	);
	assert.match(noName.text, /"code":-32602/);
	const unknown = await ask("/mcp", toolCall("wait", {}), {
		headers: { ...STREAMS, "mcp-protocol-version": "2025-01-01" },
	});
	assert.equal(unknown.status, 400);
});

const STREAMS = { accept: "application/json, text/event-stream" };

function toolCall(name: string, given: object, _meta?: object) {
	return {
		jsonrpc: "2.0",
		id: 1,
		method: "tools/call",
		params: { name, arguments: given, ...(_meta && { _meta }) },
	};
}
