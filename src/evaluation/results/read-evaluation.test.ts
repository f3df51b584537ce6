import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { EvaluationLine } from "../episode-record.js";
import {
	EpisodeReader,
	readEvaluation,
	UnreadableEvaluation,
} from "./read-evaluation.js";
import {
	createAttempt,
	createEpisode,
	createHeader,
	createStep,
	createTraining,
	writeEvaluation,
} from "./testing.js";

test("Episodes come in the header's order, whatever order they ended in.", async (context) => {
	const header = createHeader({
		agents: [
			{ name: "first", version: "1" },
			{ name: "second", version: "1" },
		],
		tasks: ["sre/easy", "training/tiny"],
	});
	const { episodes, failedAttempts } = await read(context, [
		header,
		createTraining({ seed: "2" }),
		createEpisode({ agent: "second", seed: "1" }),
		createAttempt({ seed: "3", attempt: 2 }),
		createEpisode({ seed: "4" }),
		createAttempt({ seed: "3" }),
		createEpisode({ seed: "2" }),
	]);
	assert.deepEqual(
		episodes.map(({ task, agent, seed }) => `${task} ${agent} ${seed}`),
		[
			"sre/easy first 2",
			"sre/easy first 4",
			"sre/easy second 1",
			"training/tiny first 2",
		],
	);
	assert.deepEqual(
		failedAttempts.map(({ attempt }) => attempt),
		[1, 2],
	);
});

test("An episode is read whole from its place, after lines of several bytes a letter and of many pieces.", async (context) => {
	const wanted = createEpisode({ seed: "3" });
	const folder = writeEvaluation(context, [
		createHeader(),
		createEpisode({
			seed: "1",
			outcome: "agent-failed",
			error: "größer als ein Stück 🌙".repeat(10_000),
		}),
		"\n",
		wanted,
		createEpisode({ seed: "4" }),
	]);
	const { episodes, path } = await readEvaluation(
		join(folder, "evaluation.jsonl"),
	);
	const reader = await EpisodeReader.open(path);
	try {
		const place = episodes.find(({ seed }) => seed === "3")?.place;
		assert.ok(place);
		assert.deepEqual(await reader.read(place), wanted);
	} finally {
		await reader.close();
	}
});

test("A last line that was torn off is left out and told, a whole one without an end is taken.", async (context) => {
	const folder = writeEvaluation(context, [
		createHeader(),
		createEpisode({ seed: "1" }),
	]);
	const path = join(folder, "evaluation.jsonl");
	const next = JSON.stringify(createEpisode({ seed: "2" }));
	appendFileSync(path, next.slice(0, 100));
	const torn = await readEvaluation(path);
	assert.equal(torn.torn, true);
	assert.equal(torn.episodes.length, 1);
	appendFileSync(path, next.slice(100));
	const whole = await readEvaluation(path);
	assert.equal(whole.torn, false);
	assert.equal(whole.episodes.length, 2);
});

test("What is torn off in the middle of a file is refused.", async (context) => {
	await refuses(
		context,
		[createHeader(), '{"kind": "epis\n', createEpisode()],
		/^line 2 of .*evaluation\.jsonl: it is not JSON; take the line out, /,
	);
});

test("A file without a header, with two, and none at all are refused in a sentence.", async (context) => {
	await refuses(context, [createEpisode()], /line 1 .*the header is missing/);
	await refuses(
		context,
		[createHeader(), createHeader()],
		/line 2 .*a second header; a file holds one evaluation/,
	);
	await refuses(context, [], /has no line that is whole/);
	await refuses(context, ['{"kind": "eval'], /has no line that is whole/);
	await assert.rejects(
		readEvaluation("/nowhere/evaluation.jsonl"),
		(error: Error) =>
			error instanceof UnreadableEvaluation &&
			/cannot be read .*the folder of an evaluation is expected/.test(
				error.message,
			),
	);
});

