import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
	appendFileSync,
	existsSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DataSet, drawDataSet } from "../../datasets/load.js";
import type { Environment } from "../environments/environment.js";
import { policiesOf } from "../environments/policies.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { createTrainingEnvironment } from "../environments/training/training-environment.js";
import { startTestServer } from "../server/testing.js";
import {
	createTinyEnvironment,
	HeldTrainer,
	tinyTasks,
} from "../sessions/testing-training.js";
import { DataSets } from "../training/data-sets.js";
import type { Trainer } from "../training/trainer.js";

const command = fileURLToPath(
	new URL("../../../scripts/nightshift.mjs", import.meta.url),
);
const policies = policiesOf("training");
const EPISODES = 2 * policies.length * 2;

test("A report plays every policy on every task and seed, prints the page, and writes it as JSON.", async (context) => {
	const { report, folder, results } = await prepare(context);
	const json = join(folder, "report.json");
	const { status, output, errors } = await report("--json", json);
	assert.equal(status, 0, errors);
	assert.match(errors, new RegExp(`0 of ${EPISODES} episodes are there`));
	assert.match(errors, new RegExp(`\\[${EPISODES}/${EPISODES}\\] training/`));
	assert.match(output, /^# Scores of the policies/);
	assert.match(
		output,
		/^Made by `npx nightshift report training --seeds 1\.\.2 --split test`/m,
	);
	assert.match(output, /^- episodes: split test, seeds 1\.\.2$/m);
	for (const { name } of policies)
		assert.equal(
			output.match(new RegExp(`^\\| ${name} \\| 2 \\|`, "gm"))?.length,
			2,
			name,
		);
	assert.equal(results().length, EPISODES);
	const told = JSON.parse(readFileSync(json, "utf8"));
	assert.equal(told.engine, "test engine");
	assert.deepEqual(
		told.tasks.map(({ task }: { task: string }) => task),
		["training/tiny", "training/tiny_long"],
	);
	assert.deepEqual(
		told.tasks[0].policies.map(({ policy }: { policy: string }) => policy),
		policies.map(({ name }) => name),
	);
	assert.deepEqual(told.tasks[0].policies[4].score_interval_95, [1, 1]);
});

test("A report goes on where its results file ends, a torn line or none, and prints the same page.", async (context) => {
	const { report, path, results, trainer } = await prepare(context);
	const whole = await report();
	const lines = results();
	writeFileSync(path, `${lines.slice(0, 20).join("\n")}\n`);
	appendFileSync(path, (lines[20] as string).slice(0, 40));
	const rest = await report();
	assert.equal(rest.status, 0, rest.errors);
	assert.match(
		rest.errors,
		new RegExp(
			`^20 of ${EPISODES} episodes are there, ${EPISODES - 20} are to be played$`,
			"m",
		),
	);
	assert.equal(rest.output, whole.output);
	const trained = trainer.requests.length;
	const printed = await report("--json", "-");
	assert.match(
		printed.errors,
		new RegExp(`all ${EPISODES} episodes are there`),
	);
	assert.equal(JSON.parse(printed.output).split, "test");
	assert.equal(trainer.requests.length, trained);
});

test("Ctrl-C in the middle of an episode ends a report with 130, and what was finished stays.", async (context) => {
	const held = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const { start, report, results } = await prepare(context, held);
	held.epochGate.shut();
	const child = start("--policies", "do-nothing,default");
	const told: string[] = [];
	createInterface({
		input: child.stderr as NonNullable<ChildProcess["stderr"]>,
	}).on("line", (line) => {
		told.push(line);
		// Then both lanes have come to an episode that trains.
		if (line.startsWith("[2/8]")) child.kill("SIGINT");
	});
	assert.equal(await exitStatus(child), 130);
	assert.match(
		told.at(-1) as string,
		/^nightshift: interrupted; .*training\.jsonl has what was finished \(2 more than before\), and the same command goes on from there\.$/,
	);
	assert.equal(results().length, 2);
	held.epochGate.open();
	const { status, errors } = await report("--policies", "do-nothing,default");
	assert.equal(status, 0, errors);
	assert.match(errors, /^2 of 8 episodes are there, 6 are to be played$/m);
});

test("The docs are the printed page, and the scores that ListTasks tells.", async (context) => {
	const environment = createTrainingEnvironment(
		new ScriptedTrainer(() => ({})),
		new NamedDataSets(),
		tinyTasks,
	) as Environment;
	const { report, folder } = await prepare(context, environment);
	const { status, output, errors } = await report("--docs", folder);
	assert.equal(status, 0, errors);
	assert.match(output, /^Made by `npx nightshift report training .* --docs`/m);
	assert.equal(
		readFileSync(join(folder, "docs", "training-report.md"), "utf8"),
		output,
	);
	const scores = readFileSync(
		join(folder, "src", "environments", "training", "measured-scores.ts"),
		"utf8",
	);
	assert.equal(
		scores.match(/task: "training\/tiny"/g)?.length,
		policies.length,
	);
	assert.match(
		scores,
		/policy: "default",\n\t\tpolicy_version: 1,\n\t\tscore: 1,\n\t\thalf_width: 0,\n\t\tmeasured:\n\t\t\t"mean of 2 episodes, split test, seeds 1\.\.2; 95 % interval ± 0\.0000; mnist \(sha256:/,
	);
});

test("The docs take real images alone, and all tasks and policies.", async (context) => {
	const { report, folder } = await prepare(context);
	const synthetic = await report("--docs", folder);
	assert.equal(synthetic.status, 1);
	assert.match(
		synthetic.errors,
		/nightshift: --docs wants real images, and these are synthetic/,
	);
	assert.equal(existsSync(join(folder, "docs")), false);
	const some = await report("--docs", folder, "--tasks", "training/tiny");
	assert.equal(some.status, 2);
	assert.match(some.errors, /--docs goes only with all tasks and policies/);
});

test("Wrong usage is told in a sentence and ends with 2, a results file that cannot be read with 1.", async (context) => {
	const { report, path } = await prepare(context);
	for (const [given, expected] of [
		[["--seeds", "3..1"], /--seeds: "3\.\.1" is not allowed; seeds from 0/],
		[["--split", "dev"], /'dev' is invalid/],
		[
			["--tasks", "training/tiny,x"],
			/--tasks: "x" is not allowed; of training\/tiny, training\/tiny_long/,
		],
		[
			["--policies", "default,"],
			/--policies: "" is not allowed; of do-nothing, /,
		],
	] as const) {
		const { status, errors } = await report(...given);
		assert.equal(status, 2, errors);
		assert.match(errors, expected);
	}
	writeFileSync(path, "no JSON\n");
	const { status, errors } = await report();
	assert.equal(status, 1);
	assert.match(errors, /nightshift: line 1 of .*training\.jsonl is not JSON/);
});

/** The command against a server of two small tasks, over two seeds, with a folder of its own. */
async function prepare(
	context: TestContext,
	by: Trainer | Environment = new ScriptedTrainer(() => ({})),
) {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-report-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const { address } = await startTestServer(context, {
		environment: "tasks" in by ? by : createTinyEnvironment(by),
	});
	const path = join(folder, "training.jsonl");
	const start = (...given: readonly string[]) =>
		spawn(
			process.execPath,
			[
				command,
				"report",
				"training",
				"--seeds",
				"1..2",
				...given,
				"--address",
				address,
				"--out",
				folder,
			],
			{ stdio: ["ignore", "pipe", "pipe"] },
		);
	return {
		folder,
		path,
		trainer: by as ScriptedTrainer,
		results: () => readFileSync(path, "utf8").trimEnd().split("\n"),
		start,
		report: async (...given: readonly string[]) => {
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

/** Drawn images under the name of real ones. */
class NamedDataSets extends DataSets {
	constructor() {
		super({ directories: [], cacheDirectory: "", download: "never" });
	}

	override async get(): Promise<DataSet> {
		return {
			...(await drawDataSet("mnist", { train: 640, test: 100 })),
			name: "mnist",
		};
	}
}

function exitStatus(child: ChildProcess): Promise<number | null> {
	return new Promise((resolve) => child.once("close", resolve));
}
