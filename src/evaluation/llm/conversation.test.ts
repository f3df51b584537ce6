import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Toolbox } from "../../../proto/tools.js";
import type { Turn } from "../agent.js";
import type { Answer } from "./answer.js";
import { Conversation } from "./conversation.js";
import type { Message } from "./model-client.js";
import { serveBoth } from "./testing-tasks.js";

const usage = { requests: 1, inputTokens: 0, outputTokens: 0 };

function answer(
	calls: readonly (readonly [name: string, given: string])[],
	text = "",
): Answer {
	return {
		text,
		calls: calls.map(([name, given], place) => ({
			id: `call_${place}`,
			type: "function",
			function: { name, arguments: given },
			extra_content: { signature: "s" },
		})),
		cutOff: false,
		usage,
	};
}

function textOf(message: Message | undefined): string {
	return typeof message?.content === "string" ? message.content : "";
}

async function begin(context: TestContext) {
	const { client, task } = await serveBoth(context);
	const session = await client.createSession("sre/hard", {
		seed: 3,
		split: "test",
		views: ["typed", "text"],
	});
	const toolbox = new Toolbox(task("sre/hard"));
	const turn: Turn = { index: 0, observation: session.observation, reward: 0 };
	return {
		conversation: new Conversation(task("sre/hard"), toolbox),
		turn,
		session,
	};
}

test("At first a model is told the task, the rules and the whole observation.", async (context) => {
	const { conversation, turn } = await begin(context);
	conversation.observe(turn, 4);
	const [system, user, ...more] = conversation.messages(true);
	assert.equal(more.length, 0);
	assert.equal(system?.role, "system");
	assert.match(
		textOf(system),
		/Task sre\/hard: .*\nGoal: .*\nBudget: 30 steps\./,
	);
	assert.equal(
		user?.content,
		`The episode begins.\n${turn.observation.text}\nDecisions left: 4. Call one tool.`,
	);
});

test("After an action a model sees its call, answered with the new observation, and a line for each step before.", async (context) => {
	const { conversation, turn, session } = await begin(context);
	conversation.observe(turn, undefined);
	for (let step = 1; step <= 3; step++) {
		conversation.act("wait({})", answer([["wait", "{}"]]));
		const { observation, reward } = await session.step({ wait: {} });
		if (observation === null) assert.fail();
		conversation.observe({ index: step, observation, reward }, undefined);
	}
	const messages = conversation.messages(true);
	assert.deepEqual(
		messages.map(({ role }) => role),
		["system", "user", "assistant", "tool"],
	);
	assert.match(
		textOf(messages[1]),
		/^Steps so far:\n1\. wait\(\{\}\) -> reward 0\.000; (missed: |no objective).*\n2\. wait[^\n]*$/,
	);
	assert.deepEqual(messages[3], {
		role: "tool",
		tool_call_id: "call_0",
		content: `Done: wait({}), reward 0.000.\n${session.observation.text}\nCall one tool.`,
	});
});

test("Each call of an answer is answered: the first with what came of it, the others with the rule.", async (context) => {
	const { conversation, turn } = await begin(context);
	conversation.observe(turn, undefined);
	conversation.act(
		'restart({"service_id":"x"})',
		answer([
			["restart", '{"service_id":"x"}'],
			["wait", "{}"],
		]),
	);
	conversation.observe(
		{ ...turn, index: 1, refusal: "There is no x." },
		undefined,
	);
	const messages = conversation.messages(true);
	assert.deepEqual(messages.slice(3), [
		{
			role: "tool",
			tool_call_id: "call_0",
			content:
				"Refused: There is no x. Nothing changed. Choose another action.",
		},
		{
			role: "tool",
			tool_call_id: "call_1",
			content:
				"Not carried out: one action at a time, and the first one of an answer counts.",
		},
	]);
	assert.match(
		textOf(messages[1]),
		/1\. restart\(\{"service_id":"x"\}\) -> refused: There is no x\.\n/,
	);
	assert.ok(textOf(messages[1]).includes(turn.observation.text ?? "?"));
});

test("What an endpoint would not take back is made fit; what it wants back stays.", async (context) => {
	const { conversation, turn } = await begin(context);
	conversation.observe(turn, undefined);
	conversation.correct(
		answer([["run epochs!", '{"broken": ']]),
		"That is no call.",
	);
	conversation.correct(answer([]), "That was empty.");
	const messages = conversation.messages(true).slice(2);
	assert.deepEqual(messages, [
		{
			role: "assistant",
			content: null,
			tool_calls: [
				{
					id: "call_0",
					type: "function",
					function: { name: "run_epochs_", arguments: "{}" },
					extra_content: { signature: "s" },
				},
			],
		},
		{ role: "tool", tool_call_id: "call_0", content: "That is no call." },
		{ role: "assistant", content: "(nothing)" },
		{ role: "user", content: "That was empty." },
	]);
});

test("Without tools the schemas stand in the rules, and everything is text.", async (context) => {
	const { conversation, turn } = await begin(context);
	conversation.observe(turn, undefined);
	conversation.correct(answer([["wait", "{}"]]), "No.");
	const messages = conversation.messages(false);
	assert.match(
		textOf(messages[0]),
		/exactly one JSON object.*\n\{"name":"restart".*"service_id"/,
	);
	assert.deepEqual(messages.slice(2), [
		{ role: "assistant", content: '{"tool": "wait", "arguments": {}}' },
		{ role: "user", content: "No." },
	]);
});

test("However long an episode is and whatever a model writes, a request stays within a bound.", async (context) => {
	const { conversation, turn } = await begin(context);
	const long = "x".repeat(50_000);
	conversation.observe(turn, undefined);
	for (let index = 1; index <= 200; index++) {
		conversation.act(`wait({"${long}"})`, answer([["wait", long]], long));
		conversation.observe({ ...turn, index }, undefined);
	}
	for (let wrong = 0; wrong < 3; wrong++)
		conversation.correct(
			answer(
				Array.from({ length: 100 }, () => [long, long] as const),
				long,
			),
			long,
		);
	for (const withTools of [true, false]) {
		const messages = conversation.messages(withTools);
		const { length } = JSON.stringify(messages);
		assert.ok(length < 32_000, String(length));
		assert.match(
			textOf(messages[1]),
			/\(1\d\d earlier ones are not shown\)\n\d+\. /,
		);
	}
});
