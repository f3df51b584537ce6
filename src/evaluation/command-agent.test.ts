import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { ManualClock } from "../sessions/testing.js";
import { createTinyEnvironment } from "../sessions/testing-training.js";
import { createCommandAgent } from "./command-agent.js";
import type { EpisodeRecord } from "./episode-record.js";
import {
	newFolder,
	prepare,
	type RunOptions,
	seedsTo,
} from "./testing-evaluation.js";

/** What every program of these tests begins with: `answer(message)` is called for each turn. */
const LOOP = `
import { createInterface } from "node:readline";
let seed;
const say = (value) => console.log(JSON.stringify(value));
createInterface({ input: process.stdin }).on("line", (line) => {
	const message = JSON.parse(line);
	if (message.type === "start") ({ seed } = message);
	if (message.type === "turn") answer(message);
	if (message.type === "end") ended?.(message);
});
let ended;
`;

/** An agent of a program that is written for the test. */
function createAgent(context: TestContext, text: string) {
	const folder = newFolder(context);
	const file = join(folder, "program.mjs");
	writeFileSync(file, text);
	const logFile = join(folder, "agents", "program.log");
	const agent = createCommandAgent({
		command: `'${process.execPath}' '${file}'`,
		name: "program",
		logFile,
	});
	context.after(() => agent.close?.());
	return {
		agent,
		log: () => (existsSync(logFile) ? readFileSync(logFile, "utf8") : ""),
	};
}

async function play(
	context: TestContext,
	text: string,
	options: RunOptions = {},
) {
	const { agent, log } = createAgent(context, text);
	const { run, records, failures } = await prepare(context);
	await run({ agents: [agent], ...options });
	assert.deepEqual(failures(), []);
	await agent.close?.();
	return { records: records(), log };
}

const told = (records: readonly EpisodeRecord[]) =>
	records.map(({ seed, outcome, error, steps }) => [
		seed,
		outcome,
		error,
		steps.length,
	]);

test("A program is told of start, turns and end, and one process plays episode after episode.", async (context) => {
	const { records, log } = await play(
		context,
		`${LOOP}
		let episodes = 0;
		ended = ({ result }) => console.error("end", seed, result.end_reason);
		function answer({ index, observation, reward, refusal }) {
			if (index === 0) console.error("start", seed, ++episodes, process.pid > 0);
			if (index === 1) console.error("refused:", refusal.slice(0, 15));
			say(index === 2 ? {} : { action: index === 0 ? { restart: { service_id: "x" } } : { wait: {} }, note: observation.text.split("\\n")[1] });
		}`,
		{ seeds: ["5", "6"] },
	);
	assert.deepEqual(told(records), [
		["5", "left", undefined, 2],
		["6", "left", undefined, 2],
	]);
	assert.equal(records[0]?.steps[1]?.note, "step: 0 of 30 taken");
	assert.equal(
		log(),
		["5", "6"]
			.map(
				(seed, index) =>
					`[1] start ${seed} ${index + 1} true\n[1] refused: action.restart.\n[1] end ${seed} END_REASON_FINISHED\n`,
			)
			.join(""),
	);
});

test("There are as many processes as episodes at once.", async (context) => {
	const { records, log } = await play(
		context,
		`${LOOP}
		console.error("born");
		function answer({ index }) { say(index === 2 ? {} : { action: { wait: {} } }); }`,
		{ seeds: seedsTo(12), parallel: 3 },
	);
	assert.equal(records.length, 12);
	assert.deepEqual(log().trimEnd().split("\n").sort(), [
		"[1] born",
		"[2] born",
		"[3] born",
	]);
});

test("A program that ends, answers no JSON, or says what it was not asked for fails that episode alone; the next one has a new process.", async (context) => {
	const { records, log } = await play(
		context,
		`${LOOP}
		console.error("born");
		function answer({ index }) {
			if (index === 1 && seed === "2") { console.error("out of ideas"); process.exit(3); }
			if (index === 1 && seed === "3") return console.log("let me think");
			if (index === 1 && seed === "4") return process.stdout.write('{"action": {"wait": {}}}\\n{"action": {"wait": {}}}\\n');
			if (index === 1 && seed === "5") return say([]);
			if (index === 1 && seed === "6") return process.stdout.write("x".repeat(2 ** 20 + 1));
			say(index === 3 ? {} : { action: { wait: {} } });
		}`,
		{ seeds: seedsTo(7) },
	);
	const [one, exit, noJson, twice, noDecision, long, last] = told(records);
	for (const fine of [one, last])
		assert.deepEqual(fine?.slice(1), ["left", undefined, 3]);
	assert.deepEqual(exit?.slice(1), [
		"agent-failed",
		"the program ended with status 3; its last words: out of ideas.",
		1,
	]);
	assert.equal(noJson?.[1], "agent-failed");
	assert.match(
		noJson?.[2] as string,
		/^the program answered "let me think", which is not JSON; answer each turn with one line/,
	);
	assert.deepEqual(twice?.slice(1), [
		"agent-failed",
		'the program wrote what it was not asked for: {"action": {"wait": {}}}.',
		2,
	]);
	assert.match(noDecision?.[2] as string, /^the agent answered \[\]/);
	assert.match(long?.[2] as string, /wrote a line of more than 1048576/);
	// A decision that is none is no reason for a new process: it stands where it is asked.
	assert.equal(log().match(/born/g)?.length, 5);
});

