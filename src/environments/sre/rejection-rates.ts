import { loadTable } from "./scenario-table.js";
import { FAULTS } from "./simulator/faults/catalogue.js";
import { SPLITS } from "./simulator/generate.js";
import type { SreTask } from "./tasks.js";

/** How many candidates it took to find a task's valid scenarios of a fault, over all splits. */
export interface RejectionRate {
	/** Its name in the catalogue. */
	readonly fault: string;
	/** Valid scenarios. */
	readonly accepted: number;
	/** Candidates that were ill without their fault, harmless with it, or not solvable. */
	readonly rejected: number;
}

/** In the catalogue's order; faults that the task has not are left out. Errors: DATA_UNAVAILABLE. */
export function rejectionRates(task: SreTask): RejectionRate[] {
	const accepted = FAULTS.map(() => 0);
	const rejected = FAULTS.map(() => 0);
	for (const split of SPLITS) {
		const { fault, attempt } = loadTable(task, split);
		fault.forEach((place, row) => {
			accepted[place] = (accepted[place] as number) + 1;
			rejected[place] = (rejected[place] as number) + (attempt[row] as number);
		});
	}
	return FAULTS.map(({ name }, place) => ({
		fault: name,
		accepted: accepted[place] as number,
		rejected: rejected[place] as number,
	})).filter(({ accepted }) => accepted > 0);
}
