import type { FaultClass__Output } from "../../../../../proto/generated/nightshift/v1/FaultClass.js";
import type { Intervention } from "../actions.js";
import type { Plan } from "../plans.js";
import type { Scenario } from "../scenario.js";
import type { SystemState } from "../system-state.js";

/**
 * A hidden cause of an incident, as one small object: where it may strike, what it does to the service at its root over time, and how that
 * answers to interventions. A new fault is a file like its neighbours and a row of catalogue.ts.
 */
export interface Fault {
	readonly faultClass: Exclude<FaultClass__Output, "FAULT_CLASS_UNSPECIFIED">;
	readonly name: string;
	/** Interventions at the root that help: listed as its fix. */
	readonly fixes: readonly Intervention[];
	/** Interventions at the root that relieve for a while, or cost, and fix nothing. */
	readonly traps: readonly Intervention[];
	/** Names of the faults that look like it. */
	readonly aliases: readonly string[];
	/** Whether a fix ends it for good (`SystemState.fixed`), rather than carrying the system over it. */
	readonly endsByFix: boolean;
	/** Whether it ends without any action. */
	readonly healsItself: boolean;
	/** Whether a release brought it: the root shows a recent release, without a migration, and a rollback there always fixes. */
	readonly fromRelease: boolean;
	/** What one who knows everything would try, beside waiting; the best of them is the ceiling. */
	readonly plans: readonly Plan[];
	/** Kinds of services (numbers of KIND) at which it may strike. */
	readonly strikes: readonly number[];
	/** Changes a scenario that was just drawn, so that the fault can live in it. */
	readonly prepare?: (scenario: Scenario) => void;
	/** Moves the slow variable on, once per step from the onset on. */
	readonly advance?: (system: SystemState, scenario: Scenario) => void;
	/** Says what the fault does to its root in this step, from the onset on and until it is fixed. `effects` come neutral. */
	readonly affect: (
		effects: Effects,
		system: SystemState,
		scenario: Scenario,
	) => void;
	/** What an intervention at the root changes beside its usual work. `drawn`: the draw of this fix succeeded. */
	readonly respond?: (
		system: SystemState,
		intervention: Intervention,
		drawn: boolean,
		scenario: Scenario,
	) => void;
}

/** What a fault does to its root. */
export interface Effects {
	/** Times the service time. */
	serviceTimeFactor: number;
	/** Added to it, milliseconds. */
	addedServiceMs: number;
	/** Share of requests that fail there, beside the usual ones. */
	addedErrors: number;
	/** Times the capacity. */
	capacityFactor: number;
	/** Whether added capacity does nothing. */
	scaleIsUseless: boolean;
	/** Percentage points. */
	addedMemory: number;
	/** Times the processor use that is seen. */
	cpuFactor: number;
	/** Of the base load. */
	addedLoad: number;
	/** Whether calls into the root may be retried without the usual cap. */
	retriesUncapped: boolean;
}

export function neutralEffects(): Effects {
	return {
		serviceTimeFactor: 1,
		addedServiceMs: 0,
		addedErrors: 0,
		capacityFactor: 1,
		scaleIsUseless: false,
		addedMemory: 0,
		cpuFactor: 1,
		addedLoad: 0,
		retriesUncapped: false,
	};
}

export function clearEffects(effects: Effects): void {
	effects.serviceTimeFactor = 1;
	effects.addedServiceMs = 0;
	effects.addedErrors = 0;
	effects.capacityFactor = 1;
	effects.scaleIsUseless = false;
	effects.addedMemory = 0;
	effects.cpuFactor = 1;
	effects.addedLoad = 0;
	effects.retriesUncapped = false;
}
