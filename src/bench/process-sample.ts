import { monitorEventLoopDelay } from "node:perf_hooks";

/** What a measured process tells of itself when it is asked. */
export interface ProcessSample {
	/** Milliseconds, 99th percentile since the sample before; one of them is the measurement's own step. */
	readonly eventLoopLagP99: number;
	/** Resident memory, MB. */
	readonly memory: number;
	/** Seconds of processor time since the process began. */
	readonly processor: number;
}

/** Tells the parent process the port, then a sample whenever it sends a message. */
export function answerSamples(port: number): void {
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	process.on("message", () => {
		const { user, system } = process.cpuUsage();
		const sample: ProcessSample = {
			eventLoopLagP99: delay.percentile(99) / 1e6,
			memory: process.memoryUsage.rss() / 2 ** 20,
			processor: (user + system) / 1e6,
		};
		delay.reset();
		process.send?.(sample);
	});
	process.on("disconnect", () => process.exit());
	process.send?.(port);
}