test("A line that does not belong to the header is refused.", async (context) => {
	for (const [line, expected] of [
		[createEpisode({ agent: "other" }), /agent other of version 1 is not/],
		[createEpisode({ agentVersion: "2" }), /agent first of version 2 is not/],
		[createEpisode({ task: "sre/hard" }), /task sre\/hard is not/],
		[createAttempt({ seed: "9" }), /seed 9 is not/],
		[createEpisode({ split: "train" }), /split train is not the header's/],
	] as const)
		await refuses(context, [createHeader(), line], expected);
});

test("A second line of the same episode is refused, with the number of the first.", async (context) => {
	await refuses(
		context,
		[createHeader(), createEpisode(), createEpisode({ score: 1 })],
		/line 3 .*the same episode \(agent first, task sre\/easy, seed 1\) stands in line 2/,
	);
});

test("An action that was refused may be anything that an agent answered.", async (context) => {
	const answered = [
		{},
		{ wait: {}, restart: {} },
		{ "<b>": {} },
		{ wait: 1 },
		{ wait: [] },
		{ constructor: {} },
	] as readonly object[];
	const { episodes } = await read(context, [
		createHeader(),
		createEpisode({
			steps: answered.map((action) => ({
				...createStep(action, 1),
				refusal: "one of them is expected.",
			})),
		}),
	]);
	assert.deepEqual(episodes[0]?.actionCounts, { unreadable: 6 });
});

test("Each bad field is refused with what it is and what is expected.", async (context) => {
	const step = createStep({ wait: {} }, 1);
	for (const [line, expected] of [
		[{ ...createEpisode(), kind: "guess" }, /kind is "guess"; "evaluation"/],
		[{ ...createEpisode(), score: "1" }, /score is "1"; a number is expected/],
		[{ ...createEpisode(), score: 1.5 }, /score is 1\.5; a number from 0 to 1/],
		[{ ...createEpisode(), score: null }, /score is null; a number/],
		[{ ...createEpisode(), seconds: -1 }, /seconds is -1; a number from 0 on/],
		[{ ...createEpisode(), seed: 1 }, /seed is 1; a seed in decimal/],
		[{ ...createEpisode(), agent: "" }, /agent is ""; a text is expected/],
		[{ ...createEpisode(), outcome: "won" }, /outcome is "won"; one of ended/],
		[{ ...createEpisode(), steps: {} }, /steps is \{\}; a list is expected/],
		[
			{ ...createEpisode(), steps: [step, { ...step, reward: "0" }] },
			/steps\[1\]\.reward is "0"; a number/,
		],
		[
			{ ...createEpisode(), steps: [{ ...step, action: {} }] },
			/steps\[0\]\.action has 0 actions inside; one is expected/,
		],
		[
			{ ...createEpisode(), steps: [{ ...step, action: { "<b>": {} } }] },
			/steps\[0\]\.action has 1 actions inside; one is expected, named in lower case/,
		],
		[
			{ ...createEpisode(), usage: { requests: 1 } },
			/usage\.inputTokens is absent; a number/,
		],
		[
			{
				...createEpisode(),
				result: { end_reason: "x", total_reward: 0, steps: 0 },
			},
			/result tells neither of an incident nor of a training/,
		],
		[createEpisode({}, { wrong_actions: null }), /wrong_actions is null/],
		[createTraining({}, { epochs_charged: "2" }), /epochs_charged is "2"/],
		[{ ...createAttempt(), retried: 1 }, /retried is 1; true or false/],
		[[], /the line is \[\]; an object is expected/],
	] as const)
		await refuses(
			context,
			[createHeader(), line as unknown as EvaluationLine],
			expected,
		);
	await refuses(
		context,
		[{ ...createHeader(), format: 2 } as unknown as EvaluationLine],
		/line 1 .*format is 2; 1, the one that this version reads, is expected\./,
	);
});

async function read(
	context: TestContext,
	lines: readonly (EvaluationLine | string)[],
) {
	const folder = writeEvaluation(context, lines);
	return readEvaluation(join(folder, "evaluation.jsonl"));
}

async function refuses(
	context: TestContext,
	lines: readonly (EvaluationLine | string)[],
	expected: RegExp,
): Promise<void> {
	await assert.rejects(read(context, lines), (error: Error) => {
		assert.ok(error instanceof UnreadableEvaluation, error.stack);
		assert.match(error.message, expected);
		return true;
	});
}
