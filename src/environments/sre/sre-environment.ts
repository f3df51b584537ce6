import type { Action__Output } from "../../../proto/generated/nightshift/v1/Action.js";
import type { SreDeclaration__Output } from "../../../proto/generated/nightshift/v1/SreDeclaration.js";
import { NightshiftError } from "../../errors.js";
import { toActionSpecs } from "../action-schema.js";
import type {
	Environment,
	Outcome,
	PerformContext,
	SplitName,
	TaskDefinition,
} from "../environment.js";
import {
	type OnCallAction,
	readDeclaration,
	readSreAction,
	sreActions,
} from "./actions.js";
import { flattenSre, observationColumns } from "./flat-observation.js";
import {
	act,
	checkPossible,
	declare,
	type Ended,
	finishIncident,
	hiddenState,
	type IncidentState,
	observe,
	startIncident,
	WAITING,
} from "./incident.js";
import { observationFields } from "./observation.js";
import { referenceScores } from "./reference-scores.js";
import { EPISODE_STEPS } from "./simulator/tick.js";
import { type SreTask, sreTask, sreTasks } from "./tasks.js";
import { describeSre } from "./text.js";

const MAX_FREE_CALLS = 1000;

/** The SRE environment. A step takes microseconds, so it is taken at once, on the main thread. */
export function createSreEnvironment(): Environment<
	IncidentState,
	OnCallAction
> {
	return new SreEnvironment();
}

class SreEnvironment implements Environment<IncidentState, OnCallAction> {
	readonly name = "sre";
	readonly tasks: readonly TaskDefinition[] = sreTasks.map(toTask);

	async start(
		taskId: string,
		key: Uint8Array,
		split: SplitName,
	): Promise<IncidentState> {
		return startIncident(taskId, split, key);
	}

	/** A state is whole in itself. */
	async resume(): Promise<void> {}

	parse(
		state: IncidentState,
		message: Action__Output,
		declared?: SreDeclaration__Output | null,
	): OnCallAction {
		const { names } = state.scenario.graph;
		const declaration = readDeclaration(declared, names);
		const action = readSreAction(message, names);
		// A MultiDiscrete table has no room for errors: there an action that is masked counts as waiting.
		if (action === undefined) return { action: WAITING, declaration };
		try {
			checkPossible(state, action);
			return { action, declaration };
		} catch (error) {
			if (
				message.action === "flat" &&
				error instanceof NightshiftError &&
				error.reason === "ACTION_NOT_POSSIBLE"
			)
				return { action: WAITING, declaration };
			throw error;
		}
	}

	declare(state: IncidentState, declared: SreDeclaration__Output): void {
		const declaration = readDeclaration(declared, state.scenario.graph.names);
		if (declaration) declare(state, declaration);
	}

	isFree(): boolean {
		return false;
	}

	async perform(
		state: IncidentState,
		{ action, declaration }: OnCallAction,
		{ onProgress, onTiming }: PerformContext,
	): Promise<Outcome> {
		const started = performance.now();
		if (declaration) declare(state, declaration);
		const { cost } = act(state, action);
		onTiming({ queueMs: 0, computeMs: performance.now() - started });
		onProgress({ sre: { step: state.actions.length } });
		return toOutcome(cost, state.ended);
	}

	/** Nothing is ever cut off. */
	abandon(): void {}

	/** What is left of the episode is played as waits. */
	async grade(state: IncidentState): Promise<Outcome> {
		return toOutcome(0, finishIncident(state));
	}

	observe(state: IncidentState) {
		return { sre: observe(state) };
	}

	flatten(state: IncidentState) {
		return flattenSre(state);
	}

	describe(state: IncidentState): string {
		return describeSre(state, sreTask(state.taskId));
	}

	reveal(state: IncidentState) {
		return hiddenState(state);
	}
}

/** Steps bring no reward: the score is all, at the end. */
function toOutcome(cost: number, ended: Ended | undefined): Outcome {
	return {
		rewardParts: [],
		info: { notice: "", sre: { cost } },
		ending: ended && {
			score: ended.score,
			reason: "END_REASON_LAST_STEP",
			details: { sre: ended.result },
		},
	};
}

function toTask(task: SreTask): TaskDefinition {
	return {
		id: task.id,
		version: task.version,
		environment: "sre",
		description: task.description,
		goal: task.goal,
		difficulty: task.difficulty,
		actions: toActionSpecs(sreActions),
		observation_fields: observationFields,
		observation_columns: observationColumns,
		splits: ["SPLIT_TRAIN", "SPLIT_VALIDATION", "SPLIT_TEST"],
		max_actions: EPISODE_STEPS,
		max_free_calls: MAX_FREE_CALLS,
		budget: EPISODE_STEPS,
		reward_minimum: 0,
		reward_maximum: 0.99,
		reward_modes: ["REWARD_MODE_SCORE"],
		default_reward_mode: "REWARD_MODE_SCORE",
		reference_scores: referenceScores(task.id, task.version),
	};
}
