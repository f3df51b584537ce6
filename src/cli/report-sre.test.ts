import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { policiesOf } from "../environments/policies.js";
import { sreTasks } from "../environments/sre/tasks.js";

const command = fileURLToPath(
	new URL("../../../scripts/nightshift.mjs", import.meta.url),
);

test("A report on sre plays every policy on every task, writes page, JSON and scores, and the same again.", (context) => {
	const folder = newFolder(context);
	const json = join(folder, "report.json");
	const readme = join(folder, "README.md");
	const marks = readFileSync(
		new URL("../../../README.md", import.meta.url),
		"utf8",
	).match(/^<!--.* scores of sre.*-->$/gm) as string[];
	writeFileSync(readme, `before\n${marks.join("\n")}\nafter\n`);
	const given = ["--seeds", "4", "--docs", folder, "--json", json];
	const { status, stdout, stderr } = report(...given);
	assert.equal(status, 0, stderr);
	assert.match(stdout, /^# Scores of the policies in the SRE environment/);
	assert.match(stdout, /^- episodes: split test, seeds 1\.\.4,/m);
	assert.equal(
		readFileSync(join(folder, "docs/sre-report.md"), "utf8"),
		stdout,
	);
	const told = JSON.parse(readFileSync(json, "utf8"));
	assert.equal(told.tasks.length, sreTasks.length);
	for (const { task, policies, rejections } of told.tasks) {
		assert.deepEqual(
			policies.map(({ policy }: { policy: string }) => policy),
			policiesOf("sre").map(({ name }) => name),
			task,
		);
		for (const row of policies) {
			assert.equal(row.episodes, 4);
			const [least, most] = row.score_interval_95;
			assert.ok(least <= row.score && row.score <= most);
			const episodes = Object.values<{ episodes: number }>(row.by_fault);
			assert.equal(
				episodes.reduce((sum, { episodes }) => sum + episodes, 0),
				4,
			);
		}
		for (const { accepted, rejected } of rejections)
			assert.ok(accepted > 0 && rejected >= 0);
	}
	const scores = readFileSync(
		join(folder, "src/environments/sre/measured-scores.ts"),
		"utf8",
	);
	assert.equal(
		scores.match(/mean of 4 episodes, split test, seeds 1\.\.4/g)?.length,
		sreTasks.length * policiesOf("sre").length,
	);
	const page = readFileSync(readme, "utf8");
	assert.match(page, /^before\n<!--.*seeds 1\.\.4,.*-->\nafter\n$/s);
	assert.equal(
		page.match(/^\| `.* \| \d\.\d{3} ± .* \|$/gm)?.length,
		policiesOf("sre").length,
	);
	assert.equal(report(...given).stdout, stdout);
	assert.equal(readFileSync(readme, "utf8"), page);
	writeFileSync(readme, "no marks\n");
	const unmarked = report(...given);
	assert.equal(unmarked.status, 1);
	assert.match(
		unmarked.stderr,
		/README\.md: the lines "<!-- .* are missing\.$/m,
	);
});

test("A report on sre takes some tasks, policies and seeds, and tells what it cannot take.", () => {
	const some = report(
		"--seeds",
		"7,9..10",
		"--tasks",
		"sre/hard",
		"--split",
		"train",
		"--policies",
		"oracle,random",
	);
	assert.equal(some.status, 0, some.stderr);
	assert.match(some.stdout, /split train, seeds 7,9\.\.10/);
	assert.deepEqual(some.stdout.match(/^## .*$/gm), ["## sre/hard"]);
	assert.match(some.stdout, /^\| random \| 3 \|/m);
	assert.doesNotMatch(some.stdout, /^\| tuned-rule/m);
	for (const [given, sentence] of [
		[
			["--tasks", "sre/none"],
			/--tasks: "sre\/none" is not allowed; of sre\/easy/,
		],
		[
			["--policies", "expert"],
			/"expert" is not allowed; of do-nothing, random/,
		],
		[["--seeds", "0"], /seeds from 0 to/],
		[["--address", "localhost:1"], /--address goes only with the training/],
		[["--docs", "--tasks", "sre/easy"], /--docs goes only with all tasks/],
	] as const) {
		const { status, stdout, stderr } = report(...given);
		assert.equal(status, 2, stderr);
		assert.match(stderr, sentence);
		assert.equal(stdout, "");
	}
});

function report(...given: readonly string[]) {
	return spawnSync(process.execPath, [command, "report", "sre", ...given], {
		encoding: "utf8",
	});
}

function newFolder(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-"));
	context.after(() => rmSync(folder, { recursive: true }));
	return folder;
}
