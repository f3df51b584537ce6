import type { ColumnSpec } from "../../../proto/generated/nightshift/v1/ColumnSpec.js";
import type { FlatObservation } from "../../../proto/generated/nightshift/v1/FlatObservation.js";
import { HISTORY, type IncidentState, type SreAction } from "./incident.js";
import { possibleActions } from "./possible.js";
import { INTERVENTIONS } from "./simulator/actions.js";
import { KIND } from "./simulator/graph.js";
import { MAX_SERVICES } from "./simulator/scenario.js";
import { BUDGETS } from "./simulator/system-state.js";
import { UNKNOWN } from "./simulator/telemetry.js";
import { EPISODE_STEPS } from "./simulator/tick.js";

/** A figure of each place for a service; places beyond the graph hold 0. `writeService` fills them. */
interface ServiceColumn {
	readonly name: string;
	readonly minimum: number;
	readonly maximum: number;
	readonly description: string;
}

const SLOWEST_MS = 10_000;
const FASTEST_MS = 0.1;
const NOT_SEEN = 0.5;

const kindColumn = (
	kind: keyof typeof KIND,
	description: string,
): ServiceColumn => ({
	name: `is_${kind}`,
	minimum: 0,
	maximum: 1,
	description,
});

const serviceColumns: readonly ServiceColumn[] = [
	{
		name: "present",
		minimum: 0,
		maximum: 1,
		description: "Whether the graph has a service in this place.",
	},
	{
		name: "missing",
		minimum: 0,
		maximum: 1,
		description: "Whether this step's sample was lost.",
	},
	kindColumn("gateway", "Whether it is the entry of all traffic."),
	kindColumn("service", "Whether it is a stateless service."),
	kindColumn("store", "Whether it is a database or cache."),
	kindColumn("provider", "Whether it is an external provider."),
	{
		name: "recent_release",
		minimum: 0,
		maximum: 1,
		description: "Whether it had a release lately.",
	},
	{
		name: "log10_latency_p99",
		minimum: Math.log10(FASTEST_MS),
		maximum: Math.log10(SLOWEST_MS),
		description:
			"Logarithm of the 99th percentile in milliseconds; 0 for a lost sample.",
	},
	{
		name: "error_rate",
		minimum: 0,
		maximum: 1,
		description: "Share of requests that failed; 0 for a lost sample.",
	},
	{
		name: "cpu_pct",
		minimum: 0,
		maximum: 100,
		description: "Processor use; 0 for a lost sample.",
	},
	{
		name: "memory_pct",
		minimum: 0,
		maximum: 100,
		description: "Memory use; 0 for a lost sample.",
	},
	{
		name: "sla_met",
		minimum: 0,
		maximum: 1,
		description: `Whether it is within its objective by its last sample; ${NOT_SEEN} before the first.`,
	},
	...INTERVENTIONS.map((name) => ({
		name: `${name}_possible`,
		minimum: 0,
		maximum: 1,
		description: `Whether ${name} is possible on it now.`,
	})),
];

const places = Array.from({ length: MAX_SERVICES }, (_, place) => place);
const ago = Array.from({ length: HISTORY }, (_, steps) => steps);

/** The columns' names and bounds, in order. */
export const observationColumns: ColumnSpec[] = [
	{
		name: "step",
		minimum: 0,
		maximum: EPISODE_STEPS,
		description: "Steps taken.",
	},
	...INTERVENTIONS.map((name, number) => ({
		name: `${name}_budget`,
		minimum: 0,
		maximum: BUDGETS[number] as number,
		description: `How often ${name} can still be taken.`,
	})),
	{
		name: "reward_hint",
		minimum: -2,
		maximum: 2,
		description: "See SreObservation.reward_hint.",
	},
	...ago.flatMap((steps) => [
		{
			name: `action_${steps}_ago`,
			minimum: 0,
			maximum: INTERVENTIONS.length + 1,
			description: `Number of the action ${steps} steps before the last, from 1 in the order of Task.actions; 0 for none.`,
		},
		{
			name: `action_${steps}_ago_service`,
			minimum: -1,
			maximum: MAX_SERVICES - 1,
			description: "Place of its service; -1 for none.",
		},
	]),
	...places.flatMap((place) =>
		serviceColumns.map(({ name, minimum, maximum, description }) => ({
			name: `service_${place}_${name}`,
			minimum: Math.min(0, minimum),
			maximum,
			description: `Of the service in place ${place}: ${description} 0 where the graph has none.`,
		})),
	),
	...places.flatMap((caller) =>
		places.map((callee) => ({
			name: `calls_${caller}_${callee}`,
			minimum: 0,
			maximum: 1,
			description: `Whether the service in place ${caller} calls the one in place ${callee}.`,
		})),
	),
];

