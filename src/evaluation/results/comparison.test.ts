import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { EpisodeRecord, EvaluationHeader } from "../episode-record.js";
import { compare, Incomparable, signTest, tTest } from "./comparison.js";
import { renderComparison, toComparisonJson } from "./comparison-text.js";
import { readEvaluation } from "./read-evaluation.js";
import {
	createEpisode,
	createHeader,
	createTraining,
	writeEvaluation,
} from "./testing.js";

test("Differences are taken seed by seed.", async (context) => {
	const a = await player(context, { "1": 0.5, "2": 0.9, "3": 0.4 });
	const b = await player(context, { "3": 0.4, "1": 0.4, "2": 0.6 });
	const { overall, tasks } = compare(a, b);
	assert.ok(overall);
	assert.equal(tasks.length, 1);
	// 0.1, 0.3 and 0: mean 0.4 / 3, variance 0.07 / 3.
	assert.ok(Math.abs(overall.difference.mean - 0.4 / 3) < 1e-12);
	assert.ok(
		Math.abs(
			(overall.difference.halfWidth as number) - 4.302653 * Math.sqrt(0.07 / 9),
		) < 1e-6,
	);
	assert.deepEqual(
		[overall.pairs, overall.wins, overall.ties, overall.losses],
		[3, 2, 1, 0],
	);
	assert.equal(overall.signTest, 0.5);
	assert.ok(Math.abs(overall.meanA - 0.6) < 1e-12);
	assert.ok(Math.abs(overall.meanB - 1.4 / 3) < 1e-12);
});

test("The other way round the difference has the other sign.", async (context) => {
	const a = await player(context, { "1": 0.5, "2": 0.9 });
	const b = await player(context, { "1": 0.4, "2": 0.95 });
	const there = compare(a, b).overall;
	const back = compare(b, a).overall;
	assert.equal(there?.difference.mean, -(back?.difference.mean as number));
	assert.deepEqual([there?.wins, there?.losses], [back?.losses, back?.wins]);
	assert.equal(there?.tTest, back?.tTest);
});

test("The t test's p-value is Student's: with one degree of freedom an arc tangent.", () => {
	// Mean 0.2, standard error 0.1.
	const p = tTest([0.1, 0.3]) as number;
	assert.ok(Math.abs(p - (1 - (2 / Math.PI) * Math.atan(2))) < 1e-9, String(p));
	assert.equal(tTest([0.5]), undefined);
	assert.equal(tTest([0.5, 0.5]), undefined);
	assert.equal(tTest([-1, 1]), 1);
});

test("The sign test's p-value is binomial, also of many throws.", () => {
	// Of 64 rows of 6 throws, 1 + 6 have at most one head, as many at most one tail.
	assert.ok(Math.abs(signTest(5, 1) - 14 / 64) < 1e-12);
	assert.equal(signTest(5, 1), signTest(1, 5));
	assert.equal(signTest(3, 3), 1);
	assert.equal(signTest(0, 0), 1);
	const many = signTest(5100, 4900);
	// The normal approximation with its correction for continuity: 2 (1 - Phi(1.99)).
	assert.ok(Math.abs(many - 0.0466) < 0.0002, String(many));
});

test("Episodes that only one has finished are counted and told, and change no figure.", async (context) => {
	const a = await player(context, { "1": 0.5, "2": 0.9, "4": 0 });
	const b = await player(context, { "1": 0.4, "2": 0.8, "3": 1 });
	const comparison = compare(a, b);
	assert.deepEqual(
		comparison.tasks.map(({ onlyA, onlyB }) => [onlyA, onlyB]),
		[[1, 1]],
	);
	assert.equal(comparison.overall?.pairs, 2);
	assert.match(
		renderComparison(comparison),
		/left out, since the other has not finished them: 1 episodes of A, 1 of B/,
	);
	assert.equal(toComparisonJson(comparison).tasks[0]?.only_a, 1);
});

test("Two agents of one evaluation are compared, on the tasks that both played.", async (context) => {
	const agents = ["first", "second"].map((name) => ({ name, version: "1" }));
	const folder = writeEvaluation(context, [
		createHeader({ agents, tasks: ["sre/easy", "training/tiny"] }),
		createEpisode({ score: 0.5 }),
		createEpisode({ agent: "second", score: 0.25 }),
		createTraining({ agent: "second" }),
	]);
	const evaluation = await readEvaluation(join(folder, "evaluation.jsonl"));
	const { tasks, overall } = compare(
		{ evaluation, agent: "first" },
		{ evaluation, agent: "second" },
	);
	assert.deepEqual(
		tasks.map(({ task, paired, onlyB }) => [task, paired?.pairs, onlyB]),
		[
			["sre/easy", 1, 0],
			["training/tiny", undefined, 1],
		],
	);
	assert.equal(overall?.difference.mean, 0.25);
	assert.equal(overall?.difference.halfWidth, undefined);
});

test("Without a common episode there is nothing to compare, and that is told.", async (context) => {
	const comparison = compare(
		await player(context, { "1": 1 }),
		await player(context, { "2": 1 }),
	);
	assert.equal(comparison.overall, undefined);
	assert.match(renderComparison(comparison), /nothing to compare/);
});

test("Other splits, task versions and images are refused in a sentence.", async (context) => {
	const a = await player(context, { "1": 1 });
	refuses(
		a,
		await player(context, { "1": 1 }, { split: "train" }, { split: "train" }),
		/different splits \(test and train\)/,
	);
	// Also where no pair shows it.
	refuses(
		a,
		await player(context, { "2": 1 }, {}, { taskVersion: 2 }),
		/task sre\/easy was played in different versions \(1 and 2\)/,
	);
	const trained = async (training: object) => {
		const folder = writeEvaluation(context, [
			createHeader({ tasks: ["training/tiny"] }),
			createTraining({}, training),
		]);
		return {
			evaluation: await readEvaluation(join(folder, "evaluation.jsonl")),
			agent: "first",
		};
	};
	refuses(
		await trained({}),
		await trained({ data_set: { name: "mnist", digest: "sha256:ff" } }),
		/different images \(sha256:00 and sha256:ff\)/,
	);
	assert.match(
		compare(
			await trained({}),
			await trained({ engine: "another" }),
		).remarks.join(),
		/different engines \(an engine; another\)/,
	);
});

type Compared = Parameters<typeof compare>[0];

function refuses(a: Compared, b: Compared, expected: RegExp): void {
	assert.throws(
		() => compare(a, b),
		(error: Error) =>
			error instanceof Incomparable && expected.test(error.message),
	);
}

/** An agent with such a score on each seed. */
async function player(
	context: TestContext,
	scores: Readonly<Record<string, number>>,
	header: Partial<EvaluationHeader> = {},
	episode: Partial<EpisodeRecord> = {},
): Promise<Compared> {
	const folder = writeEvaluation(context, [
		createHeader(header),
		...Object.entries(scores).map(([seed, score]) =>
			createEpisode({ seed, score, ...episode }),
		),
	]);
	return {
		evaluation: await readEvaluation(join(folder, "evaluation.jsonl")),
		agent: "first",
	};
}
