#!/usr/bin/env node
// Everything that CI runs, one step after the other, each named and timed.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildIfStale } from "./build.mjs";
import { prepareEngine } from "./prepare-engine.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const USAGE = `usage: node scripts/test.mjs [--check | --full]

Runs format, lint, types, contract lint, generated code, and all tests.

  --check   all but the tests
  --full    the tests that are real-sized, too
  --help    this text

Exit status: 0 all passed, 1 something failed, 2 wrong usage.`;

const require = createRequire(import.meta.url);
const bin = (name, file) =>
	join(dirname(require.resolve(`${name}/package.json`)), file);

process.exitCode = await main();

async function main() {
	let values;
	try {
		({ values } = parseArgs({
			options: {
				check: { type: "boolean" },
				full: { type: "boolean" },
				help: { type: "boolean" },
			},
		}));
	} catch (error) {
		console.error(`${error.message}\n\n${USAGE}`);
		return 2;
	}
	if (values.help) {
		console.log(USAGE);
		return 0;
	}
	if (!(await buildIfStale(root))) return 1;
	const checks = [
		[
			"format and lint",
			[bin("@biomejs/biome", "bin/biome"), "ci", "--error-on-warnings", "."],
		],
		[
			"lint with types",
			[bin("oxlint", "bin/oxlint"), "--type-aware", "--deny-warnings"],
		],
		[
			"lint of the contract",
			[bin("@bufbuild/buf", "bin/buf"), "lint", "proto"],
		],
		["generated code", ["scripts/generate-types.mjs", "--check"]],
	];
	for (const [name, command] of checks) if (!run(name, command)) return 1;
	if (values.check) return 0;
	await prepareEngine(root);
	if (
		!run("Python client", [
			"scripts/python-client.mjs",
			...(values.full ? ["--full"] : []),
		])
	)
		return 1;
	const files = testFiles(values.full);
	return run(`${files.length} files of tests`, [
		"--enable-source-maps",
		"--test",
		"--test-reporter=spec",
		"--test-concurrency=2",
		...files,
	])
		? 0
		: 1;
}

/** Node 20 finds no tests in a folder by itself, so they are listed. */
function testFiles(full) {
	const below = (folder, pattern) =>
		readdirSync(join(root, folder), { recursive: true })
			.filter((file) => pattern.test(file))
			.sort()
			.map((file) => join(folder, file));
	return [
		...below("dist", full ? /\.test\.js$/ : /(?<!\.full)\.test\.js$/),
		...below("scripts", /\.test\.mjs$/),
	];
}

function run(name, command) {
	const started = performance.now();
	console.log(`\n== ${name}`);
	const { status } = spawnSync(process.execPath, command, {
		cwd: root,
		stdio: ["ignore", "inherit", "inherit"],
		env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
	});
	const seconds = ((performance.now() - started) / 1000).toFixed(1);
	console.log(
		`== ${name}: ${status === 0 ? "passed" : "FAILED"} in ${seconds} s`,
	);
	return status === 0;
}
