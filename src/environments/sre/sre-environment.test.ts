import assert from "node:assert/strict";
import { test } from "node:test";
import { deserialize, serialize } from "node:v8";
import { failsWith } from "../training/testing.js";
import { hiddenState, type IncidentState, observe } from "./incident.js";
import { sreTasks } from "./tasks.js";
import {
	context,
	environment,
	names,
	parse,
	startEpisode,
	take,
	toFlatMessage,
	toMessage,
} from "./testing-on-call.js";

const wait = toMessage("wait");

test("Tasks tell actions, observations, limits, rewards and splits.", () => {
	assert.deepEqual(
		environment.tasks.map(({ id }) => id),
		sreTasks.map(({ id }) => id),
	);
	for (const task of environment.tasks) {
		assert.equal(task.environment, "sre");
		assert.deepEqual(task.reward_modes, ["REWARD_MODE_SCORE"]);
		assert.equal(task.default_reward_mode, "REWARD_MODE_SCORE");
		assert.equal(task.splits?.length, 3);
		assert.equal(task.max_actions, 30);
		assert.equal(task.budget, 30);
		assert.equal(task.max_free_calls, 1000);
		assert.equal(task.actions?.length, 5);
	}
});

test("The fields that a task tells are those of its observations.", async () => {
	const seen = Object.keys(observe(await startEpisode()));
	assert.deepEqual(
		environment.tasks[0]?.observation_fields?.map(({ name }) => name),
		seen,
	);
});

test("Thirty steps end an episode, with a reward at the last alone and the truth beside it.", async () => {
	const state = await startEpisode();
	for (let step = 1; step < 30; step++) {
		const outcome = await take(state, wait);
		assert.equal(outcome.ending, undefined);
		assert.deepEqual(outcome.info.sre, { cost: 0 });
		assert.deepEqual(
			Object.values(observe(state).reward_breakdown ?? {}),
			[0, 0, 0, 0, 0],
		);
	}
	const { ending } = await take(state, wait);
	assert.equal(ending?.reason, "END_REASON_LAST_STEP");
	assert.ok(ending && ending.score >= 0.01 && ending.score <= 0.99);
	const sre = ending.details.sre;
	assert.equal(sre?.root_service_id, hiddenState(state).root_service_id);
	assert.equal(sre?.fault_class, hiddenState(state).fault_class);
	const parts = Object.values(sre?.breakdown ?? {}).map(Number);
	assert.ok(
		Math.abs(parts.reduce((sum, part) => sum + part, 0) - ending.score) < 1e-9,
	);
});

test("What is left of a finished episode is played as waits: it is graded as if they had been taken.", async () => {
	for (const id of ["sre/easy", "sre/hard", "sre/db_connection_leak"]) {
		const [cut, whole] = [
			await startEpisode(id, "5"),
			await startEpisode(id, "5"),
		];
		for (const state of [cut, whole])
			await take(state, toMessage("circuit_break", names(state)[1]));
		for (let step = 1; step < 29; step++) await take(whole, wait);
		const { ending } = await take(whole, wait);
		assert.deepEqual(
			(await environment.grade(cut, context)).ending?.details.sre,
			ending?.details.sre,
		);
	}
});

test("An action that is refused changes nothing and costs nothing.", async () => {
	const state = await startEpisode();
	const { names: graph } = state.scenario.graph;
	for (const service of [1, 2])
		await take(state, toMessage("scale_up", graph[service]));
	const before = structuredClone(state);
	for (const name of ["restart", "scale_up", "rollback"])
		assert.throws(
			() => parse(state, toMessage(name, "payment_gateway")),
			failsWith(
				"ACTION_NOT_POSSIBLE",
				/payment_gateway is an external provider.*circuit_break/,
			),
		);
	assert.throws(
		() => parse(state, toMessage("scale_up", "auth_service")),
		failsWith("ACTION_NOT_POSSIBLE", /budget of scale_up is spent/),
	);
	assert.throws(
		() => parse(state, toMessage("restart", "moon")),
		failsWith("INVALID_FIELD", /moon/),
	);
	assert.throws(
		() =>
			environment.parse(state, wait, {
				service_id: "moon",
				fault_class: "FAULT_CLASS_NONE",
			}),
		failsWith("INVALID_FIELD", /declare\.service_id/),
	);
	assert.deepEqual(state, before);
});

