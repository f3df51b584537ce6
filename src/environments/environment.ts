import type { Action__Output } from "../../proto/generated/nightshift/v1/Action.js";
import type { EndReason } from "../../proto/generated/nightshift/v1/EndReason.js";
import type { EpisodeResult } from "../../proto/generated/nightshift/v1/EpisodeResult.js";
import type { FlatObservation } from "../../proto/generated/nightshift/v1/FlatObservation.js";
import type { Observation } from "../../proto/generated/nightshift/v1/Observation.js";
import type { Progress } from "../../proto/generated/nightshift/v1/Progress.js";
import type { SreDeclaration__Output } from "../../proto/generated/nightshift/v1/SreDeclaration.js";
import type { StepInfo } from "../../proto/generated/nightshift/v1/StepInfo.js";
import type { Task } from "../../proto/generated/nightshift/v1/Task.js";

/**
 * What sessions ask of an environment. An episode's state, and an action that
 * was read, are plain data (numbers, strings, arrays, typed arrays), so that a session can be
 * written to bytes and go on elsewhere; the functions are the rules. Every function but `start`, `perform` and `grade` is pure.
 */
export interface Environment<State = unknown, Action = unknown> {
	readonly name: "training" | "sre";
	readonly tasks: readonly TaskDefinition[];
	/** Whether `start`, `perform` and `grade` are done when they return: they give no promises, nothing cuts them off, and sessions take the time. */
	readonly actsAtOnce?: boolean;
	/** A new episode of one of `tasks`. `key` is the episode's 32 bytes, in which the split stands too. Errors: DATA_UNAVAILABLE. */
	start(
		taskId: string,
		key: Uint8Array,
		split: SplitName,
	): State | Promise<State>;
	/** Makes a plain state usable after it was read from bytes, on a server that may have just started. Errors: DATA_UNAVAILABLE. */
	resume(state: State): Promise<void>;
	/**
	 * Checks an action whole against its bounds and against the state, with the diagnosis beside it where there is one. Errors: INVALID_FIELD,
	 * WRONG_ACTION, ACTION_NOT_POSSIBLE; nothing has changed then.
	 */
	parse(
		state: State,
		action: Action__Output,
		declared?: SreDeclaration__Output | null,
	): Action;
	/**
	 * What `parse` gives for the flat action of a row of levels, which begins at `from` and has the form's length; for lanes of play streams,
	 * where that is worth it. Errors: those of `parse`.
	 */
	parseFlat?(state: State, levels: ArrayLike<number>, from: number): Action;
	/** Takes a diagnosis without an action; absent where there are none. Errors: INVALID_FIELD; nothing has changed then. */
	declare?(state: State, declared: SreDeclaration__Output): void;
	/** Whether the action takes no number, changes nothing and is not counted. */
	isFree(action: Action): boolean;
	/**
	 * Takes an action. Cut off by its signal it rejects with CALL_CANCELLED or WORKER_LOST and the state keeps what was finished; called again
	 * with the same action it goes on there and comes to what an uncut call would have come to, unless `abandon` was called between.
	 */
	perform(
		state: State,
		action: Action,
		context: PerformContext,
	): Outcome | Promise<Outcome>;
	/** Gives up an action that was cut off. */
	abandon(state: State): void;
	/** Grades an episode that the agent did not end itself. The state is not changed until it is done. */
	grade(state: State, context: PerformContext): Outcome | Promise<Outcome>;
	observe(state: State): Pick<Observation, "training" | "sre">;
	flatten(state: State): FlatObservation;
	/**
	 * Writes what `flatten` gives: the columns from `at` on, the mask from `maskAt` on, 0 or 1 an entry. With `isKnown` what stands there is of
	 * this episode, so that what does not change in its course need not be written. Absent where `flatten` is all there is.
	 */
	flattenInto?(
		state: State,
		columns: Float32Array,
		at: number,
		mask: Uint8Array,
		maskAt: number,
		isKnown: boolean,
	): void;
	/** Under 4 kB. */
	describe(state: State): string;
	/** What an agent must not see, as plain JSON: for the operator and for privileged policies. */
	reveal(state: State): object;
}

export type SplitName = "train" | "validation" | "test";

export interface PerformContext {
	readonly signal: AbortSignal;
	readonly onProgress: (progress: Progress) => void;
	/** Adds to the call's queue and compute time. */
	readonly onTiming: (timing: {
		readonly queueMs: number;
		readonly computeMs: number;
	}) => void;
}

/** What an action led to, apart from the observation. */
export interface Outcome {
	/** The shaped reward's parts, in the environment's order. */
	readonly rewardParts: readonly {
		readonly name: string;
		readonly value: number;
	}[];
	readonly info: StepInfo;
	/** Set when the action ended the episode, and by `grade`. */
	readonly ending: Ending | undefined;
}

export interface Ending {
	/** 0..1. */
	readonly score: number;
	/** Why, where the action itself ended it. */
	readonly reason: EndReason;
	/** Parts of the score and what was hidden. */
	readonly details: Pick<EpisodeResult, "training" | "sre">;
}

/** A task as the contract tells it, with what sessions count by. */
export type TaskDefinition = Task &
	Required<Pick<Task, "id" | "version" | "max_actions" | "max_free_calls">>;
