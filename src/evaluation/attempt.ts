import { isDeepStrictEqual } from "node:util";
import {
	type Action,
	type EnvSession,
	type EpisodeResult,
	type EpochMetrics,
	type NightshiftClient,
	NightshiftRpcError,
	type Observation,
	type SreDeclaration,
	type StepResponse,
	type Task,
} from "../../clients/typescript/index.js";
import type { Clock } from "../clock.js";
import { whyNotOneAction } from "./action-check.js";
import type { Agent, Decision, EpisodePlayer, Turn, Usage } from "./agent.js";
import { readDecision } from "./decision.js";
import type { SplitName } from "./episode-player.js";
import type {
	EpisodeIdentity,
	EpisodeLimits,
	EpisodeRecord,
	StepRecord,
} from "./episode-record.js";
import {
	AttemptFailure,
	EvaluationFailure,
	fullForMs,
	toFailure,
} from "./failures.js";
import { LeaseKeeper } from "./lease-keeper.js";
import { openSession } from "./open-session.js";
import { addUsage } from "./usage.js";
import { pause, within } from "./waiting.js";

/** Which episode is played, and by whom. */
export interface EpisodeJob {
	readonly agent: Agent;
	readonly task: Task;
	/** In decimal. */
	readonly seed: string;
	readonly split: SplitName;
}

export interface AttemptOptions {
	/** From 1. */
	readonly number: number;
	readonly limits: EpisodeLimits;
	readonly clock: Clock;
	/** Told when the session is there, and each action with their count and whether it ended the episode. */
	readonly opened?: () => void;
	readonly acted?: (step: StepRecord, actions: number, isLast: boolean) => void;
}

/** How long Finish may take: the grading waits for a worker. */
const FINISH_TIMEOUT_MS = 120_000;
/** How long the server is given to take a session back; past it the session's lease ends it. */
const CLOSE_TIMEOUT_MS = 5000;
/** How long a player may take to end. */
const END_TIMEOUT_MS = 5000;

type Ending = Pick<
	EpisodeRecord,
	"outcome" | "limit" | "error" | "declare" | "note"
>;

/**
 * Plays one whole episode over gRPC in a session of its own. Errors: AttemptFailure where the infrastructure cut it off, EvaluationFailure where
 * another attempt would not help, the signal's reason where that cut it off. The session is given back in each case.
 */
export async function playAttempt(
	client: NightshiftClient,
	job: EpisodeJob,
	options: AttemptOptions,
	signal: AbortSignal,
): Promise<EpisodeRecord> {
	const { clock } = options;
	const session = await openSession(client, job, clock, signal);
	options.opened?.();
	const attempt = new Attempt(session, job, options, signal);
	try {
		return await attempt.play();
	} catch (error) {
		signal.throwIfAborted();
		throw error instanceof NightshiftRpcError ? toFailure(error) : error;
	} finally {
		attempt.end();
		await session.close({ timeoutMs: CLOSE_TIMEOUT_MS }).catch(() => {});
	}
}

/** One episode while it is played. */
class Attempt {
	private readonly startedMs: number;
	private readonly firstObservation: Observation;
	private readonly steps: StepRecord[] = [];
	private readonly lease: LeaseKeeper;
	/** Aborted when the wall limit is reached. */
	private readonly late = new AbortController();
	/** That, or the whole evaluation's end. */
	private readonly either: AbortSignal;
	private readonly stopTimer: () => void;
	private usage: Usage | undefined;
	private turn: Turn;
	/** Actions that were refused, by the server or before they reached it. */
	private refusals = 0;
	/** The episode's, where an action ended it. */
	private result: EpisodeResult | null | undefined;

	constructor(
		private readonly session: EnvSession,
		private readonly job: EpisodeJob,
		private readonly options: AttemptOptions,
		private readonly signal: AbortSignal,
	) {
		const { clock, limits } = options;
		this.startedMs = clock.now();
		this.firstObservation = plain(session.observation);
		this.turn = { index: 0, observation: this.firstObservation, reward: 0 };
		this.lease = new LeaseKeeper(session, clock);
		this.either = AbortSignal.any([signal, this.late.signal]);
		this.stopTimer =
			limits.wallSeconds === undefined
				? () => {}
				: clock.after(limits.wallSeconds * 1000, () => this.late.abort());
	}

	async play(): Promise<EpisodeRecord> {
		let player: EpisodePlayer | undefined;
		let result: EpisodeResult | undefined;
		try {
			let ending: Ending;
			try {
				player = await this.start();
				ending = await this.act(player);
			} catch (error) {
				ending = this.toEnding(error);
			}
			this.stopTimer();
			if (this.result) result = plain(this.result);
			else ({ result, ending } = await this.finish(ending));
			return this.toRecord(result, ending);
		} finally {
			if (player) await this.endPlayer(player, result);
		}
	}

