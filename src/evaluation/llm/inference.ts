import {
	type EnvSession,
	type NightshiftClient,
	NightshiftRpcError,
	type Task,
} from "../../../clients/typescript/index.js";
import type { Clock } from "../../clock.js";
import {
	type Agent,
	AgentUnusable,
	InfrastructureFailure,
	type Turn,
	type Usage,
} from "../agent.js";
import type { SplitName } from "../episode-player.js";
import { endLine, startLine, stepLine } from "./inference-lines.js";
import { Toolbox } from "./tools.js";
import { sumUsage } from "./usage.js";

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
const CLOSE_TIMEOUT_MS = 5000;

/**
 * Plays one episode of each task, an environment after the other, and prints the founding documents' lines. An episode past its time is left
 * and graded as it is. Errors: AgentUnusable, the signal's; what else an episode meets stands in its result.
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
			const timeUp = new AbortController();
			const cancel = inference.limited
				? parts.clock.after(
						Math.max(0, (end - parts.clock.now()) / (tasks.length - index)),
						() => timeUp.abort(),
					)
				: () => {};
			try {
				results.push(
					await playOne(client, agent, task, inference, {
						...parts,
						signal,
						timeUp: timeUp.signal,
					}),
				);
			} finally {
				cancel();
			}
		}
	}
	return results;
}

interface EpisodeParts extends InferenceParts {
	readonly signal: AbortSignal;
	readonly timeUp: AbortSignal;
}

async function playOne(
	client: NightshiftClient,
	agent: Agent,
	task: Task,
	{ seed, split, model }: Inference,
	parts: EpisodeParts,
): Promise<InferenceResult> {
	const { clock, print, tell, signal } = parts;
	const started = clock.now();
	const episode = new ShownEpisode(task, print);
	let error: string | undefined;
	print(startLine(task.id, task.environment, model));
	try {
		const session = await client.createSession(task.id, {
			seed,
			split,
			views: agent.wantsText ? ["typed", "text"] : ["typed"],
			signal,
		});
		try {
			error = await play(session, agent, { task, seed, split }, episode, parts);
		} finally {
			await session.close({ timeoutMs: CLOSE_TIMEOUT_MS }).catch(() => {});
		}
	} catch (thrown) {
		if (signal.aborted || thrown instanceof AgentUnusable) throw thrown;
		if (
			!(thrown instanceof NightshiftRpcError) &&
			!(thrown instanceof InfrastructureFailure)
		)
			throw thrown;
		error = thrown.message;
	} finally {
		print(endLine(episode.score, episode.rewards));
	}
	if (error !== undefined) tell(`${task.id}: ${error}`);
	return {
		task: task.id,
		...(episode.score !== undefined && { score: episode.score }),
		steps: episode.rewards.length,
		seconds: (clock.now() - started) / 1000,
		usage: sumUsage(episode.usages),
		...(error !== undefined && { error }),
	};
}

/** Plays to the end, and tells why the episode was left before, where it was. */
async function play(
	session: EnvSession,
	agent: Agent,
	which: {
		readonly task: Task;
		readonly seed: string;
		readonly split: SplitName;
	},
	episode: ShownEpisode,
	{ signal, timeUp }: EpisodeParts,
): Promise<string | undefined> {
	const either = AbortSignal.any([signal, timeUp]);
	const finish = async (reason: string | undefined, declare = {}) => {
		const { result, reward } = await session.finish({ ...declare, signal });
		episode.end(result?.score, reward, reason);
		return reason;
	};
	try {
		const player = await agent.start(which, either);
		let turn: Turn = { index: 0, observation: session.observation, reward: 0 };
		for (;;) {
			const { action, declare, usage, note } = await player.act(turn, either);
			if (usage !== undefined) episode.usages.push(usage);
			const beside = declare === undefined ? {} : { declare };
			if (action === undefined) return await finish(note, beside);
			const step = { action, ...beside };
			const index = turn.index + 1;
			try {
				const { observation, reward, result } = await session.step(action, {
					...beside,
					signal: either,
				});
				episode.step(step, reward, result?.score);
				if (result) return undefined;
				turn = { index, observation: observation ?? turn.observation, reward };
			} catch (error) {
				if (!(error instanceof NightshiftRpcError) || !error.isAgentFault)
					throw error;
				episode.refuse(step, error.message);
				turn = { ...turn, index, reward: 0, refusal: error.message };
			}
		}
	} catch (error) {
		if (signal.aborted || !timeUp.aborted) throw error;
		return finish("The time for this task is over.");
	}
}

/** An episode as its lines tell it. */
class ShownEpisode {
	readonly rewards: number[] = [];
	readonly usages: Usage[] = [];
	score: number | undefined;
	private readonly toolbox: Toolbox;

	constructor(
		task: Task,
		private readonly print: (line: string) => void,
	) {
		this.toolbox = new Toolbox(task);
	}

	step(
		call: Parameters<Toolbox["describe"]>[0],
		reward: number,
		score: number | undefined,
	): void {
		this.score = score;
		this.show(
			this.toolbox.describe(call),
			reward,
			score !== undefined,
			undefined,
		);
	}

	refuse(call: Parameters<Toolbox["describe"]>[0], error: string): void {
		this.show(this.toolbox.describe(call), 0, false, error);
	}

	/** The agent left, or its time was over. */
	end(
		score: number | undefined,
		reward: number,
		error: string | undefined,
	): void {
		this.score = score;
		this.show("finish({})", reward, true, error);
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
