import type { Action__Output } from "../../proto/generated/nightshift/v1/Action.js";
import type { ActionStarted } from "../../proto/generated/nightshift/v1/ActionStarted.js";
import type { EndReason } from "../../proto/generated/nightshift/v1/EndReason.js";
import type { EpisodeResult } from "../../proto/generated/nightshift/v1/EpisodeResult.js";
import type { FinishResponse } from "../../proto/generated/nightshift/v1/FinishResponse.js";
import type { Observation } from "../../proto/generated/nightshift/v1/Observation.js";
import type { ResetResponse } from "../../proto/generated/nightshift/v1/ResetResponse.js";
import type { RewardPart } from "../../proto/generated/nightshift/v1/RewardPart.js";
import type { Session as SessionMessage } from "../../proto/generated/nightshift/v1/Session.js";
import type { SessionEvent } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import type { SreDeclaration__Output } from "../../proto/generated/nightshift/v1/SreDeclaration.js";
import type { StepInfo } from "../../proto/generated/nightshift/v1/StepInfo.js";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { Clock } from "../clock.js";
import type { Departure } from "../departure.js";
import type {
	Environment,
	Outcome,
	PerformContext,
	TaskDefinition,
} from "../environments/environment.js";
import { NightshiftError, throwIfCancelled } from "../errors.js";
import type { EnvironmentCounts } from "./counts.js";
import type { EpisodeStart } from "./episode-start.js";
import { type EventBody, EventLog, type FlatAction } from "./event-log.js";
import { observationOf } from "./observation.js";
import { Replay } from "./replay.js";
import type {
	AnsweredCall,
	BegunCall,
	EpisodeRecord,
	SessionOptions,
	SessionRecord,
} from "./session-record.js";
import { silently } from "./silently.js";
import { andThen, finallyDo, type Soon } from "./soon.js";
import { toDuration, toTimestamp } from "./timestamp.js";
import { type Caller, WorkInProgress } from "./work-in-progress.js";

/** A task, its environment, and what is counted there. */
export interface TaskEntry {
	readonly environment: Environment;
	readonly task: TaskDefinition;
	readonly counts: EnvironmentCounts;
}

/** What a session needs of its server. */
export interface SessionServices {
	readonly clock: Clock;
	/** Errors: UNKNOWN_TASK. */
	readonly environmentOf: (taskId: string) => TaskEntry;
	/** A place among the actions that run or wait for workers, until `leavePlace` is called. Errors: QUEUE_FULL, SERVER_DRAINING. */
	readonly takePlace: () => void;
	readonly leavePlace: () => void;
	/** Errors: SERVER_DRAINING. */
	readonly throwIfDraining: () => void;
	readonly onEnded: (session: Session) => void;
}

/** Times that the episode of an expired session is graded before it is given up. */
const EXPIRY_ATTEMPTS = 3;

export interface StepCall {
	readonly action: Action__Output;
	/** A diagnosis beside it, where the environment has them. */
	readonly declared?: SreDeclaration__Output | null | undefined;
	/** Request number, in decimal. */
	readonly number: string | undefined;
	/** Equal contents give equal fingerprints. */
	readonly fingerprint: string;
}

/** An action of a lane, by levels of the flat form. It has no number and no diagnosis. */
export interface FlatRow extends FlatAction {
	readonly number?: undefined;
	readonly fingerprint?: undefined;
}

/** What an action came to. */
export interface Taken {
	readonly reward: number;
	readonly rewardParts: RewardPart[];
	readonly terminated: boolean;
	readonly truncated: boolean;
	readonly info: StepInfo;
	/** After it; absent where nobody was told it. */
	readonly observation: Observation | undefined;
	/** Of the episode that it ended. */
	readonly result: EpisodeResult | undefined;
}

/** What a lane is told of it; its observation is read with `flattenInto`. */
export interface LaneStep {
	readonly reward?: StepResponse["reward"];
	readonly terminated?: boolean;
	readonly truncated?: boolean;
	readonly result?: EpisodeResult | null | undefined;
}

interface KnownTask extends TaskEntry {
	readonly taskId: string;
}

/** The answer to a call that was answered before. */
type Known = AnsweredCall["answer"] | undefined;

export interface ResetCall {
	readonly start: EpisodeStart;
	readonly options: SessionOptions;
	readonly number: string | undefined;
	readonly fingerprint: string;
}