	/** Gives back what it holds, but for the session. */
	end(): void {
		this.stopTimer();
		this.lease.stop();
	}

	private async start(): Promise<EpisodePlayer> {
		const { agent, task, seed, split } = this.job;
		const starting = Promise.resolve().then(() =>
			agent.start({ task, seed, split }, this.either),
		);
		try {
			return await within(this.either, starting);
		} catch (error) {
			// One that comes too late is ended as any other.
			if (this.either.aborted)
				void starting.then((late) => late.end?.(undefined)).catch(() => {});
			throw error;
		}
	}

	/** Turn after turn, until the episode is over or is to be finished. Errors: the agent's, and those of calls. */
	private async act(player: EpisodePlayer): Promise<Ending> {
		for (;;) {
			const limit = this.limitReached();
			if (limit !== undefined) return { outcome: "limit", limit };
			const askedMs = this.options.clock.now();
			const decision = await this.decide(player);
			const decideSeconds = this.secondsSince(askedMs);
			if (decision.usage) this.usage = addUsage(this.usage, decision.usage);
			const { action, declare, note } = decision;
			if (action === undefined)
				return {
					outcome: "left",
					...(declare && { declare }),
					...(note !== undefined && { note }),
				};
			await this.step({ ...decision, action }, decideSeconds);
			if (this.result !== undefined) return { outcome: "ended" };
		}
	}

	private limitReached(): keyof EpisodeLimits | undefined {
		const { steps, tokens, cost } = this.options.limits;
		const {
			inputTokens = 0,
			outputTokens = 0,
			cost: spent = 0,
		} = this.usage ?? {};
		if (steps !== undefined && this.steps.length >= steps) return "steps";
		if (tokens !== undefined && inputTokens + outputTokens >= tokens)
			return "tokens";
		if (cost !== undefined && spent >= cost) return "cost";
		return undefined;
	}

	private async decide(player: EpisodePlayer): Promise<Decision> {
		const deciding = Promise.resolve().then(() =>
			player.act(this.turn, this.either),
		);
		return readDecision(await within(this.either, deciding));
	}

	/** Takes an action; one that is refused leaves the episode where it is, and the agent is told. */
	private async step(
		{ action, declare, usage, note }: Decision & { readonly action: Action },
		decideSeconds: number,
	): Promise<void> {
		const sentMs = this.options.clock.now();
		const epochs: EpochMetrics[] = [];
		const add = (
			part: Pick<StepRecord, "reward" | "refusal" | "observation">,
		) => {
			const step: StepRecord = {
				action: plain(action),
				...(declare && { declare: plain(declare) }),
				...part,
				decideSeconds,
				stepSeconds: this.secondsSince(sentMs),
				...(epochs.length > 0 && { epochs }),
				...(usage && { usage }),
				...(note !== undefined && { note }),
			};
			this.steps.push(step);
			this.options.acted?.(step, this.steps.length, this.result !== undefined);
		};
		const refuse = (refusal: string) => {
			add({ reward: 0, refusal });
			this.turn = {
				index: this.steps.length,
				observation: this.turn.observation,
				reward: 0,
				refusal,
			};
			this.refusals += 1;
			// The server ends an episode after so many, but counts none of what it cannot read.
			if (this.refusals > this.job.task.max_free_calls + 1)
				throw new Error(
					`${this.refusals} actions of the agent were refused; the last one: ${refusal}`,
				);
		};
		const unknown = whyNotOneAction(action, this.job.task);
		if (unknown !== undefined) return refuse(unknown);
		let answer: StepResponse;
		try {
			answer = await this.send(action, declare, epochs);
		} catch (error) {
			if (error instanceof NightshiftRpcError && error.isAgentFault)
				return refuse(error.message);
			// What it did until then stands: whole epochs are kept.
			if (this.late.signal.aborted)
				add({
					reward: 0,
					refusal: `Cut off after ${this.options.limits.wallSeconds} s, the limit of the episode; whole epochs until then are kept.`,
				});
			throw error;
		}
		const before = this.turn.observation;
		const observation = plain(answer.observation as Observation);
		if (answer.result) this.result = answer.result;
		add({
			...(!isDeepStrictEqual(observation, before) && { observation }),
			reward: answer.reward,
		});
		this.turn = {
			index: this.steps.length,
			observation,
			reward: answer.reward,
		};
	}

