import { monitorEventLoopDelay } from "node:perf_hooks";
import { readServerConfiguration } from "../configuration.js";
import { createLog } from "../log.js";
import { startService } from "../serve.js";

/** The service in a process of its own, which tells its port, and when asked how long its event loop made others wait and its memory. */
export interface ServiceSample {
	/** Milliseconds, 99th percentile since the sample before; one of them is the measurement's own step. */
	readonly eventLoopLagP99: number;
	/** Resident memory, MB. */
	readonly memory: number;
	/** Seconds of processor time since the process began. */
	readonly processor: number;
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const service = await startService(
	readServerConfiguration({
		port: "0",
		logLevel: "silent",
		maxSessions: "256",
	}),
	createLog("silent"),
);
process.on("message", () => {
	const { user, system } = process.cpuUsage();
	const sample: ServiceSample = {
		eventLoopLagP99: delay.percentile(99) / 1e6,
		memory: process.memoryUsage.rss() / 2 ** 20,
		processor: (user + system) / 1e6,
	};
	delay.reset();
	process.send?.(sample);
});
process.on("disconnect", () => process.exit());
process.send?.(service.port);
