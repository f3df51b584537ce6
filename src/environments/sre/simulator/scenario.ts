import type { Graph } from "./graph.js";
import type { Seed } from "./random.js";

/** Everything of an incident that does not change in its course. Columns go by service in graph order, or by call. */
export interface Scenario {
	readonly seed: Seed;
	readonly graph: Graph;
	/** Mean service time of a request, milliseconds. */
	readonly serviceTimeMs: Float64Array;
	/** Servers c: 4, 8 or 16. */
	readonly servers: Uint8Array;
	/** Requests a second at which utilisation is 1. */
	readonly capacityRps: Float64Array;
	/** Memory in use without load, percent. */
	readonly baseMemory: Float64Array;
	/** Requests a second in health. */
	readonly baseLoadRps: Float64Array;
	/** 1 where there was a release lately. */
	readonly recentRelease: Uint8Array;
	/** 1 where the last release migrated a schema, so that taking it back breaks the service. */
	readonly migration: Uint8Array;
	/** Place in the catalogue of faults; 0 is no fault. */
	readonly fault: number;
	/** The service at the root; -1 without a fault. */
	readonly root: number;
	/** .7..1.3. */
	readonly severity: number;
	/** Two free shapes of the fault, in (0, 1): its period or length, and its phase. */
	readonly shape: number;
	readonly phase: number;
	/** The step in which the fault begins: -1..-4. */
	readonly onset: number;
	/** A service that looks ill and is not, or -1. */
	readonly decoy: number;
	readonly decoyKind: DecoyKind;
	/** Probability that a fix that may fail succeeds. */
	readonly fixProbability: number;
}

/** A busy batch job, memory that was filled and stays so, or a few errors every fourth step. */
export type DecoyKind = "processor" | "memory" | "errors";

/** The most services and calls of a graph. */
export const MAX_SERVICES = 16;
export const MAX_CALLS = 48;
