import type { Action } from "../../../../proto/generated/nightshift/v1/Action.js";
import type { SreObservation__Output } from "../../../../proto/generated/nightshift/v1/SreObservation.js";
import {
	type ActionName,
	INTERVENTIONS,
	type Intervention,
} from "../simulator/actions.js";

/** The action's message: at a service by its place in the graph; a wait where the observation's mask forbids it. */
export function moveAt(
	seen: SreObservation__Output,
	name: ActionName,
	place: number,
): Action {
	if (name === "wait" || !isOpen(seen, name, place)) return { wait: {} };
	return { [name]: { service_id: seen.metrics[place]?.service_id ?? "" } };
}

/** Whether the observation's mask allows an intervention. */
export function isOpen(
	{ action_mask }: SreObservation__Output,
	name: Intervention,
	place: number,
): boolean {
	return action_mask[4 * place + INTERVENTIONS.indexOf(name)] === true;
}
