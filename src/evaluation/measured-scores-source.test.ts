import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { renderMeasuredScores } from "./measured-scores-source.js";
import { createReport } from "./testing.js";

test("The source tells each score with episodes, interval, images and engine.", () => {
	const source = renderMeasuredScores(createReport());
	assert.match(
		source,
		/policy: "default",\n\t\tpolicy_version: 1,\n\t\tscore: 0\.65,\n\t\tmeasured:\n\t\t\t"mean of 4 episodes, split test, seeds 1\.\.3,7; 95 % interval ± 0\.2054; mnist \(sha256:0\); an engine",/,
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
		const source = renderMeasuredScores(
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
