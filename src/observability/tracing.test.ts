import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { context as contexts, propagation, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
	BasicTracerProvider,
	InMemorySpanExporter,
	SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { NightshiftRpcError } from "../../clients/typescript/index.js";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { fixedBytes, startTestServer } from "../server/testing.js";
import {
	createTinyEnvironment,
	createTrainer,
	HeldTrainer,
	TINY,
} from "../sessions/testing-training.js";
import type { JobTracer } from "../training/job-watch.js";
import type { PoolTrainer } from "../training/worker-pool.js";
import { createExporter } from "./otlp.js";
import {
	AsyncContexts,
	attributeOf,
	type CollectedSpan,
	startCollector,
} from "./testing.js";
import { startTracing } from "./tracing.js";

const SERVICE = "nightshift.v1.EnvService";
const INTERNAL = 1;
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

let trainer: PoolTrainer;
/** Of the server that a test serves. */
let jobs: JobTracer | undefined;

before(async () => {
	trainer = await createTrainer({
		threads: 1,
		tracer: { queued: (job) => jobs?.queued(job) },
	});
});

after(async () => trainer.close());

/** A traced episode of two epochs; gives what the step answered. */
async function twoEpochs(
	server: Awaited<ReturnType<typeof startTestServer>>,
): Promise<StepResponse> {
	const session = await server.client().createSession(TINY, { seed: 7 });
	await session.step({ configure_training: {} });
	return session.step({ run_epochs: { num_epochs: 2 } });
}

test("One trace joins a program's span, its step, the call, the waits in the queue and the epochs in the worker; the answer is the same as without.", async (context) => {
	const collector = await startCollector(context);
	process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
	const program = new BasicTracerProvider({
		spanProcessors: [
			new SimpleSpanProcessor(await createExporter("http/json")),
		],
	});
	const tracing = startTracing({
		exporter: await createExporter("http/json"),
		version: "1.2.3",
	});
	const environment = createTinyEnvironment(trainer);
	const untraced = await twoEpochs(
		await startTestServer(context, { environment }),
	);
	trace.setGlobalTracerProvider(program);
	contexts.setGlobalContextManager(new AsyncContexts());
	propagation.setGlobalPropagator(new W3CTraceContextPropagator());
	context.after(() => {
		trace.disable();
		contexts.disable();
		propagation.disable();
	});
	({ jobs } = tracing);
	const server = await startTestServer(context, {
		environment,
		tracer: tracing.requests,
	});
	const traced = await program
		.getTracer("an agent")
		.startActiveSpan("agent", async (span) => {
			try {
				return await twoEpochs(server);
			} finally {
				span.end();
			}
		});
	assert.equal(fixedBytes(traced), fixedBytes(untraced));
	await program.forceFlush();
	await tracing.shutdown();

	const { spans } = collector;
	const agent = only(spans, ({ name }) => name === "agent");
	assert.ok(spans.every(({ traceId }) => traceId === agent.traceId));
	assert.ok(collector.services.has("nightshift"));
	const epochs = spans.filter(({ name }) => name === "epoch");
	assert.equal(epochs.length, 2);
	const call = only(spans, ({ spanId }) => spanId === epochs[0]?.parentSpanId);
	assert.deepEqual([call.name, call.kind], [`${SERVICE}/Step`, SERVER]);
	assert.equal(attributeOf(call, "rpc.grpc.status_code"), 0);
	for (const epoch of epochs) {
		assert.deepEqual([epoch.parentSpanId, epoch.kind], [call.spanId, INTERNAL]);
		assert.equal(attributeOf(epoch, "nightshift.network"), "mlp");
		assert.equal(
			attributeOf(epoch, "thread.id"),
			trainer.workers.threads[0]?.threadId,
		);
	}
	const queued = spans.filter(({ name }) => name === "queue");
	assert.deepEqual(
		queued.map(({ parentSpanId }) => parentSpanId),
		[call.spanId, call.spanId],
	);
	const step = only(spans, ({ spanId }) => spanId === call.parentSpanId);
	assert.deepEqual([step.name, step.kind], [`${SERVICE}/Step`, CLIENT]);
	assert.equal(step.parentSpanId, agent.spanId);
	// Create, configure and run, each sent and answered.
	assert.equal(spans.length, 1 + 3 * 2 + 2 + 2);
	const text = JSON.stringify(spans);
	for (const { record } of server.sessions.all)
		assert.ok(!text.includes(record.id) && !text.includes('"7"'));
});

test("A call without a trace of its caller begins one, and an error stands in it with its reason; health checks leave none.", async (context) => {
	const exporter = new InMemorySpanExporter();
	const tracing = startTracing({ exporter, version: "1.2.3" });
	context.after(() => tracing.shutdown());
	const server = await startTestServer(context, {
		environment: createSreEnvironment() as Environment,
		tracer: tracing.requests,
	});
	const client = server.client();
	await client.health();
	await assert.rejects(client.createSession("sre/none"), NightshiftRpcError);
	await tracing.flush();
	const [span, ...others] = exporter.getFinishedSpans();
	assert.deepEqual(others, []);
	assert.equal(span?.name, `${SERVICE}/CreateSession`);
	assert.equal(span?.parentSpanContext, undefined);
	assert.deepEqual(span?.status, { code: ERROR, message: "INVALID_ARGUMENT" });
	assert.equal(span?.attributes["nightshift.reason"], "UNKNOWN_TASK");
	assert.equal(span?.attributes["rpc.grpc.status_code"], 3);
});

test("Epochs of a play stream stand in its trace, and a call that its caller cut off says so.", async (context) => {
	const exporter = new InMemorySpanExporter();
	const tracing = startTracing({ exporter, version: "1.2.3" });
	context.after(() => tracing.shutdown());
	({ jobs } = tracing);
	const held = new HeldTrainer(trainer);
	const server = await startTestServer(context, {
		environment: createTinyEnvironment(held),
		tracer: tracing.requests,
	});
	const client = server.client();
	const session = await client.createSession(TINY, { seed: 7 });
	const play = client.play();
	await play.step(session.id, { configure_training: {} });
	await play.step(session.id, { run_epochs: { num_epochs: 1 } });
	await play.close();
	held.epochGate.shut();
	const leaving = new AbortController();
	const step = session.step(
		{ run_epochs: { num_epochs: 1 } },
		{ signal: leaving.signal },
	);
	step.catch(() => {});
	await held.epochGate.holds();
	leaving.abort();
	await assert.rejects(step, NightshiftRpcError);
	await server.calls.ended("Step");
	await tracing.flush();
	const spans = exporter.getFinishedSpans();
	const found = (name: string) => spans.filter((span) => span.name === name);
	const [stream] = found(`${SERVICE}/Play`);
	const [cut] = found(`${SERVICE}/Step`);
	assert.equal(stream?.attributes["rpc.grpc.status_code"], 0);
	assert.equal(cut?.attributes["rpc.grpc.status_code"], 1);
	assert.deepEqual(cut?.status, { code: ERROR, message: "CANCELLED" });
	for (const name of ["queue", "epoch"])
		assert.deepEqual(
			found(name).map(({ parentSpanContext }) => parentSpanContext?.spanId),
			[stream?.spanContext().spanId],
		);
});

test("A job that is given up, in the line or in its worker, or whose worker is lost, says so in its spans.", async (context) => {
	const exporter = new InMemorySpanExporter();
	const tracing = startTracing({ exporter, version: "1.2.3" });
	context.after(() => tracing.shutdown());
	const job = { kind: "train-epoch", network: "mlp" } as const;
	assert.equal(tracing.jobs.queued(job), undefined, "nobody asked for it");
	const request = tracing.requests.begin({
		name: "POST /step",
		attributes: { "http.request.method": "POST" },
		header: () => undefined,
	});
	request.run(() => {
		tracing.jobs.queued(job)?.ended("cancelled", undefined);
		const cut = tracing.jobs.queued(job);
		cut?.begun();
		cut?.ended("cancelled", {
			traceparent: cut.traceparent,
			startMs: 1000,
			endMs: 2000,
			thread: 3,
		});
		const lost = tracing.jobs.queued(job);
		lost?.begun();
		lost?.ended("worker-lost", undefined);
	});
	request.end({ "http.response.status_code": 503 }, "503");
	request.end({ "http.response.status_code": 200 });
	await tracing.flush();
	const told = exporter
		.getFinishedSpans()
		.map(({ name, status: { message } }) => [name, message]);
	assert.deepEqual(told, [
		["queue", "cancelled"],
		["queue", undefined],
		["epoch", "cancelled"],
		["queue", undefined],
		["epoch", "worker-lost"],
		["POST /step", "503"],
	]);
});

test("A job that comes long after its request has a trace of its own, with a link to the request.", async (context) => {
	const exporter = new InMemorySpanExporter();
	const tracing = startTracing({ exporter, version: "1.2.3" });
	context.after(() => tracing.shutdown());
	const request = tracing.requests.begin({
		name: "POST /reset",
		attributes: {},
		header: () => undefined,
	});
	request.end({});
	request.run(() => {
		const job = tracing.jobs.queued({ kind: "grade", network: "mlp" });
		job?.begun();
		job?.ended("done", undefined);
	});
	await tracing.flush();
	const [over, queue, grade] = exporter.getFinishedSpans();
	assert.notEqual(queue?.spanContext().traceId, over?.spanContext().traceId);
	assert.deepEqual(
		queue?.links.map(({ context }) => context.spanId),
		[over?.spanContext().spanId],
	);
	assert.equal(grade?.parentSpanContext?.spanId, queue?.spanContext().spanId);
});

test("What the caller does not sample is not recorded.", async (context) => {
	const exporter = new InMemorySpanExporter();
	const tracing = startTracing({ exporter, version: "1.2.3" });
	context.after(() => tracing.shutdown());
	const traceparent = `00-${"ab".repeat(16)}-${"cd".repeat(8)}-00`;
	const request = tracing.requests.begin({
		name: "POST /step",
		attributes: {},
		header: (name) => (name === "traceparent" ? traceparent : undefined),
	});
	request.run(() =>
		assert.equal(
			tracing.jobs.queued({ kind: "grade", network: "mlp" }),
			undefined,
		),
	);
	request.end({});
	await tracing.flush();
	assert.deepEqual(exporter.getFinishedSpans(), []);
});

function only(
	spans: readonly CollectedSpan[],
	isIt: (span: CollectedSpan) => boolean,
): CollectedSpan {
	const found = spans.filter(isIt);
	assert.equal(found.length, 1, JSON.stringify(spans.map(({ name }) => name)));
	return found[0] as CollectedSpan;
}
