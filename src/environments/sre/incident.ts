import type { FaultClass__Output } from "../../../proto/generated/nightshift/v1/FaultClass.js";
import type { ServiceDependencies } from "../../../proto/generated/nightshift/v1/ServiceDependencies.js";
import type { ServiceKind__Output } from "../../../proto/generated/nightshift/v1/ServiceKind.js";
import type { ServiceMetrics } from "../../../proto/generated/nightshift/v1/ServiceMetrics.js";
import type { SreActionRecord } from "../../../proto/generated/nightshift/v1/SreActionRecord.js";
import type { SreObservation } from "../../../proto/generated/nightshift/v1/SreObservation.js";
import type { SreResult } from "../../../proto/generated/nightshift/v1/SreResult.js";
import { RandomStream } from "../../../workers/random-stream.js";
import { NightshiftError } from "../../errors.js";
import { drawRow, loadTable } from "./scenario-table.js";
import { type Breakdown, scoreCourse } from "./score.js";
import { INTERVENTIONS, type SreAction, WAIT } from "./simulator/actions.js";
import { faultOf } from "./simulator/faults/catalogue.js";
import { type Split, warmUp } from "./simulator/generate.js";
import { type Graph, KIND } from "./simulator/graph.js";
import { COSTS, isPossible } from "./simulator/intervene.js";
import { playOut, step } from "./simulator/play-out.js";
import type { Seed } from "./simulator/random.js";
import type { Scenario } from "./simulator/scenario.js";
import {
	clearAccount,
	copySystem,
	newSystemState,
	type SystemState,
} from "./simulator/system-state.js";
import {
	copyTelemetry,
	keepTruth,
	LONGEST_LAG,
	lagOf,
	measure,
	newTelemetry,
	observedPotential,
	type Telemetry,
	type TelemetryRule,
	UNKNOWN,
} from "./simulator/telemetry.js";
import { EPISODE_STEPS, tick } from "./simulator/tick.js";
import type { Worth } from "./simulator/validity.js";
import { sreTask } from "./tasks.js";

export type { SreAction } from "./simulator/actions.js";
export type { Split } from "./simulator/generate.js";

/**
 * One incident, from the page to its grade: the simulator's door. A state is plain data (numbers, strings, arrays, typed arrays), so that it can
 * be written to bytes and go on elsewhere. `act` and `declare` change it; the other functions do not.
 */
export interface IncidentState {
	readonly taskId: string;
	/** Hidden, unchanging; copies of a state share it. */
	readonly scenario: Scenario;
	/** Hidden. */
	readonly worth: Worth;
	/** Hidden, but for `t` and `budgets`. */
	readonly system: SystemState;
	/** Public, but for `seed` and `truth`. */
	readonly telemetry: Telemetry;
	/** All actions taken, in order. */
	readonly actions: SreAction[];
	/** The last diagnosis told, if any. */
	declaration: Declaration | undefined;
	/** See `SreObservation.reward_hint`; 0 before the first action. */
	hint: number;
	/** Set when the incident has ended. */
	ended: Ended | undefined;
}

/** A diagnosis. */
export interface Declaration {
	/** Its place in the graph; -1 for none, which is right where nothing is wrong. */
	readonly service: number;
	readonly faultClass: FaultClass__Output;
}

/** An incident's grade. */
export interface Ended {
	/** .01..0.99. */
	readonly score: number;
	readonly result: IncidentResult;
}

/** As the contract tells it; what may be absent there may be absent here. */
export type IncidentResult = SreResult & {
	readonly breakdown: Breakdown;
	readonly objective: number;
	readonly recovery: number;
	readonly wrong_actions: number;
	readonly trap_actions: number;
};

/** A new incident. `key` is the episode's 32 bytes: it chooses the row of the split's table and is the seed of the telemetry's noise. Errors: DATA_UNAVAILABLE. */
export function startIncident(
	taskId: string,
	split: Split,
	key: Uint8Array,
): IncidentState {
	const task = sreTask(taskId);
	const table = loadTable(task, split);
	const stream = new RandomStream(key, "sre/incident");
	const row = stream.nextBelow(table.attempt.length);
	const noise = { low: stream.nextUint32(), high: stream.nextUint32() };
	const { scenario, worth } = drawRow(table, task, split, row);
	return openIncident(taskId, task.telemetry, scenario, worth, noise);
}

