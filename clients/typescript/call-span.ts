import { Metadata } from "@grpc/grpc-js";
import {
	context,
	propagation,
	type Span,
	SpanKind,
	SpanStatusCode,
	trace,
} from "@opentelemetry/api";
import { NightshiftRpcError } from "./errors.js";

/**
 * A call in the trace of the program that makes it: a span under the program's current one, whose context goes along to the server. It is
 * OpenTelemetry's for libraries: where the program has set up no tracing, nothing is recorded and nothing is sent.
 */
export class CallSpan {
	readonly metadata = new Metadata();
	private readonly span: Span;

	/** `path`: of the method, "/nightshift.v1.EnvService/Step". */
	constructor(path: string) {
		const [, service = "", method = ""] = path.split("/");
		// Asked for at each call: the program may have a copy of OpenTelemetry's API of its own, and only what it has registered there is shared.
		const tracer = trace.getTracer("nightshift-client");
		this.span = tracer.startSpan(`${service}/${method}`, {
			kind: SpanKind.CLIENT,
			attributes: {
				"rpc.system": "grpc",
				"rpc.service": service,
				"rpc.method": method,
			},
		});
		propagation.inject(
			trace.setSpan(context.active(), this.span),
			this.metadata,
			{ set: (metadata, name, value) => metadata.set(name, value) },
		);
	}

	/** Ends it, as failed where there is an error. Again it does nothing. */
	end(thrown?: unknown): void {
		const { span } = this;
		if (!span.isRecording()) return;
		if (thrown !== undefined) {
			const { code, reason } = NightshiftRpcError.from(thrown);
			span.setStatus({ code: SpanStatusCode.ERROR, message: code });
			span.setAttribute("nightshift.reason", reason);
		}
		span.end();
	}
}
