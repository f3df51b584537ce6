import assert from "node:assert/strict";
import { test } from "node:test";
import { Toolbox, WrongCall } from "../../../proto/tools.js";
import { TINY } from "../../sessions/testing-training.js";
import type { Answer } from "./answer.js";
import { readReply } from "./reply.js";
import { serveBoth } from "./testing-tasks.js";

const usage = { requests: 1, inputTokens: 0, outputTokens: 0 };
const none: Answer = { text: "", calls: [], cutOff: false, usage };

function called(name: string, given: string): Answer {
	return {
		...none,
		calls: [
			{ id: "a", type: "function", function: { name, arguments: given } },
			{ id: "b", type: "function", function: { name: "x", arguments: "" } },
		],
	};
}

test("The first tool call counts; JSON in a text is tried where there is none.", async (context) => {
	const { task } = await serveBoth(context);
	const toolbox = new Toolbox(task(TINY));
	const run = { action: { run_epochs: { num_epochs: 3 } } };
	const answers = [
		called("run_epochs", '{"num_epochs": 3}'),
		called("run_epochs", '"{\\"num_epochs\\": 3}"'),
		...[
			'{"tool": "run_epochs", "arguments": {"num_epochs": 3}}',
			'```json\n{"name": "run_epochs", "parameters": {"num_epochs": 3}}\n```',
			'<think>{odd "{"</think> So: {"action": "run_epochs", "num_epochs": 3}.',
			'{"function": {"name": "run_epochs", "arguments": "{\\"num_epochs\\": 3}"}}',
			'{"plan": "train"} {"tool": "nothing"} {"tool": "run_epochs", "args": {"num_epochs": 3}}',
		].map((text) => ({ ...none, text })),
	];
	for (const answer of answers)
		assert.deepEqual(readReply(answer, toolbox), run, JSON.stringify(answer));
	assert.deepEqual(readReply(called("submit_model", ""), toolbox), {
		action: { submit_model: {} },
	});
});

test("An answer without an action is refused in a sentence that says what to do.", async (context) => {
	const { task } = await serveBoth(context);
	const toolbox = new Toolbox(task(TINY));
	const wrong: readonly [Answer, RegExp][] = [
		[none, /^Your answer was empty; call one of the tools configure_training/],
		[{ ...none, cutOff: true }, /cut off at 4096 tokens; be brief/],
		[
			{ ...none, text: "I would train a little." },
			/^Your answer holds no action; call one of .* or write \{"tool"/,
		],
		[
			{ ...none, text: '{"tool": "train"}' },
			/^There is no tool "train"; call one of/,
		],
		[
			called("run_epochs", '{"num_epochs": '),
			/^The arguments of run_epochs are not valid JSON: \{"num_epochs": $/,
		],
		[
			{ ...called("run_epochs", "{"), cutOff: true },
			/not valid JSON \(it was cut off/,
		],
		[{ ...none, text: "{".repeat(30_000) }, /holds no action/],
	];
	for (const [answer, expected] of wrong)
		assert.throws(
			() => readReply(answer, toolbox),
			(error: unknown) =>
				error instanceof WrongCall && expected.test(error.message),
		);
});