/** An incident of a given scenario, for tests, tables and gates. */
export function openIncident(
	taskId: string,
	rule: TelemetryRule,
	scenario: Scenario,
	worth: Worth,
	noise: Seed,
): IncidentState {
	const system = newSystemState();
	const telemetry = newTelemetry(noise);
	warmUp(system, scenario, -LONGEST_LAG);
	keepTruth(telemetry, system);
	while (system.t < 0) {
		tick(system, scenario);
		keepTruth(telemetry, system);
	}
	clearAccount(system);
	measure(telemetry, system, scenario, rule);
	return {
		taskId,
		scenario,
		worth,
		system,
		telemetry,
		actions: [],
		declaration: undefined,
		hint: 0,
		ended: undefined,
	};
}

/** What becomes known right after an action, beside the observation. */
export interface Acted {
	/** What the action cost, in units of the objective. */
	readonly cost: number;
	/** Whether it was the last of the incident's 30; the incident is graded then. */
	readonly done: boolean;
}

/** Takes an action and lets a minute pass. Errors: EPISODE_ENDED, ACTION_NOT_POSSIBLE; nothing has changed then. */
export function act(state: IncidentState, action: SreAction): Acted {
	checkPossible(state, action);
	const { system, scenario, telemetry } = state;
	const services = scenario.graph.kinds.length;
	const before = observedPotential(telemetry, services);
	const cost = action.name === "wait" ? 0 : COSTS[action.name];
	step(system, scenario, action);
	keepTruth(telemetry, system);
	measure(telemetry, system, scenario, sreTask(state.taskId).telemetry);
	state.actions.push(action);
	state.hint = observedPotential(telemetry, services) - before - cost;
	const done = system.t >= EPISODE_STEPS;
	if (done) finishIncident(state);
	return { cost, done };
}

/** Errors: EPISODE_ENDED, ACTION_NOT_POSSIBLE. */
export function checkPossible(state: IncidentState, action: SreAction): void {
	if (state.ended !== undefined)
		throw new NightshiftError(
			"EPISODE_ENDED",
			"The incident has ended; reset the session to begin another.",
		);
	if (isPossible(state.system, state.scenario, action)) return;
	if (action.name === "wait") return;
	const { graph } = state.scenario;
	throw new NightshiftError(
		"ACTION_NOT_POSSIBLE",
		graph.kinds[action.service] === KIND.provider &&
			action.name !== "circuit_break"
			? `${graph.names[action.service]} is an external provider, which can only be cut off; use circuit_break there, or wait.`
			: `The budget of ${action.name} is spent; use another action, or wait.`,
	);
}

/** Which actions are possible: per service in graph order restart, scale_up, circuit_break, rollback; then wait. */
export function possible({ system, scenario }: IncidentState): boolean[] {
	const mask: boolean[] = [];
	for (let service = 0; service < scenario.graph.kinds.length; service++)
		for (const name of INTERVENTIONS)
			mask.push(isPossible(system, scenario, { name, service }));
	mask.push(true);
	return mask;
}

/** Tells a diagnosis; it takes no time, and the last one counts. */
export function declare(state: IncidentState, declaration: Declaration): void {
	state.declaration = declaration;
}

/** Ends an incident, if it has not ended: what is left is played as waits, then the probation. */
export function finishIncident(state: IncidentState): Ended {
	state.ended ??= gradeIncident(state);
	return state.ended;
}

/** Overwritten by every grade. */
const graded = newSystemState();

