import { join } from "node:path";
import {
	EpisodeReader,
	type Evaluation,
	readEvaluation,
} from "./read-evaluation.js";
import { renderReport } from "./report-page.js";
import { LINES_FILE } from "./result-files.js";
import { type Summary, summarise } from "./summary.js";
import { toSummaryJson } from "./summary-json.js";

/** What is made from an evaluation's lines. The same lines give the same bytes. */
export interface Results {
	readonly evaluation: Evaluation;
	readonly summary: Summary;
	/** Of summary.json. */
	readonly summaryJson: string;
	/** Of report.html. */
	readonly page: string;
}

/** Makes the results of an evaluation's folder; writes nothing. Errors: UnreadableEvaluation. */
export async function makeResults(
	folder: string,
	passingScore: number,
): Promise<Results> {
	const evaluation = await readEvaluation(join(folder, LINES_FILE));
	const summary = summarise(evaluation, passingScore);
	const reader = await EpisodeReader.open(evaluation.path);
	try {
		return {
			evaluation,
			summary,
			summaryJson: `${JSON.stringify(toSummaryJson(summary), undefined, 2)}\n`,
			page: await renderReport(evaluation, summary, ({ place }) =>
				reader.read(place),
			),
		};
	} finally {
		await reader.close();
	}
}
