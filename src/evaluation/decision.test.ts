import assert from "node:assert/strict";
import { test } from "node:test";
import { readDecision } from "./decision.js";

test("A decision is read as it is given; nothing, null and an action of null leave the episode.", () => {
	const whole = {
		action: { wait: {} },
		declare: { service_id: "x" },
		usage: { requests: 1, inputTokens: 2, outputTokens: 3, cost: 0 },
		note: "n",
	};
	assert.deepEqual(readDecision(whole), whole);
	for (const leaving of [undefined, null, {}, { action: null }])
		assert.deepEqual(readDecision(leaving), {});
});

test("What is no decision is told with what was answered.", () => {
	for (const [value, expected] of [
		[5, /: the agent answered 5, which is no decision: an object such as/],
		[[], /answered \[\]/],
		[{ wait: {} }, /"wait" does not belong there/],
		[{ action: "wait" }, /action is an object/],
		[{ action: [] }, /action is an object/],
		[{ declare: 1 }, /declare is an object/],
		[{ note: 1 }, /note is a text/],
		[{ usage: {} }, /usage has requests, inputTokens and outputTokens/],
		[
			{ usage: { requests: 1, inputTokens: -1, outputTokens: 0 } },
			/numbers from 0/,
		],
		[
			{ usage: { requests: 1, inputTokens: 1, outputTokens: 0, prompt: 1 } },
			/numbers from 0/,
		],
	] as const)
		assert.throws(() => readDecision(value), expected);
	assert.throws(
		() => readDecision({ [`x${"y".repeat(1000)}`]: 1 }),
		({ message }: Error) => message.length < 1500,
	);
});

test("A decision that is no plain data, or too long to be kept, is refused.", () => {
	const circle: Record<string, unknown> = {};
	circle.action = circle;
	assert.throws(() => readDecision(circle), /is no JSON \(Converting circular/);
	assert.throws(
		() => readDecision({ action: { restart: { service_id: 1n } } }),
		/is no JSON \(.*BigInt/,
	);
	const note = "n".repeat(99_000);
	assert.deepEqual(readDecision({ note }), { note });
	assert.throws(
		() => readDecision({ note: note + note }),
		/a decision of 198\d{3} characters; at most 100000 are allowed/,
	);
});
