import assert from "node:assert/strict";
import { test } from "node:test";
import {
	decodeTable,
	drawRow,
	encodeTable,
	findRow,
	loadTable,
} from "./scenario-table.js";
import { FAULTS } from "./simulator/faults/catalogue.js";
import { SPLITS } from "./simulator/generate.js";
import { type SreTask, sreTask, sreTasks } from "./tasks.js";

test("Sampled rows of every committed table are found again exactly; else run node scripts/sre-tables.mjs and raise the task's version.", () => {
	for (const task of sreTasks)
		for (const split of SPLITS) {
			const table = loadTable(task, split);
			const rows = table.attempt.length;
			for (const row of [0, Math.floor(rows / 3), rows - 1])
				assert.deepEqual(
					{
						attempt: table.attempt[row],
						fault: table.fault[row],
						doNothing: table.doNothing[row],
						ceiling: table.ceiling[row],
					},
					withoutRejections(findRow(task, split, row)),
					`${task.id} ${split} row ${row}`,
				);
		}
});

test("Every row of every table is harmful and solvable, unless it heals by itself or has no fault.", () => {
	for (const task of sreTasks)
		for (const split of SPLITS) {
			const { fault, doNothing, ceiling } = loadTable(task, split);
			fault.forEach((number, row) => {
				const least = doNothing[row] as number;
				const best = ceiling[row] as number;
				const valid =
					number === 0
						? best === least && best > 0.95
						: FAULTS[number]?.healsItself
							? best >= 0.6 && least < 0.9 && best >= least
							: best >= 0.78 && best - least >= 0.15;
				assert.ok(valid, `${task.id} ${split} row ${row}: ${least}..${best}`);
			});
		}
});

test("A row draws the scenario of its fault and worth.", () => {
	const task = sreTask("sre/hard");
	const table = loadTable(task, "validation");
	for (let row = 0; row < 50; row++) {
		const { scenario, worth } = drawRow(table, task, "validation", row);
		assert.equal(scenario.fault, table.fault[row]);
		assert.equal(worth.ceiling, table.ceiling[row]);
	}
});

test("The splits of a task share no scenario.", () => {
	for (const task of [sreTask("sre/easy"), sreTask("sre/hard_aliased")]) {
		const seeds = SPLITS.flatMap((split) => {
			const table = loadTable(task, split);
			return Array.from({ length: 300 }, (_, row) => {
				const { scenario } = drawRow(table, task, split, row);
				return `${scenario.baseLoadRps[0]}/${scenario.capacityRps.join()}`;
			});
		});
		assert.equal(new Set(seeds).size, 900);
	}
});

test("A table is read as it was written, and other bytes are refused.", () => {
	const rows = [0, 1, 2].map((row) =>
		findRow(sreTask("sre/single_oom"), "test", row),
	);
	const bytes = encodeTable(rows);
	const table = decodeTable(bytes);
	assert.deepEqual(
		[...table.attempt],
		rows.map(({ attempt }) => attempt),
	);
	assert.deepEqual(
		[...table.doNothing],
		rows.map(({ doNothing }) => doNothing),
	);
	assert.throws(() => decodeTable(bytes.slice(0, -1)), /no table/);
	assert.throws(() => decodeTable(new Uint8Array(40)), /no table/);
	assert.throws(() => decodeTable(new Uint8Array(3)), /no table/);
});

test("A table that is missing is named, with what to do.", () => {
	const absent: SreTask = { ...sreTask("sre/easy"), version: 4000 };
	assert.throws(() => loadTable(absent, "train"), {
		reason: "DATA_UNAVAILABLE",
		message: /easy\.v4000\.train\.bin is missing; run/,
	});
});

test("A task that has no valid scenario is told, not searched for ever.", () => {
	const task = sreTask("sre/easy");
	const harmless: SreTask = {
		...task,
		scenarios: { ...task.scenarios, severity: [-1, -0.99] },
	};
	assert.throws(
		() => findRow(harmless, "train", 0, 20),
		/no valid scenario of sre\/easy/,
	);
});

function withoutRejections(found: ReturnType<typeof findRow>) {
	assert.equal(found.rejections.length, found.attempt);
	const { rejections: _rejections, ...row } = found;
	return row;
}
