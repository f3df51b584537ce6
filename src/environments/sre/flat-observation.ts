import type { ColumnSpec } from "../../../proto/generated/nightshift/v1/ColumnSpec.js";
import type { FlatObservation } from "../../../proto/generated/nightshift/v1/FlatObservation.js";
import { HISTORY, type IncidentState } from "./incident.js";
import { possibleActions } from "./possible.js";
import { INTERVENTIONS } from "./simulator/actions.js";
import { KIND } from "./simulator/graph.js";
import { isPossible } from "./simulator/intervene.js";
import { MAX_SERVICES } from "./simulator/scenario.js";
import { BUDGETS } from "./simulator/system-state.js";
import { UNKNOWN } from "./simulator/telemetry.js";
import { EPISODE_STEPS } from "./simulator/tick.js";

/** A figure of each place for a service; places beyond the graph hold 0. */
interface ServiceColumn {
	readonly name: string;
	readonly minimum: number;
	readonly maximum: number;
	readonly description: string;
	readonly value: (state: IncidentState, service: number) => number;
}

const SLOWEST_MS = 10_000;
const FASTEST_MS = 0.1;
const NOT_SEEN = 0.5;

/** A figure that a lost sample leaves out. */
const measured = (
	name: "latencyMs" | "errorRate" | "cpu" | "memory",
	{ telemetry }: IncidentState,
	service: number,
): number | undefined =>
	telemetry.missing[service] === 1 ? undefined : telemetry[name][service];

const kindColumn = (
	kind: keyof typeof KIND,
	description: string,
): ServiceColumn => ({
	name: `is_${kind}`,
	minimum: 0,
	maximum: 1,
	description,
	value: ({ scenario }, service) =>
		scenario.graph.kinds[service] === KIND[kind] ? 1 : 0,
});

const serviceColumns: readonly ServiceColumn[] = [
	{
		name: "present",
		minimum: 0,
		maximum: 1,
		description: "Whether the graph has a service in this place.",
		value: () => 1,
	},
	{
		name: "missing",
		minimum: 0,
		maximum: 1,
		description: "Whether this step's sample was lost.",
		value: ({ telemetry }, service) => telemetry.missing[service] as number,
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
		value: ({ scenario }, service) => scenario.recentRelease[service] as number,
	},
	{
		name: "log10_latency_p99",
		minimum: Math.log10(FASTEST_MS),
		maximum: Math.log10(SLOWEST_MS),
		description:
			"Logarithm of the 99th percentile in milliseconds; 0 for a lost sample.",
		value: (state, service) =>
			Math.log10(
				Math.max(FASTEST_MS, measured("latencyMs", state, service) ?? 1),
			),
	},
	{
		name: "error_rate",
		minimum: 0,
		maximum: 1,
		description: "Share of requests that failed; 0 for a lost sample.",
		value: (state, service) => measured("errorRate", state, service) ?? 0,
	},
	{
		name: "cpu_pct",
		minimum: 0,
		maximum: 100,
		description: "Processor use; 0 for a lost sample.",
		value: (state, service) => measured("cpu", state, service) ?? 0,
	},
	{
		name: "memory_pct",
		minimum: 0,
		maximum: 100,
		description: "Memory use; 0 for a lost sample.",
		value: (state, service) => measured("memory", state, service) ?? 0,
	},
	{
		name: "sla_met",
		minimum: 0,
		maximum: 1,
		description: `Whether it is within its objective by its last sample; ${NOT_SEEN} before the first.`,
		value: ({ telemetry }, service) => {
			const met = telemetry.objectiveMet[service] as number;
			return met === UNKNOWN ? NOT_SEEN : met;
		},
	},
	...INTERVENTIONS.map((name) => ({
		name: `${name}_possible`,
		minimum: 0,
		maximum: 1,
		description: `Whether ${name} is possible on it now.`,
		value: ({ system, scenario }: IncidentState, service: number) =>
			isPossible(system, scenario, { name, service }) ? 1 : 0,
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

/** The columns' values as float32, and which actions are possible on some service. */
export function flattenSre(state: IncidentState): FlatObservation {
	const columns = new Float32Array(WIDTH);
	const { graph } = state.scenario;
	const services = graph.kinds.length;
	columns[0] = state.actions.length;
	columns.set(state.system.budgets, 1);
	columns[1 + INTERVENTIONS.length] = state.hint;
	ago.forEach((steps) => {
		const action = state.actions.at(-1 - steps);
		const at = HEAD - 2 * HISTORY + 2 * steps;
		columns[at] =
			action === undefined
				? 0
				: action.name === "wait"
					? INTERVENTIONS.length + 1
					: INTERVENTIONS.indexOf(action.name) + 1;
		columns[at + 1] =
			action === undefined || action.name === "wait" ? -1 : action.service;
	});
	let at = HEAD;
	for (let service = 0; service < services; service++)
		for (const { value, minimum, maximum } of serviceColumns)
			columns[at++] = Math.min(
				maximum,
				Math.max(minimum, value(state, service)),
			);
	const adjacency = HEAD + MAX_SERVICES * serviceColumns.length;
	for (let caller = 0; caller < services; caller++)
		for (
			let call = graph.firstCall[caller] as number;
			call < (graph.firstCall[caller + 1] as number);
			call++
		)
			columns[
				adjacency + caller * MAX_SERVICES + (graph.callee[call] as number)
			] = 1;
	return { columns: [...columns], action_mask: possibleActions(state) };
}