/**
 * The life of one session: exactly-once steps, one action at a time, limits, rewards, events, lease. Everything that must outlive the
 * process stands in `record`; the rest is who is waiting now.
 */
export class Session {
	readonly events: EventLog;
	private readonly work = new WorkInProgress();
	private stopLease = () => {};
	private known: KnownTask | undefined;

	constructor(
		readonly record: SessionRecord,
		private readonly services: SessionServices,
	) {
		this.events = new EventLog(record.events);
		if (record.ended !== undefined) this.events.close();
		else this.watchLease();
	}

	/** Starts the first episode of a session. */
	static async start(
		record: Omit<SessionRecord, "episode" | "leaseExpiresAtMs">,
		start: EpisodeStart,
		services: SessionServices,
	): Promise<Session> {
		const episode = await newEpisodeRecord(1, start, services);
		// The lease begins here: the client could not renew it while the data set was loading.
		const leaseExpiresAtMs = services.clock.now() + record.options.leaseMs;
		const session = new Session(
			{ ...record, episode, leaseExpiresAtMs },
			services,
		);
		session.tellStart();
		return session;
	}

	/** Takes an action, or gives the stored answer of its number. */
	async step(call: StepCall, caller: Caller): Promise<StepResponse> {
		return this.stepSoon(call, caller);
	}

	/** The same, at once where the environment acts at once. */
	stepSoon(call: StepCall, caller: Caller): Soon<StepResponse> {
		this.renew();
		if (!this.isRepeat(call) && this.kindOf(call) === "free") {
			const free = this.freeAnswer();
			if (free !== undefined) return this.toResponse(free);
			call = { ...call, number: undefined };
		}
		const asked = call;
		return andThen(this.admit(asked, caller), (stored) => {
			if (stored !== undefined) {
				if ("step" in stored)
					return {
						...stored.step,
						timing: { queue_ms: 0, compute_ms: 0 },
						replayed: true,
					};
				throw mismatch(asked.number);
			}
			if (this.actsAtOnce && !this.work.isRunning)
				return this.takeAtOnce(asked, caller);
			return this.exclusively(asked, caller, async (context) =>
				this.toResponse(await this.take(asked, context)),
			);
		});
	}

	/** An environment that acts at once does not take the time itself. */
	private takeAtOnce(call: StepCall, caller: Caller): Soon<StepResponse> {
		const begun = performance.now();
		const context = { ...silently, onProgress: caller.onProgress };
		return andThen(this.take(call, context), (taken) => ({
			...this.toResponse(taken),
			timing: { queue_ms: 0, compute_ms: performance.now() - begun },
		}));
	}

	/** Takes an action of a lane, at once where the environment acts at once. Errors: those of `step`. */
	stepFlat(row: FlatRow, caller: Caller): Soon<LaneStep> {
		if (!this.actsAtOnce) {
			const action = toFlatMessage(levelsOf(row));
			const fingerprint = JSON.stringify(["step", action, null]);
			return this.step({ action, number: undefined, fingerprint }, caller);
		}
		this.beginAtOnce();
		return this.take(row, silently);
	}

	/** Starts the next episode. */
	async reset(call: ResetCall, caller: Caller): Promise<ResetResponse> {
		this.renew();
		const stored = await this.admit(call, caller);
		if (stored !== undefined) {
			if ("reset" in stored) return stored.reset;
			throw mismatch(call.number);
		}
		return this.exclusively(call, caller, async () => {
			await this.startNext(call.start, call.options);
			this.record.highestNumber = call.number ?? this.record.highestNumber;
			const answer: ResetResponse = {
				session: this.message(false),
				observation: this.observation(),
			};
			this.settle(call, () => ({ reset: answer }));
			return answer;
		});
	}

	/** Starts a lane's next episode, at once where the environment acts at once. Errors: those of `reset`. */
	resetFlat(start: EpisodeStart, caller: Caller): Soon<void> {
		const { options } = this.record;
		if (!this.actsAtOnce) {
			const fingerprint = JSON.stringify(["reset", start]);
			const call = { start, options, number: undefined, fingerprint };
			return this.reset(call, caller).then(() => {});
		}
		this.beginAtOnce();
		return this.startNext(start, options);
	}

