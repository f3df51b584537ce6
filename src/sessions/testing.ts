import type { Action__Output } from "../../proto/generated/nightshift/v1/Action.js";
import type { SessionEvent } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { Clock } from "../clock.js";
import type {
	Environment,
	Outcome,
	PerformContext,
	TaskDefinition,
} from "../environments/environment.js";
import { episodeKey } from "../environments/episode-key.js";
import { NightshiftError, throwIfCancelled } from "../errors.js";
import type { EpisodeStart } from "./episode-start.js";
import type { ResetCall, StepCall } from "./session.js";
import type { SessionOptions } from "./session-record.js";
import { type CreateCall, Sessions, type SessionsOptions } from "./sessions.js";
import type { Caller } from "./work-in-progress.js";

/** What tests of sessions stand on: a clock that is moved by hand, and an environment that counts and can be held anywhere. */

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
	private timers: { readonly atMs: number; readonly callback: () => void }[] =
		[];

	constructor(private nowMs = Date.UTC(2026, 0, 1)) {}

	now(): number {
		return this.nowMs;
	}

	after(delayMs: number, callback: () => void): () => void {
		const timer = { atMs: this.nowMs + delayMs, callback };
		this.timers.push(timer);
		return () => {
			this.timers = this.timers.filter((other) => other !== timer);
		};
	}

	/** Moves on; what falls due is called at its own time and in order. */
	advance(ms: number): void {
		const end = this.nowMs + ms;
		for (;;) {
			const [next] = this.timers
				.filter(({ atMs }) => atMs <= end)
				.sort((a, b) => a.atMs - b.atMs);
			if (next === undefined) break;
			this.timers = this.timers.filter((other) => other !== next);
			this.nowMs = Math.max(this.nowMs, next.atMs);
			next.callback();
		}
		this.nowMs = end;
	}
}

/** Where work waits until a test lets it on. Open at first. */
export class Gate {
	private isOpen = true;
	private readonly held = new Set<() => void>();
	private readonly watchers = new Set<() => void>();

	/** For the work: waits while the gate is shut. Errors: the signal's. */
	async pass(signal: AbortSignal): Promise<void> {
		if (!this.isOpen) {
			let go = () => {};
			try {
				await new Promise<void>((resolve) => {
					go = resolve;
					this.held.add(go);
					signal.addEventListener("abort", go, { once: true });
					for (const told of this.watchers) told();
				});
			} finally {
				this.held.delete(go);
				signal.removeEventListener("abort", go);
			}
		}
		throwIfCancelled(signal);
	}

	shut(): void {
		this.isOpen = false;
	}

	/** Lets on what waits and all that comes. */
	open(): void {
		this.isOpen = true;
		this.letOn();
	}

	/** Lets on what waits now; what comes next waits again. */
	letOn(): void {
		for (const go of this.held) go();
		this.held.clear();
	}

	/** Waits until this many works are held. */
	async holds(count = 1): Promise<void> {
		while (this.held.size < count) {
			let told = () => {};
			await new Promise<void>((resolve) => {
				told = resolve;
				this.watchers.add(told);
			});
			this.watchers.delete(told);
		}
	}
}

interface CounterState {
	readonly taskId: string;
	/** First numbers of the episode's key. */
	readonly key: Uint8Array;
	/** Whole epochs. */
	epochs: number;
	/** Epochs off the budget, those cut off included. */
	charged: number;
	/** What the epochs came to, one after the other. */
	total: number;
	run: { epochs: number; done: number; cutEpochCharged: boolean } | undefined;
	readonly history: Float32Array[];
}

type CounterAction =
	| { readonly name: "run"; readonly epochs: number }
	| { readonly name: "add"; readonly amount: number }
	| { readonly name: "status" }
	| { readonly name: "submit" };

export interface CounterRules {
	readonly actionLimit?: number;
	readonly freeCallLimit?: number;
	/** Epochs. */
	readonly budget?: number;
	/** Length of a text observation. */
	readonly textLength?: number;
}

/** The counter's tasks. `training/score_only` has no shaped rewards. */
export const COUNTER = "training/counter";
export const SCORE_ONLY = "training/score_only";

/**
 * An environment that counts, in the training environment's actions: run_epochs (each epoch waits at `epochGate`, and goes on where it was cut
 * off), adjust_learning_rate adds, get_training_status is free, submit_model ends, configure_training is never possible. A flat action of [1]
 * runs one epoch, or waits where the budget is spent. Grading waits at `gradeGate`, starting at `startGate`.
 */
