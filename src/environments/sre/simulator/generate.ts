import { Columns } from "./columns.js";
import { FAULTS } from "./faults/catalogue.js";
import type { Fault } from "./faults/fault.js";
import { drawGraph, type Graph, type GraphRule, KIND } from "./graph.js";
import { Draws, type Seed, scatter } from "./random.js";
import type { DecoyKind, Scenario } from "./scenario.js";
import { clearAccount, restSystem, type SystemState } from "./system-state.js";
import { tick } from "./tick.js";

/** From what scenarios of a task are drawn. */
export interface ScenarioRule {
	readonly graph: GraphRule;
	/** Equally likely, but for no fault. */
	readonly faults: readonly Fault[];
	/** Share of scenarios without a fault. */
	readonly noFaultShare: number;
	/** Names of services of the fixed graph, one of which is the root; absent, any service at which the fault strikes. */
	readonly roots?: readonly string[];
	/** Least and most of the fault's severity. */
	readonly severity: readonly [least: number, most: number];
	readonly decoyProbability: number;
	readonly fixProbability: number;
}

/** Where a scenario comes from. No two origins have the same seed, so tasks, versions and splits share no scenario. */
export interface ScenarioOrigin {
	/** 0..255. */
	readonly taskNumber: number;
	/** 0..4095. */
	readonly taskVersion: number;
	readonly split: Split;
	/** 0..65535. */
	readonly row: number;
	/** 0..MOST_ATTEMPTS - 1. */
	readonly attempt: number;
}

export type Split = "train" | "validation" | "test";

export const SPLITS: readonly Split[] = ["train", "validation", "test"];

export const MOST_ATTEMPTS = 65_535;

export function scenarioSeed(origin: ScenarioOrigin): Seed {
	const { taskNumber, taskVersion, split, row, attempt } = origin;
	return {
		low: scatter((attempt << 16) | row),
		high: scatter(
			(1 << 30) |
				(taskVersion << 10) |
				(taskNumber << 2) |
				SPLITS.indexOf(split),
		),
	};
}

/** What a row keeps over all of its attempts: the fault, and in a pinned task its root. Rejection does not change how often a fault comes. */
export interface Cause {
	readonly fault: number;
	/** Of the fixed graph; absent where each attempt draws its own. */
	readonly root: string | undefined;
}

export function drawCause(
	rule: ScenarioRule,
	origin: Omit<ScenarioOrigin, "attempt">,
): Cause {
	const draws = new Draws(scenarioSeed({ ...origin, attempt: MOST_ATTEMPTS }));
	const drawn = draws.chance(rule.noFaultShare)
		? (FAULTS[0] as Fault)
		: (rule.faults[draws.below(rule.faults.length)] as Fault);
	return {
		fault: FAULTS.indexOf(drawn),
		root: rule.roots?.[draws.below(rule.roots.length)],
	};
}

/** From the design page: service times, milliseconds, by kind. */
const SERVICE_TIMES_MS = [
	[2, 4],
	[4, 9],
	[2, 6],
	[12, 22],
] as const;
const SERVERS = [4, 8, 16] as const;
const DECOYS: readonly DecoyKind[] = ["processor", "memory", "errors"];

export function drawScenario(
	rule: ScenarioRule,
	cause: Cause,
	seed: Seed,
): Scenario {
	const draws = new Draws(seed);
	const graph = drawGraph(rule.graph, draws);
	const size = graph.kinds.length;
	const baseLoadRps = baseLoads(graph, draws.between(200, 600));
	const columns = new Columns(3 * size, 3 * size);
	const serviceTimeMs = columns.floats(size);
	const capacityRps = columns.floats(size);
	const baseMemory = columns.floats(size);
	const servers = columns.bytes(size);
	const recentRelease = columns.bytes(size);
	const migration = columns.bytes(size);
	for (let k = 0; k < size; k++) {
		const kind = graph.kinds[k] as number;
		const range = SERVICE_TIMES_MS[kind] as readonly [number, number];
		serviceTimeMs[k] = draws.between(range[0], range[1]);
		servers[k] = SERVERS[draws.below(3)] as number;
		baseMemory[k] = draws.between(30, 55);
		capacityRps[k] = (baseLoadRps[k] as number) / draws.between(0.35, 0.6);
		const released = draws.chance(0.25);
		recentRelease[k] =
			released && (kind === KIND.gateway || kind === KIND.service) ? 1 : 0;
		migration[k] = draws.chance(0.3) ? 1 : 0;
	}
	const fault = FAULTS[cause.fault] as Fault;
	const root = drawRoot(graph, fault, cause, draws);
	if (fault.fromRelease) {
		recentRelease[root] = 1;
		migration[root] = 0;
	}
	const severity = draws.between(rule.severity[0], rule.severity[1]);
	const shape = draws.unit();
	const phase = draws.unit();
	const onset = -(1 + draws.below(4));
	const hasDecoy = draws.chance(rule.decoyProbability);
	const decoy = 1 + draws.below(size - 1);
	const scenario: Scenario = {
		seed,
		graph,
		serviceTimeMs,
		servers,
		capacityRps,
		baseMemory,
		baseLoadRps,
		recentRelease,
		migration,
		fault: cause.fault,
		root,
		severity,
		shape,
		phase,
		onset,
		decoy: hasDecoy && decoy !== root ? decoy : -1,
		decoyKind: DECOYS[draws.below(3)] as DecoyKind,
		fixProbability: rule.fixProbability,
	};
	fault.prepare?.(scenario);
	return scenario;
}

/** The demand on each service when the gateway gets `external` requests a second and nothing is retried. */
function baseLoads(
	{ kinds, firstCall, callee, callsPerRequest }: Graph,
	external: number,
): Float64Array {
	const loads = new Float64Array(kinds.length);
	loads[0] = external;
	for (let k = 0; k < kinds.length; k++) {
		const last = firstCall[k + 1] as number;
		for (let call = firstCall[k] as number; call < last; call++) {
			const to = callee[call] as number;
			loads[to] =
				(loads[to] as number) +
				(loads[k] as number) * (callsPerRequest[call] as number);
		}
	}
	return loads;
}

function drawRoot(
	graph: Graph,
	fault: Fault,
	cause: Cause,
	draws: Draws,
): number {
	if (cause.root !== undefined) return graph.names.indexOf(cause.root);
	let candidates = 0;
	for (let k = 1; k < graph.kinds.length; k++)
		if (fault.strikes.includes(graph.kinds[k] as number)) candidates++;
	if (candidates === 0) return -1;
	let left = draws.below(candidates);
	for (let k = 1; ; k++)
		if (fault.strikes.includes(graph.kinds[k] as number) && left-- === 0)
			return k;
}

/** Steps of health before the onset. */
const HEALTHY_STEPS = 3;

/** Brings a system from rest through the onset to time `until`, at most 0; there its account begins. */
export function warmUp(
	system: SystemState,
	scenario: Scenario,
	until: number,
): void {
	restSystem(system, scenario, scenario.onset - HEALTHY_STEPS);
	while (system.t < until) tick(system, scenario);
	clearAccount(system);
}
