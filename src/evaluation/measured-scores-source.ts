import type { SreReport } from "./sre-report.js";
import type { TrainingReport } from "./training-report.js";
import { rangesOf } from "./training-report-page.js";

/** The source of src/environments/training/measured-scores.ts, formatted as the project's formatter has it: what ListTasks tells of a report. */
export function renderMeasuredScores(report: TrainingReport): string {
	const rows = report.tasks.flatMap(({ task, data, rows }) =>
		rows.map(({ policy, score, episodes }) => ({
			task: task.id,
			task_version: task.version,
			policy: policy.name,
			policy_version: policy.version,
			score: Number(score.mean.toFixed(4)),
			measured: [
				`mean of ${episodes} episodes, split ${report.split}, seeds ${rangesOf(report.seeds)}`,
				...(score.halfWidth === undefined
					? []
					: [`95 % interval ± ${score.halfWidth.toFixed(4)}`]),
				`${data.name} (${data.digest})`,
				report.engine,
			].join("; "),
		})),
	);
	return renderScores(report.command, rows);
}

/** The source of src/environments/sre/measured-scores.ts. */
export function renderMeasuredSreScores(report: SreReport): string {
	const rows = report.tasks.flatMap(({ task, rows }) =>
		rows.map(({ policy, score, episodes }) => ({
			task: task.id,
			task_version: task.version,
			policy: policy.name,
			policy_version: policy.version,
			score: Number(score.mean.toFixed(4)),
			measured: [
				`mean of ${episodes} episodes, split ${report.split}, seeds ${rangesOf(report.seeds)}`,
				...(score.halfWidth === undefined
					? []
					: [`95 % interval ± ${score.halfWidth.toFixed(4)}`]),
			].join("; "),
		})),
	);
	return renderScores(report.command, rows);
}

function renderScores(
	command: string,
	rows: readonly {
		readonly measured: string;
		readonly [column: string]: string | number;
	}[],
): string {
	return [
		'import type { MeasuredScore } from "./reference-scores.js";',
		"",
		`/** Written by \`${command}\`, never by hand. */`,
		"export const measuredScores: readonly MeasuredScore[] = [",
		...rows.flatMap(({ measured, ...row }) => [
			"\t{",
			...Object.entries(row).map(
				([name, value]) => `\t\t${name}: ${JSON.stringify(value)},`,
			),
			// Always too long for the line of its name.
			`\t\tmeasured:\n\t\t\t${JSON.stringify(measured)},`,
			"\t},",
		]),
		"];",
		"",
	].join("\n");
}
