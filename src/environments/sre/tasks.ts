import { badDeploy } from "./simulator/faults/bad-deploy.js";
import { cacheCold } from "./simulator/faults/cache-cold.js";
import { crashLoop } from "./simulator/faults/crash-loop.js";
import { dbConnectionLeak } from "./simulator/faults/db-connection-leak.js";
import { flappingNetwork } from "./simulator/faults/flapping-network.js";
import { lockContention } from "./simulator/faults/lock-contention.js";
import { memoryLeak } from "./simulator/faults/memory-leak.js";
import { noisyNeighbour } from "./simulator/faults/noisy-neighbour.js";
import { providerBrownout } from "./simulator/faults/provider-brownout.js";
import { retryStorm } from "./simulator/faults/retry-storm.js";
import { singleOom } from "./simulator/faults/single-oom.js";
import { trafficSurge } from "./simulator/faults/traffic-surge.js";
import type { ScenarioRule } from "./simulator/generate.js";
import type { TelemetryRule } from "./simulator/telemetry.js";

/** An on-call task: from what its incidents are drawn and how well they can be seen. A new task is a row in `sreTasks`, and its tables. */
export interface SreTask {
	/** "sre/" and its name. */
	readonly id: string;
	/** 1..255, unique for ever: its scenarios are drawn from it. */
	readonly number: number;
	/** Raised by any change that changes a byte of an observation or score. */
	readonly version: number;
	readonly description: string;
	readonly goal: string;
	readonly difficulty: "easy" | "medium" | "hard";
	readonly scenarios: ScenarioRule;
	readonly telemetry: TelemetryRule;
}

const GOAL =
	"Bring every service back to a 99th percentile under 200 ms and under 1 % errors within 30 steps, at little cost, so that it stays so.";

const usualSeverity = [0.7, 1.3] as const;

const easyScenarios: ScenarioRule = {
	graph: "fixed",
	faults: [singleOom, badDeploy, trafficSurge],
	noFaultShare: 0,
	severity: usualSeverity,
	decoyProbability: 0,
	fixProbability: 0.8,
};
const easyTelemetry: TelemetryRule = {
	noise: 0.06,
	spans: 2000,
	longestLag: 0,
	missing: 0.03,
	aliased: false,
};

const mediumScenarios: ScenarioRule = {
	graph: { fewest: 8, most: 12 },
	faults: [
		singleOom,
		memoryLeak,
		badDeploy,
		dbConnectionLeak,
		trafficSurge,
		noisyNeighbour,
		crashLoop,
		lockContention,
	],
	noFaultShare: 0,
	severity: usualSeverity,
	decoyProbability: 0.4,
	fixProbability: 0.85,
};
const mediumTelemetry: TelemetryRule = {
	noise: 0.14,
	spans: 600,
	longestLag: 1,
	missing: 0.1,
	aliased: false,
};

const hardScenarios: ScenarioRule = {
	graph: { fewest: 10, most: 16 },
	faults: [
		memoryLeak,
		badDeploy,
		dbConnectionLeak,
		trafficSurge,
		retryStorm,
		flappingNetwork,
		noisyNeighbour,
		providerBrownout,
		crashLoop,
		lockContention,
		cacheCold,
	],
	noFaultShare: 0.02,
	severity: usualSeverity,
	decoyProbability: 0.8,
	fixProbability: 0.85,
};
const hardTelemetry: TelemetryRule = {
	noise: 0.2,
	spans: 300,
	longestLag: 2,
	missing: 0.2,
	aliased: false,
};

/** Tiers and pinned scenarios bear the names of the environment's founding document; figures are those of its design page. */
export const sreTasks: readonly SreTask[] = [
	{
		id: "sre/easy",
		number: 1,
		version: 1,
		description:
			"One of three faults on a fixed graph of seven services, under clear telemetry.",
		goal: GOAL,
		difficulty: "easy",
		scenarios: easyScenarios,
		telemetry: easyTelemetry,
	},
	{
		id: "sre/medium",
		number: 2,
		version: 1,
		description:
			"One of eight faults on a random graph of 8 to 12 services, under noisy telemetry that comes up to a step late.",
		goal: GOAL,
		difficulty: "medium",
		scenarios: mediumScenarios,
		telemetry: mediumTelemetry,
	},
	{
		id: "sre/hard",
		number: 3,
		version: 1,
		description:
			"One of eleven faults, or none, on a random graph of 10 to 16 services, under very noisy telemetry that comes up to two steps late, often with a harmless decoy.",
		goal: GOAL,
		difficulty: "hard",
		scenarios: hardScenarios,
		telemetry: hardTelemetry,
	},
	{
		id: "sre/hard_aliased",
		number: 4,
		version: 1,
		description:
			"As sre/hard, with yet noisier telemetry, processor and memory figures from unknown baselines, and fixes that fail more often.",
		goal: GOAL,
		difficulty: "hard",
		scenarios: { ...hardScenarios, fixProbability: 0.75 },
		telemetry: {
			noise: 0.3,
			spans: 120,
			longestLag: 2,
			missing: 0.25,
			aliased: true,
		},
	},
	{
		id: "sre/single_oom",
		number: 5,
		version: 1,
		description:
			"A service of the fixed graph ran out of memory; clear telemetry.",
		goal: GOAL,
		difficulty: "easy",
		scenarios: {
			...easyScenarios,
			faults: [singleOom],
			roots: ["api_gateway", "product_service"],
		},
		telemetry: easyTelemetry,
	},
	{
		id: "sre/db_connection_leak",
		number: 6,
		version: 1,
		description:
			"A store of the fixed graph loses its connections one by one, and its callers slow down with it; noisy telemetry.",
		goal: GOAL,
		difficulty: "medium",
		scenarios: {
			...mediumScenarios,
			graph: "fixed",
			faults: [dbConnectionLeak],
			roots: ["user_db", "inventory_db"],
		},
		telemetry: mediumTelemetry,
	},
	{
		id: "sre/flapping_network",
		number: 7,
		version: 1,
		description:
			"The link to the payment provider of the fixed graph comes and goes; very noisy telemetry.",
		goal: GOAL,
		difficulty: "hard",
		scenarios: {
			...hardScenarios,
			graph: "fixed",
			faults: [flappingNetwork],
			noFaultShare: 0,
			roots: ["payment_gateway"],
		},
		telemetry: hardTelemetry,
	},
];

const byId = new Map(sreTasks.map((task) => [task.id, task]));

/** Throws for an id that is not in the table. */
export function sreTask(id: string): SreTask {
	const task = byId.get(id);
	if (task === undefined) throw new Error(`${id} is no SRE task`);
	return task;
}
