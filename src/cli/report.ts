import { join } from "node:path";
import { Argument, Command, Option } from "commander";
import type { NightshiftClient, Task } from "../../clients/typescript/index.js";
import { policiesOf } from "../environments/policies.js";
import type { SplitName } from "../evaluation/episode-player.js";
import { JsonLines } from "../evaluation/json-lines.js";
import { measureTraining } from "../evaluation/training-measurement.js";
import {
	createTrainingReport,
	isOnRealImages,
	type TrainingReport,
	toReportJson,
} from "../evaluation/training-report.js";
import { renderTrainingReport } from "../evaluation/training-report-page.js";
import { CommandFailure } from "./exit-status.js";
import { writeDocs } from "./report-docs.js";
import { choose, readSeeds, writeFile, wrongUsage } from "./report-options.js";
import { reportSre } from "./report-sre.js";
import { ReportView } from "./report-view.js";
import { withServer } from "./with-server.js";

interface ReportOptions {
	readonly seeds?: string;
	readonly split: SplitName;
	readonly tasks?: string;
	readonly policies?: string;
	readonly address?: string;
	readonly data?: string;
	readonly out: string;
	readonly json?: string;
	/** The folder that was named, or true for this checkout. */
	readonly docs?: string | true;
}

const ENVIRONMENT = "training";
const ENVIRONMENTS = ["training", "sre"] as const;
const SEEDS = "1..3";

/** `nightshift report`: plays the policies over gRPC and tells what they score. */
export function reportCommand(): Command {
	const players = ENVIRONMENTS.map(
		(environment) =>
			`${environment}: ${policiesOf(environment)
				.map(({ name }) => name)
				.join(", ")}`,
	).join("; ");
	return new Command("report")
		.description(
			"Play policies on the tasks of an environment and tell what they score; goes on where it was stopped.",
		)
		.addArgument(
			new Argument("<environment>", "whose tasks are played").choices(
				ENVIRONMENTS,
			),
		)
		.option(
			"--seeds <SEEDS>",
			"seeds of the episodes, as numbers and ranges: 1..3,7 (default: training 1..3; sre 1000, where a lone number N is 1..N)",
		)
		.addOption(
			new Option("--split <SPLIT>", "split that the episodes are drawn from")
				.choices(["train", "validation", "test"])
				.default("test"),
		)
		.option("--tasks <IDS>", "tasks, separated by commas (default: all)")
		.option(
			"--policies <NAMES>",
			`who plays, separated by commas (default: all); ${players}`,
		)
		.option(
			"--address <HOST:PORT>",
			"training: play against this server instead of starting one",
		)
		.option(
			"--data <DIR>",
			"training: directory with data sets (several: separated by a colon)",
		)
		.option(
			"--out <DIR>",
			"training: folder of the results file, training.jsonl: a line for each episode that is over",
			"outputs/reports",
		)
		.option(
			"--json <FILE>",
			"write the report as JSON, too; - prints it in place of the page",
		)
		.option(
			"--docs [DIR]",
			"write the report into docs/, the scores that ListTasks tells, and the README's table into a checkout (default: this one); only a report of all tasks and policies, of training on real images",
		)
		.addHelpText(
			"after",
			`
training: two episodes are played at once, over gRPC. Each that is over is added to the results file at once; the next run plays what is missing, and plays
anew what is there of another engine, data set, task version or policy version.
sre: episodes are played in this process, hundreds a second, without a server and without a results file.
The report is printed as Markdown, progress on standard error.

Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`,
		)
		.action((environment: string, options: ReportOptions) =>
			environment === "sre" ? reportSre(options) : report(options),
		);
}

async function report(options: ReportOptions): Promise<void> {
	const seeds = readSeeds(options.seeds ?? SEEDS);
	const policies = choose(
		"--policies",
		options.policies,
		policiesOf(ENVIRONMENT),
		({ name }) => name,
	);
	if (options.docs !== undefined && (options.tasks ?? options.policies))
		throw wrongUsage(
			"--docs goes only with all tasks and policies; leave out --tasks and --policies",
		);
	const results = openResults(join(options.out, `${ENVIRONMENT}.jsonl`));
	const before = results.values.length;
	await withServer(
		{
			address: options.address,
			data: options.data,
			interrupted: () =>
				`interrupted; ${results.path} has what was finished (${results.values.length - before} more than before), and the same command goes on from there.`,
		},
		async (client, signal) => {
			const tasks = await chooseTasks(client, options.tasks, signal);
			const measurement = { tasks, policies, seeds, split: options.split };
			const view = new ReportView(process.stderr);
			const entries = await measureTraining(
				client,
				measurement,
				results,
				signal,
				view,
			).finally(() => view.end());
			tell(
				createTrainingReport(measurement, entries, commandOf(options)),
				options,
			);
		},
	);
}

function tell(
	finished: TrainingReport,
	{ json, docs }: Pick<ReportOptions, "json" | "docs">,
): void {
	const asJson = () =>
		`${JSON.stringify(toReportJson(finished), undefined, 2)}\n`;
	process.stdout.write(
		json === "-" ? asJson() : renderTrainingReport(finished),
	);
	if (json !== undefined && json !== "-") writeFile(json, asJson());
	if (docs === undefined) return;
	if (!isOnRealImages(finished))
		throw new CommandFailure(
			"--docs wants real images, and these are synthetic; `npx nightshift data` says where they are looked for.",
		);
	writeDocs(docs, ENVIRONMENT, finished, renderTrainingReport(finished));
}

/** The command that makes the same report from the results file or, without it, plays all again. */
function commandOf({
	seeds = SEEDS,
	split,
	tasks,
	policies,
	docs,
}: ReportOptions): string {
	return [
		`npx nightshift report ${ENVIRONMENT} --seeds ${seeds} --split ${split}`,
		...(tasks === undefined ? [] : [`--tasks ${tasks}`]),
		...(policies === undefined ? [] : [`--policies ${policies}`]),
		...(docs === undefined ? [] : ["--docs"]),
	].join(" ");
}

async function chooseTasks(
	client: NightshiftClient,
	asked: string | undefined,
	signal: AbortSignal,
): Promise<Task[]> {
	return choose(
		"--tasks",
		asked,
		await client.listTasks(ENVIRONMENT, { signal }),
		({ id }) => id,
	);
}

function openResults(path: string): JsonLines {
	try {
		return JsonLines.open(path);
	} catch (error) {
		throw new CommandFailure((error as Error).message);
	}
}
