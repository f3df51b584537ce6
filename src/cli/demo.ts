import { Command } from "commander";
import type { NightshiftClient } from "../../clients/typescript/index.js";
import { policies, policyOf } from "../environments/policies.js";
import { playEpisode } from "../evaluation/episode-player.js";
import { EpisodeView } from "./episode-view.js";
import { CommandFailure, EXIT } from "./exit-status.js";
import { withServer } from "./with-server.js";

interface DemoOptions {
	readonly task: string;
	readonly seed: string;
	readonly policy: string;
	readonly address?: string;
	readonly data?: string;
	readonly json?: boolean;
}

/** `nightshift demo`: starts a server and plays one episode against it over gRPC with a scripted policy. */
export function demoCommand(): Command {
	const names = [...new Set(policies.map(({ name }) => name))].join(", ");
	return new Command("demo")
		.description(
			"Start a server and play one whole episode against it over gRPC, with live progress and the final score.",
		)
		.option("--task <ID>", "task to play", "training/easy_mnist")
		.option("--seed <N>", "seed of the episode, 0 to 2^64-1", "1")
		.option("--policy <NAME>", `who plays: ${names}`, "heuristic")
		.option(
			"--address <HOST:PORT>",
			"play against this server instead of starting one",
		)
		.option(
			"--data <DIR>",
			"directory with data sets (several: separated by a colon)",
		)
		.option("--json", "print one JSON object at the end instead of progress")
		.action(async (options: DemoOptions) => {
			if (!/^\d{1,20}$/.test(options.seed) || BigInt(options.seed) >= 2n ** 64n)
				throw new CommandFailure(
					`--seed: "${options.seed}" is not allowed; a whole number from 0 to 2^64-1.`,
					EXIT.wrongUsage,
				);
			await withServer(
				{
					address: options.address,
					data: options.data,
					interrupted: () => "interrupted.",
				},
				(client, signal) => play(client, options, signal),
			);
		});
}

async function play(
	client: NightshiftClient,
	{ task: taskId, seed, policy: policyName, json }: DemoOptions,
	signal: AbortSignal,
): Promise<void> {
	const tasks = await client.listTasks("", { signal });
	const task = tasks.find(({ id }) => id === taskId);
	if (task === undefined)
		throw new CommandFailure(
			`--task: no task is called "${taskId}"; there are ${tasks.map(({ id }) => id).join(", ")}.`,
			EXIT.wrongUsage,
		);
	const policy = choosePolicy(task.environment, policyName);
	let view: EpisodeView | undefined;
	const { result } = await playEpisode(
		client,
		{ task, policy, seed, split: "train" },
		signal,
		{
			started(session) {
				if (json) return;
				view = new EpisodeView(process.stdout, task, session, policy);
				// Takes away what was told about data sets while the session was opened.
				if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
				view.begin();
			},
			acting: (action) => view?.acting(action),
			progress: (progress) => view?.progress(progress),
			acted: (answer) => view?.acted(answer),
		},
	);
	if (json)
		console.log(
			JSON.stringify(
				{ task: taskId, seed, policy: policy.name, result },
				withoutLoaderFields,
				2,
			),
		);
	else view?.end(result);
}

/** proto-loader adds a field for each optional one, "_score" for "score". */
function withoutLoaderFields(name: string, value: unknown): unknown {
	return name.startsWith("_") ? undefined : value;
}

function choosePolicy(environment: string, name: string) {
	try {
		return policyOf(environment, name);
	} catch (error) {
		throw new CommandFailure(
			`--policy: ${(error as Error).message}.`,
			EXIT.wrongUsage,
		);
	}
}
