import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { namedAgents } from "../evaluation/agents.js";
import { newFolder } from "../evaluation/testing-evaluation.js";
import { startTestServer } from "../server/testing.js";
import { createTinyEnvironment } from "../sessions/testing-training.js";

const command = fileURLToPath(
	new URL("../../../scripts/nightshift.mjs", import.meta.url),
);

test("Agents play tasks over seeds; the table is on standard output, and the same command plays nothing again.", async (context) => {
	const { evaluate, folder } = await prepare(context);
	const asked = [
		"--agent",
		"tuned-rule",
		"--agent",
		"do-nothing",
		"--tasks",
		"sre/easy,sre/hard",
		"--seeds",
		"1..3",
	];
	const { status, output, errors } = await evaluate(...asked);
	assert.equal(status, 0, errors);
	assert.match(
		errors,
		/^0 of 12 episodes are there, 12 are to be played, 8 at once$/m,
	);
	assert.equal(errors.match(/^\[\d+\/12\] sre\/\w+ /gm)?.length, 12);
	const [header, ...rows] = output.split("\n");
	assert.equal(
		header,
		"agent       task      episodes  score (95 % interval)  stopped by a limit  agent failed  failed attempts",
	);
	assert.deepEqual(
		rows.map((row) =>
			row.replace(/\d\.\d{3} ± \d\.\d{3}/, "SCORE").replace(/ {2,}/g, " "),
		),
		[
			"tuned-rule sre/easy 3 SCORE 0 0 0",
			"do-nothing sre/easy 3 SCORE 0 0 0",
			"tuned-rule sre/hard 3 SCORE 0 0 0",
			"do-nothing sre/hard 3 SCORE 0 0 0",
			"",
			`${join(folder, "report.html")} shows it, ${join(folder, "evaluation.jsonl")} has every episode.`,
			"",
		],
	);
	assert.match(readFileSync(join(folder, "report.html"), "utf8"), /tuned-rule/);
	const summary = JSON.parse(
		readFileSync(join(folder, "summary.json"), "utf8"),
	) as { readonly episodes: number };
	assert.equal(summary.episodes, 12);
	const again = await evaluate(...asked, "--parallel", "1");
	assert.equal(again.status, 0);
	assert.match(again.errors, /^all 12 episodes are there\n/);
	assert.equal(again.output, output);
});

test("Ctrl-C ends with 130 and says how to go on; the same command plays what is missing.", async (context) => {
	const { start, evaluate, lines, folder } = await prepare(context);
	const asked = [
		"--agent",
		"tuned-rule",
		"--tasks",
		"sre/hard",
		"--seeds",
		"1..40",
		"--parallel",
		"4",
	];
	const child = start(...asked);
	const told: string[] = [];
	createInterface({ input: child.stderr }).on("line", (line) => {
		told.push(line);
		if (line.startsWith("[6/40]")) child.kill("SIGINT");
	});
	assert.equal(
		await new Promise((resolve) => child.once("close", resolve)),
		130,
	);
	const before = lines().length - 1;
	assert.ok(before >= 6 && before < 40, String(before));
	assert.equal(
		told.at(-1),
		`nightshift: interrupted; ${before} episodes more are finished, and the same command with --out ${folder} goes on from there.`,
	);
	assert.equal(existsSync(join(folder, "evaluation.lock")), false);
	const { status, errors } = await evaluate(...asked);
	assert.equal(status, 0, errors);
	assert.match(errors, new RegExp(`^${before} of 40 episodes are there`, "m"));
	const seeds = lines()
		.slice(1)
		.map(({ seed }) => seed);
	assert.equal(new Set(seeds).size, 40);
	assert.equal(seeds.length, 40);
});

test("A promise that a module's agent rejects and nobody waits for is told, and ends no episode.", async (context) => {
	const { evaluate, folder } = await prepare(context);
	const agent = join(folder, "..", "careless.mjs");
	writeFileSync(
		agent,
		"export default () => () => { Promise.reject(new Error('lost')); return { action: { wait: {} } }; };",
	);
	const { status, output, errors } = await evaluate(
		"--agent",
		agent,
		"--tasks",
		"sre/easy",
		"--seeds",
		"1..2",
	);
	assert.equal(status, 0, errors);
	assert.match(
		errors,
		/^a promise that nobody waited for was rejected .*: lost$/m,
	);
	assert.match(output, /^careless +sre\/easy +2 /m);
});

