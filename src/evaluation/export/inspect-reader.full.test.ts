import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { inspectPython } from "../../configuration.js";
import { readEvaluation } from "../results/read-evaluation.js";
import { writeEvaluation } from "../results/testing.js";
import { exportInspect } from "./inspect.js";
import { createEventfulLines, readLogs } from "./testing.js";

const python = inspectPython();
const skip =
	python === undefined &&
	"NIGHTSHIFT_INSPECT_PYTHON names no Python with inspect_ai";
const script = fileURLToPath(
	new URL("../../../../src/evaluation/export/read_logs.py", import.meta.url),
);

test("Inspect's own reader, list and bundle of its viewer take the logs of an eventful evaluation.", {
	skip,
}, async (context) => {
	const folder = writeEvaluation(context, createEventfulLines());
	const evaluation = await readEvaluation(join(folder, "evaluation.jsonl"));
	const target = join(folder, "inspect");
	const paths = await exportInspect(evaluation, target, () => undefined);
	const run = (program: string, ...given: string[]) => {
		const { status, stdout, stderr, error } = spawnSync(program, given, {
			encoding: "utf8",
			maxBuffer: 1e9,
		});
		assert.equal(status, 0, error?.message ?? `${stdout}\n${stderr}`);
		return stdout;
	};
	const told = JSON.parse(run(python as string, script, target));
	context.diagnostic(`inspect_ai ${told.version}`);
	const expected = Object.fromEntries(
		readLogs(target).map(({ name, entries }) => {
			const { eval: spec, status, results } = entries.get("header.json");
			const samples = [...entries]
				.filter(([entry]) => entry.startsWith("samples/"))
				.map(([, sample]) => [
					sample.id,
					{
						score: sample.scores.score?.value ?? null,
						events: sample.events.length,
						messages: sample.messages.length,
						error: sample.error !== undefined,
						limit: sample.limit?.type ?? null,
						retries: sample.error_retries?.length ?? 0,
					},
				]);
			const metrics = Object.entries<{ value: number }>(
				results.scores[0].metrics,
			).map(([metric, { value }]) => [metric, value]);
			return [
				name,
				{
					task: spec.task,
					status,
					samples: Object.fromEntries(samples),
					metrics: Object.fromEntries(metrics),
				},
			];
		}),
	);
	assert.equal(Object.keys(told.logs).length, paths.length);
	assert.deepEqual(told.logs, expected);

	// The command stands beside the Python of its environment.
	const inspect = join(dirname(python as string), "inspect");
	const listed = JSON.parse(
		run(inspect, "log", "list", "--json", "--log-dir", target),
	);
	assert.equal(listed.length, paths.length);
	const site = join(folder, "site");
	run(inspect, "view", "bundle", "--log-dir", target, "--output-dir", site);
	assert.ok(existsSync(join(site, "index.html")));
	const bundled = readdirSync(site, { recursive: true }).map(String);
	for (const { name } of readLogs(target))
		assert.ok(bundled.some((file) => file.endsWith(name)));
});
