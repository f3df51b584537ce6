import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { policyOf } from "../policies.js";
import { act } from "./incident.js";
import { playOn, startPolicy, startSeeded } from "./inline-episode.js";
import { WAIT } from "./simulator/actions.js";
import { sreTask } from "./tasks.js";

const page = readFileSync(
	new URL("../../../../docs/sre.md", import.meta.url),
	"utf8",
);
const task = sreTask("sre/easy");
const SEED = "3";

const start = () => startSeeded(task, "test", SEED);

/** Restarts order_service at these minutes and waits at the others. */
function restartAt(...minutes: number[]): number {
	const state = start();
	const service = state.scenario.graph.names.indexOf("order_service");
	for (let minute = 0; state.ended === undefined; minute++)
		act(state, minutes.includes(minute) ? { name: "restart", service } : WAIT);
	return state.ended.score;
}

test("The worked example of docs/sre.md tells what the tuned rule earns, part by part.", () => {
	const state = start();
	const { score, result } = playOn(
		state,
		startPolicy(task, policyOf("sre", "tuned-rule"), SEED, state),
	);
	for (const [name, value] of Object.entries(result.breakdown))
		assert.match(
			page,
			new RegExp(`\\| \`${name}\` \\| ${Number(value).toFixed(3)} \\|`),
		);
	assert.match(page, new RegExp(`\\| score \\| ${score.toFixed(3)} \\|`));
	for (const objective of [
		result.objective,
		result.objective_do_nothing,
		result.objective_ceiling,
	])
		assert.ok(page.includes(Number(objective).toFixed(4)), String(objective));
	assert.equal(result.time_to_mitigate, 6);
	assert.deepEqual([result.wrong_actions, result.trap_actions], [1, 1]);
});

test("What docs/sre.md says that other restarts would have earned is so.", () => {
	assert.equal(restartAt(1).toFixed(3), "0.990");
	assert.equal(restartAt(0).toFixed(3), "0.010");
	assert.equal(restartAt(0, 2).toFixed(3), "0.959");
});