export class CounterEnvironment
	implements Environment<CounterState, CounterAction>
{
	readonly name = "training";
	readonly tasks: readonly TaskDefinition[];
	readonly epochGate = new Gate();
	readonly gradeGate = new Gate();
	readonly startGate = new Gate();
	/** Actions and gradings that were begun. */
	readonly performed: string[] = [];
	/** Thrown by the next epoch or grading that passes its gate. */
	failure: Error | undefined;

	constructor(private readonly rules: CounterRules = {}) {
		const task = (id: string, modes: TaskDefinition["reward_modes"]) => ({
			id,
			version: 1,
			environment: "training",
			max_actions: rules.actionLimit ?? 50,
			max_free_calls: rules.freeCallLimit ?? 1000,
			reward_modes: modes ?? [],
			actions: [{ name: "run_epochs" }],
			observation_columns: [{ name: "total" }, { name: "epochs" }],
			default_reward_mode: (modes ?? []).at(0) as "REWARD_MODE_SHAPED",
		});
		this.tasks = [
			task(COUNTER, ["REWARD_MODE_SHAPED", "REWARD_MODE_SCORE"]),
			task(SCORE_ONLY, ["REWARD_MODE_SCORE"]),
		];
	}

	async start(taskId: string, key: Uint8Array): Promise<CounterState> {
		await this.startGate.pass(new AbortController().signal);
		return {
			taskId,
			key,
			epochs: 0,
			charged: 0,
			total: 0,
			run: undefined,
			history: [],
		};
	}

	async resume(): Promise<void> {}

	parse(state: CounterState, message: Action__Output): CounterAction {
		switch (message.action) {
			case "run_epochs": {
				const epochs = message.run_epochs?.num_epochs ?? 0;
				if (epochs < 1 || epochs > 20)
					throw NightshiftError.invalid([
						{
							field: "action.run_epochs.num_epochs",
							description: `${epochs} is not allowed; 1 to 20.`,
						},
					]);
				if (state.charged >= this.budget)
					throw new NightshiftError(
						"ACTION_NOT_POSSIBLE",
						"The budget is spent.",
					);
				return { name: "run", epochs };
			}
			case "adjust_learning_rate":
				return {
					name: "add",
					amount: message.adjust_learning_rate?.new_lr ?? 0,
				};
			case "get_training_status":
				return { name: "status" };
			case "submit_model":
				return { name: "submit" };
			case "flat":
				return message.flat?.levels[0] === 1 && state.charged < this.budget
					? { name: "run", epochs: 1 }
					: { name: "status" };
			case "configure_training":
				throw new NightshiftError("ACTION_NOT_POSSIBLE", "It never is.");
			default:
				throw new NightshiftError("WRONG_ACTION", "Not an action of this.");
		}
	}

	isFree({ name }: CounterAction): boolean {
		return name === "status";
	}

	async perform(
		state: CounterState,
		action: CounterAction,
		context: PerformContext,
	): Promise<Outcome> {
		this.performed.push(action.name);
		switch (action.name) {
			case "run":
				return this.run(state, action.epochs, context);
			case "add":
				state.total += action.amount;
				return outcome(0, 0);
			case "status":
				return outcome(0, 0);
			case "submit":
				return this.grade(state, context);
		}
	}

	abandon(state: CounterState): void {
		state.run = undefined;
	}

	async grade(
		state: CounterState,
		{ signal, onTiming }: PerformContext,
	): Promise<Outcome> {
		this.performed.push("grade");
		await this.gradeGate.pass(signal);
		this.fail();
		onTiming({ queueMs: 1, computeMs: 2 });
		const score = (state.total % 100) / 100;
		return {
			...outcome(0, score),
			ending: {
				score,
				reason: "END_REASON_SUBMITTED",
				details: { training: { epoch: state.epochs, accuracy_share: score } },
			},
		};
	}

	observe({ epochs, charged, history }: CounterState) {
		return {
			training: {
				current_epoch: epochs,
				remaining_budget: this.budget - charged,
				val_loss_history_last_10: history.map(([value]) => value as number),
			},
		};
	}

	flatten({ total, epochs }: CounterState) {
		return { columns: [total, epochs], action_mask: [true] };
	}

	describe({ total, epochs }: CounterState): string {
		return `total ${total} after ${epochs} epochs`.padEnd(
			this.rules.textLength ?? 0,
			".",
		);
	}

	reveal({ total }: CounterState) {
		return { total };
	}

	private get budget(): number {
		return this.rules.budget ?? 100;
	}

	private async run(
		state: CounterState,
		epochs: number,
		{ signal, onProgress, onTiming }: PerformContext,
	): Promise<Outcome> {
		state.run ??= {
			epochs: Math.min(epochs, this.budget - state.charged),
			done: 0,
			cutEpochCharged: false,
		};
		const { run } = state;
		while (run.done < run.epochs) {
			try {
				await this.epochGate.pass(signal);
				this.fail();
			} catch (error) {
				if (!run.cutEpochCharged) state.charged += 1;
				run.cutEpochCharged = true;
				throw error;
			}
			if (run.cutEpochCharged) run.cutEpochCharged = false;
			else state.charged += 1;
			state.epochs += 1;
			run.done += 1;
			const drawn = state.key[state.epochs % state.key.length] as number;
			state.total = (state.total * 31 + drawn) % 1_000_003;
			state.history.push(Float32Array.of(state.total / 1_000_003));
			onTiming({ queueMs: 1, computeMs: 2 });
			onProgress({
				training: { epoch_of_call: run.done, epochs_of_call: run.epochs },
			});
		}
		state.run = undefined;
		return outcome(0.25 * run.epochs, 0);
	}

	private fail(): void {
		const { failure } = this;
		this.failure = undefined;
		if (failure !== undefined) throw failure;
	}
}

