#!/usr/bin/env node
// Makes the tables of valid SRE scenarios: for each task and split, which attempt at each row was accepted, and what it is worth.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildIfStale } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "src", "environments", "sre", "tables");
const USAGE = `usage: node scripts/sre-tables.mjs [--rows N] [--task ID]... [--summary]

Makes the tables in src/environments/sre/tables anew and tells how many scenarios were rejected, per fault. Needed after any change of
the physics, the faults or a task; raise the task's version then. Takes some minutes.

  --rows N     scenarios per task and split, 1..65536 (default 16384)
  --task ID    only this task, for example sre/easy; may be given again
  --summary    makes nothing; tells about the tables that are there
  --help       this text

Exit status: 0 done, 1 something failed, 2 wrong usage.`;

process.exitCode = await main();

async function main() {
	let values;
	try {
		({ values } = parseArgs({
			options: {
				rows: { type: "string", default: "16384" },
				task: { type: "string", multiple: true },
				summary: { type: "boolean" },
				help: { type: "boolean" },
			},
		}));
	} catch (error) {
		console.error(`${error.message}\n\n${USAGE}`);
		return 2;
	}
	if (values.help) {
		console.log(USAGE);
		return 0;
	}
	const rows = Number(values.rows);
	if (!Number.isInteger(rows) || rows < 1 || rows > 65_536) {
		console.error(
			`--rows ${values.rows} is not allowed; it must be a whole number in 1..65536.`,
		);
		return 2;
	}
	if (!(await buildIfStale(root))) return 1;
	const code = await loadCode();
	const wanted = values.task ?? code.sreTasks.map(({ id }) => id);
	const unknown = wanted.find((id) => !code.sreTasks.some((t) => t.id === id));
	if (unknown !== undefined) {
		console.error(
			`--task ${unknown} is no SRE task; known are ${code.sreTasks.map(({ id }) => id).join(", ")}.`,
		);
		return 2;
	}
	const tasks = code.sreTasks.filter(({ id }) => wanted.includes(id));
	for (const task of tasks) {
		if (!values.summary)
			for (const split of code.SPLITS) make(code, task, split, rows);
		summarise(code, task);
	}
	if (!values.summary) removeOthers(code);
	return 0;
}

async function loadCode() {
	const from = (file) => import(join(root, "dist/src/environments/sre", file));
	const [tasks, table, generate, catalogue] = await Promise.all([
		from("tasks.js"),
		from("scenario-table.js"),
		from("simulator/generate.js"),
		from("simulator/faults/catalogue.js"),
	]);
	return { ...tasks, ...table, ...generate, ...catalogue };
}

function make({ findRow, encodeTable, tableName }, task, split, rows) {
	const name = tableName(task, split);
	const found = [];
	for (let row = 0; row < rows; row++) {
		if (row % 64 === 0 || row === rows - 1)
			process.stderr.write(`\r${name}: ${row + 1} of ${rows} `);
		found.push(findRow(task, split, row));
	}
	mkdirSync(folder, { recursive: true });
	const bytes = encodeTable(found);
	writeFileSync(join(folder, name), bytes);
	// So that the summary reads the new one, without a build between.
	const built = join(root, "dist/src/environments/sre/tables");
	mkdirSync(built, { recursive: true });
	writeFileSync(join(built, name), bytes);
	process.stderr.write(`\r${name}: ${rows} scenarios, ${bytes.length} bytes\n`);
}

/** Per fault over all splits: scenarios, share of candidates that were rejected, and the ranges of both objectives. */
function summarise({ loadTable, SPLITS, FAULTS }, task) {
	const tables = SPLITS.map((split) => loadTable(task, split));
	console.log(`\n${task.id} version ${task.version}`);
	console.log(
		"fault               scenarios  rejected  do nothing: mean (range)    ceiling: mean (range)",
	);
	FAULTS.forEach((fault, number) => {
		const rows = tables.flatMap((table) =>
			[...table.fault.keys()]
				.filter((row) => table.fault[row] === number)
				.map((row) => ({
					attempt: table.attempt[row],
					doNothing: table.doNothing[row],
					ceiling: table.ceiling[row],
				})),
		);
		if (rows.length === 0) return;
		const rejected = rows.reduce((sum, { attempt }) => sum + attempt, 0);
		console.log(
			[
				fault.name.padEnd(20),
				String(rows.length).padStart(9),
				`${((100 * rejected) / (rejected + rows.length)).toFixed(1)} %`.padStart(
					10,
				),
				range(rows.map(({ doNothing }) => doNothing)).padStart(26),
				range(rows.map(({ ceiling }) => ceiling)).padStart(25),
			].join(""),
		);
	});
}

function range(values) {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	const least = values.reduce((a, b) => Math.min(a, b));
	const most = values.reduce((a, b) => Math.max(a, b));
	return `${mean.toFixed(3)} (${least.toFixed(3)}..${most.toFixed(3)})`;
}

/** Tables of tasks or versions that are no more. */
function removeOthers({ sreTasks, SPLITS, tableName }) {
	const names = sreTasks.flatMap((task) =>
		SPLITS.map((split) => tableName(task, split)),
	);
	for (const file of readdirSync(folder))
		if (!names.includes(file)) rmSync(join(folder, file));
}
