import type { MeasuredScore } from "../environments/reference-scores.js";
import type { SreReport } from "./sre-report.js";
import type { TrainingReport } from "./training-report.js";
import { rangesOf } from "./training-report-page.js";

/** What ListTasks tells of a report: a score for each policy on each task. */
export function measuredScoresOf(
	report: TrainingReport | SreReport,
): MeasuredScore[] {
	const engine = "engine" in report ? [report.engine] : [];
	return report.tasks.flatMap((ofTask) =>
		ofTask.rows.map(({ policy, score, episodes }) => ({
			task: ofTask.task.id,
			task_version: ofTask.task.version,
			policy: policy.name,
			policy_version: policy.version,
			score: rounded(score.mean),
			...(score.halfWidth !== undefined && {
				half_width: rounded(score.halfWidth),
			}),
			measured: [
				`mean of ${episodes} episodes, split ${report.split}, seeds ${rangesOf(report.seeds)}`,
				...(score.halfWidth === undefined
					? []
					: [`95 % interval ± ${score.halfWidth.toFixed(4)}`]),
				...("data" in ofTask
					? [`${ofTask.data.name} (${ofTask.data.digest})`]
					: []),
				...engine,
			].join("; "),
		})),
	);
}

/** The source of an environment's measured-scores.ts, formatted as the project's formatter has it. */
export function renderMeasuredScores(
	command: string,
	scores: readonly MeasuredScore[],
): string {
	return [
		'import type { MeasuredScore } from "./reference-scores.js";',
		"",
		`/** Written by \`${command}\`, never by hand. */`,
		"export const measuredScores: readonly MeasuredScore[] = [",
		...scores.flatMap(({ measured, ...row }) => [
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

/** More digits than any page shows, so that a page rounds but once. */
function rounded(value: number): number {
	return Number(value.toFixed(6));
}
