import { AsyncLocalStorage } from "node:async_hooks";
import {
	type Context,
	type Link,
	ROOT_CONTEXT,
	type Span,
	SpanKind,
	SpanStatusCode,
	TraceFlags,
	type Tracer,
	trace,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
	defaultResource,
	detectResources,
	envDetector,
	resourceFromAttributes,
} from "@opentelemetry/resources";
import {
	BasicTracerProvider,
	BatchSpanProcessor,
	type SpanExporter,
} from "@opentelemetry/sdk-trace-base";
import type { WorkerSpan } from "../../workers/job-result.js";
import type {
	JobEnd,
	JobName,
	JobTrace,
	JobTracer,
} from "../training/job-watch.js";
import type {
	Attributes,
	RequestTrace,
	RequestTracer,
	TracedRequest,
} from "./request-tracer.js";

export interface TracingOptions {
	readonly exporter: SpanExporter;
	readonly version: string;
}

/** Traces of requests and of the jobs that they lead to, as they are sent to a collector. */
export interface Tracing {
	readonly requests: RequestTracer;
	readonly jobs: JobTracer;
	/** Sends what there is. */
	flush(): Promise<void>;
	/** Sends what there is, and ends. */
	shutdown(): Promise<void>;
}

/**
 * Starts tracing. This module and the libraries that it needs are loaded only where traces are asked for: without, nothing is done for any
 * request. Sampler, batches and limits are as OpenTelemetry's own variables say (OTEL_TRACES_SAMPLER, OTEL_BSP_*).
 */
export function startTracing({ exporter, version }: TracingOptions): Tracing {
	const provider = new BasicTracerProvider({
		resource: defaultResource()
			.merge(
				resourceFromAttributes({
					"service.name": "nightshift",
					"service.version": version,
				}),
			)
			.merge(detectResources({ detectors: [envDetector] })),
		spanProcessors: [new BatchSpanProcessor(exporter)],
	});
	const tracer = provider.getTracer("nightshift", version);
	// Our own and not the process's: a program that has the service inside may have tracing of its own.
	const current = new AsyncLocalStorage<Context>();
	return {
		requests: new SpansOfRequests(tracer, current),
		jobs: new SpansOfJobs(tracer, current),
		flush: () => provider.forceFlush(),
		shutdown: () => provider.shutdown(),
	};
}

const w3c = new W3CTraceContextPropagator();

class SpansOfRequests implements RequestTracer {
	constructor(
		private readonly tracer: Tracer,
		private readonly current: AsyncLocalStorage<Context>,
	) {}

	begin({ name, attributes, header }: TracedRequest): RequestTrace {
		const caller = w3c.extract(ROOT_CONTEXT, header, {
			get: (header, name) => header(name),
			keys: () => ["traceparent", "tracestate"],
		});
		const span = this.tracer.startSpan(
			name,
			{ kind: SpanKind.SERVER, attributes },
			caller,
		);
		const context = trace.setSpan(caller, span);
		return {
			run: (work) => this.current.run(context, work),
			end(attributes, failure) {
				if (!span.isRecording()) return;
				span.setAttributes(attributes);
				if (failure !== undefined)
					span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
				span.end();
			},
		};
	}

	note(attributes: Attributes): void {
		const context = this.current.getStore();
		if (context !== undefined)
			trace.getSpan(context)?.setAttributes(attributes);
	}
}

class SpansOfJobs implements JobTracer {
	constructor(
		private readonly tracer: Tracer,
		private readonly current: AsyncLocalStorage<Context>,
	) {}

	queued(job: JobName): JobTrace | undefined {
		const request = this.current.getStore();
		const cause = request && trace.getSpan(request);
		if (request === undefined || cause === undefined) return undefined;
		const caused = cause.spanContext();
		if ((caused.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
		return cause.isRecording()
			? new SpansOfJob(this.tracer, job, request, [])
			: // The request is over: a lease that runs out began with its session, long ago.
				new SpansOfJob(this.tracer, job, ROOT_CONTEXT, [{ context: caused }]);
	}
}

/** A span for the wait in the line, then one for the work, with the times that the worker told. */
class SpansOfJob implements JobTrace {
	readonly traceparent: string;
	private readonly name: string;
	private readonly attributes: Attributes;
	private readonly queue: Span;
	private begunAt: Date | undefined;

	constructor(
		private readonly tracer: Tracer,
		{ kind, network }: JobName,
		parent: Context,
		links: Link[],
	) {
		this.name = kind === "grade" ? "grade" : "epoch";
		this.attributes = { "nightshift.network": network };
		const { attributes } = this;
		this.queue = tracer.startSpan("queue", { attributes, links }, parent);
		this.traceparent = toTraceparent(
			parent === ROOT_CONTEXT ? trace.setSpan(parent, this.queue) : parent,
		);
	}

	begun(): void {
		this.begunAt = new Date();
		this.queue.end();
	}

	ended(end: JobEnd, told: WorkerSpan | undefined): void {
		const { tracer, name, attributes, begunAt } = this;
		const span =
			begunAt === undefined
				? this.queue
				: tracer.startSpan(
						name,
						{ attributes, startTime: told?.startMs ?? begunAt },
						// What went along with the job and came back; the same where its worker could tell nothing more.
						toContext(told?.traceparent ?? this.traceparent),
					);
		if (told !== undefined) span.setAttribute("thread.id", told.thread);
		if (end !== "done")
			span.setStatus({ code: SpanStatusCode.ERROR, message: end });
		span.end(told?.endMs);
	}
}

function toTraceparent(context: Context): string {
	let traceparent = "";
	w3c.inject(context, undefined, {
		set(_, name, value) {
			if (name === "traceparent") traceparent = value;
		},
	});
	return traceparent;
}

function toContext(traceparent: string): Context {
	return w3c.extract(ROOT_CONTEXT, traceparent, {
		get: (traceparent, name) =>
			name === "traceparent" ? traceparent : undefined,
		keys: () => ["traceparent"],
	});
}