test("A program that hangs is ended by the wall limit, with all that it has started.", async (context) => {
	const { agent, log } = createAgent(
		context,
		`${LOOP}
		import { spawn } from "node:child_process";
		process.on("SIGTERM", () => {});
		function answer() {
			if (seed === "2") return say({});
			const child = spawn("sleep", ["1000"], { stdio: "inherit" });
			console.error("pid", child.pid);
		}`,
	);
	const { run, records } = await prepare(context);
	const clock = new ManualClock();
	const running = run({
		agents: [agent],
		seeds: ["1", "2"],
		limits: { wallSeconds: 60 },
		clock,
	});
	const pid = await new Promise<number>((resolve) => {
		const look = () => {
			const found = /pid (\d+)/.exec(log());
			if (found) resolve(Number(found[1]));
			else setImmediate(look);
		};
		look();
	});
	assert.ok(!isGone(pid));
	clock.advance(60_000);
	await running;
	await agent.close?.();
	assert.deepEqual(
		records().map(({ seed, outcome, limit }) => [seed, outcome, limit]),
		[
			["1", "limit", "wallSeconds"],
			["2", "left", undefined],
		],
	);
	assert.ok(isGone(pid), `process ${pid} is still there`);
});

test("A command that cannot be run is the agent's failure, with the shell's words.", async (context) => {
	const logFile = join(newFolder(context), "x.log");
	const agent = createCommandAgent({ command: "no-such-program", logFile });
	const { run, records } = await prepare(context);
	await run({ agents: [agent] });
	assert.equal(records()[0]?.outcome, "agent-failed");
	assert.match(
		records()[0]?.error as string,
		/^the program ended with status 127; its last words: .*no-such-program/,
	);
	await agent.close?.();
});

test("The agent is named after the file of the command, and its version changes with the command and the files in it.", (context) => {
	const folder = newFolder(context);
	const file = join(folder, "My_agent.py");
	writeFileSync(file, "1");
	const create = (command: string) =>
		createCommandAgent({ command, logFile: "" });
	const first = create(`python3 "${file}" --fast`);
	assert.equal(first.name, "my-agent");
	assert.equal(create(`python3 "${file}" --fast`).version, first.version);
	assert.notEqual(create(`python3 "${file}" --slow`).version, first.version);
	writeFileSync(file, "2");
	assert.notEqual(create(`python3 "${file}" --fast`).version, first.version);
	assert.equal(create("/usr/bin/env thing").name, "env");
	assert.equal(create("thing --x").name, "thing");
});

const example = fileURLToPath(
	new URL("../../../clients/examples/agent.py", import.meta.url),
);

test("The example in Python mends incidents.", async (context) => {
	const agent = createCommandAgent({
		command: `python3 ${example}`,
		logFile: join(newFolder(context), "x.log"),
	});
	const { run, records } = await prepare(context);
	await run({ agents: [agent], seeds: seedsTo(12), parallel: 2 });
	await agent.close?.();
	assert.ok(records().every(({ outcome }) => outcome === "ended"));
	const mean =
		records().reduce((sum, { score }) => sum + score, 0) / records().length;
	assert.ok(mean > 0.4, `mean score ${mean}`);
});

test("The example in Python trains for its budget and submits.", async (context) => {
	const agent = createCommandAgent({
		command: `python3 ${example}`,
		logFile: join(newFolder(context), "x.log"),
	});
	const { run, records } = await prepare(context, {
		environment: createTinyEnvironment(new ScriptedTrainer(() => ({}))),
	});
	await run({ agents: [agent] });
	await agent.close?.();
	const [{ outcome, steps, result }] = records() as [EpisodeRecord];
	assert.equal(outcome, "ended");
	assert.deepEqual(
		steps.map(({ action, refusal }) => [Object.keys(action)[0], refusal]),
		[
			["configure_training", undefined],
			["run_epochs", undefined],
			["submit_model", undefined],
		],
	);
	assert.equal(result.end_reason, "END_REASON_SUBMITTED");
});

/** A process that was killed may still have to be buried by its parent. */
function isGone(pid: number): boolean {
	try {
		return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
	} catch {
		return true;
	}
}