	/**
	 * Writes the flat observation: columns from `at` on, the mask from `maskAt` on. With `isKnown` what stands there is of this episode. Writes
	 * nothing once the session has ended, and says so.
	 */
	flattenInto(
		columns: Float32Array,
		at: number,
		mask: Uint8Array,
		maskAt: number,
		isKnown: boolean,
	): boolean {
		const { taskId, state } = this.record.episode;
		if (state === undefined) return false;
		const { environment } = this.environmentOf(taskId);
		if (environment.flattenInto !== undefined) {
			environment.flattenInto(state, columns, at, mask, maskAt, isKnown);
			return true;
		}
		const flat = environment.flatten(state);
		columns.set((flat.columns ?? []).map(Number), at);
		mask.set((flat.action_mask ?? []).map(Number), maskAt);
		return true;
	}

	/** Ends the episode now and scores it, with a last diagnosis where one is given; asked again, it gives the same result. */
	async finish(
		caller: Caller,
		declared?: SreDeclaration__Output | null,
	): Promise<FinishResponse> {
		this.renew();
		await this.work.stopped();
		const { result } = this.record.episode;
		if (result !== undefined)
			return {
				result,
				observation: this.observation(),
				reward: 0,
				reward_breakdown: [],
				timing: { queue_ms: 0, compute_ms: 0 },
			};
		this.throwIfEnded();
		return this.exclusively(
			{ number: "finish", fingerprint: JSON.stringify(declared ?? null) },
			caller,
			async (context) => {
				const { result, observation, reward, rewardParts } = await this.inPlace(
					() => {
						const { taskId, state } = this.record.episode;
						if (declared)
							this.environmentOf(taskId).environment.declare?.(state, declared);
						return this.truncate("END_REASON_FINISHED", context);
					},
				);
				return {
					result,
					observation,
					reward,
					reward_breakdown: rewardParts,
					timing: { queue_ms: 0, compute_ms: 0 },
				} as FinishResponse;
			},
		);
	}

	/** Ends the session; an action under way is cancelled, an episode under way is not graded. */
	async close(reason = "The session was closed."): Promise<void> {
		// What waited for cancelled work may begin before this goes on, so it looks again.
		while (this.work.isRunning) {
			this.work.cancel(new NightshiftError("CALL_CANCELLED", reason));
			await this.work.settled();
		}
		this.end(reason);
	}

	/** Stops an action under way, which its callers learn from the error; whole epochs are kept. */
	interrupt(error: NightshiftError): void {
		this.work.cancel(error);
	}

	/** Where the session is; answers at any moment and renews nothing. */
	describe(): { session: SessionMessage; observation: Observation } {
		return { session: this.message(), observation: this.observation() };
	}

	/** What is seen now, in the typed form, whichever views were asked for: for a watcher. Nothing after the session's end. */
	look(): Pick<Observation, "training" | "sre"> | undefined {
		const { taskId, state } = this.record.episode;
		return state === undefined
			? undefined
			: this.environmentOf(taskId).environment.observe(state);
	}

	/** What is hidden in the episode. Errors: SESSION_ENDED. */
	reveal(): object {
		const { taskId, state } = this.record.episode;
		this.throwIfEnded();
		return this.environmentOf(taskId).environment.reveal(state);
	}

	/** Renews the lease, to another length where one is given. */
	renewLease(leaseMs: number | undefined): SessionMessage {
		this.throwIfEnded();
		if (leaseMs !== undefined)
			this.record.options = { ...this.record.options, leaseMs };
		this.renew();
		this.watchLease();
		return this.message();
	}

	/**
	 * The events from an offset on, as `EventLog.read`; observations that were not kept are there where `Replay` finds them, in the session's views
	 * and in those that are wanted beside them.
	 */
	async *watch(
		from: number | undefined,
		signal: Departure,
		beside: SessionOptions["views"] = [],
	): AsyncGenerator<SessionEvent> {
		const replay = new Replay(this.events, this.services.environmentOf, () => [
			...this.record.options.views,
			...beside,
		]);
		for await (const event of this.events.read(from, signal))
			yield replay.show(event);
	}

	/** Waits for the running action, whatever it comes to. */
	settled(): Promise<void> {
		return this.work.settled();
	}

	get isRunning(): boolean {
		return this.work.isRunning;
	}