	/** Waits for its turn where the server is full. `epochs` grows as they are trained. */
	private async send(
		action: Action,
		declare: SreDeclaration | undefined,
		epochs: EpochMetrics[],
	): Promise<StepResponse> {
		let requestNumber: bigint | undefined;
		for (;;) {
			try {
				return await this.session.step(action, {
					signal: this.either,
					...(declare && { declare }),
					...(action.run_epochs && {
						onProgress: ({ training }) => {
							const told = training?.epoch;
							// A call that is taken up again may tell an epoch again.
							const isKnown = epochs.some(
								({ epoch, trial }) =>
									epoch === told?.epoch && trial === told.trial,
							);
							if (told && !isKnown) epochs.push(plain(told));
						},
					}),
					...(requestNumber !== undefined && { requestNumber }),
				});
			} catch (error) {
				const delayMs =
					error instanceof NightshiftRpcError ? fullForMs(error) : undefined;
				if (delayMs === undefined) throw error;
				requestNumber = this.session.lastRequestNumber;
				await pause(this.options.clock, delayMs, this.either);
			}
		}
	}

	/** How an error of the agent or of a call ends the episode. Errors: those that do not let it be graded. */
	private toEnding(error: unknown): Ending {
		this.signal.throwIfAborted();
		if (this.late.signal.aborted)
			return { outcome: "limit", limit: "wallSeconds" };
		if (error instanceof NightshiftRpcError) throw error;
		const told = error instanceof Error ? error.message : String(error);
		// By its name, since a module may have a class of its own.
		if (error instanceof Error && error.name === "InfrastructureFailure")
			throw new AttemptFailure(told, { cause: error });
		if (error instanceof Error && error.name === "AgentUnusable")
			throw new EvaluationFailure(told, { cause: error });
		return { outcome: "agent-failed", error: told };
	}

	/** Has the episode graded as it is. A declaration that cannot be taken is the agent's failure. */
	private async finish(
		ending: Ending,
	): Promise<{ result: EpisodeResult; ending: Ending }> {
		const { declare, ...rest } = ending;
		const finish = async (declared: SreDeclaration | undefined) => {
			const { result } = await this.askToFinish(declared);
			return plain(result as EpisodeResult);
		};
		try {
			return { result: await finish(declare), ending };
		} catch (error) {
			if (!(error instanceof NightshiftRpcError) || !error.isAgentFault)
				throw error;
			return {
				result: await finish(undefined),
				ending: { ...rest, outcome: "agent-failed", error: error.message },
			};
		}
	}

	/** An action that was cut off goes on until its batch is done, and the session is busy until then. */
	private async askToFinish(declare: SreDeclaration | undefined) {
		const { clock } = this.options;
		const endMs = clock.now() + FINISH_TIMEOUT_MS;
		for (;;) {
			try {
				return await this.session.finish({
					signal: this.signal,
					timeoutMs: Math.max(1, endMs - clock.now()),
					...(declare && { declare }),
				});
			} catch (error) {
				const isBusy =
					error instanceof NightshiftRpcError &&
					error.reason === "SESSION_BUSY" &&
					clock.now() < endMs;
				if (!isBusy) throw error;
				await pause(clock, error.retryAfterMs ?? 0, this.signal);
			}
		}
	}

	private toRecord(result: EpisodeResult, ending: Ending): EpisodeRecord {
		if (result.score === undefined)
			throw new AttemptFailure(
				`the episode ended ungraded (${result.end_reason}).`,
			);
		return {
			kind: "episode",
			...toIdentity(this.job),
			attempt: this.options.number,
			startedAt: new Date(this.startedMs).toISOString(),
			seconds: this.secondsSince(this.startedMs),
			firstObservation: this.firstObservation,
			steps: this.steps,
			...ending,
			score: result.score,
			result,
			...(this.usage && { usage: this.usage }),
		};
	}

	private async endPlayer(
		player: EpisodePlayer,
		result: EpisodeResult | undefined,
	): Promise<void> {
		const ending = Promise.resolve()
			.then(() => player.end?.(result))
			.catch(() => {});
		await Promise.race([
			ending,
			pause(this.options.clock, END_TIMEOUT_MS, this.signal).catch(() => {}),
		]);
	}

	private secondsSince(ms: number): number {
		return (this.options.clock.now() - ms) / 1000;
	}
}

/** As the lines of an evaluation name it. */
export function toIdentity({
	agent,
	task,
	seed,
	split,
}: EpisodeJob): EpisodeIdentity {
	return {
		agent: agent.name,
		agentVersion: agent.version,
		task: task.id,
		taskVersion: task.version,
		split,
		seed,
	};
}

/** A message without the fields that proto-loader adds for each optional one ("_score" for "score"). */
function plain<Message>(message: Message): Message {
	if (Array.isArray(message)) return message.map(plain) as Message;
	if (typeof message !== "object" || message === null) return message;
	return Object.fromEntries(
		Object.entries(message)
			.filter(([name]) => !name.startsWith("_"))
			.map(([name, value]) => [name, plain(value)]),
	) as Message;
}