/** The grade that an incident would have if it ended here. */
export function gradeIncident(state: IncidentState): Ended {
	const { scenario, worth, actions, declaration } = state;
	copySystem(state.system, graded);
	const course = playOut(graded, scenario);
	const { score, breakdown } = scoreCourse(course, worth);
	const fault = faultOf(scenario);
	const atRoot = (names: readonly string[]) =>
		actions.filter(
			(action) =>
				action.name !== "wait" &&
				action.service === scenario.root &&
				names.includes(action.name),
		).length;
	const fixes = atRoot(fault.fixes);
	const taken = actions.filter(({ name }) => name !== "wait").length;
	const helped = fault.endsByFix ? state.system.fixed : fixes > 0;
	const rootIsRight = declaration?.service === scenario.root;
	return {
		score,
		result: {
			breakdown,
			objective: course.objective,
			objective_do_nothing: worth.doNothing,
			objective_ceiling: worth.ceiling,
			recovery: course.recovery,
			fault_class: fault.faultClass,
			root_service_id: scenario.graph.names[scenario.root] ?? "",
			...(course.lastBreach < EPISODE_STEPS && {
				time_to_mitigate: course.lastBreach,
			}),
			wrong_actions: taken - fixes,
			trap_actions: atRoot(fault.traps),
			...(declaration && {
				declared_service_correct: rootIsRight,
				declared_class_correct: declaration.faultClass === fault.faultClass,
				declaration_grounded: rootIsRight && helped,
			}),
		},
	};
}

const NO_BREAKDOWN: Breakdown = {
	sla_compliance: 0,
	cost_penalty: 0,
	downtime_penalty: 0,
	resolution_bonus: 0,
	bound: 0,
};

/** Actions of `SreObservation.action_history`. */
export const HISTORY = 5;

const KIND_NAMES: readonly ServiceKind__Output[] = [
	"SERVICE_KIND_GATEWAY",
	"SERVICE_KIND_SERVICE",
	"SERVICE_KIND_STORE",
	"SERVICE_KIND_PROVIDER",
];

/** What an agent sees. Nothing of it comes from anything hidden but through the telemetry's noise. */
export function observe(state: IncidentState): SreObservation {
	const { scenario, system, telemetry } = state;
	const { graph } = scenario;
	const { names } = graph;
	const [restart, scale_up, circuit_break, rollback] =
		system.budgets as unknown as [number, number, number, number];
	return {
		step: state.actions.length,
		max_steps: EPISODE_STEPS,
		metrics: names.map((_, k) => toMetrics(state, k)),
		dependency_graph: dependenciesOf(graph),
		action_history: toHistory(state),
		sla_status: names.map((service_id, k) => {
			const met = telemetry.objectiveMet[k];
			return met === UNKNOWN ? { service_id } : { service_id, met: met === 1 };
		}),
		reward_hint: state.hint,
		reward_breakdown: state.ended?.result.breakdown ?? NO_BREAKDOWN,
		budgets: { restart, scale_up, circuit_break, rollback },
		action_mask: possible(state),
	};
}

/** A sample that was lost has no figures. */
function toMetrics(
	{ scenario, telemetry }: IncidentState,
	k: number,
): ServiceMetrics {
	const { graph, recentRelease } = scenario;
	const service_id = graph.names[k] as string;
	const kind = KIND_NAMES[graph.kinds[k] as number] as ServiceKind__Output;
	const recent_release = recentRelease[k] === 1;
	if (telemetry.missing[k] === 1)
		return { service_id, kind, recent_release, missing: true };
	return {
		service_id,
		kind,
		recent_release,
		missing: false,
		latency_p99: telemetry.latencyMs[k] as number,
		error_rate: telemetry.errorRate[k] as number,
		cpu_pct: telemetry.cpu[k] as number,
		memory_pct: telemetry.memory[k] as number,
	};
}

const dependencies = new WeakMap<Graph, ServiceDependencies[]>();

/** Made once for a graph and shared by its observations; frozen, so that it can be. */
function dependenciesOf(graph: Graph): ServiceDependencies[] {
	const known = dependencies.get(graph);
	if (known !== undefined) return known;
	const { names, callee, firstCall } = graph;
	const made = names.map((service_id, k) =>
		Object.freeze({
			service_id,
			depends_on: Object.freeze(
				Array.from(
					callee.subarray(firstCall[k], firstCall[k + 1]),
					(called) => names[called] as string,
				),
			) as string[],
		}),
	);
	dependencies.set(graph, Object.freeze(made) as ServiceDependencies[]);
	return made;
}

