import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { EngineDescription } from "../../workers/job-result.js";
import { NightshiftError, REASONS } from "../errors.js";
import { createWorld } from "../sessions/testing.js";
import { Metrics } from "./metrics.js";
import { Scrape } from "./testing.js";

async function scrape(metrics: Metrics): Promise<Scrape> {
	return new Scrape(await metrics.text());
}

function createMetrics(context: TestContext): Metrics {
	const metrics = new Metrics();
	context.after(() => metrics.close());
	return metrics;
}

test("Metrics that nothing was told yet are whole, by Prometheus's rules, and have a 0 for every reason.", async (context) => {
	const metrics = createMetrics(context);
	assert.equal(metrics.contentType, "text/plain; version=0.0.4; charset=utf-8");
	const scraped = await scrape(metrics);
	assert.deepEqual(scraped.faults, []);
	for (const reason of Object.keys(REASONS))
		assert.equal(scraped.value("nightshift_errors_total", { reason }), 0);
	assert.ok(scraped.value("process_resident_memory_bytes") > 1e6);
	assert.ok(scraped.value("process_cpu_seconds_total") > 0);
	for (const percentile of ["50", "99", "100"])
		assert.ok(
			scraped.value("nightshift_event_loop_lag_seconds", { percentile }) >= 0,
		);
});

test("What the gateway tells is counted by route and status, and its durations stand in their buckets.", async (context) => {
	const metrics = createMetrics(context);
	for (const durationMs of [0.1, 3, 700_000])
		metrics.httpRequest({
			method: "POST",
			route: "/step",
			status: 200,
			durationMs,
		});
	metrics.httpRequest({
		method: "POST",
		route: "/step",
		status: 422,
		durationMs: 3,
	});
	metrics.httpRequest({
		method: "BREW",
		route: undefined,
		status: 405,
		durationMs: 1,
	});
	metrics.webSocketMessages("/ws", "in").value += 1;
	metrics.webSocketMessages("/ws", "in").value += 1;
	metrics.webSocketMessages("/ws", "out").value += 1;
	metrics.failure(new NightshiftError("UNKNOWN_TASK", "No such task."));
	const scraped = await scrape(metrics);
	assert.deepEqual(scraped.faults, []);
	const requests = (labels: Record<string, string>) =>
		scraped.value("nightshift_http_requests_total", labels);
	assert.equal(requests({ method: "POST", route: "/step", status: "200" }), 3);
	assert.equal(requests({ method: "POST", route: "/step", status: "422" }), 1);
	assert.equal(requests({ method: "other", route: "none", status: "405" }), 1);
	const duration = "nightshift_http_request_duration_seconds";
	const at = (le: string) =>
		scraped.value(`${duration}_bucket`, { route: "/step", le });
	assert.deepEqual(
		["0.0001", "0.0025", "0.005", "300", "+Inf"].map(at),
		[1, 1, 3, 3, 4],
	);
	assert.equal(scraped.value(`${duration}_count`, { route: "/step" }), 4);
	const sum = scraped.value(`${duration}_sum`, { route: "/step" });
	assert.ok(Math.abs(sum - 700.0061) < 1e-9, String(sum));
	const messages = (direction: string) =>
		scraped.value("nightshift_websocket_messages_total", { direction });
	assert.deepEqual(["in", "out"].map(messages), [2, 1]);
	assert.equal(
		scraped.value("nightshift_errors_total", { reason: "UNKNOWN_TASK" }),
		1,
	);
});

test("A metric takes no more than 500 sets of labels: what comes after is counted together.", async (context) => {
	const metrics = createMetrics(context);
	for (let place = 0; place < 600; place++)
		metrics.httpRequest({
			method: "GET",
			route: `/${place}`,
			status: 200,
			durationMs: 1,
		});
	metrics.httpRequest({
		method: "GET",
		route: "/0",
		status: 200,
		durationMs: 1,
	});
	const scraped = await scrape(metrics);
	const name = "nightshift_http_requests_total";
	assert.equal(scraped.families.get(name)?.samples.length, 501);
	assert.equal(scraped.value(name, { route: "other" }), 100);
	assert.equal(scraped.value(name, { route: "/0" }), 2);
});

test("Quotes and ends of lines in a label do not break the text.", async (context) => {
	const metrics = createMetrics(context);
	metrics.httpRequest({
		method: "GET",
		route: '/"\\\n',
		status: 200,
		durationMs: 1,
	});
	const scraped = await scrape(metrics);
	assert.deepEqual(scraped.faults, []);
	assert.equal(
		scraped.value("nightshift_http_requests_total", { route: '/\\"\\\\\\n' }),
		1,
	);
});

test("docs/observability.md tells every metric there is, and its queries ask for no other.", async (context) => {
	const metrics = createMetrics(context);
	metrics.readFrom({
		version: "1.2.3",
		sessions: createWorld().sessions,
		trainer: {
			engine: { name: "an engine", kind: "portable" } as EngineDescription,
			load: { threads: 2, busy: 0, waiting: 0 },
		},
	});
	const { families } = await scrape(metrics);
	const root = dirname(fileURLToPath(import.meta.resolve("#package")));
	const page = readFileSync(join(root, "docs", "observability.md"), "utf8");
	const [metricsPart = ""] = page.split("## Traces");
	const [table = "", queries = ""] = metricsPart.split(
		"Questions, as queries:",
	);
	const namesIn = (text: string) =>
		new Set(text.match(/\b(?:nightshift|process|nodejs)_\w+/g));
	assert.deepEqual([...namesIn(table)].sort(), [...families.keys()].sort());
	for (const name of namesIn(queries))
		assert.ok(families.has(name.replace(/_(bucket|sum|count)$/, "")), name);
});
