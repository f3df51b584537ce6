import type { MeanInterval } from "../student-t.js";
import { rangesOf } from "../training-report-page.js";
import { printable } from "./markup.js";
import type { Proportion } from "./proportion.js";
import type { AgentRow, SreSummary, Summary, TaskSummary } from "./summary.js";

/** A summary as Markdown: what was asked, and tables for each task. */
export function renderSummary(summary: Summary): string {
	const { header, episodes, failedAttempts, passingScore } = summary;
	return [
		"# Results",
		"",
		`- asked: ${header.agents.map(({ name, version }) => `${cell(name)} (${cell(version)})`).join(", ")}; split ${header.split}, seeds ${seedsTold(header.seeds)}`,
		`- finished episodes: ${episodes}; attempts that the infrastructure cut off: ${failedAttempts} (never scored)`,
		`- score: mean ± half of its 95 % interval (Student's t); IQM: mean of the middle half; passed: a score of at least ${passingScore}, with Wilson's 95 % interval`,
		"",
		...(summary.overall.some(({ tasks }) => tasks > 1)
			? section("All tasks", overallTable(summary))
			: []),
		...summary.tasks.flatMap((task) => section(cell(task.task), tables(task))),
	]
		.join("\n")
		.trimEnd()
		.concat("\n");
}

/** Seeds as ranges, cut short where they are many. */
export function seedsTold(seeds: readonly string[]): string {
	const told = rangesOf(seeds);
	return told.length > 60 ? `${told.slice(0, 57)}… (${seeds.length})` : told;
}

export function intervalTold(
	interval: MeanInterval | undefined,
	digits = 3,
): string {
	if (!interval) return "-";
	const { mean, halfWidth } = interval;
	return halfWidth === undefined
		? mean.toFixed(digits)
		: `${mean.toFixed(digits)} ± ${halfWidth.toFixed(digits)}`;
}

/** Mitigated, minutes to mitigate, wrong and trap actions, hits of root and of class. */
export function incidentCells(sre: SreSummary): string[] {
	return [
		proportionTold(sre.mitigated),
		numberTold(sre.timeToMitigate),
		numberTold(sre.wrongActions, 2),
		numberTold(sre.trapActions, 2),
		proportionTold(sre.rootHits),
		proportionTold(sre.classHits),
	];
}

export function proportionTold(told: Proportion | undefined): string {
	if (!told) return "-";
	const { count, of, share, low, high } = told;
	return `${percent(share)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}; ${count} of ${of})`;
}

export function numberTold(value: number | undefined, digits = 1): string {
	return value === undefined ? "-" : value.toFixed(digits);
}

/** "2 steps, 1 tokens"; "-" for none. */
export function limitsTold({ limits }: Pick<AgentRow, "limits">): string {
	const told = Object.entries(limits).map(
		([limit, count]) =>
			`${count} ${limit === "wallSeconds" ? "seconds" : limit}`,
	);
	return told.length === 0 ? "-" : told.join(", ");
}

export function tokensTold({ usage }: Pick<AgentRow, "usage">): string {
	return usage ? `${usage.inputTokens} + ${usage.outputTokens}` : "-";
}

export function costTold({ usage, episodes }: AgentRow): string {
	if (usage?.cost === undefined) return "-";
	const dollars = `$${usage.cost.toFixed(4)}`;
	return usage.pricedEpisodes < episodes
		? `${dollars} (of ${usage.pricedEpisodes} episodes)`
		: dollars;
}

function percent(share: number): string {
	return `${(100 * share).toFixed(1)} %`;
}

function section(title: string, lines: readonly string[]): string[] {
	return [`## ${title}`, "", ...lines, ""];
}

function overallTable({ overall }: Summary): string[] {
	return table(
		["agent", "tasks", "episodes", "score", "passed"],
		overall.map((row) => [
			row.agent,
			String(row.tasks),
			String(row.episodes),
			intervalTold(row.score),
			proportionTold(row.passed),
		]),
	);
}

function tables({ rows }: TaskSummary): string[] {
	if (rows.length === 0) return ["No agent has played it."];
	const incidents = rows.flatMap(({ agent, sre }) =>
		sre ? { agent, sre } : [],
	);
	const trainings = rows.flatMap(({ agent, training }) =>
		training ? { agent, training } : [],
	);
	const faults = [
		...new Set(
			incidents.flatMap(({ sre }) => sre.faults.map(({ fault }) => fault)),
		),
	].sort();
	return [
		...table(
			[
				"agent",
				"episodes",
				"score",
				"IQM",
				"passed",
				"actions",
				"refused",
				"seconds",
			],
			rows.map((row) => [
				row.agent,
				String(row.episodes),
				intervalTold(row.score),
				intervalTold(row.interquartileMean),
				proportionTold(row.passed),
				numberTold(row.actions),
				numberTold(row.refused),
				numberTold(row.seconds, 2),
			]),
		),
		"",
		...table(
			[
				"agent",
				"agent failures",
				"left",
				"limits hit",
				"cut off by infrastructure",
				"never finished",
				"tokens in + out",
				"cost",
			],
			rows.map((row) => [
				row.agent,
				String(row.agentFailures),
				String(row.left),
				limitsTold(row),
				String(row.failedAttempts),
				String(row.unfinished),
				tokensTold(row),
				costTold(row),
			]),
		),
		...(incidents.length > 0
			? [
					"",
					...table(
						[
							"agent",
							"mitigated",
							"steps to mitigate",
							"wrong actions",
							"trap actions",
							"root hit@1",
							"class hit@1",
						],
						incidents.map(({ agent, sre }) => [agent, ...incidentCells(sre)]),
					),
					"",
					...table(
						["fault", ...incidents.map(({ agent }) => agent)],
						faults.map((fault) => [
							fault,
							...incidents.map(({ sre }) => {
								const row = sre.faults.find((one) => one.fault === fault);
								return row
									? `${intervalTold(row.score)} (${row.episodes})`
									: "-";
							}),
						]),
					),
				]
			: []),
		...(trainings.length > 0
			? [
					"",
					...table(
						["agent", "test accuracy", "gap", "epochs"],
						trainings.map(({ agent, training }) => [
							agent,
							intervalTold(training.testAccuracy, 4),
							numberTold(training.gap, 4),
							numberTold(training.epochs),
						]),
					),
				]
			: []),
	];
}

/** The first column is text, the others are figures. Cells are made fit for a table. */
export function table(
	head: readonly string[],
	rows: readonly (readonly string[])[],
): string[] {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	return [
		line(head.map(cell)),
		line(head.map((_, k) => (k === 0 ? "---" : "---:"))),
		...rows.map((cells) => line(cells.map(cell))),
	];
}

/** A text of a record as a cell of Markdown on a terminal: on one line, without signs that mean something there. */
export function cell(text: string): string {
	return printable(text)
		.replace(/\s+/g, " ")
		.replace(/[|\\`<>]/g, (sign) => `\\${sign}`);
}
