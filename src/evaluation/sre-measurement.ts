import type { FaultClass__Output } from "../../proto/generated/nightshift/v1/FaultClass.js";
import type { Policy } from "../environments/policy.js";
import { playInline } from "../environments/sre/inline-episode.js";
import type { SreTask } from "../environments/sre/tasks.js";
import type { SplitName } from "./episode-player.js";

/** What is to be measured. */
export interface SreMeasurement {
	readonly tasks: readonly SreTask[];
	readonly policies: readonly Policy[];
	/** In decimal. */
	readonly seeds: readonly string[];
	readonly split: SplitName;
}

/** An episode that was played to its end. */
export interface SreEntry {
	readonly task: string;
	readonly policy: string;
	readonly seed: string;
	/** 0.01..0.99. */
	readonly score: number;
	readonly faultClass: FaultClass__Output;
	/** Absent where the objective did not hold at the end. */
	readonly timeToMitigate: number | undefined;
	readonly wrongActions: number;
	readonly trapActions: number;
	/** Whether the diagnosis named the root; absent without one. */
	readonly rootHit: boolean | undefined;
	/** Whether it named the fault's class; absent without one. */
	readonly classHit: boolean | undefined;
}

/** Plays every episode in this process, one after the other. `told` is called after each. Errors: DATA_UNAVAILABLE. */
export function measureSre(
	{ tasks, policies, seeds, split }: SreMeasurement,
	told: (entry: SreEntry) => void,
): SreEntry[] {
	return tasks.flatMap((task) =>
		policies.flatMap((policy) =>
			seeds.map((seed) => {
				const { score, result } = playInline(task, policy, { split, seed });
				const entry: SreEntry = {
					task: task.id,
					policy: policy.name,
					seed,
					score,
					faultClass: result.fault_class as FaultClass__Output,
					timeToMitigate: result.time_to_mitigate,
					wrongActions: result.wrong_actions,
					trapActions: result.trap_actions,
					rootHit: result.declared_service_correct,
					classHit: result.declared_class_correct,
				};
				told(entry);
				return entry;
			}),
		),
	);
}
