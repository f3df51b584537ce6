import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
	appendFileSync,
	existsSync,
	readdirSync,
	readFileSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Task } from "../../clients/typescript/index.js";
import type { EpisodeRecord, FailedAttempt } from "./episode-record.js";
import { EvaluationFile, type Question } from "./evaluation-file.js";
import { createScriptedAgent, newFolder } from "./testing-evaluation.js";

const question: Question = {
	agents: [createScriptedAgent()],
	tasks: [{ id: "sre/easy", version: 2 } as Task],
	seeds: ["1", "2"],
	split: "test",
	limits: { steps: 5 },
};

const identity = {
	agent: "scripted",
	agentVersion: "1",
	task: "sre/easy",
	taskVersion: 2,
	split: "test",
	seed: "1",
} as const;

const record = {
	kind: "episode",
	...identity,
	outcome: "left",
	score: 0.5,
	seconds: 2,
	steps: [],
} as unknown as EpisodeRecord;

const failure: FailedAttempt = {
	kind: "failed-attempt",
	...identity,
	attempt: 1,
	startedAt: "",
	seconds: 1,
	error: "UNAVAILABLE: away",
	retried: true,
};

test("The same question finds again what was written, without its steps.", (context) => {
	const folder = newFolder(context);
	const first = EvaluationFile.open(folder, question);
	first.append(failure);
	first.append(record);
	assert.equal(first.episodes.length, 1);
	first.close();
	const bytes = readFileSync(first.path, "utf8");
	const again = EvaluationFile.open(folder, question);
	assert.deepEqual(again.episodes, [
		{
			kind: "episode",
			...identity,
			outcome: "left",
			score: 0.5,
			seconds: 2,
		},
	]);
	assert.deepEqual(again.failures, [failure]);
	again.close();
	assert.equal(readFileSync(first.path, "utf8"), bytes);
});

test("A question may grow by agents, tasks and seeds: the first line is written anew, all others stay.", (context) => {
	const folder = newFolder(context);
	const first = EvaluationFile.open(folder, question);
	first.append(record);
	first.close();
	const [header, ...rest] = readFileSync(first.path, "utf8").split("\n");
	const file = EvaluationFile.open(folder, {
		...question,
		agents: [
			createScriptedAgent(undefined, { name: "new" }),
			...question.agents,
		],
		tasks: [...question.tasks, { id: "sre/hard", version: 1 } as Task],
		seeds: ["3", "2", "1"],
	});
	assert.equal(file.episodes.length, 1);
	file.append(failure);
	file.close();
	const [grown, ...others] = readFileSync(file.path, "utf8").split("\n");
	assert.deepEqual(others, [rest[0], JSON.stringify(failure), ""]);
	assert.deepEqual(JSON.parse(grown as string), {
		...JSON.parse(header as string),
		agents: [
			{ name: "new", version: "1" },
			{ name: "scripted", version: "1" },
		],
		tasks: ["sre/easy", "sre/hard"],
		seeds: ["3", "2", "1"],
	});
});

test("A line that is none of an evaluation's is told by its number before anything is played.", (context) => {
	const folder = newFolder(context);
	const first = EvaluationFile.open(folder, question);
	first.append(record);
	first.close();
	appendFileSync(first.path, '{"kind":"other"}\n');
	assert.throws(
		() => EvaluationFile.open(folder, question),
		/line 3 of .* is not a line of an evaluation; take the line out/,
	);
});

test("Another question is refused in a sentence that says what differs, and the folder is free again.", (context) => {
	const folder = newFolder(context);
	const first = EvaluationFile.open(folder, question);
	first.append(record);
	first.close();
	const bytes = readFileSync(first.path);
	const others: readonly [Partial<Question>, RegExp][] = [
		[{ split: "train" }, /its split is test, and train is asked for/],
		[{ limits: {} }, /its limits are steps 5, and none are asked for/],
		[{ seeds: ["1", "3"] }, /its seed 2 is not asked for/],
		[
			{ tasks: [{ id: "sre/hard", version: 1 } as Task] },
			/its task sre\/easy is not asked for/,
		],
		[
			{ tasks: [{ id: "sre/easy", version: 3 } as Task] },
			/it has episodes of version 2 of sre\/easy, and the server has version 3/,
		],
		[
			{ agents: [createScriptedAgent(undefined, { name: "x" })] },
			/its agent scripted is not asked for/,
		],
		[
			{ agents: [createScriptedAgent(undefined, { version: "2" })] },
			/its agent scripted has the version 1, and now it has 2/,
		],
	];
	for (const [change, expected] of others)
		assert.throws(
			() => EvaluationFile.open(folder, { ...question, ...change }),
			({ message }: Error) =>
				/evaluation\.jsonl answers another question: .*; choose another --out\.$/.test(
					message,
				) && expected.test(message),
		);
	assert.deepEqual(readFileSync(first.path), bytes);
	EvaluationFile.open(folder, question).close();
});

test("A file that is no evaluation's is refused and left as it is.", (context) => {
	const folder = newFolder(context);
	const path = join(folder, "evaluation.jsonl");
	for (const text of ['{"kind":"x"}\n', '{"kind":"evaluation","format":2}\n']) {
		writeFileSync(path, text);
		assert.throws(
			() => EvaluationFile.open(folder, question),
			/does not begin with an evaluation's first line|line 1 of .* is not a line of an evaluation/,
		);
		assert.equal(readFileSync(path, "utf8"), text);
	}
});

test("A folder has one evaluation at a time; what a process left that is gone holds nobody.", (context) => {
	const folder = newFolder(context);
	const lock = join(folder, "evaluation.lock");
	// The process that started this one lives.
	writeFileSync(lock, String(process.ppid));
	assert.throws(
		() => EvaluationFile.open(folder, question),
		new RegExp(`process ${process.ppid} is evaluating into this folder`),
	);
	assert.equal(existsSync(join(folder, "evaluation.jsonl")), false);
	for (const gone of [String(2 ** 30), "", "nonsense"]) {
		writeFileSync(lock, gone);
		const file = EvaluationFile.open(folder, question);
		assert.equal(readFileSync(lock, "utf8"), String(process.pid));
		file.close();
		assert.equal(existsSync(lock), false);
	}
});

test("A lock is never there without its owner in it, which another process would take for one that was left.", async (context) => {
	const folder = newFolder(context);
	const lock = join(folder, "evaluation.lock");
	const module = new URL("./evaluation-file.js", import.meta.url).href;
	const other = spawn(
		process.execPath,
		[
			"--input-type=module",
			"--eval",
			`import { EvaluationFile } from ${JSON.stringify(module)};
			const question = ${JSON.stringify({ ...question, agents: [], tasks: [] })};
			for (let k = 0; k < 3000; k++) EvaluationFile.open(${JSON.stringify(folder)}, question).close();`,
		],
		{ stdio: "inherit" },
	);
	const ended = once(other, "exit");
	const seen = new Set<string>();
	while (other.exitCode === null && other.signalCode === null) {
		for (let k = 0; k < 100; k++)
			try {
				seen.add(readFileSync(lock, "utf8"));
			} catch (error) {
				assert.equal((error as NodeJS.ErrnoException).code, "ENOENT");
			}
		await new Promise(setImmediate);
	}
	assert.deepEqual(await ended, [0, null]);
	seen.delete(String(other.pid));
	assert.deepEqual([...seen], []);
	assert.deepEqual(readdirSync(folder), ["evaluation.jsonl"]);
});
