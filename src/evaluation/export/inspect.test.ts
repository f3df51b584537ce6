import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { EvaluationLine } from "../episode-record.js";
import {
	readEvaluation,
	UnreadableEvaluation,
} from "../results/read-evaluation.js";
import {
	createAttempt,
	createEpisode,
	createHeader,
	createStep,
	writeEvaluation,
} from "../results/testing.js";
import { boundText } from "./bounded.js";
import { exportInspect } from "./inspect.js";
import { MOST_STEPS } from "./inspect-events.js";
import {
	createEventfulLines,
	HOSTILE_TEXT,
	readLog,
	readLogs,
} from "./testing.js";

const ASKED = "Keep it up.\n\nWithin 30 steps.";

async function exported(
	context: TestContext,
	lines: readonly EvaluationLine[],
): Promise<string> {
	const folder = writeEvaluation(context, lines);
	const evaluation = await readEvaluation(join(folder, "evaluation.jsonl"));
	const target = join(folder, "logs", "inspect");
	const paths = await exportInspect(evaluation, target, (task, version) =>
		task === "sre/easy" && version === 1 ? ASKED : undefined,
	);
	assert.deepEqual(
		paths.map((path) => path.slice(target.length + 1)).sort(),
		readdirSync(target).sort(),
	);
	return target;
}

test("An evaluation of fixed lines becomes the log that they say.", async (context) => {
	const folder = await exported(context, [
		createHeader({ seeds: ["1", "2"], limits: { steps: 2 } }),
		createEpisode({ seconds: 4, score: 0.25 }),
		createEpisode({ seed: "2", outcome: "limit", limit: "steps", score: 0.75 }),
	]);
	const [log, ...others] = readLogs(folder);
	assert.ok(log);
	assert.equal(others.length, 0);
	assert.match(
		log.name,
		/^2026-01-02T03-04-05\+00-00_sre-easy_[0-9a-f]{22}\.eval$/,
	);
	assert.deepEqual(
		[...log.entries.keys()],
		[
			"samples/1_epoch_1.json",
			"samples/2_epoch_1.json",
			"summaries.json",
			"header.json",
		],
	);
	const header = log.entries.get("header.json");
	const { eval_id, run_id, task_id, ...spec } = header.eval;
	assert.ok(log.name.includes(eval_id) && task_id === eval_id);
	assert.match(run_id, /^[0-9a-f]{22}$/);
	assert.deepEqual(spec, {
		created: "2026-01-02T03:04:05.000+00:00",
		task: "sre/easy",
		task_version: 1,
		task_description: ASKED,
		solver: "first",
		solver_args: { version: "1" },
		dataset: {
			name: "sre/easy, test",
			samples: 2,
			sample_ids: ["1", "2"],
			shuffled: false,
		},
		model: "nightshift/first",
		config: {
			epochs: 1,
			fail_on_error: false,
			score_on_error: true,
			turn_limit: 2,
		},
		scorers: [{ name: "score" }],
		metadata: {
			agent_version: "1",
			split: "test",
			seeds_without_end: 0,
			infrastructure_failures: 0,
		},
	});
	assert.equal(header.version, 2);
	assert.equal(header.status, "success");
	assert.deepEqual(header.results, {
		total_samples: 2,
		completed_samples: 2,
		scores: [
			{
				name: "score",
				scorer: "score",
				scored_samples: 2,
				unscored_samples: 0,
				metrics: {
					mean: { name: "mean", value: 0.5 },
					// Deviations of 1/4 each: variance 1/8, of the mean 1/16.
					stderr: { name: "stderr", value: 0.25 },
				},
			},
		],
	});
	assert.deepEqual(header.stats, {
		started_at: "2026-01-02T03:04:05.000+00:00",
		completed_at: "2026-01-02T03:04:09.000+00:00",
		model_usage: {},
	});
	const { uuid, events, ...sample } = log.entries.get("samples/1_epoch_1.json");
	const score = {
		value: 0.25,
		explanation:
			"The environment ended it after 2 actions (END_REASON_LAST_STEP), total reward 0.5.",
		metadata: {
			episode: 1,
			score: 0.5,
			terminated: true,
			truncated: false,
			end_reason: "END_REASON_LAST_STEP",
			steps: 2,
			total_reward: 0.5,
			environment: "sre",
			sre: {
				fault_class: "FAULT_CLASS_SINGLE_OOM",
				root_service_id: "auth_service",
				wrong_actions: 1,
				trap_actions: 0,
			},
		},
	};
	assert.deepEqual(sample, {
		id: "1",
		epoch: 1,
		input: ASKED,
		target: "",
		scores: { score },
		model_usage: {},
		started_at: "2026-01-02T03:04:05.000+00:00",
		completed_at: "2026-01-02T03:04:09.000+00:00",
		total_time: 4,
		working_time: 4,
		turn_count: 2,
		metadata: {
			agent_version: "1",
			task_version: 1,
			split: "test",
			seed: "1",
			attempt: 1,
			outcome: "ended",
			refused: 0,
		},
		messages: [],
		output: { model: "nightshift/first", choices: [] },
	});
	const observed = (step: number) => ({
		sre: {
			step,
			max_steps: 30,
			metrics: ["api_gateway", "auth_service"].map((service_id) => ({
				service_id,
				missing: false,
			})),
			sla_status: [
				{ service_id: "api_gateway", met: step >= 2 },
				{ service_id: "auth_service", met: true },
			],
		},
	});
	const event = (k: number, seconds: number, told: object) => ({
		...told,
		uuid: `${uuid}-${k}`,
		timestamp: `2026-01-02T03:04:0${(5 + seconds).toFixed(3)}+00:00`,
		working_start: seconds,
	});
	const call = (
		number: number,
		name: string,
		args: object,
		completed: string,
	) => ({
		event: "tool",
		type: "function",
		id: `call-${number}`,
		function: name,
		arguments: args,
		result: "reward 0",
		completed: `2026-01-02T03:04:${completed}+00:00`,
		working_time: 0.125,
	});
	const info = (source: string, data: object) => ({
		event: "info",
		source,
		data,
	});
	assert.deepEqual(events, [
		event(0, 0, info("first observation", observed(0))),
		event(
			1,
			0.25,
			call(1, "restart", { service_id: "auth_service" }, "05.375"),
		),
		event(
			2,
			0.375,
			info("observation", { step: 1, reward: 0, observation: observed(1) }),
		),
		event(3, 0.625, call(2, "wait", {}, "05.750")),
		event(
			4,
			0.75,
			info("observation", { step: 2, reward: 0, observation: observed(2) }),
		),
		event(5, 4, { event: "score", score, target: "", scorer: "score" }),
	]);
	const second = log.entries.get("samples/2_epoch_1.json");
	const reason = "The evaluation's limit of steps was reached.";
	assert.deepEqual(second.limit, { type: "turn", limit: 2, reason });
	assert.ok(!("error" in second));
	const [first, limited] = log.entries.get("summaries.json");
	assert.deepEqual(first.scores, { score: { value: 0.25 } });
	assert.deepEqual(
		[first.completed, limited.limit, limited.limit_reason],
		[true, "turn", reason],
	);
});

