import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task } from "../../clients/typescript/index.js";
import type { Agent } from "./agent.js";
import { EvaluationFailure } from "./failures.js";
import { policyAgents } from "./policy-agent.js";
import {
	createScriptedAgent,
	impatientClock,
	nameOf,
	prepare,
	seedsTo,
	wait,
	withoutTimes,
} from "./testing-evaluation.js";

const scripted = (name: string) =>
	policyAgents().find((agent) => agent.name === name) as Agent;

test("Every agent plays every task that it plays over every seed, once, and the file holds each episode whole.", async (context) => {
	const { run, lines, records, tasks } = await prepare(context);
	const easyAlone = createScriptedAgent(() => () => ({}), {
		plays: ({ id }) => id === "sre/easy",
	});
	const end = await run({
		agents: [scripted("tuned-rule"), easyAlone],
		tasks: ["sre/hard", "sre/easy"],
		seeds: ["3", "18446744073709551615"],
		parallel: 4,
		limits: { steps: 40 },
	});
	assert.deepEqual(end, { unplayed: 0 });
	const [header, ...rest] = lines();
	assert.equal(rest.length, 6);
	const { createdAt, ...asked } = header as { createdAt: string };
	assert.match(createdAt, /^\d{4}-\d\d-\d\dT.*Z$/);
	assert.deepEqual(asked, {
		kind: "evaluation",
		format: 1,
		agents: [
			{ name: "tuned-rule", version: "sre-1" },
			{ name: "scripted", version: "1" },
		],
		tasks: ["sre/hard", "sre/easy"],
		seeds: ["3", "18446744073709551615"],
		split: "test",
		limits: { steps: 40 },
	});
	assert.deepEqual(
		records()
			.map(({ task, agent, seed }) => `${task} ${agent} ${seed}`)
			.sort(),
		[
			"sre/easy scripted 18446744073709551615",
			"sre/easy scripted 3",
			"sre/easy tuned-rule 18446744073709551615",
			"sre/easy tuned-rule 3",
			"sre/hard tuned-rule 18446744073709551615",
			"sre/hard tuned-rule 3",
		],
	);
	const whole = records().find(
		({ agent, task, seed }) =>
			agent === "tuned-rule" && task === "sre/easy" && seed === "3",
	);
	assert.equal(whole?.outcome, "ended");
	// The worked example of docs/sre.md.
	assert.equal(whole?.score.toFixed(3), "0.853");
	assert.equal(whole?.result.score, whole?.score);
	assert.equal(whole?.steps.length, 30);
	assert.equal(whole?.firstObservation.sre?.step, 0);
	assert.deepEqual(
		whole?.steps.map(({ observation }) => observation?.sre?.step),
		seedsTo(30).map(Number),
	);
	assert.deepEqual(whole?.steps[0]?.action, {
		scale_up: { service_id: "order_service" },
	});
	assert.equal(whole?.steps.at(-1)?.reward, whole?.score);
	assert.equal(
		whole?.taskVersion,
		tasks.find(({ id }) => id === "sre/easy")?.version,
	);
	assert.doesNotMatch(JSON.stringify(whole), /"_/);
});

test("An evaluation that was stopped goes on with what is missing, and comes to the same as one that was not.", async (context) => {
	const whole = await prepare(context);
	const question = {
		agents: [scripted("tuned-rule"), scripted("random")],
		seeds: seedsTo(8),
		parallel: 3,
	};
	await whole.run(question);
	const stopped = await prepare(context);
	const stopping = new AbortController();
	let finished = 0;
	await assert.rejects(
		stopped.run({
			...question,
			signal: stopping.signal,
			listener: {
				finished() {
					finished++;
					if (finished === 5) stopping.abort();
				},
			},
		}),
		{ name: "AbortError" },
	);
	const before = stopped.records().length;
	assert.equal(before, finished);
	assert.equal(stopped.failures().length, 0);
	const played: string[] = [];
	let there = -1;
	await stopped.run({
		...question,
		listener: {
			planned: (plan) => {
				there = plan.there.length;
			},
			finished: (job) => played.push(nameOf(job)),
		},
	});
	assert.equal(there, before);
	assert.equal(played.length, 16 - before);
	assert.deepEqual(
		withoutTimes(stopped.records()),
		withoutTimes(whole.records()),
	);
	const again: string[] = [];
	await stopped.run({
		...question,
		listener: { started: (job) => again.push(nameOf(job)) },
	});
	assert.deepEqual(again, []);
});

test("An episode that the infrastructure cuts off is played anew from its start, and each failed attempt is a line of its own.", async (context) => {
	const { run, records, failures } = await prepare(context);
	let starts = 0;
	const flaky = createScriptedAgent((seed) => {
		starts++;
		const fails = seed === "2" && starts < 5;
		let turns = 0;
		return ({ index }) => {
			assert.equal(index, turns);
			turns++;
			if (fails && turns === 3) {
				const error = new Error("the model's endpoint is away.");
				error.name = "InfrastructureFailure";
				throw error;
			}
			return turns > 4 ? {} : { action: wait };
		};
	});
	const end = await run({
		agents: [flaky],
		seeds: ["1", "2", "3"],
		clock: impatientClock,
	});
	assert.deepEqual(end, { unplayed: 0 });
	assert.deepEqual(
		failures().map(({ seed, attempt, error, retried }) => ({
			seed,
			attempt,
			error,
			retried,
		})),
		[1, 2].map((attempt) => ({
			seed: "2",
			attempt,
			error: "the model's endpoint is away.",
			retried: true,
		})),
	);
	assert.deepEqual(
		records().map(({ seed, attempt, outcome, steps }) => [
			seed,
			attempt,
			outcome,
			steps.length,
		]),
		[
			["1", 1, "left", 4],
			["3", 1, "left", 4],
			["2", 3, "left", 4],
		],
	);
});

test("After the last attempt an episode is given up, and the next run tries it again and counts on.", async (context) => {
	const { run, records, failures } = await prepare(context);
	let isAway = true;
	const agents = [
		createScriptedAgent(() => () => {
			if (!isAway) return {};
			const error = new Error("away");
			error.name = "InfrastructureFailure";
			throw error;
		}),
	];
	const asked = { agents, attempts: 2, clock: impatientClock };
	assert.deepEqual(await run(asked), { unplayed: 1 });
	assert.deepEqual(
		failures().map(({ attempt, retried }) => [attempt, retried]),
		[
			[1, true],
			[2, false],
		],
	);
	assert.deepEqual(records(), []);
	isAway = false;
	assert.deepEqual(await run(asked), { unplayed: 0 });
	assert.equal(records()[0]?.attempt, 3);
});

test("An agent that fails is graded as it is, is not played again, and holds nobody.", async (context) => {
	const { run, records, failures } = await prepare(context);
	const failing = createScriptedAgent(
		() =>
			({ index }) => {
				if (index === 2) throw new Error("a defect of the agent");
				return { action: wait };
			},
		{ name: "failing" },
	);
	const stillborn = createScriptedAgent(undefined, {
		name: "stillborn",
		start: () => {
			throw new Error("no player");
		},
	});
	const wrong = createScriptedAgent(() => () => ({ wait: {} }) as object, {
		name: "wrong",
	});
	await run({
		agents: [failing, stillborn, wrong, scripted("do-nothing")],
		seeds: ["1", "2"],
		parallel: 2,
	});
	assert.deepEqual(failures(), []);
	const told = Object.fromEntries(
		records()
			.filter(({ seed }) => seed === "2")
			.map(({ agent, outcome, error, steps, score, result }) => [
				agent,
				[outcome, error, steps.length, score, result.end_reason],
			]),
	);
	assert.deepEqual(told, {
		failing: [
			"agent-failed",
			"a defect of the agent",
			2,
			0.01,
			"END_REASON_FINISHED",
		],
		stillborn: ["agent-failed", "no player", 0, 0.01, "END_REASON_FINISHED"],
		wrong: [
			"agent-failed",
			'the agent answered {"wait":{}}, which is no decision: "wait" does not belong there; a decision has action, declare, usage, note, and the action stands inside: {"action": {"wait": {}}}.',
			0,
			0.01,
			"END_REASON_FINISHED",
		],
		"do-nothing": ["ended", undefined, 30, 0.01, "END_REASON_LAST_STEP"],
	});
});

test("Slow episodes leave lanes to quick ones of other agents and tasks.", async (context) => {
	const { run, records } = await prepare(context);
	let letOn = () => {};
	const held = new Promise<void>((resolve) => {
		letOn = resolve;
	});
	const slow = createScriptedAgent(
		() => async () => {
			await held;
			return {};
		},
		{ name: "slow" },
	);
	await run({
		agents: [slow, createScriptedAgent(undefined, { name: "quick" })],
		seeds: seedsTo(5),
		parallel: 2,
		listener: {
			finished({ agent, seed }) {
				if (agent.name === "quick" && seed === "5") letOn();
			},
		},
	});
	assert.deepEqual(
		records().map(({ agent }) => agent),
		[...Array(5).fill("quick"), ...Array(5).fill("slow")],
	);
});

test("A server that is full is waited for: its episodes have their turn, and nothing counts as failed.", async (context) => {
	const { run, records, failures, server } = await prepare(context, {
		maxSessions: 1,
	});
	await run({
		agents: [scripted("tuned-rule")],
		seeds: seedsTo(4),
		parallel: 4,
		clock: impatientClock,
	});
	assert.equal(records().length, 4);
	assert.deepEqual(failures(), []);
	assert.ok(
		server.calls.all.some(({ error }) => error?.reason === "TOO_MANY_SESSIONS"),
	);
});

test("What no attempt would help ends the evaluation with a sentence, and what was finished stays.", async (context) => {
	const { run, records, failures, tasks } = await prepare(context);
	(tasks as Task[]).push({ ...(tasks[0] as Task), id: "sre/gone" });
	const started: string[] = [];
	await assert.rejects(
		run({
			agents: [scripted("do-nothing")],
			tasks: ["sre/easy", "sre/gone"],
			seeds: seedsTo(3),
			listener: { started: (job) => started.push(nameOf(job)) },
		}),
		(error: unknown) =>
			error instanceof EvaluationFailure &&
			error.message.startsWith(
				'INVALID_ARGUMENT: No task is called "sre/gone"',
			),
	);
	assert.deepEqual(started, ["sre/easy do-nothing 1", "sre/gone do-nothing 1"]);
	assert.equal(records().length, 1);
	assert.deepEqual(failures(), []);
});