const WIDTH = observationColumns.length;
const HEAD = 1 + INTERVENTIONS.length + 1 + 2 * HISTORY;
const ADJACENCY = HEAD + MAX_SERVICES * serviceColumns.length;
/** Places in a service's columns; the kinds stand in the order of their numbers. */
const MISSING_AT = 1;
const KIND_AT = 2;
const RELEASE_AT = 6;
const CIRCUIT_BREAK = INTERVENTIONS.indexOf("circuit_break");
const LEAST_LOG10_MS = Math.log10(FASTEST_MS);
const GREATEST_LOG10_MS = Math.log10(SLOWEST_MS);

/** The columns' values as float32, and which actions are possible on some service. */
export function flattenSre(state: IncidentState): FlatObservation {
	const columns = new Float32Array(WIDTH);
	writeFixed(state, columns, 0);
	writeChanging(state, columns, 0);
	return { columns: [...columns], action_mask: possibleActions(state) };
}

/** Writes the columns that do not change in the course of an episode, and 0 into the others. */
export function writeFixed(
	{ scenario }: IncidentState,
	columns: Float32Array,
	at: number,
): void {
	columns.fill(0, at, at + WIDTH);
	const { kinds, firstCall, callee } = scenario.graph;
	for (let caller = 0; caller < kinds.length; caller++) {
		const service = at + HEAD + caller * serviceColumns.length;
		columns[service] = 1;
		columns[service + KIND_AT + (kinds[caller] as number)] = 1;
		columns[service + RELEASE_AT] = scenario.recentRelease[caller] as number;
		const row = at + ADJACENCY + caller * MAX_SERVICES;
		const end = firstCall[caller + 1] as number;
		for (let call = firstCall[caller] as number; call < end; call++)
			columns[row + (callee[call] as number)] = 1;
	}
}

/** Writes the columns that change from step to step. */
export function writeChanging(
	state: IncidentState,
	columns: Float32Array,
	at: number,
): void {
	writeHead(state, columns, at);
	const services = state.scenario.graph.kinds.length;
	for (let service = 0; service < services; service++)
		writeService(
			state,
			service,
			columns,
			at + HEAD + service * serviceColumns.length,
		);
}

function writeHead(
	{ actions, system, hint }: IncidentState,
	columns: Float32Array,
	at: number,
): void {
	columns[at++] = actions.length;
	for (let number = 0; number < INTERVENTIONS.length; number++)
		columns[at++] = system.budgets[number] as number;
	columns[at++] = hint;
	for (let ago = 1; ago <= HISTORY; ago++) {
		const action = actions[actions.length - ago];
		columns[at++] = action === undefined ? 0 : numberOf(action) + 1;
		columns[at++] =
			action === undefined || action.name === "wait" ? -1 : action.service;
	}
}

/** Its place in Task.actions. */
function numberOf({ name }: SreAction): number {
	return name === "wait" ? INTERVENTIONS.length : INTERVENTIONS.indexOf(name);
}

/** Its columns that change, in the order of `serviceColumns`. */
function writeService(
	{ scenario, system, telemetry }: IncidentState,
	service: number,
	columns: Float32Array,
	at: number,
): void {
	const kind = scenario.graph.kinds[service] as number;
	const isMissing = telemetry.missing[service] === 1;
	const met = telemetry.objectiveMet[service] as number;
	columns[at + MISSING_AT] = isMissing ? 1 : 0;
	at += RELEASE_AT + 1;
	if (isMissing) columns.fill(0, at, at + 4);
	else {
		const { latencyMs, errorRate, cpu, memory } = telemetry;
		columns[at] = within(
			LEAST_LOG10_MS,
			Math.log10(latencyMs[service] as number),
			GREATEST_LOG10_MS,
		);
		columns[at + 1] = within(0, errorRate[service] as number, 1);
		columns[at + 2] = within(0, cpu[service] as number, 100);
		columns[at + 3] = within(0, memory[service] as number, 100);
	}
	at += 4;
	columns[at++] = met === UNKNOWN ? NOT_SEEN : met;
	for (let number = 0; number < INTERVENTIONS.length; number++)
		columns[at++] =
			(system.budgets[number] as number) > 0 &&
			(number === CIRCUIT_BREAK || kind !== KIND.provider)
				? 1
				: 0;
}

function within(minimum: number, value: number, maximum: number): number {
	return value < minimum ? minimum : value > maximum ? maximum : value;
}
