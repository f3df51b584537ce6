import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
	context as contexts,
	propagation,
	SpanStatusCode,
	trace,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
	BasicTracerProvider,
	InMemorySpanExporter,
	SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { AsyncContexts } from "../../src/observability/testing.js";
import { CallSpan } from "./call-span.js";
import { NightshiftRpcError } from "./errors.js";

const STEP = "/nightshift.v1.EnvService/Step";

/** Sets tracing up as a program does, until the test is over. */
function setUpTracing(context: TestContext): InMemorySpanExporter {
	const exporter = new InMemorySpanExporter();
	trace.setGlobalTracerProvider(
		new BasicTracerProvider({
			spanProcessors: [new SimpleSpanProcessor(exporter)],
		}),
	);
	contexts.setGlobalContextManager(new AsyncContexts());
	propagation.setGlobalPropagator(new W3CTraceContextPropagator());
	context.after(() => {
		trace.disable();
		contexts.disable();
		propagation.disable();
	});
	return exporter;
}

test("Where the program traces nothing, a call sends no header.", () => {
	const span = new CallSpan(STEP);
	assert.deepEqual(span.metadata.getMap(), {});
	span.end();
});

test("Where the program traces, a call is a span under its current one, and the server gets its context.", (context) => {
	const exporter = setUpTracing(context);
	trace.getTracer("a program").startActiveSpan("agent", (agent) => {
		const span = new CallSpan(STEP);
		const { traceparent } = span.metadata.getMap();
		span.end();
		span.end(new Error("It ended before."));
		agent.end();
		const [call, ...others] = exporter.getFinishedSpans();
		assert.equal(others.length, 1);
		assert.equal(call?.name, "nightshift.v1.EnvService/Step");
		assert.equal(call?.status.code, SpanStatusCode.UNSET);
		assert.equal(call?.parentSpanContext?.spanId, agent.spanContext().spanId);
		const { traceId, spanId } = call.spanContext();
		assert.equal(traceparent, `00-${traceId}-${spanId}-01`);
	});
});

test("A call that fails says so in its span, by code and reason.", (context) => {
	const exporter = setUpTracing(context);
	new CallSpan(STEP).end(
		NightshiftRpcError.unsendable("action.wait: it is not allowed."),
	);
	const [call] = exporter.getFinishedSpans();
	assert.deepEqual(call?.status, {
		code: SpanStatusCode.ERROR,
		message: "INVALID_ARGUMENT",
	});
	assert.equal(call?.attributes["nightshift.reason"], "INVALID_FIELD");
});
