import { Columns } from "./columns.js";
import {
	hash,
	hashAll,
	lognormalFactors,
	type Seed,
	STREAM,
	toLognormal,
	toNormal,
	toUniform,
	uniform,
} from "./random.js";
import { MAX_SERVICES, type Scenario } from "./scenario.js";
import type { SystemState } from "./system-state.js";
import { goodputOf, OBJECTIVE_ERROR_RATE, OBJECTIVE_P99_MS } from "./tick.js";

/** How well a task's telemetry shows the truth. */
export interface TelemetryRule {
	/** Of the logarithm of latency; processor and memory have 25 and 18 points times this. */
	readonly noise: number;
	/** Sampled requests, of which errors are counted. */
	readonly spans: number;
	/** Steps that a service's samples are late: fixed for each, 0..this. */
	readonly longestLag: number;
	/** Probability that a sample is lost. */
	readonly missing: number;
	/** Whether processor and memory have an unknown gain and offset for each service. */
	readonly aliased: boolean;
}

/** What was measured up to now. Columns go by service in graph order. */
export interface Telemetry {
	readonly seed: Seed;
	/** 1 where this step's sample was lost; its figures below are 0 then. */
	readonly missing: Uint8Array;
	/** 99th percentile, milliseconds. */
	readonly latencyMs: Float64Array;
	/** 0..1. */
	readonly errorRate: Float64Array;
	/** Percent. */
	readonly cpu: Float64Array;
	/** Percent. */
	readonly memory: Float64Array;
	/** 1 within the objective, 0 out of it, by the last sample that came; UNKNOWN before the first. */
	readonly objectiveMet: Uint8Array;
	/** Goodput of the gateway by its last sample; 1 before the first. */
	gatewayGoodput: number;
	/** The truth of the last steps: latency, errors, processor, memory of each service, in a ring. */
	readonly truth: Float64Array;
}

/** Of `objectiveMet`: no sample came yet. */
export const UNKNOWN = 2;

const FIGURES = 4;
/** The truth is kept for this many steps, which bounds the lag. */
const RING = 4;
export const LONGEST_LAG = RING - 1;

export function newTelemetry(seed: Seed): Telemetry {
	const columns = new Columns(
		4 * MAX_SERVICES + RING * MAX_SERVICES * FIGURES,
		2 * MAX_SERVICES,
	);
	const column = () => columns.floats(MAX_SERVICES);
	return {
		seed,
		latencyMs: column(),
		errorRate: column(),
		cpu: column(),
		memory: column(),
		truth: columns.floats(RING * MAX_SERVICES * FIGURES),
		missing: columns.bytes(MAX_SERVICES),
		objectiveMet: columns.bytes(MAX_SERVICES).fill(UNKNOWN),
		gatewayGoodput: 1,
	};
}

/** An equal telemetry that shares nothing that changes. */
export function copyTelemetry(telemetry: Telemetry): Telemetry {
	const copy = newTelemetry(telemetry.seed);
	copy.latencyMs.set(telemetry.latencyMs);
	copy.errorRate.set(telemetry.errorRate);
	copy.cpu.set(telemetry.cpu);
	copy.memory.set(telemetry.memory);
	copy.truth.set(telemetry.truth);
	copy.missing.set(telemetry.missing);
	copy.objectiveMet.set(telemetry.objectiveMet);
	copy.gatewayGoodput = telemetry.gatewayGoodput;
	return copy;
}

/** Keeps the truth of the step that just ended, so that late samples can show it. */
export function keepTruth(telemetry: Telemetry, system: SystemState): void {
	const { truth } = telemetry;
	const { p99Ms, errorRate, cpu, memory } = system;
	let at = placeOf(system.t, 0);
	for (let k = 0; k < MAX_SERVICES; k++) {
		truth[at++] = p99Ms[k] as number;
		truth[at++] = errorRate[k] as number;
		truth[at++] = cpu[k] as number;
		truth[at++] = memory[k] as number;
	}
}

/** A sample's random numbers, in this order. */
const SAMPLE = [
	STREAM.missing,
	STREAM.latency,
	STREAM.errors,
	STREAM.errorsNormal,
	STREAM.cpu,
	STREAM.memory,
] as const;
const hashes = new Uint32Array(SAMPLE.length * MAX_SERVICES);