test("Notes become a conversation, refusals errors of a call, tokens the model's usage.", async (context) => {
	const log = readLog(
		await exported(context, createEventfulLines()),
		"sre/easy",
	);
	const sample = log.entries.get("samples/1_epoch_1.json");
	assert.deepEqual(
		sample.messages.map(
			({ id: _id, ...message }: { readonly id: string }) => message,
		),
		[
			{ role: "user", source: "input", content: ASKED },
			{
				role: "assistant",
				content: "It is slow.",
				tool_calls: [
					{
						id: "call-1",
						function: "restart",
						arguments: { service_id: "auth_service" },
						type: "function",
					},
				],
			},
			{
				role: "tool",
				content: "reward 0\n\n# Step 1\nauth_service is slow",
				tool_call_id: "call-1",
				function: "restart",
			},
			{
				role: "assistant",
				content: "",
				tool_calls: [
					{ id: "call-2", function: "wait", arguments: {}, type: "function" },
				],
			},
			{
				role: "tool",
				content: "",
				tool_call_id: "call-2",
				function: "wait",
				error: { type: "unknown", message: "wait is not allowed now." },
			},
			{ role: "assistant", content: "It is over." },
		],
	);
	assert.deepEqual(sample.model_usage, {
		"nightshift/first": {
			input_tokens: 200,
			output_tokens: 20,
			total_tokens: 220,
			total_cost: 0.5,
		},
	});
	const told = sample.events.map(
		({ event, source }: { event: string; source?: string }) => source ?? event,
	);
	assert.deepEqual(told, [
		"first observation",
		"note",
		"tool",
		"observation",
		"tool",
		"observation",
		"declaration",
		"note",
		"score",
	]);
	assert.equal(
		sample.events[2].result,
		"reward 0\n\n# Step 1\nauth_service is slow",
	);
	assert.ok(!("observation" in sample.events[3].data));
	assert.ok(!("observation" in sample.events[5].data));
	assert.equal(sample.events[4].error.message, "wait is not allowed now.");
});