	message(isRunning = this.work.isRunning): SessionMessage {
		const {
			id,
			episode,
			options,
			createdAtMs,
			leaseExpiresAtMs,
			highestNumber,
			ended,
		} = this.record;
		return {
			session_id: id,
			task_id: episode.taskId,
			task_version: episode.taskVersion,
			split: `SPLIT_${episode.split.toUpperCase() as "TRAIN" | "VALIDATION" | "TEST"}`,
			seed: episode.seed,
			episode: episode.number,
			step: episode.step,
			state: ended
				? "SESSION_STATE_ENDED"
				: isRunning
					? "SESSION_STATE_RUNNING"
					: episode.result
						? "SESSION_STATE_EPISODE_ENDED"
						: "SESSION_STATE_IDLE",
			options: {
				reward_mode:
					options.rewardMode === "shaped"
						? "REWARD_MODE_SHAPED"
						: "REWARD_MODE_SCORE",
				views: options.views.map(
					(view) =>
						`VIEW_${view.toUpperCase() as "TYPED" | "FLAT" | "TEXT"}` as const,
				),
				lease: toDuration(options.leaseMs),
			},
			create_time: toTimestamp(createdAtMs),
			...(!ended &&
				!isRunning && {
					lease_expire_time: toTimestamp(leaseExpiresAtMs),
				}),
			...(highestNumber !== undefined && {
				last_request_number: highestNumber,
			}),
			next_event_offset: this.events.nextOffset,
			...(episode.result && { result: episode.result }),
		};
	}

	/** Runs what a session does one at a time; the same numbered call joins the one that runs. Errors: SESSION_BUSY, SESSION_ENDED. */
	private exclusively<Answer extends object>(
		call: { number: string | undefined; fingerprint: string },
		caller: Caller,
		work: (context: PerformContext) => Promise<Answer>,
	): Promise<Answer> {
		this.throwIfEnded();
		if (this.work.isBusyWith(call) === "other") throw this.busy();
		return this.work.run(call, caller, (context) =>
			work({
				...context,
				onProgress: (progress) => {
					this.tell({ progress });
					context.onProgress(progress);
				},
			}),
		);
	}

	/** Whether a call has the number and contents of one that was answered or begun. */
	private isRepeat({ number, fingerprint }: StepCall): boolean {
		if (number === undefined) return false;
		return [this.record.begun, this.record.answered].some(
			(known) => known?.number === number && known.fingerprint === fingerprint,
		);
	}

	/** A status, at any moment; nothing once the episode has ended or free calls are used up. */
	private freeAnswer(): Taken | undefined {
		if (
			this.record.ended !== undefined ||
			this.record.episode.result !== undefined
		)
			return undefined;
		const { episode } = this.record;
		if (
			episode.freeCalls >= this.taskOf(episode).max_free_calls &&
			!this.work.isRunning
		)
			return undefined;
		return this.takeFree();
	}

	private takeFree(): Taken {
		this.record.episode.freeCalls += 1;
		return {
			reward: 0,
			rewardParts: [],
			terminated: false,
			truncated: false,
			info: { notice: "" },
			observation: undefined,
			result: undefined,
		};
	}

	/** What a call's action is now: free, refused, or one that counts. */
	private kindOf(call: StepCall | FlatRow): "free" | "refused" | "counted" {
		const { taskId, state } = this.record.episode;
		if (state === undefined) return "refused";
		try {
			const { environment } = this.environmentOf(taskId);
			return environment.isFree(this.parse(environment, call))
				? "free"
				: "counted";
		} catch {
			return "refused";
		}
	}

	/**
	 * Decides what a call is: the same as the last numbered one (its stored answer comes back), the same as the running one or one that was cut
	 * off (nothing comes back: `work.run` joins or takes it up), or a new one. Errors: REQUEST_MISMATCH, REQUEST_NUMBER_PASSED, SESSION_BUSY,
	 * SESSION_ENDED.
	 */
	private admit(
		call: { number: string | undefined; fingerprint: string },
		caller: Caller,
	): Soon<Known> {
		// Work whose last caller went away stops within a batch; what comes next waits for that.
		return this.work.isRunning
			? this.work.stopped().then(() => this.admitted(call, caller))
			: this.admitted(call, caller);
	}

