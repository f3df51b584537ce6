import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { sreTask } from "../environments/sre/tasks.js";
import { readLog } from "../evaluation/export/testing.js";
import {
	createEpisode,
	createHeader,
	writeEvaluation,
} from "../evaluation/results/testing.js";

const command = fileURLToPath(
	new URL("../../../scripts/nightshift.mjs", import.meta.url),
);

function run(...given: string[]) {
	return spawnSync(process.execPath, [command, ...given], { encoding: "utf8" });
}

test("Results are exported for Inspect, beside the lines or where it is asked for, the same bytes each time.", (context) => {
	const { version, goal } = sreTask("sre/easy");
	const folder = writeEvaluation(context, [
		createHeader({ seeds: ["1", "2"] }),
		createEpisode({ taskVersion: version }),
		createEpisode({ seed: "2", taskVersion: version }),
	]);
	const { status, stderr } = run("results", folder, "--export", "inspect");
	assert.equal(status, 0, stderr);
	const target = join(folder, "inspect");
	const [name, ...others] = readdirSync(target) as [string];
	assert.equal(others.length, 0);
	assert.ok(stderr.includes(`wrote ${join(target, name)}\n`));
	const log = readLog(target, "sre/easy");
	const { input } = log.entries.get("samples/2_epoch_1.json");
	assert.ok(input.endsWith(`\n\n${goal}`));
	const elsewhere = join(folder, "some", "where");
	const again = run(
		"results",
		folder,
		"--export",
		"inspect",
		"--export-to",
		elsewhere,
	);
	assert.equal(again.status, 0, again.stderr);
	assert.deepEqual(
		readFileSync(join(elsewhere, name)),
		readFileSync(join(target, name)),
	);
});

test("Another form, a folder without a form, and a folder that cannot be made are told.", (context) => {
	const folder = writeEvaluation(context, [createHeader(), createEpisode()]);
	const other = run("results", folder, "--export", "excel");
	assert.equal(other.status, 2);
	assert.match(other.stderr, /Allowed choices are inspect/);
	const alone = run("results", folder, "--export-to", "x");
	assert.equal(alone.status, 2);
	assert.match(alone.stderr, /--export-to goes with --export inspect/);
	assert.ok(!existsSync(join(folder, "summary.json")));
	const file = join(folder, "file");
	writeFileSync(file, "");
	const failed = run(
		"results",
		folder,
		"--export",
		"inspect",
		"--export-to",
		file,
	);
	assert.equal(failed.status, 1);
	assert.match(failed.stderr, /nightshift: EEXIST/);
});
