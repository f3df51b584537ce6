import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import type { Clock } from "../../clock.js";
import { ManualClock } from "../../sessions/testing.js";
import { AgentUnusable, InfrastructureFailure } from "../agent.js";
import { ModelClient, type Question, retryAfterMs } from "./model-client.js";
import { RateLimiter } from "./rate-limiter.js";
import type { LlmSettings } from "./settings.js";
import { LeapingClock } from "./testing-clock.js";
import {
	call,
	type ModelServer,
	type Reply,
	startModelServer,
	TEST_KEY,
} from "./testing-model-server.js";

const never = new AbortController().signal;
const WAIT = call("wait");

const question: Question = {
	tools: [
		{
			name: "wait",
			description: "Wait.",
			parameters: { type: "object", properties: {} },
		},
	],
	messages: (withTools) => [
		{ role: "user", content: withTools ? "call a tool" : "write JSON" },
	],
};

/** A client whose pauses are leapt over, of a server that gives these replies and then waits. */
async function ask(
	context: TestContext,
	replies: readonly Reply[],
	changes: Partial<LlmSettings> = {},
	clock: Clock = new LeapingClock(120_000),
) {
	const server = await startModelServer(
		context,
		(_, place) => replies[place] ?? WAIT,
	);
	const told: string[] = [];
	const limiter = new RateLimiter(0, clock);
	const client = new ModelClient(
		server.settings({ timeoutMs: 600_000, ...changes }),
		{
			limiter,
			clock,
			random: () => 0.5,
			tell: (sentence) => told.push(sentence),
		},
	);
	return { server, client, told };
}

/** Nothing listens on it. */
async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

async function failure(asking: Promise<unknown>): Promise<Error> {
	const error = await asking.then(
		() => assert.fail("it was answered"),
		(thrown: unknown) => thrown,
	);
	assert.ok(error instanceof Error);
	return error;
}

test("A request holds model, messages, tools, effort, a limit of tokens and the key.", async (context) => {
	const { server, client } = await ask(context, [
		{
			calls: [{ name: "wait", arguments: {} }],
			text: "I wait.",
			usage: { prompt_tokens: 7, completion_tokens: 3, cost: 0.25 },
		},
	]);
	const answer = await client.ask(question, never);
	assert.deepEqual(answer, {
		text: "I wait.",
		calls: [
			{
				id: "call_0",
				type: "function",
				function: { name: "wait", arguments: "{}" },
			},
		],
		cutOff: false,
		usage: { requests: 1, inputTokens: 7, outputTokens: 3, cost: 0.25 },
	});
	const [asked] = server.asked;
	assert.equal(asked?.headers.authorization, `Bearer ${TEST_KEY}`);
	assert.deepEqual(asked?.body, {
		model: "test-model",
		messages: [{ role: "user", content: "call a tool" }],
		tools: [{ type: "function", function: question.tools[0] }],
		tool_choice: "required",
		max_tokens: 4096,
		reasoning_effort: "minimal",
	});
});

test("The cost comes from the prices where the endpoint does not tell it.", async (context) => {
	const { client } = await ask(context, [], {
		prices: { input: 2, output: 10 },
	});
	const { usage } = await client.ask(question, never);
	assert.equal(usage.cost, (100 * 2 + 10 * 10) / 1e6);
});

test("Usage that is no number from 0 counts as not told.", async (context) => {
	const { client } = await ask(context, [
		{
			text: "yes",
			usage: {
				prompt_tokens: "many",
				completion_tokens: -5,
				cost: null,
			} as object,
		},
	]);
	const { usage } = await client.ask(question, never);
	assert.deepEqual(usage, { requests: 1, inputTokens: 0, outputTokens: 0 });
});

test("429 waits as long as the endpoint says, in seconds, milliseconds or as a date.", async (context) => {
	const clock = new LeapingClock(120_000);
	const date = new Date(clock.now() + 40_000).toUTCString();
	const { server, client, told } = await ask(
		context,
		[
			{ status: 429, headers: { "retry-after": "17" } },
			{ status: 429, headers: { "retry-after-ms": "250" } },
			{ status: 503, headers: { "retry-after": date } },
		],
		{},
		clock,
	);
	const { usage } = await client.ask(question, never);
	assert.equal(usage.requests, 4);
	assert.equal(server.asked.length, 4);
	assert.deepEqual(clock.leaps, [17_000, 250, 22_750]);
	assert.match(told[0] ?? "", /^429 refused Asked again after 17\.0 s\.$/);
});

