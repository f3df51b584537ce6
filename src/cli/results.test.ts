import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Task } from "../../clients/typescript/index.js";
import { policyOf } from "../environments/policies.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import type { EpisodeRecord } from "../evaluation/episode-record.js";
import {
	createEpisode,
	createHeader,
	playRecord,
	writeEvaluation,
} from "../evaluation/results/testing.js";
import { meanInterval } from "../evaluation/student-t.js";
import { startTestServer } from "../server/testing.js";
import {
	createTinyEnvironment,
	createTrainer,
	TINY,
} from "../sessions/testing-training.js";

const command = fileURLToPath(
	new URL("../../../scripts/nightshift.mjs", import.meta.url),
);

test("Results of played episodes are the server's scores, and are made again byte by byte.", async (context) => {
	const { folder, records } = await played(context);
	const { status, stdout, stderr } = run("results", folder);
	assert.equal(status, 0, stderr);
	assert.match(stderr, /wrote .*summary\.json\nwrote .*report\.html\n/);
	const files = ["summary.json", "report.html"].map((file) =>
		join(folder, file),
	);
	const before = files.map((file) => readFileSync(file, "utf8"));
	const told = JSON.parse(before[0] as string);
	assert.equal(told.episodes, records.length);
	for (const { task, agents } of told.tasks)
		for (const row of agents) {
			const scores = records
				.filter((one) => one.task === task && one.agent === row.agent)
				.map(({ result }) => result.score as number);
			assert.equal(
				row.score,
				meanInterval(scores).mean,
				`${task} ${row.agent}`,
			);
			assert.equal(row.episodes, scores.length);
		}
	assert.match(stdout, /^## sre\/easy$/m);
	assert.match(before[1] as string, /learning curves by epoch/);
	for (const file of files) rmSync(file);
	assert.equal(run("results", folder).stdout, stdout);
	assert.deepEqual(
		files.map((file) => readFileSync(file, "utf8")),
		before,
	);
	const asJson = run("results", folder, "--json", "-");
	assert.equal(asJson.stdout, before[0]);
});

test("Two agents of one folder are compared, paired by seed.", async (context) => {
	const { folder, records } = await played(context);
	const json = join(folder, "comparison.json");
	const given = ["--agents", "tuned-rule,random", "--json", json];
	const { status, stdout, stderr } = run("compare", folder, ...given);
	assert.equal(status, 0, stderr);
	assert.match(stdout, /^# tuned-rule against random/);
	const scoreOf = (agent: string, seed: string) =>
		records.find(
			(one) =>
				one.agent === agent && one.seed === seed && one.task === "sre/easy",
		)?.score as number;
	const differences = ["1", "2", "3"].map(
		(seed) => scoreOf("tuned-rule", seed) - scoreOf("random", seed),
	);
	const { overall } = JSON.parse(readFileSync(json, "utf8"));
	assert.equal(overall.pairs, 3);
	assert.ok(
		Math.abs(overall.difference - meanInterval(differences).mean) < 1e-12,
	);
	assert.equal(overall.wins, differences.filter((one) => one > 0).length);
});

test("What cannot be compared or read is told in a sentence.", (context) => {
	const one = writeEvaluation(context, [createHeader(), createEpisode()]);
	const other = writeEvaluation(context, [
		createHeader({ split: "train" }),
		createEpisode({ split: "train" }),
	]);
	const told = (status: number, expected: RegExp, ...given: string[]) => {
		const { status: ended, stderr, stdout } = run(...given);
		assert.equal(ended, status, stderr);
		assert.match(stderr, expected);
		assert.equal(stdout, "");
	};
	told(
		1,
		/^nightshift: the evaluations are of different splits/,
		"compare",
		one,
		other,
	);
	told(2, /--agents X,Y says which of its agents/, "compare", one);
	told(
		2,
		/"second" is not an agent of .*; it has first/,
		"compare",
		one,
		"--agents",
		"first,second",
	);
	told(
		2,
		/--agents: "a" is not allowed; two agents/,
		"compare",
		one,
		"--agents",
		"a",
	);
	told(
		2,
		/--pass: "2" is not allowed; a score from 0 to 1/,
		"results",
		one,
		"--pass",
		"2",
	);
	told(1, /^nightshift: .*cannot be read/, "results", join(one, "nowhere"));
	appendFileSync(join(other, "evaluation.jsonl"), '{"kind":');
	const { status, stderr } = run("results", other);
	assert.equal(status, 0);
	assert.match(
		stderr,
		/the last line of .* was torn off as it was written, and is left out/,
	);
});

/** Incidents and trainings of a real server, written down as an evaluation. */
async function played(
	context: TestContext,
): Promise<{ folder: string; records: readonly EpisodeRecord[] }> {
	const trainer = await createTrainer();
	context.after(() => trainer.close());
	const server = await startTestServer(context, {
		environment: [createSreEnvironment(), createTinyEnvironment(trainer)],
	});
	const client = server.client();
	const tasks = await client.listTasks();
	const taskOf = (id: string) => tasks.find((task) => task.id === id) as Task;
	const records: EpisodeRecord[] = [];
	for (const name of ["random", "tuned-rule"])
		for (const seed of ["1", "2", "3"])
			records.push(
				await playRecord(client, {
					task: taskOf("sre/easy"),
					policy: policyOf("sre", name),
					seed,
				}),
			);
	records.push(
		await playRecord(client, {
			task: taskOf(TINY),
			policy: policyOf("training", "default"),
			seed: "1",
		}),
	);
	const agents = [
		...new Map(
			records.map(({ agent, agentVersion }) => [
				agent,
				{ name: agent, version: agentVersion },
			]),
		).values(),
	];
	const folder = writeEvaluation(context, [
		createHeader({
			agents,
			tasks: ["sre/easy", TINY],
			seeds: ["1", "2", "3"],
		}),
		...records,
	]);
	return { folder, records };
}

function run(...given: readonly string[]) {
	return spawnSync(process.execPath, [command, ...given], { encoding: "utf8" });
}