test("Limits and attempts reach the evaluation; what no attempt could play ends it with 1.", async (context) => {
	const { evaluate, folder, lines } = await prepare(context);
	const agent = join(folder, "..", "flaky.mjs");
	writeFileSync(
		agent,
		"export default ({ seed }) => () => { if (seed === '2') throw Object.assign(new Error('the endpoint is away'), { name: 'InfrastructureFailure' }); return { action: { wait: {} } }; };",
	);
	const { status, output, errors } = await evaluate(
		"--agent",
		agent,
		"--tasks",
		"sre/easy",
		"--seeds",
		"1..2",
		"--attempts",
		"1",
		"--max-steps",
		"3",
	);
	assert.equal(status, 1);
	assert.match(output, /^flaky +sre\/easy +1 +0\.010 +1 +0 +1$/m);
	assert.match(
		errors,
		/seed 2: attempt 1 failed, it is given up: the endpoint is away$/m,
	);
	assert.match(
		errors,
		/^nightshift: 1 episode has no score, since the infrastructure cut off every attempt; the same command tries them again\.$/m,
	);
	assert.deepEqual(
		lines().map(({ kind, limits, limit }) => [kind, limits ?? limit]),
		[
			["evaluation", { steps: 3 }],
			...lines()
				.slice(1)
				.map(({ kind, limit }) => [kind, limit]),
		],
	);
	assert.ok(lines().some(({ limit }) => limit === "steps"));
	const other = await evaluate(
		"--agent",
		agent,
		"--tasks",
		"sre/easy",
		"--seeds",
		"1..2",
	);
	assert.equal(other.status, 1);
	assert.match(
		other.errors,
		/evaluation\.jsonl answers another question: its limits are steps 3, and none are asked for; choose another --out\.$/m,
	);
});

test("Programs play, under names of their own, and their standard error is kept.", async (context) => {
	const { evaluate, folder } = await prepare(context);
	const program = join(folder, "..", "one.mjs");
	writeFileSync(
		program,
		`import { createInterface } from "node:readline";
		createInterface({ input: process.stdin }).on("line", (line) => {
			if (JSON.parse(line).type !== "turn") return;
			console.error(process.argv[2]);
			console.log("{}");
		});`,
	);
	const { status, output, errors } = await evaluate(
		"--agent-command",
		`node ${program} plain`,
		"--agent-command",
		`bold=node ${program} bold`,
		"--tasks",
		"sre/single_oom",
		"--seeds",
		"1",
	);
	assert.equal(status, 0, errors);
	assert.match(output, /^one +sre\/single_oom +1 /m);
	assert.match(output, /^bold +sre\/single_oom +1 /m);
	assert.equal(
		readFileSync(join(folder, "agents", "bold.log"), "utf8"),
		"[1] bold\n",
	);
	assert.equal(
		readFileSync(join(folder, "agents", "one.log"), "utf8"),
		"[1] plain\n",
	);
});

test("What an agent does not play is left out and told; an agent that plays none of it is wrong usage.", async (context) => {
	const { evaluate } = await prepare(context, [
		createSreEnvironment() as Environment,
		createTinyEnvironment(new ScriptedTrainer(() => ({}))),
	]);
	const none = await evaluate("--agent", "heuristic", "--tasks", "sre");
	assert.equal(none.status, 2);
	assert.match(
		none.errors,
		/heuristic plays none of these tasks: sre\/easy, sre\/medium/,
	);
	const { status, output, errors } = await evaluate(
		"--agent",
		"tuned-rule",
		"--agent",
		"default",
		"--tasks",
		"sre/easy,training/tiny",
		"--seeds",
		"1",
	);
	assert.equal(status, 0, errors);
	assert.match(errors, /^tuned-rule does not play training\/tiny$/m);
	assert.match(errors, /^default does not play sre\/easy$/m);
	assert.equal(
		output.match(/^(tuned-rule +sre\/easy|default +training\/tiny) +1 /gm)
			?.length,
		2,
	);
	assert.equal(output.split("\n").length, 6);
});

