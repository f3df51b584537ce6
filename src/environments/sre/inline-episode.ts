import type { Action } from "../../../proto/generated/nightshift/v1/Action.js";
import type { Observation__Output } from "../../../proto/generated/nightshift/v1/Observation.js";
import type { Task__Output } from "../../../proto/generated/nightshift/v1/Task.js";
import { episodeKey } from "../episode-key.js";
import type { Act, Policy } from "../policy.js";
import {
	act,
	type Ended,
	finishIncident,
	hiddenState,
	type IncidentState,
	observe,
	type Split,
	startIncident,
} from "./incident.js";
import { INTERVENTIONS, type SreAction, WAIT } from "./simulator/actions.js";
import type { SreTask } from "./tasks.js";

/** Plays incidents in this process, without a server: hundreds of episodes a second, for reports, gates and tuning. */

/** The incident that a session of the service would get for this seed. Errors: DATA_UNAVAILABLE. */
export function startSeeded(
	task: SreTask,
	split: Split,
	seed: string,
): IncidentState {
	const key = episodeKey({
		taskId: task.id,
		taskVersion: task.version,
		split,
		seed,
	});
	return startIncident(task.id, split, key);
}

/** Plays a whole episode with a policy. */
export function playInline(
	task: SreTask,
	policy: Pick<Policy, "start" | "startPrivileged">,
	{ split, seed }: { readonly split: Split; readonly seed: string },
): Ended {
	const state = startSeeded(task, split, seed);
	return playOn(state, startPolicy(task, policy, seed, state));
}

/** Starts a policy on an incident; a privileged one looks at the incident's hidden state. */
export function startPolicy(
	task: SreTask,
	policy: Pick<Policy, "start" | "startPrivileged">,
	seed: string,
	state: IncidentState,
): Act {
	const told = toldTask(task);
	return policy.startPrivileged === undefined
		? policy.start(told, BigInt(seed))
		: policy.startPrivileged(told, BigInt(seed), () => hiddenState(state));
}

/** Plays an incident to its end. Errors: ACTION_NOT_POSSIBLE. */
export function playOn(state: IncidentState, choose: Act): Ended {
	while (state.ended === undefined) {
		const action = choose(observation(state));
		if (action === undefined) return finishIncident(state);
		act(state, toMove(action, state));
	}
	return state.ended;
}

/** What a client sees of it in the typed view. */
export function observation(state: IncidentState): Observation__Output {
	// `observe` leaves out only what the contract has as optional.
	return { sre: observe(state) as Observation__Output["sre"] & object };
}

/** Throws for a message that is no action of this environment, or names no service. */
export function toMove(action: Action, { scenario }: IncidentState): SreAction {
	if (action.wait) return WAIT;
	for (const name of INTERVENTIONS) {
		const given = action[name];
		if (!given) continue;
		const service = scenario.graph.names.indexOf(given.service_id ?? "");
		if (service >= 0) return { name, service };
	}
	throw new Error(`${JSON.stringify(action)} is no action of this incident`);
}

const toldTasks = new WeakMap<SreTask, Task__Output>();

/** The task as policies are told it, without the lists that no policy reads. */
function toldTask(task: SreTask): Task__Output {
	const known = toldTasks.get(task);
	if (known !== undefined) return known;
	const { id, version, description, goal, difficulty } = task;
	const told: Task__Output = {
		id,
		version,
		environment: "sre",
		description,
		goal,
		difficulty,
		actions: [],
		observation_fields: [],
		observation_columns: [],
		splits: [],
		max_actions: 30,
		max_free_calls: 0,
		budget: 30,
		reward_minimum: 0,
		reward_maximum: 0.99,
		reward_modes: [],
		default_reward_mode: "REWARD_MODE_UNSPECIFIED",
		reference_scores: [],
	};
	toldTasks.set(task, told);
	return told;
}
