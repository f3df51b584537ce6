import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import type { TrainingTask } from "../environments/training/tasks.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import type {
	EpisodeRecord,
	EvaluationLine,
} from "../evaluation/episode-record.js";
import { newFolder } from "../evaluation/testing-evaluation.js";
import { startTestServer } from "../server/testing.js";
import {
	createTinyEnvironment,
	tinyTasks,
} from "../sessions/testing-training.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const page = readFileSync(join(root, "docs", "evaluation.md"), "utf8");

/** Fenced blocks, with the last file that the text before them names as the one to save them in. */
const snippets = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
	({ 1: language, 2: text = "", index }) => ({
		language,
		text,
		file: [...page.slice(0, index).matchAll(/here a file `([\w.]+)`/g)].at(
			-1,
		)?.[1],
	}),
);

test("Everything on the page about evaluations runs, in its order, as it stands there.", async (context) => {
	const folder = newFolder(context);
	const { address } = await startTestServer(context, {
		environment: [
			createSreEnvironment() as Environment,
			createTinyEnvironment(new ScriptedTrainer(() => ({})), [
				{ ...(tinyTasks[0] as TrainingTask), id: "training/easy_mnist" },
			]),
		],
	});
	const told: string[] = [];
	for (const { language, text, file } of snippets) {
		if (language !== "sh") {
			assert.ok(file !== undefined, text);
			writeFileSync(join(folder, file), text);
			continue;
		}
		const line = text
			.trim()
			.replace(
				/^npx nightshift /,
				`'${process.execPath}' '${join(root, "scripts", "nightshift.mjs")}' `,
			);
		const { stderr } = await promisify(execFile)(
			"sh",
			["-c", `${line} --address ${address}`],
			{ cwd: folder },
		);
		told.push(stderr.split("\n")[0] as string);
	}
	assert.deepEqual(told, [
		"0 of 16 episodes are there, 16 are to be played, 8 at once",
		"16 of 32 episodes are there, 16 are to be played, 8 at once",
		"0 of 4 episodes are there, 4 are to be played, 4 at once",
		"0 of 2 episodes are there, 2 are to be played, 2 at once",
	]);
	for (const name of ["easy", "patient", "steady"]) {
		const path = join(folder, "outputs", "evals", name, "evaluation.jsonl");
		const episodes = readFileSync(path, "utf8")
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as EvaluationLine)
			.filter((line): line is EpisodeRecord => line.kind === "episode");
		for (const { outcome, steps, agent } of episodes) {
			assert.equal(outcome, "ended", name);
			assert.ok(name === "easy" || agent === name, agent);
			assert.ok(steps.every(({ refusal }) => refusal === undefined));
			assert.ok(steps.length >= 3);
		}
	}
	assert.match(
		readFileSync(
			join(folder, "outputs", "evals", "steady", "agents", "steady.log"),
			"utf8",
		),
		/^\[\d\] playing training\/easy_mnist seed [12]$/m,
	);
});

test("Every command and program on the page is of a kind that is run.", () => {
	assert.deepEqual(
		snippets.map(({ language, file }) => [language, file]),
		[
			["sh", undefined],
			["sh", undefined],
			["js", "patient.mjs"],
			["sh", "patient.mjs"],
			["python", "steady.py"],
			["sh", "steady.py"],
		],
	);
});
