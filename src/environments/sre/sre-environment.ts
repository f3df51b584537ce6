import type { Action__Output } from "../../../proto/generated/nightshift/v1/Action.js";
import type { SreDeclaration__Output } from "../../../proto/generated/nightshift/v1/SreDeclaration.js";
import type { StepInfo } from "../../../proto/generated/nightshift/v1/StepInfo.js";
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
	readFlatSreAction,
	readSreAction,
	sreActions,
} from "./actions.js";
import {
	flattenSre,
	observationColumns,
	writeChanging,
	writeFixed,
} from "./flat-observation.js";
import {
	act,
	checkPossible,
	declare,
	type Ended,
	finishIncident,
	hiddenState,
	type IncidentState,
	observe,
	type SreAction,
	startIncident,
	WAITING,
} from "./incident.js";
import { observationFields } from "./observation.js";
import { writeMask } from "./possible.js";
import { referenceScores } from "./reference-scores.js";
import { isPossible } from "./simulator/intervene.js";
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
	readonly actsAtOnce = true;
	readonly tasks: readonly TaskDefinition[] = sreTasks.map(toTask);

	start(taskId: string, key: Uint8Array, split: SplitName): IncidentState {
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
		if (message.action === "flat")
			return { action: orWait(state, action), declaration };
		checkPossible(state, action);
		return { action, declaration };
	}

	parseFlat(
		state: IncidentState,
		levels: ArrayLike<number>,
		from: number,
	): OnCallAction {
		const { kinds } = state.scenario.graph;
		const action = readFlatSreAction(levels, from, kinds.length);
		return { action: orWait(state, action), declaration: undefined };
	}

	declare(state: IncidentState, declared: SreDeclaration__Output): void {
		const declaration = readDeclaration(declared, state.scenario.graph.names);
		if (declaration) declare(state, declaration);
	}

	isFree(): boolean {
		return false;
	}

	perform(
		state: IncidentState,
		{ action, declaration }: OnCallAction,
		{ onProgress }: PerformContext,
	): Outcome {
		if (declaration) declare(state, declaration);
		const { cost } = act(state, action);
		onProgress({ sre: { step: state.actions.length } });
		return toOutcome(cost, state.ended);
	}

	/** Nothing is ever cut off. */
	abandon(): void {}

	/** What is left of the episode is played as waits. */
	grade(state: IncidentState): Outcome {
		return toOutcome(0, finishIncident(state));
	}

	observe(state: IncidentState) {
		return { sre: observe(state) };
	}

	flatten(state: IncidentState) {
		return flattenSre(state);
	}

	flattenInto(
		state: IncidentState,
		columns: Float32Array,
		at: number,
		mask: Uint8Array,
		maskAt: number,
		isKnown: boolean,
	): void {
		if (!isKnown) writeFixed(state, columns, at);
		writeChanging(state, columns, at);
		writeMask(state, mask, maskAt);
	}

	describe(state: IncidentState): string {
		return describeSre(state, sreTask(state.taskId));
	}

	reveal(state: IncidentState) {
		return hiddenState(state);
	}
}

/** A MultiDiscrete table has no room for errors: there an action that is masked, or names an empty place, counts as waiting. Errors: EPISODE_ENDED. */
function orWait(state: IncidentState, action: SreAction): SreAction {
	if (state.ended !== undefined) checkPossible(state, action);
	return isPossible(state.system, state.scenario, action) ? action : WAITING;
}

/** Steps bring no reward: the score is all, at the end. */
function toOutcome(cost: number, ended: Ended | undefined): Outcome {
	return {
		rewardParts: [],
		info: infoOf(cost),
		ending: ended && {
			score: ended.score,
			reason: "END_REASON_LAST_STEP",
			details: { sre: ended.result },
		},
	};
}

const infos = new Map<number, StepInfo>();

/** There are as many as there are costs, and events keep them. */
function infoOf(cost: number): StepInfo {
	const known = infos.get(cost);
	if (known !== undefined) return known;
	const info: StepInfo = Object.freeze({
		notice: "",
		sre: Object.freeze({ cost }),
	});
	infos.set(cost, info);
	return info;
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
