import { faultOf } from "./faults/catalogue.js";
import { clearEffects, type Effects, neutralEffects } from "./faults/fault.js";
import {
	dropShare,
	finalFailure,
	meanWaitMs,
	overloadWaitMs,
	passShare,
	timeoutProbability,
} from "./queueing.js";
import { normal, STREAM } from "./random.js";
import type { Scenario } from "./scenario.js";
import type { SystemState } from "./system-state.js";

/** The objective of a service: seed. */
export const OBJECTIVE_P99_MS = 200;
export const OBJECTIVE_ERROR_RATE = 0.01;
/** Steps of the agent. */
export const EPISODE_STEPS = 30;

const USUAL_ERRORS = 0.0005;
/** Errors after a rollback over a migration. */
const BROKEN_ERRORS = 0.05;
const LOAD_NOISE = 0.05;
/** Share of the demand that an open breaker lets through, as probes. */
const PROBES = 0.05;
/** Retry budget of a caller: attempts per call at most. */
const ATTEMPTS_CAP = 1.2;
const LONGEST_P99_MS = 5000;
const HIGHEST_PERCENT = 99;
const LARGEST_SCALE = 4;

/** What the fault does in this step; written anew in each. */
const effects: Effects = neutralEffects();

/**
 * One simulated minute after the agent's action: capacity that arrives, the fault's slow variable, two passes of 30 seconds in which demand
 * flows down the graph and latency and errors flow up, the objective, and the timers. Allocates nothing; uses only operations that IEEE 754
 * fixes.
 */
export function tick(system: SystemState, scenario: Scenario): void {
	const services = scenario.graph.kinds.length;
	addCapacity(system, services);
	advanceFault(system, scenario);
	for (let pass = 0; pass < 2; pass++) {
		flowDemand(system, scenario, services, pass);
		flowLatencyAndErrors(system, scenario, services);
	}
	account(system, services);
	runTimers(system, services);
	system.t++;
}

function addCapacity(system: SystemState, services: number): void {
	const { scaleTimer, scale } = system;
	for (let k = 0; k < services; k++) {
		const left = scaleTimer[k] as number;
		if (left === 0) continue;
		scaleTimer[k] = left - 1;
		if (left === 1 && (scale[k] as number) < LARGEST_SCALE)
			scale[k] = 2 * (scale[k] as number);
	}
}

function advanceFault(system: SystemState, scenario: Scenario): void {
	clearEffects(effects);
	if (scenario.root < 0 || system.fixed || system.t < scenario.onset) return;
	const fault = faultOf(scenario);
	if (fault.advance !== undefined) fault.advance(system, scenario);
	fault.affect(effects, system, scenario);
}

/** Callers to callees: each service passes on its demand, times the calls per request and their attempts. */
function flowDemand(
	system: SystemState,
	scenario: Scenario,
	services: number,
	pass: number,
): void {
	const { loadRps, utilisation, breaker, down, attempts } = system;
	const { root, graph, baseLoadRps, seed } = scenario;
	const { firstCall, callee, callsPerRequest } = graph;
	for (let k = 0; k < services; k++) loadRps[k] = 0;
	const noise = normal(
		seed,
		system.t,
		0,
		pass === 0 ? STREAM.load : STREAM.loadSecondPass,
	);
	loadRps[0] =
		(baseLoadRps[0] as number) * system.loadFactor * (1 + LOAD_NOISE * noise);
	for (let k = 0; k < services; k++) {
		if (k === root)
			loadRps[k] =
				(loadRps[k] as number) + effects.addedLoad * (baseLoadRps[k] as number);
		let passed = loadRps[k] as number;
		if ((breaker[k] as number) > 0) passed *= PROBES;
		else if ((down[k] as number) > 0) passed = 0;
		else passed *= passShare(utilisation[k] as number);
		const last = firstCall[k + 1] as number;
		for (let call = firstCall[k] as number; call < last; call++) {
			const to = callee[call] as number;
			const perCall =
				(breaker[to] as number) > 0 ? 1 : (attempts[call] as number);
			loadRps[to] =
				(loadRps[to] as number) +
				passed * (callsPerRequest[call] as number) * perCall;
		}
	}
}

