import { join } from "node:path";
import { Command } from "commander";
import {
	type Comparison,
	compare,
	Incomparable,
} from "../evaluation/results/comparison.js";
import {
	renderComparison,
	toComparisonJson,
} from "../evaluation/results/comparison-text.js";
import { printable } from "../evaluation/results/markup.js";
import {
	type Evaluation,
	readEvaluation,
	UnreadableEvaluation,
} from "../evaluation/results/read-evaluation.js";
import {
	LINES_FILE,
	REPORT_FILE,
	SUMMARY_FILE,
} from "../evaluation/results/result-files.js";
import type { Results } from "../evaluation/results/results.js";
import { renderSummary } from "../evaluation/results/summary-text.js";
import { PASSING_SCORE } from "../evaluation/sre-report.js";
import { CommandFailure } from "./exit-status.js";
import {
	checkExport,
	type ExportOptions,
	exportEvaluation,
	exportOption,
	exportToOption,
} from "./export.js";
import { writeFile, wrongUsage } from "./report-options.js";

const HELP = `
docs/results.md says how each figure is computed.

Exit status: 0 done, 1 failed, 2 wrong usage.`;

interface ResultsOptions extends ExportOptions {
	readonly json?: string;
	readonly pass: string;
}

interface CompareOptions {
	readonly agents?: string;
	readonly json?: string;
}

/** `nightshift results`: makes summary and page of an evaluation again. */
export function resultsCommand(): Command {
	return new Command("results")
		.description(
			"Make summary.json and report.html of an evaluation again from its lines, and print the summary.",
		)
		.argument("<DIR>", `folder of the evaluation, with its ${LINES_FILE}`)
		.option(
			"--pass <SCORE>",
			"score from which an episode counts as passed, 0 to 1",
			String(PASSING_SCORE),
		)
		.option(
			"--json <FILE>",
			"write the summary there as JSON, too; - prints it in place of the tables",
		)
		.addOption(exportOption())
		.addOption(exportToOption())
		.addHelpText("after", HELP)
		.action((folder: string, options: ResultsOptions) =>
			told(() => results(folder, options)),
		);
}

/** `nightshift compare`: two agents on the same episodes. */
export function compareCommand(): Command {
	return new Command("compare")
		.description(
			"Compare two agents on the episodes that both finished, paired by task, split and seed.",
		)
		.argument("<A>", "folder of an evaluation")
		.argument("[B]", "folder of another one (default: the same)")
		.option(
			"--agents <X,Y>",
			"X of A against Y of B; needed where a folder has several agents",
		)
		.option(
			"--json <FILE>",
			"write the comparison there as JSON, too; - prints it in place of the table",
		)
		.addHelpText("after", HELP)
		.action((a: string, b: string | undefined, options: CompareOptions) =>
			told(() => compareFolders(a, b, options)),
		);
}

async function results(
	folder: string,
	{ json, pass, ...asked }: ResultsOptions,
): Promise<void> {
	const passingScore = readPass(pass);
	checkExport(asked);
	const { evaluation, summary, summaryJson } = await writeResults(
		folder,
		passingScore,
	);
	await exportEvaluation(evaluation, folder, asked);
	tellOfTorn(evaluation);
	tell(json, renderSummary(summary), summaryJson);
}

/** Makes an evaluation's summary.json and report.html in its folder. Errors: CommandFailure, UnreadableEvaluation. */
export async function writeResults(
	folder: string,
	passingScore = PASSING_SCORE,
): Promise<Results> {
	// The library of the pictures takes longer to load than most commands run.
	const { makeResults } = await import("../evaluation/results/results.js");
	const made = await makeResults(folder, passingScore);
	writeFile(join(folder, SUMMARY_FILE), made.summaryJson);
	writeFile(join(folder, REPORT_FILE), made.page);
	return made;
}

async function compareFolders(
	folderA: string,
	folderB: string | undefined,
	{ agents, json }: CompareOptions,
): Promise<void> {
	const names = agents?.split(",").map((name) => name.trim());
	if (names && names.length !== 2)
		throw wrongUsage(
			`--agents: "${agents}" is not allowed; two agents, separated by a comma`,
		);
	if (folderB === undefined && !names)
		throw wrongUsage(
			"with one folder, --agents X,Y says which of its agents are compared",
		);
	const a = await readEvaluation(join(folderA, LINES_FILE));
	const b =
		folderB === undefined ? a : await readEvaluation(join(folderB, LINES_FILE));
	tellOfTorn(a);
	if (b !== a) tellOfTorn(b);
	const comparison: Comparison = compare(
		{ evaluation: a, agent: chooseAgent(a, names?.[0]) },
		{ evaluation: b, agent: chooseAgent(b, names?.[1]) },
	);
	tell(
		json,
		renderComparison(comparison),
		`${JSON.stringify(toComparisonJson(comparison), undefined, 2)}\n`,
	);
}

function chooseAgent(
	{ header, path }: Evaluation,
	asked: string | undefined,
): string {
	const names = header.agents.map(({ name }) => name);
	if (asked === undefined && names.length === 1) return names[0] as string;
	if (asked !== undefined && names.includes(asked)) return asked;
	throw wrongUsage(
		asked === undefined
			? `${path} has several agents (${names.map(printable).join(", ")}); --agents X,Y says which are compared`
			: `--agents: "${asked}" is not an agent of ${path}; it has ${names.map(printable).join(", ")}`,
	);
}

function readPass(text: string): number {
	const score = Number(text);
	if (text.trim() === "" || !(score >= 0 && score <= 1))
		throw wrongUsage(`--pass: "${text}" is not allowed; a score from 0 to 1`);
	return score;
}

function tellOfTorn({ torn, path }: Evaluation): void {
	if (torn)
		console.error(
			`nightshift: the last line of ${path} was torn off as it was written, and is left out.`,
		);
}

function tell(json: string | undefined, text: string, asJson: string): void {
	process.stdout.write(json === "-" ? asJson : text);
	if (json !== undefined && json !== "-") writeFile(json, asJson);
}

/** What a folder has to be blamed for is told as a sentence. */
export async function told<Value>(work: () => Promise<Value>): Promise<Value> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof UnreadableEvaluation || error instanceof Incomparable)
			throw new CommandFailure(printable(error.message));
		throw error;
	}
}
