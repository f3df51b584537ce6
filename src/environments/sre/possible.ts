import type { IncidentState } from "./incident.js";
import { INTERVENTIONS } from "./simulator/actions.js";
import { KIND } from "./simulator/graph.js";

/** Actions of `sreActions`. */
export const MASK_LENGTH = INTERVENTIONS.length + 1;

const CIRCUIT_BREAK = INTERVENTIONS.indexOf("circuit_break");

/** For each action of `sreActions`, whether it is possible now on some service: 0 or 1 an entry, from `at` on. */
export function writeMask(
	{ system, scenario }: IncidentState,
	mask: Uint8Array,
	at: number,
): void {
	const { kinds } = scenario.graph;
	const onlyProviders = kinds.every((kind) => kind === KIND.provider);
	for (let number = 0; number < INTERVENTIONS.length; number++)
		mask[at + number] =
			(system.budgets[number] as number) > 0 &&
			(number === CIRCUIT_BREAK || !onlyProviders)
				? 1
				: 0;
	mask[at + INTERVENTIONS.length] = 1;
}

/** The same as a list. */
export function possibleActions(state: IncidentState): boolean[] {
	const mask = new Uint8Array(MASK_LENGTH);
	writeMask(state, mask, 0);
	return Array.from(mask, (entry) => entry === 1);
}
