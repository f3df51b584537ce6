import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { NightshiftClient } from "../clients/typescript/index.js";
import { readServerConfiguration } from "./configuration.js";
import {
	attributeOf,
	Scrape,
	startCollector,
} from "./observability/testing.js";
import { type Service, startService } from "./serve.js";

process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";

/** A whole service, with what it logs. It is to be drained by the test. */
async function serve(context: TestContext) {
	const lines: Record<string, unknown>[] = [];
	const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
	const service: Service = await startService(
		readServerConfiguration({
			port: "0",
			download: "no",
			engine: "portable",
			workers: "1",
		}),
		log,
	);
	const client = new NightshiftClient(service.address);
	context.after(async () => {
		client.close();
		await service.drain();
	});
	return { service, client, lines };
}

test("A service counts what it does; without a collector it traces nothing.", async (context) => {
	delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
	const { service, client } = await serve(context);
	const session = await client.createSession("sre/easy", { seed: 7 });
	await session.step({ wait: {} });
	const scraped = new Scrape(await service.metrics.text());
	assert.deepEqual(scraped.faults, []);
	const value = (name: string, labels?: Record<string, string>) =>
		scraped.value(`nightshift_${name}`, labels);
	assert.equal(value("steps_total", { environment: "sre" }), 1);
	assert.equal(value("steps_total", { environment: "training" }), 0);
	assert.equal(value("grpc_calls_total", { method: "Step" }), 1);
	assert.equal(value("worker_threads"), 1);
	assert.equal(value("build_info", { engine_kind: "portable" }), 1);
	assert.equal(service.tracing, undefined);
});

test("Prometheus reads GET /metrics, which counts requests by their routes.", async (context) => {
	delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
	const { service } = await serve(context);
	const ask = (path: string, body?: object) =>
		fetch(`http://${service.http?.address}${path}`, {
			...(body && {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify(body),
			}),
		});
	await ask("/sre/reset", { task_id: "sre/easy", seed: 7 });
	await ask("/sre/step", { action: "wait" });
	await ask("/sre/step", { action: "sleep" });
	await ask("/nowhere/7");
	const answer = await ask("/metrics");
	assert.match(answer.headers.get("content-type") ?? "", /^text\/plain/);
	const scraped = new Scrape(await answer.text());
	assert.deepEqual(scraped.faults, []);
	const requests = (labels: Record<string, string>) =>
		scraped.value("nightshift_http_requests_total", labels);
	assert.equal(requests({ method: "POST", route: "/sre/reset" }), 1);
	assert.equal(requests({ route: "/sre/step", status: "200" }), 1);
	assert.equal(requests({ route: "/sre/step", status: "422" }), 1);
	assert.equal(requests({ route: "none", status: "404" }), 1);
	assert.equal(
		scraped.value("nightshift_http_request_duration_seconds_count", {
			route: "/sre/step",
		}),
		2,
	);
	assert.equal(
		scraped.value("nightshift_steps_total", { environment: "sre" }),
		1,
	);
});

test("A request over HTTP has its span in the trace of whoever sent it.", async (context) => {
	const collector = await startCollector(context);
	process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
	process.env.OTEL_EXPORTER_OTLP_PROTOCOL = "http/json";
	const { service } = await serve(context);
	const traceId = "0af7651916cd43dd8448eb211c80319c";
	await fetch(`http://${service.http?.address}/sre/tasks?seed=7`, {
		headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
	});
	await service.drain();
	const [span] = collector.spans;
	assert.equal(span?.name, "GET /sre/tasks");
	assert.equal(span?.traceId, traceId);
	assert.equal(span?.parentSpanId, "b7ad6b7169203331");
	assert.equal(attributeOf(span, "http.response.status_code"), 200);
});

test("A service that has a collector sends it its traces, the last ones when it ends.", async (context) => {
	const collector = await startCollector(context);
	process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
	process.env.OTEL_EXPORTER_OTLP_PROTOCOL = "http/json";
	process.env.OTEL_SERVICE_NAME = "nightshift-7";
	const { service, client } = await serve(context);
	await client.listTasks();
	await service.drain();
	const [span, ...others] = collector.spans;
	assert.deepEqual(others, []);
	assert.equal(span?.name, "nightshift.v1.EnvService/ListTasks");
	assert.equal(attributeOf(span, "rpc.system"), "grpc");
	assert.deepEqual([...collector.services], ["nightshift-7"]);
});

test("A collector that is not there is told of in the log, and keeps no service from answering and ending.", async (context) => {
	// Nothing listens on the port of discard.
	process.env.OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:9";
	process.env.OTEL_EXPORTER_OTLP_TIMEOUT = "100";
	const { service, client, lines } = await serve(context);
	await client.listTasks();
	await service.drain();
	assert.equal(
		lines.filter(({ msg }) => /traces could not be sent/.test(String(msg)))
			.length,
		1,
	);
});
