import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** What a process has used, all of its threads counted. */
export interface ProcessUse {
	/** Seconds of processor time since the process began. */
	readonly processor: number;
	/** Resident memory, MB; absent where the system does not tell. */
	readonly memory: number | null;
	/** Of the operating system; absent where it does not tell. */
	readonly threads: number | null;
}

/** What a measured process tells of itself when it is asked. */
export interface ProcessSample extends ProcessUse {
	/** Milliseconds, 99th percentile since the sample before; one of them is the measurement's own step. */
	readonly eventLoopLagP99: number;
	readonly memory: number;
	/** Of JavaScript's objects and what they hold outside the heap, MB, garbage that is not collected yet among them. */
	readonly heap: number;
}

/** Where a measured process listens. */
export interface Ports {
	readonly port: number;
	/** Absent where it serves no HTTP. */
	readonly httpPort?: number;
}

/** Tells the parent process the ports, then a sample whenever it sends a message; "collect" collects garbage before, where Node was told to expose that. */
export function answerSamples(ports: Ports): void {
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	process.on("message", (question) => {
		if (question === "collect") globalThis.gc?.();
		const { user, system } = process.cpuUsage();
		const { rss, heapUsed, external } = process.memoryUsage();
		const sample: ProcessSample = {
			eventLoopLagP99: delay.percentile(99) / 1e6,
			memory: rss / 2 ** 20,
			heap: (heapUsed + external) / 2 ** 20,
			processor: (user + system) / 1e6,
			threads: threads(),
		};
		delay.reset();
		process.send?.(sample);
	});
	process.on("disconnect", () => process.exit());
	process.send?.(ports);
}

function threads(): number | null {
	try {
		const status = readFileSync("/proc/self/status", "utf8");
		return Number(/^Threads:\s*(\d+)$/m.exec(status)?.[1] ?? Number.NaN);
	} catch {
		return null;
	}
}
