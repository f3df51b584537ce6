import type { ServiceMetrics__Output } from "../../../../proto/generated/nightshift/v1/ServiceMetrics.js";
import type { SreObservation__Output } from "../../../../proto/generated/nightshift/v1/SreObservation.js";
import type { Policy } from "../../policy.js";
import { type ActionName, INTERVENTIONS } from "../simulator/actions.js";
import { moveAt } from "./moves.js";
import { callsOf, excess, redRoot } from "./red-root.js";

/** The constants of a rule; scripts/tune-sre-rule.mjs tunes them. */
export interface Rule {
	/** Weight of a new sample in the moving averages, 0..1. */
	readonly weight: number;
	/** Averaged excess from which a service counts as red. */
	readonly red: number;
	/** How much of its callees' excess is taken off a service's own. */
	readonly calleesPart: number;
	/** Averaged processor use from which a service counts as busy, percent. */
	readonly busy: number;
	/** Averaged error rate from which a service counts as failing. */
	readonly failing: number;
	/** Steps to wait after each of the four interventions before the next. */
	readonly pauses: readonly number[];
	/** What is done in each situation: at the first, the second and any later time at that service. */
	readonly table: readonly (readonly ActionName[])[];
}

const KINDS = ["service", "released service", "store", "provider"] as const;

/** In the table's order. */
export const SITUATIONS: readonly string[] = KINDS.flatMap((kind) =>
	["idle", "busy"].flatMap((load) =>
		["working", "failing"].map((errors) => `${kind}, ${load}, ${errors}`),
	),
);

/** Times that are told apart. */
export const TIMES = 3;

/** Averages over time, localises the red root by the graph, and looks up what to do by kind, load, errors and how often it acted there. */
export function playRule(rule: Rule): Policy["start"] {
	return () => {
		let averages: Averages[] | undefined;
		let calls: number[][] = [];
		let pause = 0;
		return ({ sre }) => {
			const seen = sre as SreObservation__Output;
			if (averages === undefined) {
				averages = seen.metrics.map(() => new Averages());
				calls = callsOf(seen);
			}
			const services = averages;
			seen.metrics.forEach((sample, k) => {
				services[k]?.add(sample, rule.weight);
			});
			if (pause > 0) {
				pause--;
				return { wait: {} };
			}
			const root = redRoot(
				services.map(({ excess }) => (excess > rule.red ? excess : 0)),
				calls,
				rule.calleesPart,
			);
			if (root === undefined) return { wait: {} };
			const suspect = services[root] as Averages;
			const sample = seen.metrics[root] as ServiceMetrics__Output;
			const row = rule.table[situationOf(sample, suspect, rule)];
			const name = row?.[Math.min(TIMES - 1, suspect.times)] ?? "wait";
			const move = moveAt(seen, name, root);
			if (name === "wait" || "wait" in move) return move;
			suspect.times++;
			pause = rule.pauses[INTERVENTIONS.indexOf(name)] as number;
			return move;
		};
	};
}

/** Exponentially weighted moving averages of a service's samples. */
class Averages {
	excess = 0;
	cpu = 0;
	errors = 0;
	/** Interventions here. */
	times = 0;
	private seen = false;

	add(sample: ServiceMetrics__Output, usualWeight: number): void {
		const { missing, latency_p99 = 0, error_rate = 0, cpu_pct = 0 } = sample;
		if (missing) return;
		const weight = this.seen ? usualWeight : 1;
		this.excess += weight * (excess(latency_p99, error_rate) - this.excess);
		this.cpu += weight * (cpu_pct - this.cpu);
		this.errors += weight * (error_rate - this.errors);
		this.seen = true;
	}
}

/** Place in SITUATIONS. */
function situationOf(
	{ kind, recent_release }: ServiceMetrics__Output,
	{ cpu, errors }: Averages,
	{ busy, failing }: Rule,
): number {
	let place = recent_release ? 1 : 0;
	if (kind === "SERVICE_KIND_STORE") place = 2;
	if (kind === "SERVICE_KIND_PROVIDER") place = 3;
	return (place * 2 + (cpu > busy ? 1 : 0)) * 2 + (errors > failing ? 1 : 0);
}
