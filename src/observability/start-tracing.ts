import type { Logger } from "pino";
import { workClock } from "../clock.js";
import { readOtlpProtocol } from "../configuration.js";
import type { Tracing } from "./tracing.js";

/** How long a server that ends waits for a collector to take its last traces. */
const LAST_TRACES_MS = 2000;

/**
 * Starts tracing where OpenTelemetry's variables name a collector; else nothing is loaded, and nothing comes back. A collector that does not answer
 * is told of in the log once, and keeps no server from ending. Errors: ConfigurationError.
 */
export async function startTracingWhereAsked(
	log: Logger,
	version: string,
): Promise<Tracing | undefined> {
	const protocol = readOtlpProtocol();
	if (protocol === undefined) return undefined;
	const { createExporter, tellingFailures } = await import("./otlp.js");
	const { startTracing } = await import("./tracing.js");
	const exporter = tellingFailures(await createExporter(protocol), (err) =>
		log.warn(
			{ err },
			"traces could not be sent and are lost; is the collector there, and does it speak the protocol? (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL)",
		),
	);
	const tracing = startTracing({ exporter, version });
	log.info({ protocol }, "tracing");
	return { ...tracing, shutdown: () => soon(tracing.shutdown()) };
}

/** Waits for it, but not for long. */
async function soon(done: Promise<void>): Promise<void> {
	let stopTimer = () => {};
	const late = new Promise<void>((resolve) => {
		stopTimer = workClock.after(LAST_TRACES_MS, resolve);
	});
	await Promise.race([done.catch(() => {}), late]);
	stopTimer();
}
