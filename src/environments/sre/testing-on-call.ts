import type { Action__Output } from "../../../proto/generated/nightshift/v1/Action.js";
import type { PerformContext, SplitName } from "../environment.js";
import { episodeKey } from "../episode-key.js";
import type { OnCallAction } from "./actions.js";
import type { IncidentState } from "./incident.js";
import { createSreEnvironment } from "./sre-environment.js";
import { sreTask } from "./tasks.js";

/** Episodes of the SRE environment for tests. Only tests use them. */

export const environment = createSreEnvironment();

export const context: PerformContext = {
	signal: new AbortController().signal,
	onProgress: () => {},
	onTiming: () => {},
};

/** An episode before its first action. */
export async function startEpisode(
	taskId = "sre/easy",
	seed = "1",
	split: SplitName = "train",
): Promise<IncidentState> {
	return environment.start(
		taskId,
		episodeKey({
			taskId,
			taskVersion: sreTask(taskId).version,
			split,
			seed,
		}),
		split,
	);
}

/** An action as the server reads it. */
export function toMessage(name: string, service_id?: string): Action__Output {
	return {
		action: name,
		[name]: service_id === undefined ? {} : { service_id },
	} as unknown as Action__Output;
}

/** A flat action of these levels. */
export function toFlatMessage(levels: readonly number[]): Action__Output {
	return { action: "flat", flat: { levels } } as unknown as Action__Output;
}

/** Takes an action. */
export function take(state: IncidentState, message: Action__Output) {
	return environment.perform(state, parse(state, message), context);
}

export function parse(
	state: IncidentState,
	message: Action__Output,
): OnCallAction {
	return environment.parse(state, message);
}

export const names = (state: IncidentState) => state.scenario.graph.names;
