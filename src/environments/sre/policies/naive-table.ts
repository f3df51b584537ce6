import type { ServiceMetrics__Output } from "../../../../proto/generated/nightshift/v1/ServiceMetrics.js";
import type { SreObservation__Output } from "../../../../proto/generated/nightshift/v1/SreObservation.js";
import type { Policy } from "../../policy.js";
import type { Intervention } from "../simulator/actions.js";
import { isOpen, moveAt } from "./moves.js";
import { callsOf, excesses, redRoot } from "./red-root.js";

/** What one who has read the docs would write: no memory, no tuning. */
export const naiveTable: Policy = {
	name: "naive-table",
	version: 1,
	environment: "sre",
	description:
		"A short decision table on this step's samples of the service where the red begins; remembers nothing.",
	start() {
		let calls: number[][] | undefined;
		return ({ sre }) => {
			const seen = sre as SreObservation__Output;
			calls ??= callsOf(seen);
			const root = redRoot(excesses(seen), calls);
			if (root === undefined) return { wait: {} };
			const service = seen.metrics[root] as ServiceMetrics__Output;
			const canRollBack = isOpen(seen, "rollback", root);
			return moveAt(seen, remedyOf(service, canRollBack), root);
		};
	},
};

function remedyOf(
	{
		kind,
		recent_release,
		error_rate = 0,
		cpu_pct = 0,
		memory_pct = 0,
	}: ServiceMetrics__Output,
	canRollBack: boolean,
): Intervention {
	if (kind === "SERVICE_KIND_PROVIDER") return "circuit_break";
	if (memory_pct > 85 && error_rate > 0.05) return "restart";
	if (recent_release && canRollBack) return "rollback";
	if (cpu_pct > 92 && kind !== "SERVICE_KIND_STORE") return "scale_up";
	return "restart";
}
