import { type IncidentState, possible } from "./incident.js";
import { INTERVENTIONS } from "./simulator/actions.js";

/** For each action of `sreActions`, whether it is possible now on some service. */
export function possibleActions(state: IncidentState): boolean[] {
	const mask = possible(state);
	return [
		...INTERVENTIONS.map((_, number) =>
			mask.some(
				(isPossible, place) =>
					isPossible &&
					place < mask.length - 1 &&
					place % INTERVENTIONS.length === number,
			),
		),
		true,
	];
}
