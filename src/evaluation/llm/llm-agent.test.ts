import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { EpisodeResult } from "../../../clients/typescript/index.js";
import { createTrainer, TINY } from "../../sessions/testing-training.js";
import type { SplitName } from "../episode-player.js";
import { infer } from "./inference.js";
import { createLlmAgent } from "./llm-agent.js";
import type { LlmSettings } from "./settings.js";
import { LeapingClock } from "./testing-clock.js";
import {
	type Asked,
	call,
	type Reply,
	startModelServer,
} from "./testing-model-server.js";
import { serveBoth } from "./testing-tasks.js";

const never = new AbortController().signal;
const WAIT = call("wait");
const SPLIT: SplitName = "test";

/** One episode on a real server with a model that replies so; then it waits. */
async function play(
	context: TestContext,
	taskId: string,
	reply: readonly Reply[] | ((asked: Asked, place: number) => Reply),
	changes: Partial<LlmSettings> = {},
	served = serveBoth(context),
) {
	const { client, task } = await served;
	const model = await startModelServer(
		context,
		typeof reply === "function" ? reply : (_, place) => reply[place] ?? WAIT,
	);
	const clock = new LeapingClock(120_000);
	const agent = createLlmAgent(
		model.settings({ timeoutMs: 600_000, ...changes }),
		{ clock, random: () => 0.5 },
	);
	const lines: string[] = [];
	const [result] = await infer(
		client,
		agent,
		{
			tasks: [task(taskId)],
			seed: "4",
			split: SPLIT,
			model: "test-model",
			limited: false,
		},
		never,
		{ clock, print: (line) => lines.push(line), tell() {} },
	);
	return { model, lines, result, client };
}

const toolAnswers = ({ body }: Asked) =>
	body.messages.filter(({ role }) => role === "tool");

test("A model plays an incident: every call is a step, and its diagnosis is scored.", async (context) => {
	const { model, lines, result } = await play(
		context,
		"sre/easy",
		({ body }, place) => {
			const [service] = [
				...String(body.messages[1]?.content).matchAll(/^(\w+) .*MISSED/gm),
			].map(([, name]) => name);
			return place === 0
				? call("wait", {
						declare: { service_id: "user_db", fault_class: "bad_deploy" },
					})
				: place === 1 && service
					? call("restart", { service_id: service })
					: WAIT;
		},
	);
	assert.equal(model.asked.length, 30);
	assert.equal(result?.steps, 30);
	assert.equal(result?.usage.requests, 30);
	assert.equal(result?.usage.inputTokens, 3000);
	assert.equal(lines[0], "[START] task=easy env=sre model=test-model");
	assert.equal(
		lines[1],
		'[STEP] step=1 action=wait({"declare":{"service_id":"user_db","fault_class":"bad_deploy"}}) reward=0.00 done=false error=null',
	);
	assert.match(
		lines.at(-2) ?? "",
		/^\[STEP\] step=30 action=wait\(\{\}\) reward=0\.\d\d done=true error=null$/,
	);
	assert.equal(
		lines.at(-1),
		`[END] success=${(result?.score ?? 0) >= 0.5} steps=30 score=${result?.score?.toFixed(3)} rewards=${[...Array(29).fill("0.00"), result?.score?.toFixed(2)].join(",")}`,
	);
});

test("A diagnosis reaches the server.", async (context) => {
	const { client, task } = await serveBoth(context);
	const declare = { service_id: "user_db", fault_class: "bad_deploy" };
	const model = await startModelServer(context, () =>
		call("wait", { declare }),
	);
	const player = await createLlmAgent(model.settings()).start(
		{ task: task("sre/easy"), seed: "4", split: SPLIT },
		never,
	);
	const session = await client.createSession("sre/easy", { seed: 4 });
	const decision = await player.act(
		{ index: 0, observation: session.observation, reward: 0 },
		never,
	);
	assert.ok(decision.action && decision.declare);
	await session.step(decision.action, { declare: decision.declare });
	const result = (await session.finish()).result as EpisodeResult;
	assert.equal(typeof result.sre?.declared_service_correct, "boolean");
});