	private admitted(
		call: { number: string | undefined; fingerprint: string },
		caller: Caller,
	): Known {
		throwIfCancelled(caller.signal);
		const { answered, begun, highestNumber } = this.record;
		if (call.number !== undefined) {
			if (begun?.number === call.number) {
				if (begun.fingerprint !== call.fingerprint) throw mismatch(call.number);
				this.throwIfEnded();
				return undefined;
			}
			if (answered?.number === call.number) {
				if (answered.fingerprint !== call.fingerprint)
					throw mismatch(call.number);
				return answered.answer;
			}
			// It runs and is not begun yet: a reset, or the grading that a limit demands.
			if (this.work.isBusyWith(call) === "same") return undefined;
			// The highest itself is neither answered nor begun where it was cut off and then given up for another call.
			if (
				highestNumber !== undefined &&
				BigInt(call.number) <= BigInt(highestNumber)
			) {
				throw new NightshiftError(
					"REQUEST_NUMBER_PASSED",
					`Request number ${call.number} is passed: this session has already taken ${highestNumber}, and numbers rise.`,
				);
			}
		}
		this.throwIfEnded();
		if (this.work.isRunning) throw this.busy();
		return undefined;
	}

	private take(call: StepCall | FlatRow, context: PerformContext): Soon<Taken> {
		const { record } = this;
		const { episode } = record;
		if (episode.result !== undefined) {
			throw new NightshiftError(
				"EPISODE_ENDED",
				`Episode ${episode.number} has ended; reset starts the next one, finish gives the result again.`,
			);
		}
		const { environment, task } = this.environmentOf(episode.taskId);
		const cut =
			call.number !== undefined && record.begun?.number === call.number
				? record.begun
				: undefined;
		if (
			cut === undefined &&
			episode.freeCalls >= task.max_free_calls &&
			this.kindOf(call) !== "counted"
		) {
			return this.truncateAt(call, "END_REASON_FREE_CALL_LIMIT", context);
		}
		// The last action was taken, and what its limit demands was cut off and given up: nothing more can be taken.
		if (cut === undefined && episode.step >= task.max_actions) {
			return this.truncateAt(call, "END_REASON_ACTION_LIMIT", context);
		}
		const action = cut ? cut.action : this.read(environment, call);
		// It has become free while it waited: a flat action that is masked now.
		if (cut === undefined && environment.isFree(action)) return this.takeFree();
		if (cut === undefined && environment.actsAtOnce === true)
			return this.performAtOnce(environment, call, action, context);
		return this.inPlace(() => {
			if (cut === undefined) this.begin(environment, call, action);
			return this.perform(environment, call, action, context);
		});
	}

	/** In a place as `inPlace` takes it, which what is done at once gives back at once. */
	private performAtOnce(
		environment: Environment,
		call: StepCall | FlatRow,
		action: unknown,
		context: PerformContext,
	): Soon<Taken> {
		this.services.takePlace();
		try {
			this.begin(environment, call, action);
			return this.perform(environment, call, action, context);
		} finally {
			this.services.leavePlace();
		}
	}

	/** Performs what was begun, and books it. */
	private perform(
		environment: Environment,
		call: StepCall | FlatRow,
		action: unknown,
		context: PerformContext,
	): Soon<Taken> {
		const { episode } = this.record;
		const begun = this.record.begun as BegunCall;
		if (!this.actsAtOnce) this.tellActionStarted(call);
		try {
			const performed =
				begun.performed ?? environment.perform(episode.state, action, context);
			const taken =
				performed instanceof Promise
					? performed.then((done) => this.conclude(call, begun, done, context))
					: this.conclude(call, begun, performed, context);
			return taken instanceof Promise
				? taken.catch((error) => this.interrupted(environment, begun, error))
				: taken;
		} catch (error) {
			return this.interrupted(environment, begun, error);
		}
	}

	private interrupted(
		environment: Environment,
		begun: BegunCall,
		error: unknown,
	): never {
		if (begun.number === undefined && begun.performed === undefined)
			this.giveUp(environment);
		this.tell({
			action_interrupted: { reason: NightshiftError.from(error).reason },
		});
		throw error;
	}

	/** Counts an action that was performed, and ends the episode where its limit is reached. */
	private conclude(
		call: StepCall | FlatRow,
		begun: BegunCall,
		performed: Outcome,
		context: PerformContext,
	): Soon<Taken> {
		const { episode } = this.record;
		const { task, counts } = this.environmentOf(episode.taskId);
		if (begun.performed === undefined) {
			begun.performed = performed;
			episode.step += 1;
			counts.steps += 1;
		}
		const isLast =
			performed.ending === undefined && episode.step >= task.max_actions;
		if (this.actsAtOnce && (isLast || !this.isPlain(performed)))
			this.tellActionStarted(call);
		return andThen(
			isLast
				? this.truncate("END_REASON_ACTION_LIMIT", context, call)
				: this.book(performed, performed.ending?.reason, call),
			(taken) => this.settleStep(call, taken),
		);
	}

