import type { MeasuredScore } from "../environments/reference-scores.js";

/** Left out of the README's tables for their width: policies that score 0, and tasks of one fault. */
const LEFT_OUT: readonly string[] = [
	"instant-submit",
	"hopeless-rate",
	"sre/single_oom",
	"sre/db_connection_leak",
	"sre/flapping_network",
];

/** The README's table of an environment's scores, policies by tasks, with a line above that says how it was measured. */
export function renderReferenceTable(
	environment: string,
	measured: readonly MeasuredScore[],
): string {
	const scores = measured.filter(
		({ task, policy }) =>
			!LEFT_OUT.includes(task) && !LEFT_OUT.includes(policy),
	);
	const tasks = distinct(scores.map(({ task }) => task));
	const policies = distinct(scores.map(({ policy }) => policy));
	const ways = distinct(scores.map(({ measured }) => measured.split(";")[0]));
	return [
		`Score: ${ways.join(", or ")}, ± half of the 95 % interval. [docs/${environment}-report.md](docs/${environment}-report.md) has the rest.`,
		"",
		row(["policy", ...tasks.map((task) => `\`${task}\``)]),
		`| --- |${" ---: |".repeat(tasks.length)}`,
		...policies.map((policy) =>
			row([
				`\`${policy}\``,
				...tasks.map((task) =>
					cell(
						scores.find(
							(score) => score.task === task && score.policy === policy,
						),
					),
				),
			]),
		),
	].join("\n");
}

/** A page with its table of an environment's scores made anew: what stands between the two comments that mark it. Throws where they are missing. */
export function replaceReferenceTable(
	page: string,
	environment: string,
	measured: readonly MeasuredScore[],
): string {
	const [begin, end] = marksOf(environment);
	const first = page.indexOf(begin);
	const last = page.indexOf(end, first);
	if (first < 0 || last < 0)
		throw new Error(
			`the lines "${begin}" and "${end}", between which the scores stand, are missing`,
		);
	return [
		page.slice(0, first + begin.length),
		renderReferenceTable(environment, measured),
		page.slice(last),
	].join("\n\n");
}

function marksOf(environment: string): [begin: string, end: string] {
	return [
		`<!-- scores of ${environment}: written by \`nightshift report ${environment} --docs\` -->`,
		`<!-- end of the scores of ${environment} -->`,
	];
}

function cell(score: MeasuredScore | undefined): string {
	if (score === undefined) return "-";
	const mean = score.score.toFixed(3);
	return score.half_width === undefined
		? mean
		: `${mean} ± ${score.half_width.toFixed(3)}`;
}

function row(cells: readonly string[]): string {
	return `| ${cells.join(" | ")} |`;
}

function distinct<Value>(values: readonly Value[]): Value[] {
	return [...new Set(values)];
}
