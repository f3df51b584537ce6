import { Command } from "commander";
import type {
	EnvSession,
	EpisodeResult,
	NightshiftClient,
	Task,
} from "../../clients/typescript/index.js";
import { policies, policiesOf, policyOf } from "../environments/policies.js";
import type { Policy } from "../environments/policy.js";
import { playEpisode } from "../evaluation/episode-player.js";
import { EpisodeView } from "./episode-view.js";
import { CommandFailure, EXIT } from "./exit-status.js";
import { IncidentView } from "./incident-view.js";
import { withServer } from "./with-server.js";

interface DemoOptions {
	readonly task?: string;
	readonly seed: string;
	readonly policy?: string;
	readonly address?: string;
	readonly data?: string;
	readonly json?: boolean;
}

/** What is played where no task is named, by environment, and who plays where nobody is named. */
const DEFAULTS = [
	{ taskId: "training/easy_mnist", policy: "heuristic" },
	{ taskId: "sre/easy", policy: "tuned-rule" },
] as const;

/** `nightshift demo`: starts a server and plays episodes against it over gRPC with scripted policies. */
export function demoCommand(): Command {
	const names = [
		...new Set(unprivileged(policies).map(({ name }) => name)),
	].join(", ");
	return new Command("demo")
		.description(
			"Start a server and play whole episodes against it over gRPC, with live progress and the final score.",
		)
		.option(
			"--task <ID>",
			`task to play (default ${DEFAULTS.map(({ taskId }) => taskId).join(", then ")})`,
		)
		.option("--seed <N>", "seed of the episode, 0 to 2^64-1", "1")
		.option(
			"--policy <NAME>",
			`who plays: ${names} (default ${DEFAULTS.map(({ policy, taskId }) => `${policy} for ${taskId.split("/")[0]}`).join(", ")})`,
		)
		.option(
			"--address <HOST:PORT>",
			"play against this server instead of starting one",
		)
		.option(
			"--data <DIR>",
			"directory with data sets (several: separated by a colon)",
		)
		.option(
			"--json",
			'print one JSON object at the end instead of progress; without --task and --policy it is {"episodes": [...]}',
		)
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
	options: DemoOptions,
	signal: AbortSignal,
): Promise<void> {
	const tasks = await client.listTasks("", { signal });
	const choices = chooseEpisodes(tasks, options);
	const played: object[] = [];
	for (const [index, { task, policy }] of choices.entries()) {
		if (index > 0 && !options.json) process.stdout.write("\n");
		const result = await playOne(client, task, policy, options, signal);
		played.push({
			task: task.id,
			seed: options.seed,
			policy: policy.name,
			result,
		});
	}
	if (options.json)
		console.log(
			JSON.stringify(
				played.length === 1 ? played[0] : { episodes: played },
				withoutLoaderFields,
				2,
			),
		);
}

async function playOne(
	client: NightshiftClient,
	task: Task,
	policy: Policy,
	{ seed, json }: DemoOptions,
	signal: AbortSignal,
): Promise<EpisodeResult> {
	let view: EpisodeView | IncidentView | undefined;
	const { result } = await playEpisode(
		client,
		{ task, policy, seed, split: "train" },
		signal,
		{
			started(session) {
				if (json) return;
				view = createView(task, session, policy);
				// Takes away what was told about data sets while the session was opened.
				if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
				view.begin();
			},
			acting: (action) => view?.acting(action),
			progress: (progress) => view?.progress(progress),
			acted: (answer) => view?.acted(answer),
		},
	);
	view?.end(result);
	return result;
}

function createView(
	task: Task,
	session: EnvSession,
	policy: Policy,
): EpisodeView | IncidentView {
	return task.environment === "sre"
		? new IncidentView(process.stdout, task, session, policy)
		: new EpisodeView(process.stdout, task, session, policy);
}

/** proto-loader adds a field for each optional one, "_score" for "score". */
function withoutLoaderFields(name: string, value: unknown): unknown {
	return name.startsWith("_") ? undefined : value;
}

/** The task and policy that were named; where only a policy was, the first default task that it plays; else every default. */
function chooseEpisodes(
	tasks: readonly Task[],
	options: DemoOptions,
): { readonly task: Task; readonly policy: Policy }[] {
	const known = DEFAULTS.filter(({ taskId }) =>
		tasks.some(({ id }) => id === taskId),
	).map(({ taskId }) => taskId);
	if (options.task === undefined && options.policy === undefined)
		return known.map((taskId) => choose(tasks, taskId, undefined));
	const playedBy = known.find((taskId) =>
		policiesOf(environmentOf(taskId)).some(
			({ name }) => name === options.policy,
		),
	);
	return [
		choose(
			tasks,
			options.task ?? playedBy ?? DEFAULTS[0].taskId,
			options.policy,
		),
	];
}

function choose(
	tasks: readonly Task[],
	taskId: string,
	policyName: string | undefined,
): { readonly task: Task; readonly policy: Policy } {
	const task = tasks.find(({ id }) => id === taskId);
	if (task === undefined)
		throw new CommandFailure(
			`--task: no task is called "${taskId}"; there are ${tasks.map(({ id }) => id).join(", ")}.`,
			EXIT.wrongUsage,
		);
	return { task, policy: choosePolicy(task.environment, policyName) };
}

function choosePolicy(environment: string, asked: string | undefined): Policy {
	const otherwise = DEFAULTS.find(
		({ taskId }) => environmentOf(taskId) === environment,
	);
	const name = asked ?? otherwise?.policy ?? "do-nothing";
	let policy: Policy;
	try {
		policy = policyOf(environment, name);
	} catch (error) {
		throw new CommandFailure(
			`--policy: ${(error as Error).message}.`,
			EXIT.wrongUsage,
		);
	}
	if (policy.startPrivileged !== undefined)
		throw new CommandFailure(
			`--policy: ${name} sees what is hidden, so it plays only on the server, by the RPC RunPolicy; choose one of ${unprivileged(
				policiesOf(environment),
			)
				.map((one) => one.name)
				.join(", ")}.`,
			EXIT.wrongUsage,
		);
	return policy;
}

/** Those that a client can play. */
function unprivileged(all: readonly Policy[]): Policy[] {
	return all.filter((policy) => policy.startPrivileged === undefined);
}

function environmentOf(taskId: string): string {
	return taskId.split("/")[0] as string;
}