test("Errors of the server, lost connections and broken answers are repeated after a growing pause.", async (context) => {
	const passing: readonly Reply[] = [
		{ status: 500, body: "<html>broken</html>" },
		{ cut: "lost" },
		{ cut: "ended" },
		{ raw: '{"choices": []}' },
		{ raw: "not JSON" },
		{ raw: "hello", contentType: "text/plain" },
		{ raw: '{"error": {"code": 529, "message": "overloaded"}}' },
		{ raw: '{"error": {"message": "no provider"}}' },
		{ status: 408 },
		{ status: 409 },
	];
	const clock = new LeapingClock(120_000);
	const { client } = await ask(
		context,
		passing,
		{ maxRetries: passing.length },
		clock,
	);
	const answer = await client.ask(question, never);
	assert.equal(answer.calls.length, 1);
	assert.equal(answer.usage.requests, passing.length + 1);
	assert.deepEqual(
		clock.leaps,
		[1, 2, 4, 8, 16, 30, 30, 30, 30, 30].map((seconds) => seconds * 750),
	);
});

test("A failure that lasts is the infrastructure's after the last repetition.", async (context) => {
	const { server, client } = await ask(
		context,
		Array.from({ length: 9 }, () => ({ status: 500 })),
		{ maxRetries: 2 },
	);
	const error = await failure(client.ask(question, never));
	assert.ok(error instanceof InfrastructureFailure);
	assert.match(error.message, /failed 3 times, at last with: 500 refused/);
	assert.equal(server.asked.length, 3);
});

test("An endpoint that is not there, or that asks for a long pause, is the infrastructure's failure.", async (context) => {
	const { client } = await ask(context, [], {
		baseUrl: `http://127.0.0.1:${await freePort()}/v1`,
		maxRetries: 1,
	});
	const error = await failure(client.ask(question, never));
	assert.ok(error instanceof InfrastructureFailure);
	assert.match(error.message, /Connection error\. \(ECONNREFUSED\)/);
	const { server, client: patient } = await ask(context, [
		{ status: 429, headers: { "retry-after": "3600" } },
	]);
	assert.ok(
		(await failure(patient.ask(question, never))) instanceof
			InfrastructureFailure,
	);
	assert.equal(server.asked.length, 1);
});

for (const hang of ["before", "inside"] as const)
	for (const stream of [false, true])
		test(`An answer that hangs ${hang === "before" ? "before it begins" : "in its middle"} is given up after the time-out and asked for again${stream ? ", as a stream" : ""}.`, async (context) => {
			const clock = new ManualClock();
			const { server, client, told } = await ask(
				context,
				[{ hang }, WAIT],
				{ timeoutMs: 60_000, stream },
				clock,
			);
			const asking = client.ask(question, never);
			await server.came(1);
			clock.advance(60_000);
			// The pause begins when the request is given up.
			while (told.length === 0)
				await new Promise((resolve) => setImmediate(resolve));
			clock.advance(1000);
			const { usage } = await asking;
			assert.equal(usage.requests, 2);
			assert.match(told[0] ?? "", /No whole answer came within 60 s\./);
		});

test("A key that is refused, a model that is not there and an empty account end everything with one sentence, without the key.", async (context) => {
	const final: readonly [Reply, RegExp][] = [
		[
			{
				status: 401,
				body: { error: { message: `Incorrect API key: ${TEST_KEY}` } },
			},
			/refused the key in OPENAI_API_KEY \(401\); set a key/,
		],
		[{ status: 403 }, /refused the key in OPENAI_API_KEY \(403\)/],
		[
			{
				status: 404,
				body: { error: { message: "The model x does not exist" } },
			},
			/does not know the model test-model \(404 The model x does not exist\); set MODEL_NAME/,
		],
		[
			{
				status: 429,
				body: { error: { message: "quota", code: "insufficient_quota" } },
			},
			/refused the request: 429 quota/,
		],
		[
			{ status: 402, body: { error: { message: `${TEST_KEY} is poor` } } },
			/402 \*\*\* is poor/,
		],
		[
			{ raw: '{"error": {"code": 402, "message": "no credits"}}' },
			/refused the request: 402 no credits/,
		],
		[{ status: 413, body: { detail: "too long" } }, /413 .*too long/],
	];
	for (const [reply, expected] of final) {
		const { server, client, told } = await ask(context, [reply]);
		const error = await failure(client.ask(question, never));
		assert.ok(error instanceof AgentUnusable, String(error));
		assert.match(error.message, expected);
		assert.doesNotMatch([error.message, ...told].join(), new RegExp(TEST_KEY));
		assert.equal(server.asked.length, 1);
	}
});

