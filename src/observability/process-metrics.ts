import { monitorEventLoopDelay } from "node:perf_hooks";
import { Counter, Gauge, type Registry } from "prom-client";

/** Milliseconds between two looks at the event loop; a look costs a microsecond. */
const RESOLUTION_MS = 20;
const NANOSECONDS = 1e9;
const PERCENTILES = [50, 99, 100];

/** Processor, memory and event loop of this process, by the names that dashboards know. Gives what stops the looking. */
export function addProcessMetrics(registry: Registry): () => void {
	const registers = [registry];
	new Counter({
		name: "process_cpu_seconds_total",
		help: "Processor time of the process with all its threads, in seconds.",
		registers,
		collect() {
			const { user, system } = process.cpuUsage();
			this.reset();
			this.inc((user + system) / 1e6);
		},
	});
	const startedAt = Date.now() / 1000 - process.uptime();
	const gauges = {
		process_start_time_seconds: [
			"When the process started, in seconds since 1970.",
			() => startedAt,
		],
		process_resident_memory_bytes: [
			"Memory of the process with all its threads, in bytes.",
			() => process.memoryUsage.rss(),
		],
		nodejs_heap_size_used_bytes: [
			"JavaScript's memory of the main thread that is in use, in bytes.",
			() => process.memoryUsage().heapUsed,
		],
		nodejs_heap_size_total_bytes: [
			"JavaScript's memory of the main thread, in bytes.",
			() => process.memoryUsage().heapTotal,
		],
		nodejs_external_memory_bytes: [
			"Memory outside JavaScript's own that the main thread holds: images and weights, in bytes.",
			() => process.memoryUsage().external,
		],
	} as const;
	for (const [name, [help, read]] of Object.entries(gauges))
		new Gauge({
			name,
			help,
			registers,
			collect() {
				this.set(read());
			},
		});
	return addEventLoopLag(registry);
}

/** How late the event loop came to what was due. */
function addEventLoopLag(registry: Registry): () => void {
	const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	delays.enable();
	new Gauge({
		name: "nightshift_event_loop_lag_seconds",
		help: "How late the main thread came to what was due, since these metrics were read last, in seconds; percentile 100 is the most.",
		labelNames: ["percentile"],
		registers: [registry],
		collect() {
			for (const percentile of PERCENTILES) {
				// A look that is in time counts as RESOLUTION_MS.
				const seconds =
					delays.percentile(percentile) / NANOSECONDS - RESOLUTION_MS / 1000;
				this.set({ percentile }, delays.count === 0 ? 0 : Math.max(0, seconds));
			}
			delays.reset();
		},
	});
	return () => delays.disable();
}