	get task(): TaskDefinition {
		return this.taskOf(this.record.episode);
	}

	/** Whether a step is told as one of a run: done at once, and nothing but a step. */
	private isPlain({ ending, rewardParts }: Outcome): boolean {
		return this.actsAtOnce && ending === undefined && rewardParts.length === 0;
	}

	/** Whether lanes' steps and resets are done when their calls return. */
	get actsAtOnce(): boolean {
		const { taskId } = this.record.episode;
		return this.environmentOf(taskId).environment.actsAtOnce === true;
	}

	/** What work begins with that is done at once. Errors: SESSION_BUSY, SESSION_ENDED. */
	private beginAtOnce(): void {
		this.renew();
		this.throwIfEnded();
		if (this.work.isRunning) throw this.busy();
	}

	/** Does work that may wait for a worker in a place among those that wait, and renews the lease after it. Errors: QUEUE_FULL, SERVER_DRAINING. */
	private inPlace<T>(work: () => Soon<T>): Soon<T> {
		this.services.takePlace();
		return finallyDo(work, () => {
			this.services.leavePlace();
			this.renew();
		});
	}

	/** The action of a new call. A refused one is counted. */
	private read(environment: Environment, call: StepCall | FlatRow): unknown {
		try {
			return this.parse(environment, call);
		} catch (error) {
			this.record.episode.freeCalls += 1;
			throw error;
		}
	}

	private parse(environment: Environment, call: StepCall | FlatRow): unknown {
		const { state } = this.record.episode;
		if (!("levels" in call))
			return environment.parse(state, call.action, call.declared);
		return environment.parseFlat === undefined
			? environment.parse(state, toFlatMessage(levelsOf(call)))
			: environment.parseFlat(state, call.levels, call.from);
	}

	/** Takes a new action's number, and gives up one that was cut off. */
	private begin(
		environment: Environment,
		{ number, fingerprint = "" }: StepCall | FlatRow,
		action: unknown,
	): void {
		const { record } = this;
		environment.abandon(record.episode.state);
		record.begun = { number, fingerprint, action, performed: undefined };
		record.highestNumber = number ?? record.highestNumber;
	}

	/** A call without a number cannot be taken up again. */
	private giveUp(environment: Environment): void {
		environment.abandon(this.record.episode.state);
		this.record.begun = undefined;
	}

	private startNext(start: EpisodeStart, options: SessionOptions): Soon<void> {
		this.services.throwIfDraining();
		const { record } = this;
		const previous = record.episode;
		return andThen(
			newEpisodeRecord(previous.number + 1, start, this.services),
			(next) => {
				if (previous.result === undefined)
					this.endEpisode("END_REASON_ABANDONED", undefined);
				record.begun = undefined;
				record.episode = next;
				record.options = options;
				this.tellStart();
				this.renew();
				this.watchLease();
			},
		);
	}

	/** Ends the episode from outside: grades it and answers as the step that ends it. */
	private truncate(
		reason: EndReason,
		context: PerformContext,
		call?: StepCall | FlatRow,
	): Soon<Taken> {
		const { episode } = this.record;
		const { environment } = this.environmentOf(episode.taskId);
		return andThen(environment.grade(episode.state, context), (grading) => {
			// An action that was taken and not answered is paid here.
			const performed = this.record.begun?.performed;
			this.giveUp(environment);
			return this.book(
				performed === undefined ? grading : merge(performed, grading),
				reason,
				call,
			);
		});
	}

	/** Answers a call with the end of the episode, because a limit was reached before it. */
	private truncateAt(
		call: StepCall | FlatRow,
		reason: EndReason,
		context: PerformContext,
	): Soon<Taken> {
		return this.inPlace(() =>
			andThen(this.truncate(reason, context, call), (taken) =>
				this.settleStep(call, taken),
			),
		);
	}

	/** Truncates where no caller is there to repeat it when a worker is lost. */
	private async truncateSurely(
		reason: EndReason,
		context: PerformContext,
	): Promise<Taken> {
		for (let attempts = 1; ; attempts++) {
			try {
				return await this.truncate(reason, context);
			} catch (error) {
				const { reason: why } = NightshiftError.from(error);
				if (why !== "WORKER_LOST" || attempts === EXPIRY_ATTEMPTS) throw error;
			}
		}
	}