/** Measures every service at the system's time. A pure function of the telemetry's seed, time, service and what was kept. */
export function measure(
	telemetry: Telemetry,
	system: SystemState,
	scenario: Scenario,
	rule: TelemetryRule,
): void {
	const { t } = system;
	const { seed, truth, missing, objectiveMet } = telemetry;
	const { latencyMs, errorRate, cpu, memory } = telemetry;
	const services = scenario.graph.kinds.length;
	const factors = factorsOf(rule.noise);
	hashAll(seed, t, services, SAMPLE, hashes);
	for (let k = 0; k < services; k++) {
		const drawn = k * SAMPLE.length;
		if (toUniform(hashes[drawn] as number) < rule.missing) {
			missing[k] = 1;
			latencyMs[k] = 0;
			errorRate[k] = 0;
			cpu[k] = 0;
			memory[k] = 0;
			continue;
		}
		const from = placeOf(t - lagOf(seed, k, rule.longestLag), k);
		const latency =
			(truth[from] as number) *
			toLognormal(factors, hashes[drawn + 1] as number);
		const errors =
			binomial(
				rule.spans,
				truth[from + 1] as number,
				toUniform(hashes[drawn + 2] as number),
				toNormal(hashes[drawn + 3] as number),
			) / rule.spans;
		missing[k] = 0;
		latencyMs[k] = latency;
		errorRate[k] = errors;
		cpu[k] = percent(
			seenCpu(seed, k, truth[from + 2] as number, rule.aliased) +
				25 * rule.noise * toNormal(hashes[drawn + 4] as number),
		);
		memory[k] = percent(
			seenMemory(seed, k, truth[from + 3] as number, rule.aliased) +
				18 * rule.noise * toNormal(hashes[drawn + 5] as number),
		);
		objectiveMet[k] =
			latency <= OBJECTIVE_P99_MS && errors <= OBJECTIVE_ERROR_RATE ? 1 : 0;
		if (k === 0) telemetry.gatewayGoodput = goodputOf(latency, errors);
	}
}

const knownFactors = new Map<number, Float64Array>();

function factorsOf(noise: number): Float64Array {
	const known = knownFactors.get(noise);
	if (known !== undefined) return known;
	const factors = lognormalFactors(noise);
	knownFactors.set(noise, factors);
	return factors;
}

/**
 * Half the share of services that were last seen within their objective (not seen yet counts as within), half the gateway's goodput as last
 * seen: what an agent can compute from its observations.
 */
export function observedPotential(
	{ objectiveMet, gatewayGoodput }: Telemetry,
	services: number,
): number {
	let out = 0;
	for (let k = 0; k < services; k++) if (objectiveMet[k] === 0) out++;
	return 0.5 * (1 - out / services) + 0.5 * gatewayGoodput;
}

/** Steps that a service's samples are late, 0..longest. Hidden. */
export function lagOf(seed: Seed, service: number, longest: number): number {
	return longest === 0 ? 0 : hash(seed, 0, service, STREAM.lag) % (longest + 1);
}

function placeOf(t: number, service: number): number {
	return (((t + 64) % RING) * MAX_SERVICES + service) * FIGURES;
}

function seenCpu(seed: Seed, k: number, cpu: number, aliased: boolean): number {
	if (!aliased) return cpu;
	const gain = 0.55 + 0.5 * uniform(seed, 0, k, STREAM.cpuGain);
	return cpu * gain + 30 * uniform(seed, 0, k, STREAM.cpuOffset) - 5;
}

function seenMemory(
	seed: Seed,
	k: number,
	memory: number,
	aliased: boolean,
): number {
	if (!aliased) return memory;
	return 0.7 * memory + 45 * uniform(seed, 0, k, STREAM.memoryOffset) - 10;
}

function percent(value: number): number {
	return value < 0 ? 0 : value > 100 ? 100 : value;
}

/** Above this mean the binomial distribution is taken from the normal one. */
const EXACT_BELOW = 12;

/**
 * Of `n` requests, how many failed, each with probability p: exactly by inversion of a uniform number where few do, else rounded from the normal
 * distribution, with a normal one.
 */
export function binomial(
	n: number,
	p: number,
	uniform: number,
	normal: number,
): number {
	if (p > 0.5) return n - binomial(n, 1 - p, uniform, normal);
	if (p <= 0) return 0;
	const mean = n * p;
	if (mean > EXACT_BELOW) {
		const spread = Math.sqrt(mean * (1 - p));
		const count = Math.floor(mean + spread * normal + 0.5);
		return count < 0 ? 0 : count > n ? n : count;
	}
	const odds = p / (1 - p);
	let probability = wholePower(1 - p, n);
	let left = uniform - probability;
	let count = 0;
	while (left > 0 && count < n) {
		probability *= (odds * (n - count)) / (count + 1);
		count++;
		left -= probability;
	}
	return count;
}

/** base^exponent by squaring. */
function wholePower(base: number, exponent: number): number {
	let power = 1;
	let square = base;
	for (let left = exponent; left > 0; left >>= 1) {
		if ((left & 1) === 1) power *= square;
		square *= square;
	}
	return power;
}
