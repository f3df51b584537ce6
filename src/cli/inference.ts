import { Command, Option } from "commander";
import type { NightshiftClient, Task } from "../../clients/typescript/index.js";
import { workClock } from "../clock.js";
import type { SplitName } from "../evaluation/episode-player.js";
import { EvaluationFailure } from "../evaluation/failures.js";
import { type InferenceResult, infer } from "../evaluation/llm/inference.js";
import { oneLine } from "../evaluation/llm/inference-lines.js";
import { createLlmAgent } from "../evaluation/llm/llm-agent.js";
import { findServerAddress } from "../evaluation/llm/server-address.js";
import {
	type LlmSettings,
	llmVariables,
	readLlmSettings,
	withEnvironmentFile,
} from "../evaluation/llm/settings.js";
import { sumUsage } from "../evaluation/usage.js";
import { CommandFailure } from "./exit-status.js";
import { choose, wrongUsage } from "./report-options.js";
import { withServer } from "./with-server.js";

interface InferenceOptions {
	readonly tasks: string;
	readonly seed: string;
	readonly split: SplitName;
	readonly model?: string;
	readonly data?: string;
	readonly timeLimit: boolean;
	readonly json?: boolean;
}

/** The three tasks of each founding document. */
const TASKS =
	"training/easy_mnist,training/medium_fashion,training/hard_cifar,sre/easy,sre/medium,sre/hard";

/** `nightshift inference`: a language model plays, as the founding documents' script does. */
export function inferenceCommand(): Command {
	const width = Math.max(...llmVariables.map(({ name }) => name.length));
	return new Command("inference")
		.description(
			"Let a language model play the three tasks of each environment through an OpenAI-compatible endpoint.",
		)
		.option("--tasks <IDS>", "tasks, separated by commas", TASKS)
		.option("--seed <N>", "seed of the episodes, 0 to 2^64-1", "1")
		.addOption(
			new Option("--split <SPLIT>", "split that the episodes are drawn from")
				.choices(["train", "validation", "test"])
				.default("test"),
		)
		.option("--model <NAME>", "model (default: MODEL_NAME)")
		.option(
			"--data <DIR>",
			"directory with data sets, for the server that is started (several: separated by a colon)",
		)
		.option(
			"--no-time-limit",
			"let episodes take longer than 380 s a task, for slow models",
		)
		.option(
			"--json",
			'after the lines, print the scores as one JSON object: {"model","results":[...],"usage"}',
		)
		.addHelpText(
			"after",
			`
Variables, also from a file .env in this folder (what is set already holds):
${llmVariables.map(({ name, description, otherwise }) => `  ${name.padEnd(width)}  ${description} (default: ${otherwise})`).join("\n")}

Standard output: [START], [STEP] and [END] lines, then the scores. Standard error: what else goes on.
success=true from a score of 0.5. docs/llm-agents.md says more.

Exit status: 0 all episodes are graded, 1 failed, 2 wrong usage, 130 interrupted.`,
		)
		.action(inference);
}

async function inference(options: InferenceOptions): Promise<void> {
	if (!/^\d{1,20}$/.test(options.seed) || BigInt(options.seed) >= 2n ** 64n)
		throw wrongUsage(
			`--seed: "${options.seed}" is not allowed; a whole number from 0 to 2^64-1`,
		);
	const environment = withEnvironmentFile(process.env, process.cwd());
	const settings = readLlmSettings({
		...environment,
		...(options.model && { MODEL_NAME: options.model }),
	});
	await withServer(
		{
			address: await findServerAddress(environment),
			data: options.data ?? environment.NIGHTSHIFT_DATA,
			interrupted: () => "interrupted.",
		},
		async (client, signal) => {
			const tasks = chooseTasks(
				await client.listTasks("", { signal }),
				options.tasks,
			);
			const results = await play(client, settings, tasks, options, signal);
			tell(results, settings, options);
		},
	);
}

async function play(
	client: NightshiftClient,
	settings: LlmSettings,
	tasks: readonly Task[],
	{ seed, split, timeLimit }: InferenceOptions,
	signal: AbortSignal,
): Promise<InferenceResult[]> {
	const note = (sentence: string) => console.error(sentence);
	const agent = createLlmAgent(settings, { tell: note });
	note(
		`${settings.model} at ${settings.baseUrl}, ${settings.requestsPerMinute === 0 ? "any number of" : `at most ${settings.requestsPerMinute}`} requests a minute.`,
	);
	try {
		return await infer(
			client,
			agent,
			{ tasks, seed, split, model: settings.model, limited: timeLimit },
			signal,
			{
				clock: workClock,
				print: (line) => process.stdout.write(`${line}\n`),
				tell: note,
			},
		);
	} catch (error) {
		if (error instanceof EvaluationFailure)
			throw new CommandFailure(error.message);
		throw error;
	} finally {
		await agent.close?.();
	}
}

/** In the order in which they are named. */
function chooseTasks(all: readonly Task[], asked: string): Task[] {
	const chosen = choose("--tasks", asked, all, ({ id }) => id);
	const names = asked.split(",").map((name) => name.trim());
	return chosen.toSorted((a, b) => names.indexOf(a.id) - names.indexOf(b.id));
}

function tell(
	results: readonly InferenceResult[],
	{ model }: LlmSettings,
	{ json }: InferenceOptions,
): void {
	const usage = sumUsage(results.map((result) => result.usage));
	if (json)
		process.stdout.write(`${JSON.stringify({ model, results, usage })}\n`);
	else {
		const width = Math.max(...results.map(({ task }) => task.length));
		const lines = results.map(
			({ task, score, steps, seconds }) =>
				`  ${task.padEnd(width)}  ${score === undefined ? "not graded" : `score ${score.toFixed(3)}`}, ${steps} steps, ${seconds.toFixed(0)} s`,
		);
		process.stdout.write(
			`\nScores of ${oneLine(model)}:\n${lines.join("\n")}\n${usage.requests} requests, ${usage.inputTokens} input and ${usage.outputTokens} output tokens${usage.cost === undefined ? "" : `, ${usage.cost.toFixed(4)} US dollars`}\n`,
		);
	}
	const ungraded = results.filter(({ score }) => score === undefined);
	if (ungraded.length > 0)
		throw new CommandFailure(
			`not graded: ${ungraded.map(({ task, error }) => `${task} (${error})`).join("; ")}`,
		);
}
