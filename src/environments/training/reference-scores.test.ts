import assert from "node:assert/strict";
import { test } from "node:test";
import { policiesOf } from "../policies.js";
import { measuredScores } from "./measured-scores.js";
import { referenceScores } from "./reference-scores.js";
import { trainingTasks } from "./tasks.js";

test("Every task has the scores of policies that there are, each once, within 0 to 1, with how it was measured.", () => {
	const names = policiesOf("training").map(({ name }) => name);
	for (const { id, version } of trainingTasks) {
		const scores = referenceScores(id, version);
		assert.ok(scores.length > 0, id);
		for (const { policy, score, measured } of scores) {
			assert.ok(names.includes(policy as string), policy);
			assert.ok(Number(score) >= 0 && Number(score) <= 1);
			assert.match(measured as string, /seed.*tensorflow-|seed.*portable/);
		}
		assert.equal(
			new Set(scores.map(({ policy }) => policy)).size,
			scores.length,
		);
	}
});

test("A score of a policy that plays otherwise now is not kept.", () => {
	for (const { policy, policy_version } of measuredScores)
		assert.equal(
			policiesOf("training").find(({ name }) => name === policy)?.version,
			policy_version,
			`${policy} was changed: measure it again`,
		);
});

test("Another version of a task has no scores, and no other task has.", () => {
	const [{ id, version }] = trainingTasks as [(typeof trainingTasks)[0]];
	assert.deepEqual(referenceScores(id, version + 1), []);
	assert.deepEqual(referenceScores("training/none", version), []);
});
