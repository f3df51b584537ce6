import type { SreObservation__Output } from "../../../../proto/generated/nightshift/v1/SreObservation.js";

/** The objective that every agent is told: milliseconds, share of requests. */
const OBJECTIVE_P99_MS = 200;
const OBJECTIVE_ERROR_RATE = 0.01;
/** A share of errors that counts as much as a latency at the objective. */
const ERRORS_LIKE_SLOW = 0.05;

/** How far a service is out of its objective; 0 within it. */
export function excess(latencyMs: number, errorRate: number): number {
	const slow = latencyMs > OBJECTIVE_P99_MS ? latencyMs / OBJECTIVE_P99_MS : 0;
	const failing =
		errorRate > OBJECTIVE_ERROR_RATE ? errorRate / ERRORS_LIKE_SLOW : 0;
	return slow + failing;
}

/** The excess of each service by this step's samples; 0 where a sample is missing. */
export function excesses({ metrics }: SreObservation__Output): number[] {
	return metrics.map(({ latency_p99 = 0, error_rate = 0 }) =>
		excess(latency_p99, error_rate),
	);
}

/** For each service, in graph order, the places of those that it calls. */
export function callsOf({
	dependency_graph,
}: SreObservation__Output): number[][] {
	const places = new Map(
		dependency_graph.map(({ service_id }, place) => [service_id, place]),
	);
	return dependency_graph.map(({ depends_on }) =>
		depends_on.map((name) => places.get(name) as number),
	);
}

/** How much of its callees' excess is taken off a service's own, since failures travel from callees to callers. */
const CALLEES_PART = 1.2;

/**
 * Where a failure most likely begins: the red service that stands out most over the worst that it calls. The gateway, which turns red with
 * anything, only where nothing else is red. Undefined when all is well.
 */
export function redRoot(
	red: readonly number[],
	calls: readonly (readonly number[])[],
	calleesPart = CALLEES_PART,
): number | undefined {
	let root: number | undefined;
	let most = 0;
	for (let k = 1; k < red.length; k++) {
		if (red[k] === 0) continue;
		let below = 0;
		for (const callee of calls[k] as readonly number[])
			below = Math.max(below, red[callee] as number);
		const lead = (red[k] as number) - calleesPart * below;
		if (lead > most) {
			root = k;
			most = lead;
		}
	}
	if (root !== undefined) return root;
	return red[0] !== 0 && red.every((value, k) => k === 0 || value === 0)
		? 0
		: undefined;
}
