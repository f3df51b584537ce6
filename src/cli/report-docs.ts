import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
	measuredScoresOf,
	renderMeasuredScores,
} from "../evaluation/measured-scores-source.js";
import { replaceReferenceTable } from "../evaluation/reference-table.js";
import type { SreReport } from "../evaluation/sre-report.js";
import type { TrainingReport } from "../evaluation/training-report.js";
import { CommandFailure } from "./exit-status.js";
import { writeFile } from "./report-options.js";

const checkout = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Writes a report into a checkout: its page, the scores that ListTasks tells, and the README's table where there is a README. `docs` is the
 * checkout's folder, or true for this one. Errors: CommandFailure.
 */
export function writeDocs(
	docs: string | true,
	environment: string,
	report: TrainingReport | SreReport,
	page: string,
): void {
	const root = docs === true ? checkout : docs;
	const scores = measuredScoresOf(report);
	writeFile(join(root, "docs", `${environment}-report.md`), page);
	writeFile(
		join(root, "src", "environments", environment, "measured-scores.ts"),
		renderMeasuredScores(report.command, scores),
	);
	const readme = join(root, "README.md");
	if (existsSync(readme))
		writeFile(readme, withTable(readme, environment, scores));
}

function withTable(
	readme: string,
	...scores: [environment: string, ReturnType<typeof measuredScoresOf>]
): string {
	try {
		return replaceReferenceTable(readFileSync(readme, "utf8"), ...scores);
	} catch (error) {
		throw new CommandFailure(`${readme}: ${(error as Error).message}.`);
	}
}
