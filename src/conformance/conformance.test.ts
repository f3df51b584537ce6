import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import { cheapTasks, type Outcome, type RuleResult } from "./conformance.js";
import { rules } from "./rules.js";
import { ask, SMALL, SRE, serve } from "./testing-conformance.js";

/** What the server says itself that it does not have yet. */
const UNIMPLEMENTED = ["fork.equal", "receipt.verify"];
/** What says nothing where every action is done at once, and none is free. */
const NOT_FOR_SRE = [
	"one-action.busy",
	"one-action.read-meanwhile",
	"invalid.free",
	"cancel.give-up",
	"cancel.close",
];

const quick = rules.filter(({ slow }) => !slow);

test("Ids of rules differ and each says what holds, where it is promised, and its like elsewhere.", () => {
	assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
	for (const { id, title, contract, counterpart } of rules) {
		assert.match(id, /^[a-z-]+\.[a-z0-9-]+$/);
		assert.match(title, /\.$/);
		assert.ok(contract !== "" && counterpart !== "", id);
	}
});

test("docs/conformance.md has a row for each rule, with its words.", () => {
	const page = new URL("../../../docs/conformance.md", import.meta.url);
	const rows = readFileSync(page, "utf8")
		.split("\n")
		.filter((line) => line.startsWith("| `"));
	assert.deepEqual(
		rows,
		rules.map(
			({ id, title, contract, counterpart }) =>
				`| \`${id}\` | ${title} | ${contract} | ${counterpart} |`,
		),
	);
});

test("Of each environment the task that is easiest and has the smallest budget is asked.", () => {
	const task = (id: string, difficulty: string, budget: number) =>
		({ id, environment: id.split("/")[0], difficulty, budget }) as Task__Output;
	const chosen = cheapTasks([
		task("a/hard", "hard", 1),
		task("a/long", "easy", 9),
		task("b/only", "hard", 5),
		task("a/short", "easy", 3),
	]);
	assert.deepEqual(
		chosen.map(({ id }) => id),
		["a/short", "b/only"],
	);
});

test("Our own server keeps every rule in the SRE environment.", async (context) => {
	const address = await serve(context, SRE);
	const results = await ask(context, address, quick, SRE);
	assert.deepEqual(idsOf(results, "FAIL"), []);
	assert.deepEqual(idsOf(results, "unimplemented"), UNIMPLEMENTED);
	assert.deepEqual(idsOf(results, "n/a"), NOT_FOR_SRE);
	assert.equal(results.length, quick.length);
});

test("Our own server keeps every rule while it trains.", async (context) => {
	const address = await serve(context, SMALL);
	const results = await ask(context, address, quick, SMALL);
	assert.deepEqual(idsOf(results, "FAIL"), []);
	assert.deepEqual(idsOf(results, "unimplemented"), UNIMPLEMENTED);
	// The task of the test lists no scores, so no policy.
	assert.deepEqual(idsOf(results, "n/a"), ["policy.run"]);
});

/** Rules of an outcome; one that fails with its reason. */
function idsOf(results: readonly RuleResult[], outcome: Outcome): string[] {
	return results
		.filter((result) => result.outcome === outcome)
		.map(({ rule, reason }) =>
			outcome === "FAIL" ? `${rule}: ${reason}` : rule,
		);
}
