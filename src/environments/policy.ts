import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { Observation__Output } from "../../proto/generated/nightshift/v1/Observation.js";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import type { HiddenState } from "./sre/incident.js";

/** Chooses the next action of an episode; nothing means that the episode is left to be finished. */
export type Act = (observation: Observation__Output) => Action | undefined;

/** A scripted player of an environment's tasks: it sees what any client sees, nothing more, unless it is privileged. */
export interface Policy {
	/** Lower case with hyphens. */
	readonly name: string;
	/** Raised by any change after which it plays otherwise, so that scores of before are not taken for its own. */
	readonly version: number;
	readonly environment: "training" | "sre";
	readonly description: string;
	/** Starts an episode. A privileged policy throws here: see `onlyOnTheServer`. */
	start(task: Task__Output, seed: bigint): Act;
	/**
	 * A privileged policy has this, too: what it chooses may rest on what no agent sees, which `look` tells as it is at that moment. It plays
	 * only where the episode's state is: on the server, by the RPC RunPolicy.
	 */
	startPrivileged?(
		task: Task__Output,
		seed: bigint,
		look: () => HiddenState,
	): Act;
}

/** The `start` of a privileged policy. */
export function onlyOnTheServer(): never {
	throw new Error(
		"this policy sees what is hidden, so it plays only on the server; run it with RunPolicy",
	);
}
