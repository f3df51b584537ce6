import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type {
	Action,
	NightshiftClient,
	Task,
} from "../../clients/typescript/index.js";
import { type Clock, systemClock } from "../clock.js";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { startTestServer, type TestServer } from "../server/testing.js";
import type { Agent, EpisodePlayer } from "./agent.js";
import type { EpisodeJob } from "./attempt.js";
import type {
	EpisodeLimits,
	EpisodeRecord,
	EvaluationLine,
	FailedAttempt,
} from "./episode-record.js";
import {
	type EvaluationEnd,
	type EvaluationListener,
	evaluate,
} from "./evaluation.js";
import { EvaluationFile } from "./evaluation-file.js";
import { LINES_FILE } from "./results/result-files.js";

/** What tests of evaluations stand on: a server, a folder, agents that do what a test says. */

export const never: AbortSignal = new AbortController().signal;
export const wait: Action = { wait: {} };

/** An agent that plays as it is told; without more it leaves each episode at once. */
export function createScriptedAgent(
	start: (seed: string) => EpisodePlayer["act"] | EpisodePlayer = () =>
		() => ({}),
	changes: Partial<Agent> = {},
): Agent {
	return {
		name: "scripted",
		version: "1",
		description: "Does what a test says.",
		wantsText: false,
		plays: () => true,
		start: ({ seed }) => {
			const player = start(seed);
			return typeof player === "function" ? { act: player } : player;
		},
		...changes,
	};
}

/** A clock on which waits of less than ten minutes are over at once, and longer ones never. */
export const impatientClock: Clock = {
	now: () => systemClock.now(),
	after(delayMs, callback) {
		if (delayMs >= 600_000) return () => {};
		const pending = setImmediate(callback);
		return () => clearImmediate(pending);
	},
};

export interface RunOptions {
	readonly agents?: readonly Agent[];
	readonly tasks?: readonly string[];
	readonly seeds?: readonly string[];
	readonly limits?: EpisodeLimits;
	readonly parallel?: number;
	readonly attempts?: number;
	readonly clock?: Clock;
	readonly signal?: AbortSignal;
	readonly client?: NightshiftClient;
	readonly listener?: Partial<EvaluationListener>;
}

export interface Bench {
	readonly server: TestServer;
	/** The evaluation's folder. */
	readonly folder: string;
	readonly tasks: readonly Task[];
	/** One run. */
	readonly run: (options: RunOptions) => Promise<EvaluationEnd>;
	readonly lines: () => EvaluationLine[];
	readonly records: () => EpisodeRecord[];
	readonly failures: () => FailedAttempt[];
}

/** A server of an environment (default: the on-call one), and evaluations into a folder of their own. */
export async function prepare(
	context: TestContext,
	{
		environment = createSreEnvironment() as Environment,
		maxSessions,
		folder = newFolder(context),
	}: {
		readonly environment?: Environment;
		readonly maxSessions?: number;
		readonly folder?: string;
	} = {},
): Promise<Bench> {
	const server = await startTestServer(context, {
		environment,
		...(maxSessions !== undefined && { maxSessions }),
	});
	const own = server.client();
	const tasks = await own.listTasks();
	const lines = () =>
		readFileSync(join(folder, LINES_FILE), "utf8")
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as EvaluationLine);
	return {
		server,
		folder,
		tasks,
		async run({
			agents = [createScriptedAgent()],
			tasks: asked = [tasks[0]?.id as string],
			seeds = ["1"],
			limits = {},
			parallel = 1,
			attempts = 3,
			clock,
			signal = never,
			client = own,
			listener = {},
		}) {
			const question = {
				agents,
				tasks: asked.map((id) => tasks.find((task) => task.id === id) as Task),
				seeds,
				split: "test" as const,
				limits,
			};
			const file = EvaluationFile.open(folder, question);
			try {
				return await evaluate(
					client,
					question,
					file,
					{ parallel, attempts, ...(clock && { clock }) },
					signal,
					{
						planned() {},
						started() {},
						opened() {},
						acted() {},
						finished() {},
						failed() {},
						...listener,
					},
				);
			} finally {
				file.close();
			}
		},
		lines,
		records: () =>
			lines().filter((line): line is EpisodeRecord => line.kind === "episode"),
		failures: () =>
			lines().filter(
				(line): line is FailedAttempt => line.kind === "failed-attempt",
			),
	};
}

export function newFolder(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-evaluation-"));
	context.after(() => rmSync(folder, { recursive: true }));
	return folder;
}

/** Records without what is measured in seconds, in the order of their identities: what must be the same however they were played. */
export function withoutTimes(records: readonly EpisodeRecord[]): string[] {
	return records
		.map(({ startedAt: _startedAt, seconds: _seconds, steps, ...rest }) =>
			JSON.stringify({
				...rest,
				steps: steps.map(
					({ decideSeconds: _decide, stepSeconds: _step, ...step }) => step,
				),
			}),
		)
		.sort();
}

export const seedsTo = (last: number): string[] =>
	Array.from({ length: last }, (_, index) => String(index + 1));

export const nameOf = ({ agent, task, seed }: EpisodeJob): string =>
	`${task.id} ${agent.name} ${seed}`;
