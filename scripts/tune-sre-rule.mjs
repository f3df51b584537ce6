#!/usr/bin/env node
// Tunes the SRE policies tuned-rule and best-constant on the split train, and writes src/environments/sre/policies/tuned-rules.ts.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { buildIfStale } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const file = join(root, "src/environments/sre/policies/tuned-rules.ts");
const USAGE = `usage: node scripts/tune-sre-rule.mjs [--task ID]... [--seeds N] [--passes N] [--dry-run]

Tunes the policies tuned-rule and best-constant of the SRE environment on the split train, in this process, by coordinate ascent: each
constant and each of the table's 48 cells in turn is set to whatever raises the mean score over the seeds, until a whole pass
changes nothing. Writes src/environments/sre/policies/tuned-rules.ts after each task. Progress goes to standard error. About a minute a task.

  --task ID    only this task, for example sre/easy; may be given again (default: all); the others keep what they have
  --seeds N    train seeds 1..N of each task (default 400)
  --passes N   passes at most (default 4)
  --dry-run    tells the result, writes nothing
  --help       this text

Exit status: 0 done, 1 something failed, 2 wrong usage.`;

/** Values that are tried, one by one. */
const CANDIDATES = {
	weight: [0.35, 0.5, 0.65, 0.8, 1],
	red: [0.1, 0.25, 0.5, 0.8, 1.1],
	calleesPart: [0.6, 0.9, 1.2, 1.6],
	busy: [60, 70, 80, 86, 92, 96],
	failing: [0.02, 0.05, 0.1, 0.2],
};
const PAUSES = [0, 1, 2, 3, 4, 6];

async function main() {
	let given;
	try {
		({ values: given } = parseArgs({
			options: {
				task: { type: "string", multiple: true },
				seeds: { type: "string", default: "400" },
				passes: { type: "string", default: "4" },
				"dry-run": { type: "boolean" },
				help: { type: "boolean" },
			},
		}));
	} catch (error) {
		console.error(`${error.message}\n\n${USAGE}`);
		return 2;
	}
	if (given.help) {
		console.log(USAGE);
		return 0;
	}
	for (const flag of ["seeds", "passes"])
		if (!/^[1-9]\d{0,4}$/.test(given[flag])) {
			console.error(
				`--${flag} ${given[flag]} is not allowed; it must be a whole number in 1..99999.`,
			);
			return 2;
		}
	if (!(await buildIfStale(root))) return 1;
	const code = await loadCode();
	const wanted = given.task ?? code.sreTasks.map(({ id }) => id);
	const unknown = wanted.find((id) => !code.sreTasks.some((t) => t.id === id));
	if (unknown !== undefined) {
		console.error(
			`--task ${unknown} is no SRE task; known are ${code.sreTasks.map(({ id }) => id).join(", ")}.`,
		);
		return 2;
	}
	const rows = new Map(code.tunedRules.map((row) => [row.task, row]));
	for (const task of code.sreTasks.filter(({ id }) => wanted.includes(id))) {
		const row = tune(code, task, Number(given.seeds), Number(given.passes));
		rows.set(task.id, row);
		if (given["dry-run"]) console.log(JSON.stringify(row, undefined, 2));
		else write(code.sreTasks.flatMap(({ id }) => rows.get(id) ?? []));
	}
	return 0;
}

async function loadCode() {
	const from = (file) =>
		import(pathToFileURL(join(root, "dist/src/environments/sre", file)).href);
	const modules = await Promise.all(
		[
			"tasks.js",
			"incident.js",
			"inline-episode.js",
			"simulator/actions.js",
			"policies/best-constant.js",
			"policies/rule.js",
			"policies/tuned-rules.js",
		].map(from),
	);
	return Object.assign({}, ...modules);
}

function tune(code, task, seeds, passes) {
	const begun = performance.now();
	const progress = (text) => {
		const seconds = ((performance.now() - begun) / 1000).toFixed(0);
		process.stderr.write(
			`\r${task.id} [${seconds.padStart(3)} s] ${text}`.padEnd(79),
		);
	};
	const episodes = new Episodes(code, task, seeds);
	const constants = code.INTERVENTIONS.map((name) => {
		const score = mean(episodes.play(code.constantAtRedRoot(name)).scores);
		progress(`${name} at the red root: ${score.toFixed(3)}`);
		return { name, score };
	}).sort((a, b) => b.score - a.score);
	const rule = new Ascent(code, episodes, progress);
	rule.climb(passes);
	process.stderr.write("\n");
	const { table, ...figures } = rule.best;
	console.log(
		`${task.id}: tuned-rule ${rule.score.toFixed(4)}, ${constants.map(({ name, score }) => `${name} ${score.toFixed(4)}`).join(", ")} (train seeds 1..${seeds})`,
	);
	return {
		task: task.id,
		constant: constants[0].name,
		...figures,
		table: Object.fromEntries(
			code.SITUATIONS.map((situation, index) => [
				situation,
				table[index].join(" "),
			]),
		),
	};
}

