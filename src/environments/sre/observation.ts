import type { FieldSpec } from "../../../proto/generated/nightshift/v1/FieldSpec.js";
import { EPISODE_STEPS } from "./simulator/tick.js";

/** The fields of SreObservation, for discovery; incident.ts fills them. */
export const observationFields: FieldSpec[] = [
	{
		name: "step",
		type: "uint32",
		description: "Steps taken, each a simulated minute.",
		minimum: 0,
		maximum: EPISODE_STEPS,
	},
	{
		name: "max_steps",
		type: "uint32",
		description: "Steps of the episode.",
		minimum: EPISODE_STEPS,
		maximum: EPISODE_STEPS,
	},
	{
		name: "metrics",
		type: "repeated message ServiceMetrics",
		description:
			"Each service of the graph, in graph order, with its noisy telemetry of this step: latency_p99 (ms), error_rate (0 to 1), cpu_pct and memory_pct (0 to 100, from an unknown baseline); a lost sample leaves the four absent.",
	},
	{
		name: "dependency_graph",
		type: "repeated message ServiceDependencies",
		description: "Whom each service calls.",
	},
	{
		name: "action_history",
		type: "repeated message SreActionRecord",
		description: "The last 5 actions, oldest first.",
	},
	{
		name: "sla_status",
		type: "repeated message ServiceSlaStatus",
		description:
			"Whether each service is within 200 ms and 1 % errors, by its last sample; absent before the first.",
	},
	{
		name: "reward_hint",
		type: "double",
		description:
			"Change of what was observed (half the share of services within their objective, half the gateway's goodput) in the last step, less the action's cost. Never a reward.",
		minimum: -1.08,
		maximum: 1,
	},
	{
		name: "reward_breakdown",
		type: "message SreRewardBreakdown",
		description: "Parts of the score; 0 before the end.",
	},
	{
		name: "budgets",
		type: "message SreBudgets",
		description: "How often each action can still be taken.",
	},
	{
		name: "action_mask",
		type: "repeated bool",
		description:
			"Which actions are possible now: per service in graph order restart, scale_up, circuit_break, rollback; then wait.",
	},
];
