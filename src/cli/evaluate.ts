import { join } from "node:path";
import { Command, Option } from "commander";
import type { NightshiftClient, Task } from "../../clients/typescript/index.js";
import { systemClock } from "../clock.js";
import type { Agent } from "../evaluation/agent.js";
import {
	createAgent,
	createProgramAgent,
	namedAgents,
} from "../evaluation/agents.js";
import type { SplitName } from "../evaluation/episode-player.js";
import type { EpisodeLimits } from "../evaluation/episode-record.js";
import { type EvaluationEnd, evaluate } from "../evaluation/evaluation.js";
import {
	EvaluationFile,
	type Question,
} from "../evaluation/evaluation-file.js";
import { EvaluationFailure } from "../evaluation/failures.js";
import { LINES_FILE, REPORT_FILE } from "../evaluation/results/result-files.js";
import type { Tally } from "../evaluation/tally.js";
import { EvaluateView } from "./evaluate-view.js";
import { CommandFailure } from "./exit-status.js";
import {
	checkExport,
	type ExportOptions,
	exportEvaluation,
	exportOption,
	exportToOption,
} from "./export.js";
import { readSeeds, writeFile, wrongUsage } from "./report-options.js";
import { told, writeResults } from "./results.js";
import { renderTable, tellScore } from "./table.js";
import { withServer } from "./with-server.js";

interface EvaluateOptions extends ExportOptions {
	readonly agent: readonly string[];
	readonly agentCommand: readonly string[];
	readonly tasks?: string;
	readonly seeds: string;
	readonly split: SplitName;
	readonly parallel: number;
	readonly attempts: number;
	readonly maxSteps?: number;
	readonly maxSeconds?: number;
	readonly maxTokens?: number;
	readonly maxCost?: number;
	readonly json?: string;
	readonly out?: string;
	readonly address?: string;
	readonly data?: string;
}

const EXAMPLE = "--agent tuned-rule --tasks sre/hard --seeds 100..163";

/** `nightshift evaluate`: plays agents on tasks over gRPC, many episodes at once, and keeps each. */
export function evaluateCommand(): Command {
	const width = Math.max(...namedAgents.map(({ name }) => name.length));
	return new Command("evaluate")
		.description(
			"Play agents on tasks over seeds, many episodes at once, over gRPC; each episode is kept, and the same command goes on where it was stopped.",
		)
		.option(
			"--agent <NAME|FILE>",
			"who plays: a name of the list below, or a JavaScript module (./agent.mjs); may be given several times",
			collect,
			[],
		)
		.option(
			"--agent-command <COMMAND>",
			"who plays: any program that speaks JSON lines (docs/evaluation.md), named after its file, or as NAME=COMMAND; may be given several times",
			collect,
			[],
		)
		.option(
			"--tasks <IDS>",
			"tasks, separated by commas; sre and training stand for all tasks of theirs (required)",
		)
		.option(
			"--seeds <SEEDS>",
			"seeds of the episodes, as numbers and ranges: 1..3,7",
			"1..16",
		)
		.addOption(
			new Option("--split <SPLIT>", "split that the episodes are drawn from")
				.choices(["train", "validation", "test"])
				.default("test"),
		)
		.option(
			"--parallel <N>",
			"episodes at once, 1 to 1024",
			whole("--parallel", 1, 1024),
			8,
		)
		.option(
			"--attempts <N>",
			"attempts at an episode that the infrastructure cuts off, 1 to 100",
			whole("--attempts", 1, 100),
			3,
		)
		.option(
			"--max-steps <N>",
			"limit of an episode: actions, refused ones included",
			whole("--max-steps", 1, 1_000_000),
		)
		.option(
			"--max-seconds <S>",
			"limit of an episode: seconds since its session was opened, waiting for a worker included",
			positive("--max-seconds"),
		)
		.option(
			"--max-tokens <N>",
			"limit of an episode: tokens of a language model, input and output together",
			whole("--max-tokens", 1, Number.MAX_SAFE_INTEGER),
		)
		.option(
			"--max-cost <USD>",
			"limit of an episode: US dollars that a language model costs",
			positive("--max-cost"),
		)
		.option(
			"--address <HOST:PORT>",
			"play against this server instead of starting one",
		)
		.option(
			"--data <DIR>",
			"directory with data sets (several: separated by a colon), for the server that is started",
		)
		.option(
			"--json <FILE>",
			"write the summary there as JSON, too; - prints it in place of the table",
		)
		.option(
			"--out <DIR>",
			"folder of the evaluation; one that is there is gone on with (default: outputs/evals/<time>)",
		)
		.addOption(exportOption())
		.addOption(exportToOption())
		.addHelpText(
			"after",
			`
Agents:
${namedAgents.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`).join("\n")}