/**
 * Callees to callers: each service's own wait, drops and errors, then what its calls add. One loop, so that the columns are looked up once a pass and
 * not once a service, which takes an eighth of a step.
 */
function flowLatencyAndErrors(
	system: SystemState,
	scenario: Scenario,
	services: number,
): void {
	const { meanMs, tailMs2, p99Ms, errorRate, attempts, utilisation } = system;
	const { breaker, down, coldStart, broken, scale, loadRps, cpu, memory } =
		system;
	const { graph, root, serviceTimeMs, capacityRps, servers } = scenario;
	const { baseLoadRps, baseMemory, decoy, decoyKind } = scenario;
	const { firstCall, callee, callsPerRequest, criticality } = graph;
	const { deadlineMs, retries } = graph;
	for (let k = services - 1; k >= 0; k--) {
		if ((down[k] as number) > 0) {
			failAll(system, k, 0, 3, 0.4 * (baseMemory[k] as number));
			continue;
		}
		if ((breaker[k] as number) > 0) {
			failAll(system, k, 0.05, 5, baseMemory[k] as number);
			continue;
		}
		const usualMs = serviceTimeMs[k] as number;
		let serviceMs = usualMs * (1 + 0.8 * (coldStart[k] as number));
		let capacity = capacityRps[k] as number;
		let ownErrors = USUAL_ERRORS;
		let addedMemory = 0;
		let cpuFactor = 1;
		if (broken[k] === 1) ownErrors += BROKEN_ERRORS;
		if (k === root) {
			serviceMs =
				serviceMs * effects.serviceTimeFactor + effects.addedServiceMs;
			capacity *= effects.capacityFactor;
			ownErrors += effects.addedErrors;
			addedMemory = effects.addedMemory;
			cpuFactor = effects.cpuFactor;
		}
		if (k !== root || !effects.scaleIsUseless) capacity *= scale[k] as number;
		if (k === decoy) {
			if (decoyKind === "processor") cpuFactor *= 1.45;
			else if (decoyKind === "memory") addedMemory += 32;
			else if ((system.t & 3) === 0) ownErrors += 0.006;
		}

		const demand = loadRps[k] as number;
		// The division is left out where its result is 1.
		const slowdown = serviceMs === usualMs ? 1 : serviceMs / usualMs;
		const rho = (demand * slowdown) / capacity;
		let ownWaitMs = meanWaitMs(rho, serviceMs, servers[k] as number);
		if (rho > 1) ownWaitMs += overloadWaitMs(rho);
		let mean = serviceMs + ownWaitMs;
		const ownTail = 1.6 * serviceMs + 3.6 * ownWaitMs;
		let tail = ownTail * ownTail;
		let success = (1 - ownErrors) * (1 - dropShare(rho));

		const last = firstCall[k + 1] as number;
		for (let call = firstCall[k] as number; call < last; call++) {
			const to = callee[call] as number;
			const share = callsPerRequest[call] as number;
			const critical = criticality[call] as number;
			if ((breaker[to] as number) > 0) {
				attempts[call] = 0.5 * (attempts[call] as number) + 0.5;
				// An open breaker answers at once, so that a fallback has time to be good.
				success *= 1 - share * (critical < 1 ? 0.4 * critical : 1);
				mean += share;
				continue;
			}
			const deadline = deadlineMs[call] as number;
			const calleeMean = meanMs[to] as number;
			const calleeTail = tailMs2[to] as number;
			const late = timeoutProbability(deadline, calleeMean, calleeTail);
			const failure = 1 - (1 - (errorRate[to] as number)) * (1 - late);
			const most = retries[call] as number;
			// Attempts per call, 1 + f + ... + f^r, and f^r.
			let made = 1;
			let allFail = 1;
			for (let retry = 0; retry < most; retry++) {
				allFail *= failure;
				made += allFail;
			}
			if (made > ATTEMPTS_CAP && !(to === root && effects.retriesUncapped))
				made = ATTEMPTS_CAP;
			attempts[call] = 0.4 * (attempts[call] as number) + 0.6 * made;
			success *= 1 - share * critical * finalFailure(failure, allFail);
			mean += share * made * (calleeMean < deadline ? calleeMean : deadline);
			const longest = deadline * deadline;
			tail += share * made * (calleeTail < longest ? calleeTail : longest);
		}

		const p99 = mean + Math.sqrt(tail);
		// Little's law: what is in flight takes memory, in victims too.
		const inFlight = 0.02 * mean * (demand / (baseLoadRps[k] as number));
		const memoryUse =
			(baseMemory[k] as number) + addedMemory + (inFlight < 25 ? inFlight : 25);
		const cpuUse = 100 * (rho < 1 ? rho : 1) * cpuFactor;
		utilisation[k] = rho;
		meanMs[k] = mean;
		tailMs2[k] = tail;
		p99Ms[k] = p99 < LONGEST_P99_MS ? p99 : LONGEST_P99_MS;
		errorRate[k] = success < 0 ? 1 : 1 - success;
		cpu[k] = cpuUse < HIGHEST_PERCENT ? cpuUse : HIGHEST_PERCENT;
		memory[k] = memoryUse < HIGHEST_PERCENT ? memoryUse : HIGHEST_PERCENT;
	}
}

