import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { EvaluationLine } from "../episode-record.js";
import { readEvaluation } from "./read-evaluation.js";
import { type AgentRow, type Summary, summarise } from "./summary.js";
import { toSummaryJson } from "./summary-json.js";
import { renderSummary } from "./summary-text.js";
import {
	createAttempt,
	createEpisode,
	createHeader,
	createStep,
	createTraining,
	writeEvaluation,
} from "./testing.js";

test("Means, intervals, quartiles and passes of an agent follow from its scores.", async (context) => {
	const summary = await summaryOf(context, [
		createHeader(),
		...[0.2, 0.4, 0.6, 0.8].map((score, k) =>
			createEpisode({ seed: String(k + 1), score }),
		),
	]);
	const row = onlyRow(summary);
	assert.equal(row.episodes, 4);
	assert.equal(row.score?.mean, 0.5);
	// t(3) = 3.182446, standard error sqrt((0.2 / 3) / 4).
	assert.ok(
		Math.abs(
			(row.score?.halfWidth as number) - 3.182446 * Math.sqrt(0.2 / 12),
		) < 1e-5,
	);
	assert.equal(row.interquartileMean?.mean, 0.5);
	assert.deepEqual(
		Object.values(row.quartiles ?? {}).map((value) => Number(value.toFixed(6))),
		[0.2, 0.35, 0.5, 0.65, 0.8],
	);
	assert.deepEqual([row.passed?.count, row.passed?.of], [2, 4]);
});

test("A score at the passing score passes.", async (context) => {
	const lines = [createHeader(), createEpisode({ score: 0.7 })];
	const folder = writeEvaluation(context, lines);
	const evaluation = await readEvaluation(join(folder, "evaluation.jsonl"));
	for (const [passing, count] of [
		[0.7, 1],
		[0.71, 0],
	] as const)
		assert.equal(onlyRow(summarise(evaluation, passing)).passed?.count, count);
});

test("Incidents are told by fault, with what was mitigated, wrong and diagnosed.", async (context) => {
	const { sre } = onlyRow(
		await summaryOf(context, [
			createHeader(),
			createEpisode(
				{ seed: "1", score: 0.25 },
				{
					time_to_mitigate: 4,
					wrong_actions: 3,
					trap_actions: 1,
					declared_service_correct: true,
					declared_class_correct: false,
				},
			),
			createEpisode(
				{ seed: "2", score: 0.75 },
				{ time_to_mitigate: 0, declared_service_correct: false },
			),
			createEpisode(
				{ seed: "3", score: 1 },
				{ fault_class: "FAULT_CLASS_NONE" },
			),
		]),
	);
	assert.ok(sre);
	assert.deepEqual([sre.mitigated.count, sre.mitigated.of], [2, 3]);
	assert.equal(sre.timeToMitigate, 2);
	assert.equal(sre.wrongActions, 5 / 3);
	assert.equal(sre.trapActions, 1 / 3);
	assert.deepEqual([sre.rootHits?.count, sre.rootHits?.of], [1, 2]);
	assert.deepEqual([sre.classHits?.count, sre.classHits?.of], [0, 1]);
	assert.deepEqual(
		sre.faults.map(({ fault, episodes, score, passed }) => [
			fault,
			episodes,
			score.mean,
			passed.count,
		]),
		[
			["no_fault", 1, 1, 1],
			["single_oom", 2, 0.5, 1],
		],
	);
});

test("Failures of the agent, limits and failures of the infrastructure are counted apart.", async (context) => {
	const summary = await summaryOf(context, [
		createHeader(),
		createEpisode({ seed: "1", outcome: "agent-failed", error: "no" }),
		createEpisode({ seed: "2", outcome: "limit", limit: "tokens" }),
		createEpisode({
			seed: "3",
			outcome: "left",
			steps: [
				{ ...createStep({ wait: {} }, 1), refusal: "it was spent." },
				createStep({ wait: {} }, 1),
			],
		}),
		createAttempt({ seed: "3" }),
		createAttempt({ seed: "4" }),
		createAttempt({ seed: "4", attempt: 2, retried: false }),
	]);
	const row = onlyRow(summary);
	assert.equal(summary.failedAttempts, 3);
	assert.deepEqual(
		[row.agentFailures, row.left, row.failedAttempts, row.unfinished],
		[1, 1, 3, 1],
	);
	assert.deepEqual(row.limits, { tokens: 1 });
	assert.equal(row.refused, 1 / 3);
	assert.deepEqual(row.actionCounts, { restart: 2, wait: 4 });
	assert.equal(row.decideSeconds, 0.5);
	assert.equal(row.episodes, 3);
});