	/** Books an outcome. `reason` is set where the episode ends with it, `call` where a step led to it. */
	private book(
		outcome: Outcome,
		reason: EndReason | undefined,
		call: StepCall | FlatRow | undefined,
	): Taken {
		const { episode, options } = this.record;
		const { ending, info } = outcome;
		const parts =
			options.rewardMode === "shaped"
				? [...outcome.rewardParts]
				: ending
					? [{ name: "score", value: ending.score }]
					: [];
		let reward = 0;
		for (const { value } of parts) reward += value;
		episode.totalReward += reward;
		const terminated =
			ending !== undefined &&
			(reason === "END_REASON_SUBMITTED" || reason === "END_REASON_LAST_STEP");
		const truncated = ending !== undefined && !terminated;
		const { step } = episode;
		const isRow = call !== undefined && "levels" in call;
		const observation = isRow ? undefined : this.observation();
		if (call && this.isPlain(outcome))
			this.events.appendStep(this.renewedAtMs, episode.number, {
				action: "levels" in call ? call : startedBy(call),
				step,
				reward,
				info,
			});
		else
			this.tell({
				action_completed: {
					step,
					...(observation && !this.actsAtOnce && { observation }),
					reward,
					reward_breakdown: parts,
					terminated,
					truncated,
					info,
				},
			});
		const result =
			ending === undefined || reason === undefined
				? undefined
				: this.endEpisode(reason, ending);
		return {
			reward,
			rewardParts: parts,
			terminated,
			truncated,
			info,
			observation,
			result,
		};
	}

	/** The answer to a step. */
	private toResponse({
		reward,
		rewardParts,
		terminated,
		truncated,
		info,
		observation = this.observation(),
		result,
	}: Taken): StepResponse {
		const { number, step } = this.record.episode;
		return {
			episode: number,
			step,
			observation,
			reward,
			reward_breakdown: rewardParts,
			terminated,
			truncated,
			info,
			...(result && { result }),
			timing: { queue_ms: 0, compute_ms: 0 },
			replayed: false,
		};
	}

	private endEpisode(
		reason: EndReason,
		ending: Outcome["ending"],
	): EpisodeResult {
		const { episode } = this.record;
		const terminated =
			reason === "END_REASON_SUBMITTED" || reason === "END_REASON_LAST_STEP";
		const result: EpisodeResult = {
			episode: episode.number,
			...(ending && { score: ending.score }),
			terminated,
			truncated: !terminated,
			end_reason: reason,
			steps: episode.step,
			total_reward: episode.totalReward,
			...ending?.details,
		};
		episode.result = result;
		const { episodesEnded } = this.environmentOf(episode.taskId).counts;
		episodesEnded.set(reason, (episodesEnded.get(reason) ?? 0) + 1);
		this.tell({ episode_ended: { result } });
		return result;
	}

	/** Keeps an answer under its number. */
	private settle(
		{
			number,
			fingerprint = "",
		}: { number?: string | undefined; fingerprint?: string | undefined },
		answer: () => { step: StepResponse } | { reset: ResetResponse },
	): void {
		const { record } = this;
		record.begun = undefined;
		if (number === undefined) return;
		record.highestNumber = number;
		record.answered = { number, fingerprint, answer: answer() };
	}

	private settleStep(call: StepCall | FlatRow, taken: Taken): Taken {
		this.settle(call, () => ({ step: this.toResponse(taken) }));
		return taken;
	}

	private observation(): Observation {
		const { episode, options } = this.record;
		if (episode.lastObservation !== undefined) return episode.lastObservation;
		const { environment } = this.environmentOf(episode.taskId);
		return observationOf(environment, episode.state, options.views);
	}

	/** The environment and the definition of a task; those of the last one asked for are at hand. Errors: UNKNOWN_TASK. */
	private environmentOf(taskId: string): KnownTask {
		if (this.known?.taskId !== taskId)
			this.known = { taskId, ...this.services.environmentOf(taskId) };
		return this.known;
	}

	private taskOf({ taskId }: EpisodeRecord): TaskDefinition {
		return this.environmentOf(taskId).task;
	}

	/** What acts at once is told without observations, which `Replay` finds again. */
	private tellStart(): void {
		const { taskId, split, seed } = this.record.episode;
		this.tell({
			episode_started: {
				task_id: taskId,
				split: `SPLIT_${split.toUpperCase() as "TRAIN"}`,
				seed,
				...(!this.actsAtOnce && { observation: this.observation() }),
			},
		});
	}

