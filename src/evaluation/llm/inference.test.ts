import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
	createTrainer,
	TINY,
	TINY_LONG,
	tinyTasks,
} from "../../sessions/testing-training.js";
import { EvaluationFailure } from "../failures.js";
import { infer, TASK_LIMIT_MS } from "./inference.js";
import { createLlmAgent } from "./llm-agent.js";
import type { LlmSettings } from "./settings.js";
import { LeapingClock } from "./testing-clock.js";
import { call, type Reply, startModelServer } from "./testing-model-server.js";
import { serveBoth } from "./testing-tasks.js";

const never = new AbortController().signal;
const SRE = ["sre/easy", "sre/medium", "sre/hard"];
const TRAININGS = [
	"training/easy_mnist",
	"training/medium_fashion",
	"training/hard_cifar",
];
const LIMIT_MINUTES = 20;

/**
 * The founding documents' run at their limits, on a clock where only waits take time, and so much for each answer of the model. Nothing but
 * waits for the limiter, pauses and answers is leapt over.
 */
async function run(
	context: TestContext,
	ids: readonly string[],
	{
		reply,
		answerMs = 3000,
		changes = {},
	}: {
		readonly reply: (place: number) => Reply;
		readonly answerMs?: number;
		readonly changes?: Partial<LlmSettings>;
	},
) {
	const [tiny] = tinyTasks;
	if (tiny === undefined) assert.fail();
	const { client, task } = await serveBoth(context, undefined, [
		...tinyTasks,
		...TRAININGS.map((id) => ({ ...tiny, id })),
	]);
	const clock = new LeapingClock(30_000);
	const model = await startModelServer(context, (_, place) => {
		clock.advance(answerMs);
		return reply(place);
	});
	const lines: string[] = [];
	const began = clock.now();
	const agent = createLlmAgent(
		model.settings({ requestsPerMinute: 5, ...changes }),
		{ clock, random: () => 0.9 },
	);
	const results = await infer(
		client,
		agent,
		{
			tasks: ids.map(task),
			seed: "1",
			split: "test",
			model: "m",
			limited: true,
		},
		never,
		{ clock, print: (line) => lines.push(line), tell() {} },
	);
	return {
		model,
		lines,
		results,
		minutes: (clock.now() - began) / 60_000,
		done: lines.filter((line) => line.startsWith("[END]")),
	};
}

test("Three incidents at five requests a minute take 90 requests and 18 minutes.", async (context) => {
	const { model, results, minutes } = await run(context, SRE, {
		reply: () => call("wait"),
	});
	assert.equal(model.asked.length, 90);
	assert.deepEqual(
		results.map(({ steps, error }) => [steps, error]),
		SRE.map(() => [30, undefined]),
	);
	// 89 spaces of 12 s, and the answers' own time; a clock that leaps may not leap over more.
	assert.ok(minutes >= (89 * 12) / 60 && minutes < 18.5, String(minutes));
});

test("Three trainings at five requests a minute take 18 requests, 4 minutes of them, and each is submitted.", async (context) => {
	const { model, results, lines, minutes } = await run(context, TRAININGS, {
		reply: () => call("configure_training"),
	});
	assert.equal(model.asked.length, 5 + 6 + 7);
	assert.deepEqual(
		results.map(({ steps, error }) => [steps, error]),
		[5, 6, 7].map((decisions) => [decisions + 1, undefined]),
	);
	assert.equal(
		lines.filter((line) => / action=submit_model.* done=true /.test(line))
			.length,
		3,
	);
	assert.ok(minutes < 4, String(minutes));
});

test("With failures, wrong calls and slow answers three incidents still end, graded, within the limit.", async (context) => {
	const misbehaviours: readonly ((place: number) => Reply)[] = [
		(place) =>
			place % 3 === 0
				? { status: 429, headers: { "retry-after": "20" } }
				: call("wait"),
		(place) => (place % 2 === 0 ? { status: 500 } : call("wait")),
		(place) => (place % 2 === 0 ? { text: "" } : call("wait")),
	];
	for (const reply of misbehaviours) {
		const { results, minutes, done, lines } = await run(context, SRE, {
			reply,
			answerMs: 14_000,
		});
		assert.equal(done.length, 3);
		assert.ok(minutes < LIMIT_MINUTES, String(minutes));
		for (const { score } of results) assert.equal(typeof score, "number");
		assert.ok(
			lines.some((line) =>
				/action=finish\(\{\}\) .*done=true error=The time for this task is over\.$/.test(
					line,
				),
			),
		);
	}
});

test("What a task leaves of its time the next ones have.", async (context) => {
	// The first ends at once; the second is slow enough to need more than a task's share.
	const { results, minutes } = await run(context, [TINY, TINY_LONG], {
		reply: (place) =>
			place === 0
				? call("submit_model")
				: call("configure_training", { dropout: 0.1 }),
		changes: { requestsPerMinute: 2 },
	});
	assert.equal(results[0]?.steps, 1);
	assert.equal(results[1]?.error, "The time for this task is over.");
	const seconds = results[1]?.seconds ?? 0;
	assert.ok(seconds * 1000 > 1.8 * TASK_LIMIT_MS, String(seconds));
	assert.ok(minutes * 60_000 <= 2 * TASK_LIMIT_MS + 30_000, String(minutes));
});

test("An endpoint that fails for good leaves the episode ungraded, and the next one is played.", async (context) => {
	const { results, done } = await run(context, SRE.slice(0, 2), {
		reply: (place) => (place < 4 ? { status: 500 } : call("wait")),
	});
	assert.equal(results[0]?.score, undefined);
	assert.match(results[0]?.error ?? "", /failed 4 times, at last with: 500/);
	assert.equal(done[0], "[END] success=false steps=0 score=0.000 rewards=");
	assert.equal(results[1]?.steps, 30);
});

test("A key that is refused ends everything at once, with the episode's last line.", async (context) => {
	const { client, task } = await serveBoth(context);
	const model = await startModelServer(context, () => ({ status: 401 }));
	const lines: string[] = [];
	await assert.rejects(
		infer(
			client,
			createLlmAgent(model.settings()),
			{
				tasks: SRE.map(task),
				seed: "1",
				split: "test",
				model: "m",
				limited: true,
			},
			never,
			{
				clock: new LeapingClock(0),
				print: (line) => lines.push(line),
				tell() {},
			},
		),
		EvaluationFailure,
	);
	assert.equal(model.asked.length, 1);
	assert.deepEqual(
		lines.map((line) => line.split(" ")[0]),
		["[START]", "[END]"],
	);
});

test("A training that is under way when the time is over is cut off, and what was trained is graded.", async (context) => {
	const trainer = await createTrainer();
	context.after(() => trainer.close());
	const { client, task } = await serveBoth(context, trainer);
	const clock = new LeapingClock(0);
	const model = await startModelServer(context, (_, place) => {
		if (place === 2) clock.advance(TASK_LIMIT_MS);
		return place === 0
			? call("configure_training")
			: call("run_epochs", { num_epochs: 1 });
	});
	const lines: string[] = [];
	const [result] = await infer(
		client,
		createLlmAgent(model.settings({ timeoutMs: 10 * TASK_LIMIT_MS }), {
			clock,
		}),
		{
			tasks: [task(TINY)],
			seed: "1",
			split: "test",
			model: "m",
			limited: true,
		},
		never,
		{ clock, print: (line) => lines.push(line), tell() {} },
	);
	assert.equal(result?.error, "The time for this task is over.");
	assert.equal(typeof result?.score, "number");
	assert.match(lines.at(-2) ?? "", /^\[STEP\] step=3 action=finish/);
});