test("A flat action that is masked counts as a wait; one out of its table is refused.", async () => {
	const state = await startEpisode();
	const provider = names(state).indexOf("payment_gateway");
	for (const levels of [
		[0, provider, 0, 0, 0],
		[0, 15, 0, 0, 0],
		[3, 0, 0, 0, 7],
	])
		assert.deepEqual(parse(state, toFlatMessage(levels)).action, {
			name: "wait",
		});
	assert.deepEqual(parse(state, toFlatMessage([2, 0, 0, provider, 0])).action, {
		name: "circuit_break",
		service: provider,
	});
	assert.throws(
		() => parse(state, toFlatMessage([5, 0, 0, 0, 0])),
		failsWith("INVALID_FIELD", /levels\[0\]: 5 is not allowed; 0 to 4/),
	);
	for (let spent = 0; spent < 3; spent++)
		await take(state, toFlatMessage([0, 1, 0, 0, 0]));
	assert.deepEqual(parse(state, toFlatMessage([0, 1, 0, 0, 0])).action, {
		name: "wait",
	});
});

test("The last diagnosis counts, beside an action, in a flat form and at the finish, and moves no score.", async () => {
	const graded = async (
		tell: (state: IncidentState, right: string) => Promise<void>,
	) => {
		const state = await startEpisode("sre/single_oom", "3");
		await tell(state, hiddenState(state).root_service_id);
		const { ending } = await environment.grade(state, context);
		return {
			score: ending?.score,
			right: ending?.details.sre?.declared_service_correct,
			rightClass: ending?.details.sre?.declared_class_correct,
		};
	};
	const declare = (service_id: string) => ({
		service_id,
		fault_class: "FAULT_CLASS_SINGLE_OOM" as const,
	});
	const step = (state: IncidentState, message: typeof wait, who: string) =>
		environment.perform(
			state,
			environment.parse(state, message, declare(who)),
			context,
		);
	const silent = await graded(async (state) => {
		await take(state, wait);
		await take(state, wait);
	});
	assert.deepEqual(silent, {
		score: silent.score,
		right: undefined,
		rightClass: undefined,
	});
	const told = await graded(async (state, right) => {
		await step(state, wait, "user_db");
		await step(state, toFlatMessage([0, 15, 0, 0, 0]), right);
	});
	assert.deepEqual(told, {
		score: silent.score,
		right: true,
		rightClass: true,
	});
	const atTheFinish = await graded(async (state, right) => {
		await step(state, wait, right);
		await take(state, wait);
		environment.declare?.(state, declare("user_db"));
	});
	assert.deepEqual(atTheFinish, {
		score: silent.score,
		right: false,
		rightClass: true,
	});
});

test("A diagnosis beside the thirtieth action still counts.", async () => {
	const state = await startEpisode();
	for (let step = 1; step < 30; step++) await take(state, wait);
	const { ending } = await environment.perform(
		state,
		environment.parse(state, wait, {
			service_id: hiddenState(state).root_service_id,
			fault_class: "FAULT_CLASS_NONE",
		}),
		context,
	);
	assert.equal(ending?.details.sre?.declared_service_correct, true);
	assert.equal(ending?.details.sre?.declared_class_correct, false);
});

test("Equal seeds give equal observations in every form, and splits, seeds and tasks give others.", async () => {
	const views = async (...start: Parameters<typeof startEpisode>) => {
		const state = await startEpisode(...start);
		const seen = [];
		for (let step = 0; step < 5; step++) {
			seen.push(
				environment.observe(state),
				environment.flatten(state),
				environment.describe(state),
			);
			await take(state, toFlatMessage([2, 0, 0, 0, 0]));
		}
		return JSON.stringify(seen);
	};
	const once = await views("sre/medium", "9", "train");
	assert.equal(await views("sre/medium", "9", "train"), once);
	const all = [
		once,
		await views("sre/medium", "9", "validation"),
		await views("sre/medium", "9", "test"),
		await views("sre/medium", "10", "train"),
		await views("sre/medium", "18446744073709551615", "train"),
		await views("sre/hard", "9", "train"),
	];
	assert.equal(new Set(all).size, all.length);
});

test("A state that was written to bytes goes on as the one that stayed.", async () => {
	const stayed = await startEpisode("sre/hard_aliased", "2");
	await take(stayed, toMessage("restart", names(stayed)[2]));
	const read = deserialize(serialize(stayed)) as IncidentState;
	await environment.resume(read);
	for (const state of [stayed, read]) {
		await take(state, toMessage("rollback", names(state)[1]));
		await take(state, wait);
	}
	assert.deepEqual(environment.observe(read), environment.observe(stayed));
	assert.deepEqual(
		await environment.grade(read, context),
		await environment.grade(stayed, context),
	);
});