test("A model trains for real: configured, trained and submitted by its calls.", async (context) => {
	const trainer = await createTrainer();
	context.after(() => trainer.close());
	const { lines, result, model } = await play(
		context,
		TINY,
		[
			call("configure_training", { optimizer: "adam", learning_rate: 0.003 }),
			call("run_epochs", { num_epochs: 3, stop: { val_accuracy: 1 } }),
			call("submit_model"),
		],
		{},
		serveBoth(context, trainer),
	);
	assert.equal(result?.steps, 3);
	assert.ok((result?.score ?? 0) > 0.1, String(result?.score));
	assert.match(
		lines[2] ?? "",
		/action=run_epochs\(\{"num_epochs":3,"stop":\{"val_accuracy":1\}\}\) reward=0\.\d\d done=false/,
	);
	assert.match(lines[3] ?? "", /action=submit_model\(\{\}\).* done=true/);
	const [, , last] = model.asked;
	assert.match(
		toolAnswers(last as Asked)[0]?.content ?? "",
		/^Done: run_epochs.*\n(.*\n)*epochs: 3 trained/,
	);
	assert.match(
		last?.body.messages[1]?.content ?? "",
		/1\. configure_training\(.*\) -> reward 0\.000; val_accuracy -, .*6 epochs left/,
	);
});

test("After the limit of decisions the model is submitted for it, with what it trained.", async (context) => {
	const { lines, model } = await play(
		context,
		TINY,
		[
			call("configure_training"),
			call("run_epochs", { num_epochs: 1 }),
			call("run_epochs", { num_epochs: 1 }),
		],
		{ maxSteps: { [TINY]: 2 } },
	);
	assert.equal(model.asked.length, 2);
	assert.deepEqual(
		lines.slice(1, -1).map((line) => /action=(\w+)/.exec(line)?.[1]),
		["configure_training", "run_epochs", "submit_model"],
	);
	assert.match(
		model.asked[1]?.body.messages.at(-1)?.content ?? "",
		/Decisions left: 1\. Call one tool\.$/,
	);
});

test("Wrong calls go back to the model as errors, and the next right one is carried out.", async (context) => {
	const wrong: readonly [Reply, RegExp][] = [
		[call("reboot"), /There is no tool "reboot"; call one of restart/],
		[
			call("restart", '{"service_id": '),
			/arguments of restart are not valid JSON/,
		],
		[call("restart", {}), /restart needs service_id/],
		[{ text: "" }, /Your answer was empty/],
		[{ text: "Let me think about that." }, /holds no action/],
	];
	for (const [reply, expected] of wrong) {
		const { model, lines } = await play(context, "sre/easy", [reply, WAIT]);
		assert.equal(model.asked.length, 31);
		assert.match(model.asked[1]?.body.messages.at(-1)?.content ?? "", expected);
		assert.match(lines[1] ?? "", /action=wait\(\{\}\)/);
	}
});

test("An action that the server refuses is told to the model, and is a step with an error in the lines.", async (context) => {
	const { model, lines, result } = await play(context, "sre/easy", [
		call("rollback", { service_id: "payment_gateway" }),
		call("restart", { service_id: "nobody" }),
	]);
	assert.match(
		lines[1] ?? "",
		/^\[STEP\] step=1 action=rollback\(\{"service_id":"payment_gateway"\}\) reward=0\.00 done=false error=.*payment_gateway/,
	);
	assert.match(
		lines[2] ?? "",
		/error=.*nobody is not allowed; one of api_gateway/,
	);
	assert.match(
		toolAnswers(model.asked[1] as Asked)[0]?.content ?? "",
		/^Refused: .*payment_gateway.* Nothing changed\./,
	);
	assert.equal(result?.steps, 32);
});

test("Of several calls in one answer the first is carried out.", async (context) => {
	const { model, lines } = await play(context, "sre/easy", [
		{
			calls: [
				{ name: "wait", arguments: {} },
				{ name: "restart", arguments: { service_id: "user_db" } },
			],
		},
	]);
	assert.match(lines[1] ?? "", /action=wait/);
	assert.match(lines[2] ?? "", /action=wait/);
	assert.deepEqual(
		toolAnswers(model.asked[1] as Asked).map(({ content }) =>
			content?.slice(0, 16),
		),
		["Done: wait({}), ", "Not carried out:"],
	);
});