test("What the endpoint refuses is left out for the rest of the run, and without tools the model is asked for JSON.", async (context) => {
	const { server, client, told } = await ask(context, [
		{
			status: 400,
			body: [
				{ error: { message: "Unknown name reasoning_effort", code: 400 } },
			],
		},
		{
			status: 400,
			body: { message: "max_tokens: use max_completion_tokens instead" },
		},
		{ status: 400, body: { error: "model does not support tools" } },
		{ text: '{"tool": "wait"}' },
	]);
	const answer = await client.ask(question, never);
	assert.equal(answer.text, '{"tool": "wait"}');
	assert.equal(answer.usage.requests, 4);
	await client.ask(question, never);
	for (const { body } of server.asked.slice(3))
		assert.deepEqual(body, {
			model: "test-model",
			messages: [{ role: "user", content: "write JSON" }],
			max_completion_tokens: 4096,
		});
	assert.equal(server.asked.length, 5);
	assert.match(told[2] ?? "", /the model answers in JSON/);
});

test("Requests that were under way when another learnt the same are sent again, too.", async (context) => {
	let refused = 0;
	const server: ModelServer = await startModelServer(context, ({ body }) => {
		if (!body.tools) return { text: "{}" };
		refused++;
		return { status: 400, body: { error: { message: "no tools here" } } };
	});
	const clock = new LeapingClock(120_000);
	const client = new ModelClient(
		server.settings({ reasoningEffort: undefined, timeoutMs: 600_000 }),
		{
			limiter: new RateLimiter(0, clock),
			clock,
			random: () => 0,
			tell() {},
		},
	);
	const answers = await Promise.all(
		[1, 2, 3].map(() => client.ask(question, never)),
	);
	assert.deepEqual(
		answers.map(({ text }) => text),
		["{}", "{}", "{}"],
	);
	assert.equal(refused, 3);
});

test("A tool call that the endpoint cannot read is the model's answer, not a failure.", async (context) => {
	const { server, client } = await ask(context, [
		{
			status: 400,
			body: {
				error: {
					message: "Failed to call a function.",
					code: "tool_use_failed",
					failed_generation: "<function=wait{}>",
				},
			},
		},
	]);
	const { text, calls } = await client.ask(question, never);
	assert.deepEqual([text, calls], ["<function=wait{}>", []]);
	assert.equal(server.asked.length, 1);
	assert.ok(server.asked[0]?.body.tools);
});

test("A streamed answer is put together from its pieces.", async (context) => {
	const { server, client } = await ask(
		context,
		[
			{
				text: "Two at once.",
				calls: [
					{ name: "wait", arguments: {} },
					{ name: "restart", arguments: { service_id: "user_db" } },
				],
			},
		],
		{ stream: true },
	);
	const { text, calls, usage } = await client.ask(question, never);
	assert.equal(text, "Two at once.");
	assert.deepEqual(
		calls.map(({ id, function: { name, arguments: given } }) => [
			id,
			name,
			given,
		]),
		[
			["call_0", "wait", "{}"],
			["call_1", "restart", '{"service_id":"user_db"}'],
		],
	);
	assert.deepEqual(usage, { requests: 1, inputTokens: 100, outputTokens: 10 });
	assert.equal(server.asked[0]?.body.stream, true);
});

test("A stream that is cut off in its middle, by a lost connection or too early an end, is asked for again.", async (context) => {
	const { client, told } = await ask(
		context,
		[
			{ cut: "lost" },
			{ cut: "ended" },
			{ raw: 'data: {"error": {"message": "overloaded"}}\n\n' },
			{ raw: "data: {broken\n\n" },
		],
		{ stream: true, maxRetries: 4 },
	);
	const { calls, usage } = await client.ask(question, never);
	assert.deepEqual(calls[0]?.function, { name: "wait", arguments: "{}" });
	assert.equal(usage.requests, 5);
	assert.match(told[1] ?? "", /The answer's stream was cut off\./);
});

test("A signal ends a request that is under way, and one that waits to be repeated.", async (context) => {
	const clock = new ManualClock();
	const { server, client } = await ask(
		context,
		[{ hang: "before" }, { status: 500 }],
		{},
		clock,
	);
	for (const count of [1, 2]) {
		const giving = new AbortController();
		const asking = failure(client.ask(question, giving.signal));
		await server.came(count);
		giving.abort(new Error("enough"));
		assert.match((await asking).message, /enough/);
	}
});

test("A pause that cannot be read counts as none, one in the past as no time.", () => {
	const of = (headers: Record<string, string>) =>
		retryAfterMs(new Headers(headers), Date.UTC(2026, 0, 2));
	assert.equal(of({}), undefined);
	assert.equal(of({ "retry-after": "soon" }), undefined);
	assert.equal(of({ "retry-after": "1.5" }), 1500);
	assert.equal(of({ "retry-after": "Thu, 01 Jan 2026 00:00:00 GMT" }), 0);
	assert.equal(retryAfterMs(undefined, 0), undefined);
});
