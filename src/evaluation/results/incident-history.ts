import type {
	Observation,
	SreObservation,
} from "../../../clients/typescript/index.js";
import type { EpisodeRecord } from "../episode-record.js";
import { actionArguments, actionName, faultName } from "./episode-digest.js";

/** What an agent saw of an incident and did, by step, with the truth that it was told at the end. */
export interface IncidentHistory {
	/** Steps of the whole episode. */
	readonly maxSteps: number;
	/** In graph order. */
	readonly services: readonly string[];
	/** One for each step from 0 on that was seen; each has a state for each service. */
	readonly states: readonly (readonly ServiceState[])[];
	/** But for waits that were taken. */
	readonly actions: readonly StepAction[];
	readonly fault: string;
	/** Empty without a fault. */
	readonly root: string;
	readonly timeToMitigate: number | undefined;
}

/** Against the objective; "lost" where the step's sample was lost. */
export type ServiceState = "met" | "missed" | "lost" | "unknown";

export interface StepAction {
	/** Minute that it acted in, from 1. */
	readonly step: number;
	readonly name: string;
	/** Empty where it has none. */
	readonly service: string;
	readonly refused: boolean;
}

/** Nothing where the episode is no incident, or was not told in the typed view. */
export function historyOf(record: EpisodeRecord): IncidentHistory | undefined {
	const { result, firstObservation } = record;
	let seen = incidentOf(firstObservation);
	if (!result.sre || !seen) return undefined;
	const services = seen.metrics.map(({ service_id }) => service_id);
	const states = new Map([[seen.step, statesOf(seen)]]);
	const actions: StepAction[] = [];
	for (const { action, observation, refusal } of record.steps) {
		const name = actionName(action);
		const before: number = seen.step;
		seen = incidentOf(observation) ?? seen;
		states.set(seen.step, statesOf(seen));
		if (name === "wait" && refusal === undefined) continue;
		const { service_id } = actionArguments(action);
		actions.push({
			step: before + 1,
			name,
			service: typeof service_id === "string" ? service_id : "",
			refused: refusal !== undefined,
		});
	}
	return {
		maxSteps: seen.max_steps,
		services,
		states: Array.from(
			{ length: seen.step + 1 },
			(_, step) => states.get(step) ?? services.map(() => "unknown" as const),
		),
		actions,
		fault: faultName(result.sre.fault_class),
		root: result.sre.root_service_id,
		timeToMitigate: result.sre.time_to_mitigate ?? undefined,
	};
}

function incidentOf(
	observation: Observation | undefined,
): SreObservation | undefined {
	const sre = observation?.sre;
	return sre && Array.isArray(sre.metrics) ? sre : undefined;
}

function statesOf({ metrics, sla_status }: SreObservation): ServiceState[] {
	return metrics.map(({ missing }, k) => {
		if (missing) return "lost";
		const met = sla_status?.[k]?.met;
		if (typeof met !== "boolean") return "unknown";
		return met ? "met" : "missed";
	});
}
