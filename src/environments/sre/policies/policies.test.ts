import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation__Output } from "../../../../proto/generated/nightshift/v1/Observation.js";
import { policiesOf, policyOf } from "../../policies.js";
import type { IncidentState, SreAction } from "../incident.js";
import { playOn, startPolicy, startSeeded } from "../inline-episode.js";
import { INTERVENTIONS } from "../simulator/actions.js";
import { type SreTask, sreTask, sreTasks } from "../tasks.js";
import { redRoot } from "./red-root.js";
import { SITUATIONS, TIMES } from "./rule.js";
import { tunedFor } from "./tuned-constants.js";
import { tunedRules } from "./tuned-rules.js";

for (const policy of policiesOf("sre"))
	test(`The policy ${policy.name} plays incidents of every task to their ends without a refused action, and the same again.`, () => {
		for (const task of sreTasks)
			for (const seed of ["1", "2", "3"]) {
				// An action that is not possible would throw.
				const [once, again] = [
					play(task, policy.name, seed),
					play(task, policy.name, seed),
				];
				assert.deepEqual(again, once);
				assert.ok(once.score >= 0.01 && once.score <= 0.99);
			}
	});

test("A policy without privilege has no way to what is hidden, and the oracle plays nowhere else.", () => {
	for (const policy of policiesOf("sre"))
		assert.equal(
			policy.startPrivileged !== undefined,
			policy.name === "oracle",
		);
	const state = startSeeded(sreTask("sre/easy"), "test", "1");
	const oracle = policyOf("sre", "oracle");
	assert.throws(
		() =>
			startPolicy(
				sreTask("sre/easy"),
				{ start: (told, seed) => oracle.start(told, seed) },
				"1",
				state,
			),
		/sees what is hidden/,
	);
});

test("Random draws each action equally often, at every service, and otherwise for another seed.", () => {
	const counts = new Map<string, number>();
	const services = new Set<number>();
	const courses = new Set<string>();
	for (let seed = 0; seed < 200; seed++) {
		// The first step, in which every budget is whole.
		const { actions } = play(sreTask("sre/easy"), "random", String(seed));
		const [first] = actions as [SreAction];
		counts.set(first.name, (counts.get(first.name) ?? 0) + 1);
		if (first.name !== "wait") services.add(first.service);
		courses.add(JSON.stringify(actions));
	}
	// 40 expected, with a standard deviation of 5.7.
	for (const name of [...INTERVENTIONS, "wait"])
		assert.ok(Math.abs((counts.get(name) ?? 0) - 40) < 20, name);
	assert.equal(services.size, 7);
	assert.equal(courses.size, 200);
});

test("The red root is the service whose excess no callee explains; the gateway only alone.", () => {
	const chain = [[1], [2], []];
	assert.equal(redRoot([3, 2, 2], chain), 2);
	assert.equal(redRoot([3, 2, 0.1], chain), 1);
	assert.equal(redRoot([3, 0, 0], chain), 0);
	assert.equal(redRoot([0, 0, 0], chain), undefined);
	// With little taken off for callees, the caller stands out.
	assert.equal(redRoot([3, 2, 1.5], chain, 0.1), 1);
});

test("Every task has its own tuned rule, whole; a new one takes its tier's.", () => {
	assert.deepEqual(
		tunedRules.map(({ task }) => task),
		sreTasks.map(({ id }) => id),
	);
	for (const { id, difficulty } of sreTasks) {
		const { rule } = tunedFor({ id, difficulty });
		assert.equal(rule.table.length, SITUATIONS.length);
		assert.equal(rule.pauses.length, INTERVENTIONS.length);
		for (const row of rule.table) {
			assert.equal(row.length, TIMES);
			for (const name of row)
				assert.ok(["wait", ...INTERVENTIONS].includes(name), name);
		}
	}
	assert.equal(
		tunedFor({ id: "sre/new", difficulty: "hard" }),
		tunedFor({ id: "sre/hard", difficulty: "hard" }),
	);
});

test("The memoryless table does the same whenever it sees the same.", () => {
	const task = sreTask("sre/medium");
	const did: string[] = [];
	const policy = policyOf("sre", "naive-table");
	const state = startSeeded(task, "test", "4");
	const one = startPolicy(task, policy, "4", state);
	const shown: Observation__Output[] = [];
	playOn(state, (observation) => {
		shown.push(observation);
		const action = one(observation);
		did.push(JSON.stringify(action));
		return action;
	});
	const other = startPolicy(task, policy, "4", state);
	assert.deepEqual(
		shown.toReversed().map((seen) => JSON.stringify(other(seen))),
		did.toReversed(),
	);
	assert.ok(new Set(did).size > 1);
});

function play(task: SreTask, name: string, seed: string) {
	const state: IncidentState = startSeeded(task, "test", seed);
	const act = startPolicy(task, policyOf("sre", name), seed, state);
	const { score } = playOn(state, act);
	return { score, actions: [...state.actions] };
}
