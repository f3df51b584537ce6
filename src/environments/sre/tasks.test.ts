import assert from "node:assert/strict";
import { test } from "node:test";
import { loadTable } from "./scenario-table.js";
import { SPLITS } from "./simulator/generate.js";
import { sreTask, sreTasks } from "./tasks.js";

test("Tiers and pinned scenarios have the graphs, noise, lags, losses, decoys and fixes of the design page.", () => {
	assert.deepEqual(
		sreTasks.map(({ id, scenarios, telemetry }) => [
			id,
			scenarios.graph,
			telemetry.noise,
			telemetry.spans,
			telemetry.longestLag,
			telemetry.missing,
			telemetry.aliased,
			scenarios.decoyProbability,
			scenarios.fixProbability,
			scenarios.noFaultShare,
			scenarios.roots,
		]),
		[
			["sre/easy", "fixed", 0.06, 2000, 0, 0.03, false, 0, 0.8, 0, undefined],
			[
				"sre/medium",
				{ fewest: 8, most: 12 },
				0.14,
				600,
				1,
				0.1,
				false,
				0.4,
				0.85,
				0,
				undefined,
			],
			[
				"sre/hard",
				{ fewest: 10, most: 16 },
				0.2,
				300,
				2,
				0.2,
				false,
				0.8,
				0.85,
				0.02,
				undefined,
			],
			[
				"sre/hard_aliased",
				{ fewest: 10, most: 16 },
				0.3,
				120,
				2,
				0.25,
				true,
				0.8,
				0.75,
				0.02,
				undefined,
			],
			[
				"sre/single_oom",
				"fixed",
				0.06,
				2000,
				0,
				0.03,
				false,
				0,
				0.8,
				0,
				["api_gateway", "product_service"],
			],
			[
				"sre/db_connection_leak",
				"fixed",
				0.14,
				600,
				1,
				0.1,
				false,
				0.4,
				0.85,
				0,
				["user_db", "inventory_db"],
			],
			[
				"sre/flapping_network",
				"fixed",
				0.2,
				300,
				2,
				0.2,
				false,
				0.8,
				0.85,
				0,
				["payment_gateway"],
			],
		],
	);
});

test("Each tier draws from its set of faults.", () => {
	const names = (id: string) =>
		sreTask(id).scenarios.faults.map(({ name }) => name);
	assert.deepEqual(names("sre/easy"), [
		"single_oom",
		"bad_deploy",
		"traffic_surge",
	]);
	assert.equal(names("sre/medium").length, 8);
	assert.equal(names("sre/hard").length, 11);
	assert.ok(!names("sre/hard").includes("single_oom"));
	assert.deepEqual(names("sre/hard_aliased"), names("sre/hard"));
	for (const id of ["single_oom", "db_connection_leak", "flapping_network"])
		assert.deepEqual(names(`sre/${id}`), [id]);
	assert.throws(() => sreTask("sre/none"), /sre\/none is no SRE task/);
});

test("No description, goal or number of a task is another's, and every task has its tables.", () => {
	for (const field of ["id", "number", "description"] as const)
		assert.equal(
			new Set(sreTasks.map((task) => task[field])).size,
			sreTasks.length,
		);
	for (const task of sreTasks)
		for (const split of SPLITS)
			assert.ok(loadTable(task, split).attempt.length >= 1024);
});