test("An endpoint without function calling is played in JSON.", async (context) => {
	const { model, result } = await play(context, "sre/easy", ({ body }) =>
		body.tools
			? { status: 400, body: { error: { message: "no tools" } } }
			: { text: 'I wait: {"tool": "wait", "arguments": {}}' },
	);
	assert.equal(model.asked.length, 31);
	assert.equal(result?.steps, 30);
});

test("Streamed answers are played the same.", async (context) => {
	const plain = await play(context, "sre/easy", []);
	const streamed = await play(context, "sre/easy", [], { stream: true });
	assert.deepEqual(streamed.lines, plain.lines);
});

test("Three answers in a row without an action are the model's failure: it waits, and in the end leaves.", async (context) => {
	const { model, lines, result } = await play(context, "sre/easy", () => ({
		text: "Hm.",
	}));
	assert.deepEqual(
		lines.slice(1, -1).map((line) => /action=(\w+)/.exec(line)?.[1]),
		["wait", "wait", "wait", "finish"],
	);
	assert.match(
		lines[4] ?? "",
		/done=true error=The model chose no possible action: Your answer holds no action/,
	);
	assert.equal(model.asked.length, 12);
	assert.equal(typeof result?.score, "number");
	const once = await play(context, "sre/easy", (_, place) =>
		place < 3 ? { text: "Hm." } : WAIT,
	);
	assert.equal(once.result?.steps, 30);
	assert.equal(once.model.asked.length, 3 + 29);
});

test("A model that trains and then finds no action has its model submitted.", async (context) => {
	const { lines } = await play(context, TINY, (_, place) =>
		place === 0 ? call("configure_training") : { text: "" },
	);
	assert.deepEqual(
		lines.slice(1, -1).map((line) => /action=(\w+)/.exec(line)?.[1]),
		["configure_training", "submit_model"],
	);
});

test("Three refused actions in a row count the same.", async (context) => {
	const { lines, model } = await play(context, "sre/easy", (_, place) =>
		place < 3 ? call("rollback", { service_id: "payment_gateway" }) : WAIT,
	);
	assert.deepEqual(
		lines.slice(1, 6).map((line) => /action=(\w+)/.exec(line)?.[1]),
		["rollback", "rollback", "rollback", "wait", "wait"],
	);
	assert.equal(model.asked.length, 3 + 29);
});

test("Episodes that are played at once share one limiter.", async (context) => {
	const { client, task } = await serveBoth(context);
	const clock = new LeapingClock(12_000);
	const model = await startModelServer(context, () => WAIT);
	const agent = createLlmAgent(model.settings({ requestsPerMinute: 5 }), {
		clock,
	});
	const { observation } = await client.createSession("sre/easy", { seed: 1 });
	await Promise.all(
		[1, 2, 3, 4].map(async (seed) => {
			const player = await agent.start(
				{ task: task("sre/easy"), seed: String(seed), split: SPLIT },
				never,
			);
			await player.act({ index: 0, observation, reward: 0 }, never);
		}),
	);
	assert.deepEqual(clock.leaps, [12_000, 12_000, 12_000]);
	assert.equal(model.asked.length, 4);
});

test("Its version changes with the model, the endpoint, the effort and the limits of decisions.", async (context) => {
	const model = await startModelServer(context, () => WAIT);
	const versions = [
		{},
		{ model: "other" },
		{ baseUrl: "http://other.example/v1" },
		{ reasoningEffort: undefined },
		{ maxSteps: { [TINY]: 9 } },
	].map((changes) => createLlmAgent(model.settings(changes)).version);
	assert.equal(new Set(versions).size, versions.length);
	assert.match(
		versions[0] ?? "",
		/^test-model, at 127\.0\.0\.1:\d+, prompt 1, effort minimal, steps 5\/6\/7$/,
	);
});
