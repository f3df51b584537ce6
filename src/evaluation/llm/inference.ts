import type {
	NightshiftClient,
	Task,
} from "../../../clients/typescript/index.js";
import { Toolbox } from "../../../proto/tools.js";
import type { Clock } from "../../clock.js";
import type { Agent, Usage } from "../agent.js";
import { playAttempt } from "../attempt.js";
import type { SplitName } from "../episode-player.js";
import type { EpisodeRecord, StepRecord } from "../episode-record.js";
import { AttemptFailure } from "../failures.js";
import { sumUsage } from "../usage.js";
import { endLine, startLine, stepLine } from "./inference-lines.js";

/** What is played. */
export interface Inference {
	readonly tasks: readonly Task[];
	/** In decimal. */
	readonly seed: string;
	readonly split: SplitName;
	/** As the lines name it. */
	readonly model: string;
	/** Whether each environment's tasks must end within so much a task. */
	readonly limited: boolean;
}

export interface InferenceParts {
	readonly clock: Clock;
	/** A line for standard output. */
	readonly print: (line: string) => void;
	/** A sentence for people who look on. */
	readonly tell: (sentence: string) => void;
}

export interface InferenceResult {
	readonly task: string;
	/** 0..1; absent where the endpoint or the server failed, so that nothing was graded. */
	readonly score?: number;
	readonly steps: number;
	readonly seconds: number;
	readonly usage: Usage;
	/** Why the episode did not end by itself. */
	readonly error?: string;
}

/** For each task of an environment; what one leaves over, the later ones have, too. Three tasks take 19 minutes, so all is over within 20. */
export const TASK_LIMIT_MS = 380_000;

/**
 * Plays one episode of each task, an environment after the other, and prints the founding documents' lines. An episode past its time is left
 * and graded as it is. Errors: EvaluationFailure where no episode can be played at all, the
 * signal's reason; what else an episode meets stands in its result.
 */
export async function infer(
	client: NightshiftClient,
	agent: Agent,
	inference: Inference,
	signal: AbortSignal,
	parts: InferenceParts,
): Promise<InferenceResult[]> {
	const results: InferenceResult[] = [];
	const environments = new Set(
		inference.tasks.map(({ environment }) => environment),
	);
	for (const environment of environments) {
		const tasks = inference.tasks.filter(
			(task) => task.environment === environment,
		);
		const end = parts.clock.now() + tasks.length * TASK_LIMIT_MS;
		for (const [index, task] of tasks.entries()) {
			const limitMs = Math.max(
				0,
				(end - parts.clock.now()) / (tasks.length - index),
			);
			results.push(
				await playOne(
					client,
					agent,
					task,
					inference,
					inference.limited ? limitMs / 1000 : undefined,
					signal,
					parts,
				),
			);
		}
	}
	return results;
}

/** Plays and shows one episode; past `wallSeconds` it is left and graded as it is. */
async function playOne(
	client: NightshiftClient,
	agent: Agent,
	task: Task,
	{ seed, split, model }: Inference,
	wallSeconds: number | undefined,
	signal: AbortSignal,
	{ clock, print, tell }: InferenceParts,
): Promise<InferenceResult> {
	const started = clock.now();
	const episode = new ShownEpisode(task, print);
	let record: EpisodeRecord | undefined;
	let error: string | undefined;
	print(startLine(task.id, task.environment, model));
	try {
		record = await playAttempt(
			client,
			{ agent, task, seed, split },
			{
				number: 1,
				limits: wallSeconds === undefined ? {} : { wallSeconds },
				clock,
				acted: (step, _, isLast) => episode.step(step, isLast),
			},
			signal,
		);
		error = whyLeft(record);
		if (record.outcome !== "ended") episode.finish(record, error);
	} catch (thrown) {
		if (!(thrown instanceof AttemptFailure)) throw thrown;
		error = thrown.message;
	} finally {
		print(endLine(record?.score, episode.rewards));
	}
	if (error !== undefined) tell(`${task.id}: ${error}`);
	return {
		task: task.id,
		...(record && { score: record.score }),
		steps: episode.rewards.length,
		seconds: (clock.now() - started) / 1000,
		usage: record?.usage ?? sumUsage(episode.usages),
		...(error !== undefined && { error }),
	};
}

/** Why the episode did not end by itself, if it did not. */
function whyLeft({ outcome, error, note }: EpisodeRecord): string | undefined {
	switch (outcome) {
		case "ended":
			return undefined;
		case "limit":
			return "The time for this task is over.";
		case "agent-failed":
			return error;
		case "left":
			return note;
	}
}

/** An episode as its lines tell it. */
class ShownEpisode {
	readonly rewards: number[] = [];
	readonly usages: Usage[] = [];
	private readonly toolbox: Toolbox;

	constructor(
		task: Task,
		private readonly print: (line: string) => void,
	) {
		this.toolbox = new Toolbox(task);
	}

	step(
		{ action, declare, reward, refusal, usage }: StepRecord,
		done: boolean,
	): void {
		if (usage) this.usages.push(usage);
		const told = this.toolbox.describe({ action, ...(declare && { declare }) });
		this.show(told, reward, done, refusal);
	}

	/** The agent left, failed, or its time was over; what was not paid until then was paid at the grading. */
	finish({ result }: EpisodeRecord, error: string | undefined): void {
		const paid = this.rewards.reduce((sum, reward) => sum + reward, 0);
		this.show("finish({})", result.total_reward - paid, true, error);
	}

	private show(
		action: string,
		reward: number,
		done: boolean,
		error: string | undefined,
	): void {
		this.rewards.push(reward);
		this.print(
			stepLine({ step: this.rewards.length, action, reward, done, error }),
		);
	}
}