	private tellActionStarted(call: StepCall | FlatRow): void {
		this.tell({
			action_started:
				"levels" in call
					? { action: { flat: { levels: levelsOf(call) } } }
					: startedBy(call),
		});
	}

	private tell(body: EventBody): void {
		this.events.append(
			this.services.clock.now(),
			this.record.episode.number,
			body,
		);
	}

	private throwIfEnded(): void {
		const { ended } = this.record;
		if (ended !== undefined)
			throw new NightshiftError(
				"SESSION_ENDED",
				`${ended.reason} GetSession still gives its last result; create a new session to go on.`,
			);
	}

	private busy(): NightshiftError {
		return new NightshiftError(
			"SESSION_BUSY",
			"Another action of this session is running; one action at a time. Wait for it, or repeat its request number to get its answer.",
		);
	}

	private renew(): void {
		if (this.record.ended === undefined)
			this.record.leaseExpiresAtMs =
				this.services.clock.now() + this.record.options.leaseMs;
	}

	/** When the lease was renewed last: for what is done at once, now. */
	private get renewedAtMs(): number {
		return this.record.leaseExpiresAtMs - this.record.options.leaseMs;
	}

	private watchLease(): void {
		this.stopLease();
		const { clock } = this.services;
		this.stopLease = clock.after(
			Math.max(0, this.record.leaseExpiresAtMs - clock.now()),
			() => {
				if (this.record.ended !== undefined) return;
				if (this.work.isRunning) this.renew();
				if (clock.now() < this.record.leaseExpiresAtMs) this.watchLease();
				else void this.expire();
			},
		);
	}

	/** The lease ran out: the episode is graded as truncated and the slot given back. */
	private async expire(): Promise<void> {
		const reason = `The session's lease of ${this.record.options.leaseMs / 1000} s ran out.`;
		try {
			if (this.record.episode.result === undefined) {
				const nobody: Caller = {
					signal: new AbortController().signal,
					onProgress: () => {},
				};
				await this.exclusively(
					{ number: "expire", fingerprint: "" },
					nobody,
					(context) => this.truncateSurely("END_REASON_LEASE_EXPIRED", context),
				);
			}
		} catch {
			// It cannot be graded now (the server is closing, say): it ends ungraded, below.
		} finally {
			this.end(reason);
		}
	}

	private end(reason: string): void {
		const { record } = this;
		if (record.ended !== undefined) return;
		if (record.episode.result === undefined)
			this.endEpisode("END_REASON_ABANDONED", undefined);
		record.episode.lastObservation = this.observation();
		record.episode.state = undefined;
		record.begun = undefined;
		record.ended = { reason, atMs: this.services.clock.now() };
		this.tell({ session_ended: { reason } });
		this.stopLease();
		this.events.close();
		this.services.onEnded(this);
	}
}

function newEpisodeRecord(
	number: number,
	start: EpisodeStart,
	{ environmentOf }: SessionServices,
): Soon<EpisodeRecord> {
	const { environment, task } = environmentOf(start.taskId);
	const taskVersion = task.version;
	const key = start.key(taskVersion);
	const begun = environment.start(start.taskId, key, start.split);
	return andThen(begun, (state) => ({
		number,
		environment: environment.name,
		taskId: start.taskId,
		taskVersion,
		split: start.split,
		seed: start.seed,
		state,
		lastObservation: undefined,
		step: 0,
		freeCalls: 0,
		totalReward: 0,
		result: undefined,
	}));
}

function startedBy({ action, number }: StepCall): ActionStarted {
	return { action, ...(number !== undefined && { request_number: number }) };
}

function levelsOf({ levels, from, width }: FlatRow): number[] {
	return Array.from(
		{ length: width },
		(_, column) => levels[from + column] as number,
	);
}

function toFlatMessage(levels: number[]): Action__Output {
	return { action: "flat", flat: { levels } } as Action__Output;
}

/** One answer out of an action's outcome and of the grading that its limit demanded. */
function merge(action: Outcome, grading: Outcome): Outcome {
	return {
		...grading,
		info: action.info,
		rewardParts: action.rewardParts.map(({ name, value }) => ({
			name,
			value:
				value +
				(grading.rewardParts.find((part) => part.name === name)?.value ?? 0),
		})),
	};
}

function mismatch(number: string | undefined): NightshiftError {
	return new NightshiftError(
		"REQUEST_MISMATCH",
		`Request number ${number} was used before with other contents; a new request needs a higher number.`,
	);
}
