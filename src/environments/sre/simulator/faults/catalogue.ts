import { badDeploy } from "./bad-deploy.js";
import { cacheCold } from "./cache-cold.js";
import { crashLoop } from "./crash-loop.js";
import { dbConnectionLeak } from "./db-connection-leak.js";
import type { Fault } from "./fault.js";
import { flappingNetwork } from "./flapping-network.js";
import { lockContention } from "./lock-contention.js";
import { memoryLeak } from "./memory-leak.js";
import { noFault } from "./no-fault.js";
import { noisyNeighbour } from "./noisy-neighbour.js";
import { providerBrownout } from "./provider-brownout.js";
import { retryStorm } from "./retry-storm.js";
import { singleOom } from "./single-oom.js";
import { trafficSurge } from "./traffic-surge.js";

/** Every fault, in the order of the contract's FaultClass. Scenarios name a fault by its place here; 0 is none. */
export const FAULTS: readonly Fault[] = [
	noFault,
	singleOom,
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
];

export function faultOf({ fault }: { readonly fault: number }): Fault {
	return FAULTS[fault] as Fault;
}
