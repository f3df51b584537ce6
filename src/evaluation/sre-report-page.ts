import {
	PASSING_SCORE,
	type SrePolicyRow,
	type SreReport,
	type SreTaskReport,
} from "./sre-report.js";
import type { MeanInterval } from "./student-t.js";
import { rangesOf } from "./training-report-page.js";

/** A report as a page of Markdown: how it was measured, the policies, and for each task their scores, also by fault, and the rejected scenarios. */
export function renderSreReport(report: SreReport): string {
	return [
		"# Scores of the policies in the SRE environment",
		"",
		`Made by \`${report.command}\`, which plays in its own process, without a server; a session of the service with the same task, split and seed is the`,
		"same incident.",
		"",
		`- episodes: split ${report.split}, seed${report.seeds.length === 1 ? "" : "s"} ${rangesOf(report.seeds)}, the same for every policy`,
		"",
		"The score, 0.01 to 0.99, is a mean with its 95 % confidence interval by Student's t; IQM is the mean of the middle half of the scores, with its",
		`interval from the winsorised variance. Passed: share of episodes with a score of at least ${PASSING_SCORE}. Mitigated: share in which the objective held from some`,
		"step on to the end, and the mean of that step. Wrong: actions per episode that were neither a wait nor the fault's fix; traps: those that",
		"only seem to help. Root named: share of told diagnoses that named it, - where none was told.",
		"",
		...(report.tasks[0]?.rows ?? []).map(
			({ policy }) =>
				`- \`${policy.name}\` (version ${policy.version}): ${policy.description}`,
		),
		"",
		...report.tasks.flatMap(taskLines),
	]
		.join("\n")
		.trimEnd()
		.concat("\n");
}

function taskLines({ task, rows, rejections }: SreTaskReport): string[] {
	return [
		`## ${task.id}`,
		"",
		`Version ${task.version}. ${task.description}`,
		"",
		"| policy | episodes | score | IQM | passed | mitigated | at step | wrong | traps | root named |",
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
		...rows.map((row) =>
			tableRow([
				row.policy.name,
				row.episodes,
				interval(row.score),
				interval(row.interquartileMean),
				percent(row.passed),
				percent(row.mitigated),
				row.stepsToMitigate?.toFixed(1) ?? "-",
				row.wrongActions.toFixed(2),
				row.trapActions.toFixed(2),
				row.rootHits === undefined ? "-" : percent(row.rootHits),
			]),
		),
		"",
		"Mean score by fault, and the share of candidate scenarios of that fault that were rejected as ill without it, harmless or not solvable:",
		"",
		tableRow([
			"fault",
			"episodes",
			...rows.map(({ policy }) => policy.name),
			"rejected",
		]),
		`| --- | ${"---: | ".repeat(rows.length + 2)}`.trimEnd(),
		...rejections.map(({ fault, accepted, rejected }) =>
			tableRow([
				fault,
				rows[0]?.byFault[fault]?.episodes ?? 0,
				...rows.map((row) => scoreOf(row, fault)),
				percent(rejected / (accepted + rejected)),
			]),
		),
		"",
	];
}

function scoreOf({ byFault }: SrePolicyRow, fault: string): string {
	return byFault[fault]?.score.toFixed(3) ?? "-";
}

function tableRow(cells: readonly (string | number)[]): string {
	return `| ${cells.join(" | ")} |`;
}

function percent(share: number): string {
	return `${(100 * share).toFixed(1)} %`;
}

function interval({ mean, halfWidth }: MeanInterval): string {
	return halfWidth === undefined
		? mean.toFixed(3)
		: `${mean.toFixed(3)} ± ${halfWidth.toFixed(3)}`;
}
