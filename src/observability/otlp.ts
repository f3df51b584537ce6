import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { OtlpProtocol } from "../configuration.js";

/**
 * What sends spans to a collector. The library reads where to, with which headers and in what time from OpenTelemetry's own variables
 * (OTEL_EXPORTER_OTLP_ENDPOINT and those beside it). Only the protocol's own code is loaded.
 */
export async function createExporter(
	protocol: OtlpProtocol,
): Promise<SpanExporter> {
	switch (protocol) {
		case "grpc": {
			const module = await import("@opentelemetry/exporter-trace-otlp-grpc");
			return new module.OTLPTraceExporter();
		}
		case "http/json": {
			const module = await import("@opentelemetry/exporter-trace-otlp-http");
			return new module.OTLPTraceExporter();
		}
		case "http/protobuf": {
			const module = await import("@opentelemetry/exporter-trace-otlp-proto");
			return new module.OTLPTraceExporter();
		}
	}
}

/** The same exporter, telling the first failure after each success: a collector that is down must not fill the log. */
export function tellingFailures(
	exporter: SpanExporter,
	onFailure: (error: Error) => void,
): SpanExporter {
	let isFailing = false;
	return {
		export(spans, done) {
			exporter.export(spans, (result) => {
				const { error } = result;
				if (error !== undefined && !isFailing) onFailure(error);
				isFailing = error !== undefined;
				done(result);
			});
		},
		shutdown: () => exporter.shutdown(),
		forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
	};
}
