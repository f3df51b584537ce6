import assert from "node:assert/strict";
import { test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { ExportResultCode } from "@opentelemetry/core";
import { InMemorySpanExporter } from "@opentelemetry/sdk-trace-base";
import { createExporter, tellingFailures } from "./otlp.js";
import { startReceiver } from "./testing.js";
import { startTracing } from "./tracing.js";

/** Traces one request and sends it. */
async function traceOne(protocol: "grpc" | "http/protobuf"): Promise<void> {
	const exporter = await createExporter(protocol);
	const tracing = startTracing({ exporter, version: "1.2.3" });
	const request = tracing.requests.begin({
		name: "POST /step",
		attributes: {},
		header: () => undefined,
	});
	request.end({});
	await tracing.shutdown();
}

test("Spans go to a collector over gRPC.", async (context) => {
	const received: Buffer[] = [];
	const server = new grpc.Server();
	const bytes = (message: Buffer) => message;
	server.addService(
		{
			Export: {
				path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
				requestStream: false,
				responseStream: false,
				requestSerialize: bytes,
				requestDeserialize: bytes,
				responseSerialize: bytes,
				responseDeserialize: bytes,
			},
		},
		{
			Export(
				call: grpc.ServerUnaryCall<Buffer, Buffer>,
				answer: grpc.sendUnaryData<Buffer>,
			) {
				received.push(call.request);
				answer(null, Buffer.alloc(0));
			},
		},
	);
	const port = await new Promise<number>((resolve, reject) => {
		const insecure = grpc.ServerCredentials.createInsecure();
		server.bindAsync("127.0.0.1:0", insecure, (error, bound) =>
			error ? reject(error) : resolve(bound),
		);
	});
	context.after(() => server.forceShutdown());
	process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`;
	await traceOne("grpc");
	assert.equal(received.length, 1);
	assert.match(String(received[0]), /POST \/step/);
});

test("Spans go to a collector over HTTP as protobuf, to the path of traces.", async (context) => {
	const received: unknown[] = [];
	process.env.OTEL_EXPORTER_OTLP_ENDPOINT = await startReceiver(
		context,
		({ url, headers }, body) =>
			received.push([
				url,
				headers["content-type"],
				body.includes("POST /step"),
			]),
	);
	await traceOne("http/protobuf");
	assert.deepEqual(received, [["/v1/traces", "application/x-protobuf", true]]);
});

test("A collector that is down is told of once, and again after it was there.", () => {
	const inner = new InMemorySpanExporter();
	let isDown = true;
	inner.export = (_, done) =>
		done(
			isDown
				? { code: ExportResultCode.FAILED, error: new Error("down") }
				: { code: ExportResultCode.SUCCESS },
		);
	const told: string[] = [];
	const results: ExportResultCode[] = [];
	const exporter = tellingFailures(inner, ({ message }) => told.push(message));
	for (isDown of [true, true, false, true])
		exporter.export([], ({ code }) => results.push(code));
	assert.deepEqual(told, ["down", "down"]);
	assert.deepEqual(results, [1, 1, 0, 1]);
});