For example: npx nightshift evaluate ${EXAMPLE}
Each episode that is over is a line of evaluation.jsonl in the folder. A limit that is reached ends an episode, which is graded as it is then.
The result is printed on standard output, progress on standard error. More: docs/evaluation.md.

Exit status: 0 done, 1 failed (also where the infrastructure let no attempt at some episode end), 2 wrong usage, 130 interrupted.`,
		)
		.action(evaluateWith);
}

async function evaluateWith(options: EvaluateOptions): Promise<void> {
	const seeds = readSeeds(options.seeds);
	checkExport(options);
	if (options.tasks === undefined)
		throw wrongUsage(
			`--tasks is missing; name what is to be played, for example ${EXAMPLE}`,
		);
	const folder = options.out ?? join("outputs", "evals", timeName());
	const agents = await chooseAgents(options, folder);
	let finished = 0;
	const stopHearing = hearLostRejections();
	try {
		await withServer(
			{
				address: options.address,
				data: options.data,
				interrupted: () =>
					`interrupted; ${finished} episodes more are finished, and the same command with --out ${folder} goes on from there.`,
			},
			async (client, signal) => {
				const all = await client.listTasks("", { signal });
				const question = {
					agents,
					tasks: chooseTasks(options.tasks as string, all),
					seeds,
					split: options.split,
					limits: toLimits(options),
				};
				checkWhoPlays(question);
				const file = openFile(folder, question);
				const view = new EvaluateView(options.parallel, process.stderr);
				try {
					const end = await play(client, question, file, options, signal, view);
					const { evaluation, summaryJson } = await told(() =>
						writeResults(folder),
					);
					await exportEvaluation(evaluation, folder, options);
					const { json } = options;
					if (json !== undefined && json !== "-") writeFile(json, summaryJson);
					if (json === "-") process.stdout.write(summaryJson);
					else tell(folder, view.tally);
					throwIfUnplayed(end);
				} finally {
					finished = view.finishedNow;
					file.close();
				}
			},
		);
	} finally {
		for (const agent of agents) await agent.close?.().catch(() => {});
		stopHearing();
	}
}

/** A module may reject a promise that nobody waits for: that is told, and no reason for Node to end all episodes. */
function hearLostRejections(): () => void {
	const tell = (reason: unknown) =>
		console.error(
			`a promise that nobody waited for was rejected (an agent's module forgot an await): ${reason instanceof Error ? reason.message : String(reason)}`,
		);
	process.on("unhandledRejection", tell);
	return () => process.off("unhandledRejection", tell);
}

async function play(
	client: NightshiftClient,
	question: Question,
	file: EvaluationFile,
	{ parallel, attempts }: EvaluateOptions,
	signal: AbortSignal,
	view: EvaluateView,
): Promise<EvaluationEnd> {
	try {
		return await evaluate(
			client,
			question,
			file,
			{ parallel, attempts },
			signal,
			view,
		);
	} catch (error) {
		if (error instanceof EvaluationFailure)
			throw new CommandFailure(
				`${error.message.replace(/\.$/, "")}; ${view.finishedNow} episodes were finished, and the same command with --out ${file.path.replace(/[/\\][^/\\]*$/, "")} goes on from there.`,
			);
		throw error;
	} finally {
		view.end();
	}
}

/** The result, on standard output: the table, then the page that shows it. */
function tell(folder: string, tally: Tally): void {
	const table = renderTable(
		[
			"agent",
			"task",
			"episodes",
			"score (95 % interval)",
			"stopped by a limit",
			"agent failed",
			"failed attempts",
		],
		tally.rows.map((row) => [
			row.agent,
			row.task,
			String(row.done),
			tellScore(row.score),
			String(row.limited),
			String(row.agentFailed),
			String(row.failedAttempts),
		]),
	);
	process.stdout.write(
		`${table.join("\n")}\n\n${join(folder, REPORT_FILE)} shows it, ${join(folder, LINES_FILE)} has every episode.\n`,
	);
}

