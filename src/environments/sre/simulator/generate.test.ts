import assert from "node:assert/strict";
import { test } from "node:test";
import { sreTask, sreTasks } from "../tasks.js";
import { FAULTS } from "./faults/catalogue.js";
import {
	drawCause,
	drawScenario,
	type ScenarioOrigin,
	SPLITS,
	scenarioSeed,
} from "./generate.js";
import { KIND } from "./graph.js";
import { MAX_CALLS, MAX_SERVICES } from "./scenario.js";

const origin: ScenarioOrigin = {
	taskNumber: 3,
	taskVersion: 1,
	split: "train",
	row: 5,
	attempt: 2,
};

test("No two origins share a seed, so that splits, tasks and versions share no scenario.", () => {
	const seeds = new Set<string>();
	let count = 0;
	for (const split of SPLITS)
		for (const taskNumber of [1, 2, 255])
			for (const taskVersion of [1, 2, 4095])
				for (const row of [0, 1, 16_383, 65_535])
					for (const attempt of [0, 1, 300, 65_535]) {
						const seed = scenarioSeed({
							taskNumber,
							taskVersion,
							split,
							row,
							attempt,
						});
						seeds.add(`${seed.low}/${seed.high}`);
						count++;
					}
	assert.equal(seeds.size, count);
});

test("A scenario is drawn again exactly, and another attempt differs but keeps its fault.", () => {
	const { scenarios } = sreTask("sre/hard");
	const draw = (attempt: number) =>
		drawScenario(
			scenarios,
			drawCause(scenarios, origin),
			scenarioSeed({ ...origin, attempt }),
		);
	assert.deepEqual(draw(2), draw(2));
	assert.notDeepEqual(draw(3).capacityRps, draw(2).capacityRps);
	assert.equal(draw(3).fault, draw(2).fault);
});

test("Faults are equally likely over a tier's set, with 2 % of none in hard; pinned roots are those of the page.", () => {
	for (const task of sreTasks) {
		const rows = 3300;
		const counts = new Map<string, number>();
		for (let row = 0; row < rows; row++) {
			const cause = drawCause(task.scenarios, {
				...origin,
				taskNumber: task.number,
				row,
			});
			const key = `${FAULTS[cause.fault]?.name}${cause.root ? ` at ${cause.root}` : ""}`;
			counts.set(key, (counts.get(key) ?? 0) + 1);
		}
		const { faults, noFaultShare, roots = [""] } = task.scenarios;
		const keys = faults.flatMap(({ name }) =>
			roots.map((root) => (root === "" ? name : `${name} at ${root}`)),
		);
		const wanted = (rows * (1 - noFaultShare)) / keys.length;
		for (const key of keys)
			assert.ok(
				Math.abs((counts.get(key) ?? 0) - wanted) <= 4.5 * Math.sqrt(wanted),
				`${task.id} ${key}: ${counts.get(key)} of ${wanted}`,
			);
		const none = counts.get("no_fault") ?? 0;
		assert.ok(
			Math.abs(none - rows * noFaultShare) <= 30 * Math.ceil(noFaultShare),
		);
		assert.equal(counts.size, keys.length + (none > 0 ? 1 : 0));
	}
});

test("Random graphs keep their sizes, call only later services, reach all of them, and name each once.", () => {
	const sizes = new Set<number>();
	const depths = new Set<number>();
	for (const [id, fewest, most] of [
		["sre/medium", 8, 12],
		["sre/hard", 10, 16],
	] as const)
		for (let row = 0; row < 300; row++) {
			const { scenarios } = sreTask(id);
			const place = { ...origin, row };
			const scenario = drawScenario(
				scenarios,
				drawCause(scenarios, place),
				scenarioSeed(place),
			);
			const { names, kinds, firstCall, callee } = scenario.graph;
			const size = kinds.length;
			sizes.add(size);
			assert.ok(size >= fewest && size <= most && size <= MAX_SERVICES);
			assert.ok(callee.length <= MAX_CALLS);
			assert.equal(names[0], "api_gateway");
			assert.equal(new Set(names).size, size);
			assert.equal(kinds[0], KIND.gateway);
			assert.equal(kinds.filter((kind) => kind === KIND.provider).length, 1);
			assert.equal(firstCall[size], callee.length);
			const depth = new Uint8Array(size);
			for (let k = 0; k < size; k++) {
				const calls = callee.subarray(firstCall[k], firstCall[k + 1]);
				assert.equal(new Set(calls).size, calls.length);
				if (k > 0 && kinds[k] !== KIND.service) assert.equal(calls.length, 0);
				for (const to of calls) {
					assert.ok(to > k);
					depth[to] = Math.max(depth[to] as number, 1 + (depth[k] as number));
				}
			}
			for (let k = 1; k < size; k++) assert.ok((depth[k] as number) > 0);
			depths.add(Math.max(...depth));
			for (let k = 0; k < size; k++) {
				const rho =
					(scenario.baseLoadRps[k] as number) /
					(scenario.capacityRps[k] as number);
				if (k !== scenario.root) assert.ok(rho >= 0.35 && rho <= 0.6);
			}
		}
	assert.deepEqual(
		[...sizes].sort((a, b) => a - b),
		[8, 9, 10, 11, 12, 13, 14, 15, 16],
	);
	assert.ok(Math.max(...depths) >= 5, [...depths].join());
});

test("The fixed graph is that of the environment's founding document.", () => {
	const { scenarios } = sreTask("sre/easy");
	const { graph } = drawScenario(
		scenarios,
		drawCause(scenarios, origin),
		scenarioSeed(origin),
	);
	const calls = graph.names.map((name, k) => [
		name,
		Array.from(
			graph.callee.subarray(graph.firstCall[k], graph.firstCall[k + 1]),
			(to) => graph.names[to],
		),
	]);
	assert.deepEqual(calls, [
		["api_gateway", ["auth_service", "product_service", "order_service"]],
		["auth_service", ["user_db"]],
		["product_service", ["inventory_db"]],
		["order_service", ["inventory_db", "payment_gateway"]],
		["user_db", []],
		["inventory_db", []],
		["payment_gateway", []],
	]);
});