/** The task's incidents of the first seeds, opened once. */
class Episodes {
	constructor(code, task, seeds) {
		this.code = code;
		this.task = task;
		this.all = Array.from({ length: seeds }, (_, index) =>
			code.startSeeded(task, "train", String(index + 1)),
		);
	}

	/** Scores of these episodes, by default all, and for each what `visited` was told while it was played. */
	play(start, which = this.all.keys(), visits) {
		const scores = [];
		const cells = [];
		for (const index of which) {
			const state = this.code.cloneIncident(this.all[index]);
			visits?.clear();
			const act = this.code.startPolicy(
				this.task,
				{ start },
				String(index + 1),
				state,
			);
			scores.push(this.code.playOn(state, act).score);
			if (visits) cells.push(new Set(visits));
		}
		return { scores, cells };
	}
}

/** Coordinate ascent. A changed cell of the table changes only the episodes in which it was looked up, so only these are played again. */
class Ascent {
	constructor(code, episodes, progress) {
		this.code = code;
		this.episodes = episodes;
		this.progress = progress;
		this.visits = new Set();
		this.names = [...code.INTERVENTIONS, "wait"];
		this.best = {
			weight: 0.65,
			red: 0.25,
			calleesPart: 1.2,
			busy: 92,
			failing: 0.05,
			pauses: [1, 4, 3, 1],
			table: code.SITUATIONS.map((situation) => {
				const first = situation.startsWith("provider")
					? "circuit_break"
					: situation.startsWith("released")
						? "rollback"
						: "restart";
				return Array(code.TIMES).fill(first);
			}),
		};
		this.keep(this.best, this.play(this.best));
	}

	climb(passes) {
		for (let pass = 1; pass <= passes; pass++) {
			const before = this.score;
			for (const [name, values] of Object.entries(CANDIDATES))
				for (const value of values) {
					this.progress(`pass ${pass}, ${name}: ${this.score.toFixed(4)}`);
					this.try({ ...this.best, [name]: value });
				}
			for (const index of this.best.pauses.keys())
				for (const value of PAUSES) {
					this.progress(`pass ${pass}, pauses: ${this.score.toFixed(4)}`);
					this.try({
						...this.best,
						pauses: this.best.pauses.with(index, value),
					});
				}
			for (let row = 0; row < this.code.SITUATIONS.length; row++)
				for (let time = 0; time < this.code.TIMES; time++) {
					this.progress(
						`pass ${pass}, ${this.code.SITUATIONS[row]}: ${this.score.toFixed(4)}`,
					);
					for (const name of this.names) this.tryCell(row, time, name);
				}
			if (this.score === before) return;
		}
	}

	try(rule) {
		if (JSON.stringify(rule) === JSON.stringify(this.best)) return;
		const played = this.play(rule);
		if (mean(played.scores) > this.score) this.keep(rule, played);
	}

	tryCell(row, time, name) {
		if (this.best.table[row][time] === name) return;
		const cell = `${row} ${time}`;
		const which = [...this.cells.keys()].filter((k) => this.cells[k].has(cell));
		if (which.length === 0) return;
		const table = this.best.table.with(
			row,
			this.best.table[row].with(time, name),
		);
		const rule = { ...this.best, table };
		const some = this.play(rule, which);
		const scores = [...this.scores];
		const cells = [...this.cells];
		which.forEach((k, index) => {
			scores[k] = some.scores[index];
			cells[k] = some.cells[index];
		});
		if (mean(scores) > this.score) this.keep(rule, { scores, cells });
	}

	keep(rule, { scores, cells }) {
		this.best = rule;
		this.scores = scores;
		this.cells = cells;
		this.score = mean(scores);
	}

	play(rule, which) {
		const { visits } = this;
		const table = rule.table.map(
			(names, row) =>
				new Proxy(names, {
					get(target, time) {
						visits.add(`${row} ${String(time)}`);
						return target[time];
					},
				}),
		);
		const start = this.code.playRule({ ...rule, table });
		return this.episodes.play(start, which, visits);
	}
}

function mean(values) {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function write(rows) {
	const source = `import type { TunedRow } from "./tuned-constants.js";

/** Written by scripts/tune-sre-rule.mjs, never by hand. */
export const tunedRules: readonly TunedRow[] = ${JSON.stringify(rows, undefined, "\t")};
`;
	if (readFileSync(file, "utf8") === source) return;
	writeFileSync(file, source);
	const biome = join(root, "node_modules", ".bin", "biome");
	execFileSync(biome, ["format", "--write", file], { stdio: "ignore" });
}

process.exitCode = await main();