function throwIfUnplayed({ unplayed }: EvaluationEnd): void {
	if (unplayed > 0)
		throw new CommandFailure(
			`${unplayed === 1 ? "1 episode has" : `${unplayed} episodes have`} no score, since the infrastructure cut off every attempt; the same command tries them again.`,
		);
}

async function chooseAgents(
	{ agent: named, agentCommand }: EvaluateOptions,
	folder: string,
): Promise<Agent[]> {
	if (named.length + agentCommand.length === 0)
		throw wrongUsage(
			`--agent or --agent-command is missing; name who plays, for example ${EXAMPLE}`,
		);
	const agents = [
		...(await Promise.all(
			named.map((name) => orWrongUsage("--agent", () => createAgent(name))),
		)),
		...(await Promise.all(
			agentCommand.map((command) =>
				orWrongUsage("--agent-command", () =>
					createProgramAgent(command, { folder }),
				),
			),
		)),
	];
	const twice = agents.find(
		({ name }, place) =>
			agents.findIndex((other) => other.name === name) !== place,
	);
	if (twice !== undefined)
		throw wrongUsage(
			`two agents are called ${twice.name}; give one of them another name (--agent-command NAME=COMMAND, or a name that the module exports)`,
		);
	return agents;
}

async function orWrongUsage<Value>(
	flag: string,
	create: () => Promise<Value> | Value,
): Promise<Value> {
	try {
		return await create();
	} catch (error) {
		throw wrongUsage(`${flag}: ${(error as Error).message.replace(/\.$/, "")}`);
	}
}

/** Tasks by their ids, and all of an environment by its name. */
function chooseTasks(asked: string, all: readonly Task[]): Task[] {
	const names = asked.split(",").map((name) => name.trim());
	const chosen = names.map((name) => {
		const found = all.filter(
			({ id, environment }) => id === name || environment === name,
		);
		if (found.length === 0)
			throw wrongUsage(
				`--tasks: "${name}" is not allowed; of ${all.map(({ id }) => id).join(", ")}, or the name of an environment, separated by commas`,
			);
		return found;
	});
	return [...new Set(chosen.flat())];
}

/** What an agent does not play is left out and told; one that plays none of the tasks is a mistake. */
function checkWhoPlays({ agents, tasks }: Question): void {
	for (const agent of agents) {
		const not = tasks.filter((task) => !agent.plays(task)).map(({ id }) => id);
		if (not.length === tasks.length)
			throw wrongUsage(
				`${agent.name} plays none of these tasks: ${not.join(", ")}`,
			);
		if (not.length > 0)
			console.error(`${agent.name} does not play ${not.join(", ")}`);
	}
}

function openFile(folder: string, question: Question): EvaluationFile {
	try {
		return EvaluationFile.open(folder, question);
	} catch (error) {
		throw new CommandFailure((error as Error).message);
	}
}

function toLimits({
	maxSteps,
	maxSeconds,
	maxTokens,
	maxCost,
}: EvaluateOptions): EpisodeLimits {
	return {
		...(maxSteps !== undefined && { steps: maxSteps }),
		...(maxSeconds !== undefined && { wallSeconds: maxSeconds }),
		...(maxTokens !== undefined && { tokens: maxTokens }),
		...(maxCost !== undefined && { cost: maxCost }),
	};
}

/** "2026-11-21T16-28-16", UTC. */
function timeName(): string {
	return new Date(systemClock.now())
		.toISOString()
		.slice(0, 19)
		.replaceAll(":", "-");
}

function collect(value: string, before: readonly string[]): string[] {
	return [...before, value];
}

function whole(flag: string, least: number, most: number) {
	return (text: string): number => {
		const value = Number(text);
		if (!/^\d+$/.test(text) || value < least || value > most)
			throw wrongUsage(
				`${flag}: "${text}" is not allowed; a whole number from ${least} to ${most}`,
			);
		return value;
	};
}

function positive(flag: string) {
	return (text: string): number => {
		const value = Number(text);
		if (!/^\d*\.?\d+$/.test(text) || !(value > 0))
			throw wrongUsage(`${flag}: "${text}" is not allowed; a number above 0`);
		return value;
	};
}
