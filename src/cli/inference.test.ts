import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { llmVariables } from "../evaluation/llm/settings.js";
import {
	call,
	startModelServer,
	TEST_KEY,
} from "../evaluation/llm/testing-model-server.js";
import { serveBoth } from "../evaluation/llm/testing-tasks.js";

const command = fileURLToPath(
	new URL("../../../scripts/nightshift.mjs", import.meta.url),
);

/** `nightshift inference` in a folder of its own, with a file .env and these variables alone. */
async function run(
	context: TestContext,
	{
		given = [],
		file = "",
		variables = {},
	}: {
		readonly given?: readonly string[];
		readonly file?: string;
		readonly variables?: Readonly<Record<string, string>>;
	},
): Promise<{ status: number | null; stdout: string; stderr: string }> {
	const cwd = mkdtempSync(join(tmpdir(), "nightshift-inference-"));
	context.after(() => rmSync(cwd, { recursive: true }));
	if (file !== "") writeFileSync(join(cwd, ".env"), file);
	const clean = Object.fromEntries(
		Object.entries(process.env).filter(([name]) =>
			llmVariables.every((variable) => variable.name !== name),
		),
	);
	const child = spawn(process.execPath, [command, "inference", ...given], {
		cwd,
		env: { ...clean, ...variables },
		stdio: ["ignore", "pipe", "pipe"],
	});
	const output = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const)
		child[name].setEncoding("utf8").on("data", (part: string) => {
			output[name] += part;
		});
	const status = await new Promise<number | null>((resolve) =>
		child.once("close", resolve),
	);
	return { status, ...output };
}

test("A file .env is all that it takes; the lines come first, then the scores, and the key is never told.", async (context) => {
	const { address } = await serveBoth(context);
	const model = await startModelServer(context, (_, place) =>
		place === 0 ? { status: 500 } : call("wait"),
	);
	const { status, stdout, stderr } = await run(context, {
		given: ["--tasks", "sre/medium,sre/easy"],
		file: `OPENAI_API_KEY=${TEST_KEY}\nAPI_BASE_URL=${model.baseUrl}\nMODEL_NAME=filed\nENV_URL=${address}\nLLM_RPM_LIMIT=6000\n`,
		variables: { MODEL_NAME: "set" },
	});
	assert.equal(status, 0, stderr);
	const lines = stdout.split("\n");
	assert.equal(lines[0], "[START] task=medium env=sre model=set");
	assert.match(
		lines[31] ?? "",
		/^\[END\] success=\w+ steps=30 score=0\.\d{3} rewards=(0\.\d\d,){29}0\.\d\d$/,
	);
	assert.equal(lines[32], "[START] task=easy env=sre model=set");
	assert.deepEqual(
		lines.slice(64).map((line) => line.replaceAll(/\d+/g, "N")),
		[
			"",
			"Scores of set:",
			"  sre/medium  score N.N, N steps, N s",
			"  sre/easy    score N.N, N steps, N s",
			"N requests, N input and N output tokens",
			"",
		],
	);
	assert.match(
		stderr,
		/set at http:.*, at most 6000 requests a minute\.\n500 refused Asked again after/,
	);
	assert.doesNotMatch(stdout + stderr, new RegExp(TEST_KEY));
	assert.equal(model.asked[0]?.body.model, "set");
});

test("Without a server it starts one, and without a key it plays a local model.", async (context) => {
	const model = await startModelServer(context, () => call("wait"));
	const { status, stdout, stderr } = await run(context, {
		given: ["--tasks", "sre/easy", "--json", "--model", "local", "--seed", "2"],
		variables: {
			API_BASE_URL: model.baseUrl,
			LLM_RPM_LIMIT: "0",
			LLM_PRICE_INPUT: "10000",
			LLM_PRICE_OUTPUT: "0",
		},
	});
	assert.equal(status, 0, stderr);
	const told = JSON.parse(stdout.split("\n").at(-2) ?? "") as {
		model: string;
		results: { task: string; score: number; steps: number }[];
		usage: object;
	};
	assert.equal(told.model, "local");
	assert.deepEqual(
		told.results.map(({ task, steps }) => [task, steps]),
		[["sre/easy", 30]],
	);
	assert.deepEqual(told.usage, {
		requests: 30,
		inputTokens: 3000,
		outputTokens: 300,
		cost: 30,
	});
	assert.equal(model.asked[0]?.headers.authorization, "Bearer none");
});

test("What is missing or wrong is told in a sentence.", async (context) => {
	const { address } = await serveBoth(context);
	const model = await startModelServer(context, () => ({ status: 401 }));
	const here = { API_BASE_URL: model.baseUrl, ENV_URL: address };
	const wrong: readonly [
		Parameters<typeof run>[1],
		status: number,
		expected: RegExp,
	][] = [
		[
			{},
			2,
			/^nightshift: No language model can be reached: set OPENAI_API_KEY or/,
		],
		[
			{ variables: { ...here, LLM_RPM_LIMIT: "many" } },
			2,
			/LLM_RPM_LIMIT: "many" is not allowed/,
		],
		[
			{ variables: here, given: ["--tasks", "sre/none"] },
			2,
			/--tasks: "sre\/none" is not allowed; of training\/tiny, /,
		],
		[
			{ variables: here, given: ["--seed", "-1"] },
			2,
			/--seed: "-1" is not allowed/,
		],
		[
			{ variables: here, given: ["--tasks", "sre/easy"] },
			1,
			/nightshift: http.* refused a request without a key \(401\)/,
		],
	];
	for (const [choice, status, expected] of wrong) {
		const ended = await run(context, choice);
		assert.match(ended.stderr, expected);
		assert.equal(ended.status, status);
	}
	assert.equal(model.asked.length, 1);
});

test("An endpoint that fails for good ends with 1, and says what was not graded.", async (context) => {
	const { address } = await serveBoth(context);
	const model = await startModelServer(context, () => ({ status: 500 }));
	const { status, stdout, stderr } = await run(context, {
		given: ["--tasks", "sre/easy"],
		variables: {
			API_BASE_URL: model.baseUrl,
			ENV_URL: address,
			LLM_MAX_RETRIES: "0",
		},
	});
	assert.equal(status, 1);
	assert.match(stdout, /\n {2}sre\/easy {2}not graded, 0 steps/);
	assert.match(
		stderr,
		/nightshift: not graded: sre\/easy \(The model's endpoint failed with: 500/,
	);
});

test("Help names every variable.", async (context) => {
	const { stdout } = await run(context, { given: ["--help"] });
	for (const { name, otherwise } of llmVariables)
		assert.ok(
			stdout
				.split("\n")
				.some(
					(line) =>
						line.startsWith(`  ${name} `) &&
						line.endsWith(`(default: ${otherwise})`),
				),
			name,
		);
});