test("Wrong usage is told in a sentence and ends with 2; nothing is written.", async (context) => {
	const { evaluate, folder } = await prepare(context);
	const names = namedAgents.map(({ name }) => name).join(", ");
	const agent = ["--agent", "tuned-rule"];
	const tasks = ["--tasks", "sre/easy"];
	for (const [given, expected] of [
		[
			tasks,
			"--agent or --agent-command is missing; name who plays, for example --agent tuned-rule --tasks sre/hard --seeds 100..163.",
		],
		[
			agent,
			"--tasks is missing; name what is to be played, for example --agent tuned-rule --tasks sre/hard --seeds 100..163.",
		],
		[
			[...tasks, "--agent", "x"],
			`--agent: no agent is called "x"; there are ${names}, and a module is named by its file (./agent.mjs).`,
		],
		[
			[...tasks, "--agent", "oracle"],
			`--agent: oracle sees what is hidden, so it plays only on the server, by the RPC RunPolicy; choose one of ${names}.`,
		],
		[
			[...tasks, "--agent-command", " "],
			"--agent-command: the command is empty; name a program, for example 'python3 agent.py'.",
		],
		[
			[...tasks, ...agent, ...agent],
			"two agents are called tuned-rule; give one of them another name (--agent-command NAME=COMMAND, or a name that the module exports).",
		],
		[[...tasks, ...agent, "--seeds", "3..1"], '--seeds: "3..1" is not allowed'],
		[
			[...tasks, ...agent, "--parallel", "0"],
			'--parallel: "0" is not allowed; a whole number from 1 to 1024.',
		],
		[
			[...tasks, ...agent, "--max-cost", "-1"],
			'--max-cost: "-1" is not allowed; a number above 0.',
		],
		[
			[...tasks, ...agent, "--max-seconds", "0"],
			'--max-seconds: "0" is not allowed; a number above 0.',
		],
		[
			[...agent, "--tasks", "sre/easy,x"],
			'--tasks: "x" is not allowed; of sre/easy, sre/medium',
		],
	] as const) {
		const { status, errors } = await evaluate(...given);
		assert.equal(status, 2, errors);
		assert.ok(errors.includes(`nightshift: ${expected}`), errors);
	}
	assert.equal(existsSync(folder), false);
});

test("--help lists every agent that has a name.", async (context) => {
	const { evaluate } = await prepare(context);
	const { status, output } = await evaluate("--help");
	assert.equal(status, 0);
	for (const { name, description } of namedAgents)
		assert.match(
			output,
			new RegExp(`^  ${name} +${description.slice(0, 10)}`, "m"),
		);
});

/** The command against a server of the on-call environment, with a folder of its own. */
async function prepare(
	context: TestContext,
	environment: readonly Environment[] = [createSreEnvironment() as Environment],
) {
	const folder = join(newFolder(context), "out");
	const { address } = await startTestServer(context, { environment });
	const start = (...given: readonly string[]) =>
		spawn(
			process.execPath,
			[command, "evaluate", ...given, "--address", address, "--out", folder],
			{ stdio: ["ignore", "pipe", "pipe"] },
		);
	return {
		folder,
		start,
		lines: () =>
			readFileSync(join(folder, "evaluation.jsonl"), "utf8")
				.trimEnd()
				.split("\n")
				.map((line) => JSON.parse(line)),
		evaluate: async (...given: readonly string[]) => {
			const child = start(...given);
			const [output, errors] = [child.stdout, child.stderr].map((stream) => {
				const parts: Buffer[] = [];
				stream.on("data", (part: Buffer) => parts.push(part));
				return () => Buffer.concat(parts).toString();
			}) as [() => string, () => string];
			const status = await new Promise<number | null>((resolve) =>
				child.once("close", resolve),
			);
			return { status, output: output(), errors: errors() };
		},
	};
}