test("Tokens are summed over the episodes that told them, a price over those that have one.", async (context) => {
	const usage = { requests: 2, inputTokens: 100, outputTokens: 10 };
	const { usage: told } = onlyRow(
		await summaryOf(context, [
			createHeader(),
			createEpisode({ seed: "1", usage: { ...usage, cost: 0.5 } }),
			createEpisode({ seed: "2", usage }),
			createEpisode({ seed: "3" }),
		]),
	);
	assert.deepEqual(told, {
		requests: 4,
		inputTokens: 200,
		outputTokens: 20,
		cost: 0.5,
		pricedEpisodes: 1,
	});
});

test("Trainings are told by test accuracy, gap and epochs; weights that were not finite have neither.", async (context) => {
	const { training } = onlyRow(
		await summaryOf(context, [
			createHeader({ tasks: ["training/tiny"] }),
			createTraining({ seed: "1" }),
			createTraining({ seed: "2" }, { test_accuracy: 0.5 }),
			createTraining(
				{ seed: "3", score: 0 },
				{ test_accuracy: undefined, epochs_charged: 5 },
			),
		]),
	);
	assert.equal(training?.testAccuracy?.mean, 0.625);
	assert.equal(training?.gap, 0.25);
	assert.equal(training?.epochs, 3);
});

test("An agent's tasks weigh the same, and agents of different tasks each have their own.", async (context) => {
	const agents = ["first", "second"].map((name) => ({ name, version: "1" }));
	const summary = await summaryOf(context, [
		createHeader({ agents, tasks: ["sre/easy", "training/tiny"] }),
		createEpisode({ seed: "1", score: 0.2 }),
		createEpisode({ seed: "2", score: 0.2 }),
		createEpisode({ seed: "3", score: 0.2 }),
		createTraining({ seed: "1", score: 0.6 }),
		createTraining({ agent: "second", seed: "1", score: 1 }),
	]);
	assert.deepEqual(
		summary.overall.map(({ agent, tasks, episodes, score }) => [
			agent,
			tasks,
			episodes,
			Number(score.mean.toFixed(6)),
		]),
		[
			["first", 2, 4, 0.4],
			["second", 1, 1, 1],
		],
	);
	assert.deepEqual(
		summary.tasks.map(({ rows }) => rows.map(({ agent }) => agent)),
		[["first"], ["first", "second"]],
	);
});

test("Without a finished episode there are rows for the failed attempts and no figures.", async (context) => {
	const summary = await summaryOf(context, [createHeader(), createAttempt()]);
	const row = onlyRow(summary);
	assert.equal(row.score, undefined);
	assert.equal(row.unfinished, 1);
	assert.deepEqual(summary.overall, []);
	assert.match(renderSummary(summary), /\| first \| 0 \| - \| - \| - \|/);
	assert.equal(JSON.parse(json(summary)).tasks[0].agents[0].score, undefined);
});

test("A header alone is a summary without rows.", async (context) => {
	const summary = await summaryOf(context, [createHeader()]);
	assert.match(renderSummary(summary), /No agent has played it\./);
	assert.equal(JSON.parse(json(summary)).episodes, 0);
});

test("Texts of records neither break a table nor reach a terminal's controls.", async (context) => {
	const name = "a|b\n\u001b[31m`<b>\u202e";
	const agents = [{ name, version: "1" }];
	const text = renderSummary(
		await summaryOf(context, [
			createHeader({ agents }),
			createEpisode({ agent: name }),
		]),
	);
	assert.ok(!text.includes("\u001b") && !text.includes("\u202e"), text);
	assert.match(text, /^\| a\\\|b \ufffd\[31m\\`\\<b\\>\ufffd \| 1 \|/m);
});

test("The JSON has every mean with the ends of its interval.", async (context) => {
	const told = JSON.parse(
		json(
			await summaryOf(context, [
				createHeader(),
				createEpisode({ seed: "1", score: 0.25 }),
				createEpisode({ seed: "2", score: 0.75 }),
			]),
		),
	);
	const [row] = told.tasks[0].agents;
	assert.equal(row.score, 0.5);
	const [low, high] = row.score_interval_95;
	// t(1) = tan(0.475 pi), standard error 0.25.
	assert.ok(
		Math.abs((high - low) / 2 - 0.25 * Math.tan(0.475 * Math.PI)) < 1e-9,
	);
	assert.deepEqual(row.passed.count, 1);
	assert.equal(told.passing_score, 0.5);
});

async function summaryOf(
	context: TestContext,
	lines: readonly EvaluationLine[],
): Promise<Summary> {
	const folder = writeEvaluation(context, lines);
	return summarise(await readEvaluation(join(folder, "evaluation.jsonl")), 0.5);
}

function onlyRow({ tasks }: Summary): AgentRow {
	const rows = tasks.flatMap((task) => task.rows);
	assert.equal(rows.length, 1);
	return rows[0] as AgentRow;
}

function json(summary: Summary): string {
	return JSON.stringify(toSummaryJson(summary));
}
