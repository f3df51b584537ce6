import { Columns } from "./columns.js";
import { MAX_CALLS, MAX_SERVICES, type Scenario } from "./scenario.js";

/** Everything of an incident that changes in its course, but for telemetry. Columns go by service in graph order, or by call. */
export interface SystemState {
	/** The next step, from 0; negative before the agent's first. */
	t: number;
	/** Whether the fault is gone for good. */
	fixed: boolean;
	/** The fault's slow variable; each fault says what it is. */
	faultLevel: number;
	/** Of the load from outside; 1 but in the replay of the probation. */
	loadFactor: number;
	/** Goodput of the gateway in the last step, 0..1. */
	goodput: number;
	/** Share of services within their objective in the last step. */
	objectiveShare: number;
	/** Sum of .6 goodput + .4 share over the steps from 0. */
	objectiveSum: number;
	/** Sum of .4 times the share of services that the agent itself held down. */
	downtimeSum: number;
	/** What the actions cost. */
	cost: number;
	/** Number of the last step, from 1, in which some service missed its objective; 0 before the first. */
	lastBreach: number;
	/** restart, scale_up, circuit_break and rollback left. */
	readonly budgets: Uint8Array;
	/** Demand, requests a second. */
	readonly loadRps: Float64Array;
	readonly utilisation: Float64Array;
	readonly meanMs: Float64Array;
	/** Square of what the 99th percentile lies above the mean, square milliseconds. */
	readonly tailMs2: Float64Array;
	readonly p99Ms: Float64Array;
	readonly errorRate: Float64Array;
	/** Percent. */
	readonly cpu: Float64Array;
	/** Percent. */
	readonly memory: Float64Array;
	/** 1 at a restart, .5 less each step. */
	readonly coldStart: Float64Array;
	/** 1, 2 or 4. */
	readonly scale: Float64Array;
	/** Per call, attempts per request that reach the called, damped. */
	readonly attempts: Float64Array;
	/** Steps left in which it is down. */
	readonly down: Uint8Array;
	/** 1 where it is down by the agent's own restart. */
	readonly downByAgent: Uint8Array;
	/** Steps left with its breaker open. */
	readonly breaker: Uint8Array;
	/** Steps until the added capacity acts, its own counted; 0 when none is on the way. */
	readonly scaleTimer: Uint8Array;
	/** 1 where a rollback over a migration broke it for good. */
	readonly broken: Uint8Array;
}

/** How often each action can be taken: restart, scale_up, circuit_break, rollback. */
export const BUDGETS = [3, 2, 4, 2] as const;

/** Columns have room for the largest graph, so that any state can be copied over any other. */
export function newSystemState(): SystemState {
	const columns = new Columns(
		10 * MAX_SERVICES + MAX_CALLS,
		5 * MAX_SERVICES + BUDGETS.length,
	);
	const column = () => columns.floats(MAX_SERVICES);
	const flags = () => columns.bytes(MAX_SERVICES);
	const system: SystemState = {
		t: 0,
		fixed: false,
		faultLevel: 0,
		loadFactor: 1,
		goodput: 1,
		objectiveShare: 1,
		objectiveSum: 0,
		downtimeSum: 0,
		cost: 0,
		lastBreach: 0,
		loadRps: column(),
		utilisation: column(),
		meanMs: column(),
		tailMs2: column(),
		p99Ms: column(),
		errorRate: column(),
		cpu: column(),
		memory: column(),
		coldStart: column(),
		scale: column(),
		attempts: columns.floats(MAX_CALLS),
		down: flags(),
		downByAgent: flags(),
		breaker: flags(),
		scaleTimer: flags(),
		broken: flags(),
		budgets: columns.bytes(BUDGETS.length),
	};
	system.budgets.set(BUDGETS);
	return system;
}

/** Puts a system at rest, at time t. */
export function restSystem(
	system: SystemState,
	scenario: Scenario,
	t: number,
): void {
	system.t = t;
	system.fixed = false;
	system.faultLevel = 0;
	system.loadFactor = 1;
	system.goodput = 1;
	system.objectiveShare = 1;
	system.budgets.set(BUDGETS);
	clearAccount(system);
	system.loadRps.set(scenario.baseLoadRps);
	system.utilisation.fill(0.5);
	system.meanMs.set(scenario.serviceTimeMs);
	system.tailMs2.fill(1);
	system.p99Ms.set(scenario.serviceTimeMs);
	system.memory.set(scenario.baseMemory);
	for (const column of [
		system.errorRate,
		system.cpu,
		system.coldStart,
		system.down,
		system.downByAgent,
		system.breaker,
		system.scaleTimer,
		system.broken,
	])
		column.fill(0);
	system.scale.fill(1);
	system.attempts.fill(1);
}

/** Forgets objective, cost and breaches so far. */
export function clearAccount(system: SystemState): void {
	system.objectiveSum = 0;
	system.downtimeSum = 0;
	system.cost = 0;
	system.lastBreach = 0;
}

/** Overwrites `to` with `from`; they share nothing afterwards. */
export function copySystem(from: SystemState, to: SystemState): void {
	to.t = from.t;
	to.fixed = from.fixed;
	to.faultLevel = from.faultLevel;
	to.loadFactor = from.loadFactor;
	to.goodput = from.goodput;
	to.objectiveShare = from.objectiveShare;
	to.objectiveSum = from.objectiveSum;
	to.downtimeSum = from.downtimeSum;
	to.cost = from.cost;
	to.lastBreach = from.lastBreach;
	to.budgets.set(from.budgets);
	to.loadRps.set(from.loadRps);
	to.utilisation.set(from.utilisation);
	to.meanMs.set(from.meanMs);
	to.tailMs2.set(from.tailMs2);
	to.p99Ms.set(from.p99Ms);
	to.errorRate.set(from.errorRate);
	to.cpu.set(from.cpu);
	to.memory.set(from.memory);
	to.coldStart.set(from.coldStart);
	to.scale.set(from.scale);
	to.attempts.set(from.attempts);
	to.down.set(from.down);
	to.downByAgent.set(from.downByAgent);
	to.breaker.set(from.breaker);
	to.scaleTimer.set(from.scaleTimer);
	to.broken.set(from.broken);
}
