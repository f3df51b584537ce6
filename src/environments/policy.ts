import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { Observation__Output } from "../../proto/generated/nightshift/v1/Observation.js";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";

/** A scripted player of an environment's tasks: it sees what any client sees, nothing more. */
export interface Policy {
	/** Lower case with hyphens. */
	readonly name: string;
	/** Raised by any change after which it plays otherwise, so that scores of before are not taken for its own. */
	readonly version: number;
	readonly environment: "training" | "sre";
	readonly description: string;
	/** Starts an episode: the returned function chooses the next action; nothing means that the episode is left to be finished. */
	start(
		task: Task__Output,
		seed: bigint,
	): (observation: Observation__Output) => Action | undefined;
}