/** A service that answers every request at once with an error. */
function failAll(
	system: SystemState,
	k: number,
	utilisation: number,
	cpu: number,
	memory: number,
): void {
	system.errorRate[k] = 1;
	system.meanMs[k] = 1;
	system.tailMs2[k] = 1;
	system.p99Ms[k] = 2;
	system.utilisation[k] = utilisation;
	system.cpu[k] = cpu;
	system.memory[k] = memory;
}

/** Objective, goodput, and the downtime that the agent itself causes. */
function account(system: SystemState, services: number): void {
	const { p99Ms, errorRate, down, downByAgent, breaker } = system;
	let met = 0;
	let heldDown = 0;
	for (let k = 0; k < services; k++) {
		if (
			(p99Ms[k] as number) <= OBJECTIVE_P99_MS &&
			(errorRate[k] as number) <= OBJECTIVE_ERROR_RATE
		)
			met++;
		if (
			(breaker[k] as number) > 0 ||
			((down[k] as number) > 0 && downByAgent[k] === 1)
		)
			heldDown++;
	}
	system.goodput = goodputOf(p99Ms[0] as number, errorRate[0] as number);
	system.objectiveShare = met / services;
	system.objectiveSum += 0.6 * system.goodput + 0.4 * system.objectiveShare;
	system.downtimeSum += (0.4 * heldDown) / services;
	if (met < services && system.t < EPISODE_STEPS)
		system.lastBreach = system.t + 1;
}

/** Share of requests answered right and in good time: (1 - error) x clamp(1 - (p99 - 200)/1000, 0, 1). */
export function goodputOf(p99Ms: number, errorRate: number): number {
	const inTime = 1 - (p99Ms - OBJECTIVE_P99_MS) / 1000;
	return (1 - errorRate) * (inTime < 0 ? 0 : inTime > 1 ? 1 : inTime);
}

function runTimers(system: SystemState, services: number): void {
	const { down, downByAgent, breaker, coldStart } = system;
	for (let k = 0; k < services; k++) {
		if ((down[k] as number) > 0) down[k] = (down[k] as number) - 1;
		if (down[k] === 0) downByAgent[k] = 0;
		if ((breaker[k] as number) > 0) breaker[k] = (breaker[k] as number) - 1;
		if ((coldStart[k] as number) > 0)
			coldStart[k] = (coldStart[k] as number) - 0.5;
	}
}