function toHistory({ actions, scenario }: IncidentState): SreActionRecord[] {
	const first = Math.max(0, actions.length - HISTORY);
	return actions.slice(first).map((action, index) => ({
		step: first + index + 1,
		action: action.name,
		service_id:
			action.name === "wait"
				? ""
				: (scenario.graph.names[action.service] as string),
	}));
}

/** Everything that an agent must not see, as plain JSON: for the operator and the oracle. */
export function hiddenState(state: IncidentState): HiddenState {
	const { scenario, system, telemetry, worth } = state;
	const { graph } = scenario;
	const fault = faultOf(scenario);
	const { longestLag } = sreTask(state.taskId).telemetry;
	return {
		fault: fault.name,
		fault_class: fault.faultClass,
		root_service_id: graph.names[scenario.root] ?? "",
		fixes: fault.fixes,
		traps: fault.traps,
		severity: scenario.severity,
		onset_step: scenario.onset,
		fixed: system.fixed,
		fault_level: system.faultLevel,
		decoy_service_id: graph.names[scenario.decoy] ?? "",
		decoy_kind: scenario.decoyKind,
		fix_probability: scenario.fixProbability,
		goodput: system.goodput,
		objective_share: system.objectiveShare,
		cost: system.cost,
		objective_do_nothing: worth.doNothing,
		objective_ceiling: worth.ceiling,
		services: graph.names.map((service_id, k) => ({
			service_id,
			latency_p99: system.p99Ms[k] as number,
			error_rate: system.errorRate[k] as number,
			cpu_pct: system.cpu[k] as number,
			memory_pct: system.memory[k] as number,
			utilisation: system.utilisation[k] as number,
			load_rps: system.loadRps[k] as number,
			capacity_rps:
				(scenario.capacityRps[k] as number) * (system.scale[k] as number),
			servers: scenario.servers[k] as number,
			down_steps: system.down[k] as number,
			breaker_steps: system.breaker[k] as number,
			scale_up_in: system.scaleTimer[k] as number,
			migration: scenario.migration[k] === 1,
			broken_by_rollback: system.broken[k] === 1,
			telemetry_lag: lagOf(telemetry.seed, k, longestLag),
		})),
	};
}

export interface HiddenState {
	/** Its name in the catalogue. */
	readonly fault: string;
	readonly fault_class: FaultClass__Output;
	/** Empty without a fault. */
	readonly root_service_id: string;
	/** Actions at the root that help. */
	readonly fixes: readonly string[];
	/** Actions at the root that only seem to. */
	readonly traps: readonly string[];
	readonly severity: number;
	/** Before the agent's first step, which is 0. */
	readonly onset_step: number;
	readonly fixed: boolean;
	readonly fault_level: number;
	/** Empty without a decoy. */
	readonly decoy_service_id: string;
	readonly decoy_kind: string;
	readonly fix_probability: number;
	readonly goodput: number;
	readonly objective_share: number;
	readonly cost: number;
	readonly objective_do_nothing: number;
	readonly objective_ceiling: number;
	/** In graph order: the truth behind the telemetry. */
	readonly services: readonly HiddenService[];
}

export interface HiddenService {
	readonly service_id: string;
	readonly latency_p99: number;
	readonly error_rate: number;
	readonly cpu_pct: number;
	readonly memory_pct: number;
	readonly utilisation: number;
	readonly load_rps: number;
	readonly capacity_rps: number;
	readonly servers: number;
	readonly down_steps: number;
	readonly breaker_steps: number;
	readonly scale_up_in: number;
	readonly migration: boolean;
	readonly broken_by_rollback: boolean;
	readonly telemetry_lag: number;
}

/** An equal state that shares nothing that changes. */
export function cloneIncident(state: IncidentState): IncidentState {
	const system = newSystemState();
	copySystem(state.system, system);
	return {
		...state,
		system,
		telemetry: copyTelemetry(state.telemetry),
		actions: [...state.actions],
	};
}

/** The waiting action, which stands in for a masked one in the flat form. */
export const WAITING: SreAction = WAIT;
