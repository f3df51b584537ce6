import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import {
	measuredScoresOf,
	renderMeasuredScores,
} from "./measured-scores-source.js";
import { createReport } from "./testing.js";
import type { TrainingReport } from "./training-report.js";

test("The source tells each score with episodes, interval, images and engine.", () => {
	const source = sourceOf(createReport());
	assert.match(
		source,
		/policy: "default",\n\t\tpolicy_version: 1,\n\t\tscore: 0\.65,\n\t\thalf_width: 0\.205426,\n\t\tmeasured:\n\t\t\t"mean of 4 episodes, split test, seeds 1\.\.3,7; 95 % interval ± 0\.2054; mnist \(sha256:0\); an engine",/,
	);
	assert.equal(source.match(/policy: "/g)?.length, 2);
});

test("The source is as the project's formatter writes it, for every task.", () => {
	const biome = join(
		dirname(
			createRequire(import.meta.url).resolve("@biomejs/biome/package.json"),
		),
		"bin",
		"biome",
	);
	for (const length of [1, 20, 50]) {
		const source = sourceOf(
			createReport({ task: `training/${"x".repeat(length)}` }),
		);
		const formatted = spawnSync(
			process.execPath,
			[biome, "format", "--stdin-file-path=measured-scores.ts"],
			{ input: source, encoding: "utf8" },
		);
		assert.equal(formatted.stdout, source, formatted.stderr);
	}
});

test("A score of one episode has no interval.", () => {
	const [row] = measuredScoresOf({
		...createReport(),
		tasks: createReport().tasks.map((ofTask) => ({
			...ofTask,
			rows: ofTask.rows.map((row) => ({
				...row,
				episodes: 1,
				score: { mean: 0.5, halfWidth: undefined },
			})),
		})),
	});
	assert.ok(row && !("half_width" in row));
	assert.doesNotMatch(row.measured, /interval/);
});

const sourceOf = (report: TrainingReport) =>
	renderMeasuredScores(report.command, measuredScoresOf(report));