function outcome(progress: number, score: number): Outcome {
	return {
		rewardParts: [
			{ name: "progress", value: progress },
			{ name: "submission", value: score },
		],
		info: { notice: "" },
		ending: undefined,
	};
}

export interface World {
	readonly clock: ManualClock;
	readonly environment: CounterEnvironment;
	readonly sessions: Sessions;
}

/** Sessions over a counter, with time standing still. */
export function createWorld({
	clock = new ManualClock(),
	maxSessions = 64,
	maxActions = 64,
	...rules
}: CounterRules &
	Partial<Pick<SessionsOptions, "maxSessions" | "maxActions">> & {
		clock?: ManualClock;
	} = {}): World {
	const environment = new CounterEnvironment(rules);
	const sessions = new Sessions({
		clock,
		environments: [environment as Environment],
		maxSessions,
		maxActions,
	});
	return { clock, environment, sessions };
}

export const defaultOptions: SessionOptions = {
	rewardMode: "shaped",
	views: ["typed"],
	leaseMs: 600_000,
};

export function episodeStart(seed = "7", taskId = COUNTER): EpisodeStart {
	return {
		taskId,
		split: "train",
		seed,
		key: (taskVersion) =>
			episodeKey({ taskId, taskVersion, split: "train", seed }),
	};
}

export function createCall(changes: Partial<CreateCall> = {}): CreateCall {
	return {
		start: episodeStart(),
		options: defaultOptions,
		ownerKey: "",
		idempotencyKey: "",
		fingerprint: "create",
		...changes,
	};
}

/** A new session of the world, and its id. */
export async function openSession(
	{ sessions }: World,
	changes: Partial<CreateCall> = {},
) {
	const { session } = await sessions.create(
		createCall(changes),
		new AbortController().signal,
	);
	return sessions.get(session?.session_id as string);
}

const action = (message: Partial<Action__Output>): Action__Output =>
	message as Action__Output;

export const run = (epochs: number) =>
	action({
		action: "run_epochs",
		run_epochs: { num_epochs: epochs, stop: null },
	});
export const add = (amount: number) =>
	action({
		action: "adjust_learning_rate",
		adjust_learning_rate: { new_lr: amount },
	});
export const status = action({
	action: "get_training_status",
	get_training_status: {},
});
export const submit = action({ action: "submit_model", submit_model: {} });
export const flat = (...levels: number[]) =>
	action({ action: "flat", flat: { levels } });
/** Well formed, and never possible. */
export const impossible = action({ action: "configure_training" });

export function stepCall(asked: Action__Output, number?: number): StepCall {
	return {
		action: asked,
		number: number === undefined ? undefined : String(number),
		fingerprint: JSON.stringify(["step", asked]),
	};
}

export function resetCall(
	seed: string,
	number?: number,
	options: SessionOptions = defaultOptions,
): ResetCall {
	return {
		start: episodeStart(seed),
		options,
		number: number === undefined ? undefined : String(number),
		fingerprint: JSON.stringify(["reset", seed]),
	};
}

/** A caller that stays. */
export const patient: Caller = {
	signal: new AbortController().signal,
	onProgress: () => {},
};

/** A caller that can go away. */
export function caller(): Caller & { leave: () => void } {
	const controller = new AbortController();
	return {
		signal: controller.signal,
		onProgress: () => {},
		leave: () => controller.abort(),
	};
}

/** What must be equal between runs: everything but timing and replayed. */
export function bare(response: StepResponse): StepResponse {
	const { timing: _timing, replayed: _replayed, ...fixed } = response;
	return fixed;
}

/** For `assert.rejects` and `assert.throws`: an error of ours for this reason. */
export function refused(
	reason: string,
	message = /./,
): (error: unknown) => boolean {
	return (error) => {
		if (
			error instanceof NightshiftError &&
			error.reason === reason &&
			message.test(error.message)
		)
			return true;
		throw error;
	};
}

/** Name of what an event tells. */
export function nameOf(event: SessionEvent): string {
	const name = Object.keys(event).find(
		(key) => !["offset", "episode", "time"].includes(key),
	);
	return name as string;
}

/** All that a stream of events gives until it ends. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
	const all: T[] = [];
	for await (const item of stream) all.push(item);
	return all;
}