test("Attempts that the infrastructure cut off are told beside the sample and in the header; one that never ended is a sample with an error and no score.", async (context) => {
	const log = readLog(
		await exported(context, createEventfulLines()),
		"sre/easy",
	);
	const retries = log.entries.get("samples/1_epoch_1.json").error_retries;
	assert.equal(retries.length, 2);
	assert.equal(retries[0].message, "the server went away.");
	const unfinished = log.entries.get("samples/007_epoch_1.json");
	assert.equal(unfinished.error.message, "it stays away.");
	assert.deepEqual(unfinished.scores, {});
	const header = log.entries.get("header.json");
	// Seed 18446744073709551615 was never begun.
	assert.equal(header.status, "cancelled");
	assert.equal(header.eval.metadata.seeds_without_end, 1);
	assert.equal(header.eval.metadata.infrastructure_failures, 3);
	assert.deepEqual(header.eval.metadata.infrastructure_failures_told[0], {
		seed: "1",
		attempt: 1,
		started_at: "2026-01-02T03:04:05.000Z",
		error: "the server went away.",
	});
	const { total_samples, completed_samples, scores } = header.results;
	assert.deepEqual(
		[total_samples, completed_samples, scores[0].unscored_samples],
		[6, 5, 1],
	);
	assert.deepEqual(
		["2", "3", "4", "5"].map((seed) => {
			const { type, limit } = log.entries.get(
				`samples/${seed}_epoch_1.json`,
			).limit;
			return [type, limit];
		}),
		[
			["turn", 9],
			["time", 1.5],
			["token", 1000],
			["cost", 0.5],
		],
	);
	assert.equal(header.eval.config.time_limit, 2);
});

test("Hostile lines give plain names, whole characters, whole numbers, and bounded samples.", async (context) => {
	const folder = await exported(context, createEventfulLines());
	const logs = readLogs(folder);
	assert.equal(logs.length, 3);
	for (const { name } of logs) assert.match(name, /^[\w.+-]+\.eval$/);
	const log = readLog(folder, `sre/${boundText(HOSTILE_TEXT)}`);
	const sample = log.entries.get("samples/1_epoch_1.json");
	const text = JSON.stringify(sample);
	assert.ok(text.length < 100_000);
	assert.doesNotMatch(text, /\\u(d[89a-f]|00)/);
	const [usage] = Object.values(sample.model_usage) as [object];
	assert.deepEqual(usage, {
		input_tokens: 1,
		output_tokens: Number.MAX_SAFE_INTEGER,
		total_tokens: Number.MAX_SAFE_INTEGER,
		total_cost: Number.MAX_VALUE,
	});
	assert.equal(sample.completed_at, "9999-12-31T00:00:00.000+00:00");
	assert.match(sample.events[0].data, /^````text\n.*\n````$/);
	assert.match(sample.error.message, /\(\d+ characters more\)$/);
	assert.equal(sample.scores.score.value, 0.5);
});

test("The middle of a very long episode is left out, and that is told.", async (context) => {
	const steps = Array.from({ length: MOST_STEPS + 7 }, (_, k) => ({
		...createStep({ wait: {} }, k),
		reward: k,
	}));
	const folder = await exported(context, [
		createHeader({ seeds: ["1"] }),
		createEpisode({ steps }),
	]);
	const { events } = readLog(folder, "sre/easy").entries.get(
		"samples/1_epoch_1.json",
	);
	const numbers = events
		.filter(({ source }: { source?: string }) => source === "observation")
		.map(({ data }: { data: { step: number } }) => data.step);
	assert.equal(numbers.length, MOST_STEPS);
	const half = MOST_STEPS / 2;
	assert.deepEqual(numbers.slice(half - 1, half + 1), [half, half + 8]);
	const left = events.find(
		({ source }: { source?: string }) => source === "left out",
	);
	assert.equal(left.data, "7 steps");
});

test("The same episodes give the same bytes, in whatever order they ended.", async (context) => {
	const digests = async (lines: readonly EvaluationLine[]) => {
		const folder = await exported(context, lines);
		return readdirSync(folder).map((name) => [
			name,
			createHash("sha256")
				.update(readFileSync(join(folder, name)))
				.digest("hex"),
		]);
	};
	const [header, ...lines] = createEventfulLines() as [EvaluationLine];
	assert.deepEqual(
		await digests([header, ...lines]),
		await digests([header, ...lines.toReversed()]),
	);
});

test("A time that is none is refused with a sentence, and leaves no file.", async (context) => {
	const folder = writeEvaluation(context, [
		createHeader(),
		createEpisode(),
		createAttempt({ seed: "2", startedAt: "soon" }),
	]);
	const evaluation = await readEvaluation(join(folder, "evaluation.jsonl"));
	const target = join(folder, "logs");
	await assert.rejects(
		exportInspect(evaluation, target, () => undefined),
		(error: Error) =>
			error instanceof UnreadableEvaluation &&
			error.message === '"soon" is no time; one in ISO 8601 is expected.',
	);
	assert.deepEqual(readdirSync(target), []);
});
