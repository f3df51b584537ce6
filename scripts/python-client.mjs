#!/usr/bin/env node
// Checks the Python client, each host's adapter in an environment of its own (clients/python/.venv/NAME).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "clients", "python");
const USAGE = `usage: node scripts/python-client.mjs [--full]

Lints, type-checks and tests clients/python against a server of this checkout.

  --full    also under every Python from 3.10 to 3.13 that is found, and with the oldest and newest packages that are allowed
  --help    this text

Exit status: 0 all passed, 1 something failed, 2 wrong usage.`;

const LINTED = ["src", "tests", "generate.py", "../examples", "../verifiers"];

/** The client alone. */
export const CORE = { name: "core", extras: ["test"] };

/** With OpenEnv's own clients and checks. */
export const OPENENV = {
	name: "openenv",
	extras: ["test", "openenv"],
	pinned: ["openenv==0.10.0"],
};

const GYMNASIUM_TESTS = [
	"tests/hosts/test_gymnasium.py",
	"tests/hosts/test_gymnasium_vector.py",
];

/** What is installed where, and what is run there. `pinned`: with it, and exactly so. `minor`: from which Python 3 on, where not from 3.10. */
const ENVIRONMENTS = [
	{
		...CORE,
		commands: [
			["ruff", "check", ...LINTED],
			["ruff", "format", "--check", ...LINTED],
			[
				"mypy",
				"src",
				"generate.py",
				"../examples/random_agent.py",
				"--exclude",
				"nightshift/(gymnasium|inspect|openenv|sb3)",
			],
			["pytest", "tests", "--ignore=tests/hosts"],
		],
	},
	{
		name: "gymnasium",
		extras: ["test", "gymnasium"],
		pinned: ["gymnasium==1.4.0"],
		commands: [
			["mypy", "src/nightshift/gymnasium", "../examples/vectorised_loop.py"],
			["pytest", ...GYMNASIUM_TESTS, "tests/test_readme.py"],
		],
	},
	{
		name: "examples",
		extras: ["test"],
		pinned: ["openai==3.54.0", "matplotlib==3.10.8"],
		commands: [
			["mypy", "../examples/llm_agent.py", "../examples/training_curves.py"],
			[
				"pytest",
				"tests/hosts/test_llm_agent.py",
				"tests/hosts/test_training_curves.py",
			],
		],
	},
	{
		name: "inspect",
		extras: ["test", "inspect"],
		pinned: ["inspect-ai==0.3.285"],
		minor: 11,
		commands: [
			["mypy", "src/nightshift/inspect.py"],
			["pytest", "tests/hosts/test_inspect.py", "tests/test_readme.py"],
		],
	},
	// Model Context Protocol: its official client, against /mcp. It needs nothing of ours.
	{
		name: "mcp",
		extras: ["test"],
		pinned: ["mcp==2.3.0"],
		commands: [["pytest", "tests/hosts/test_mcp.py"]],
	},
];

const CORE_TESTS = [["pytest", "tests", "--ignore=tests/hosts"]];

/** The oldest packages that pyproject.toml allows. */
const OLDEST = ["grpcio==1.62.0", "protobuf==4.25.0", "numpy==1.23.0"];

const VERSIONS = ["3.10", "3.11", "3.12", "3.13"];

/** Makes an environment where there is none yet, or an old one, and gives its interpreter. Errors: an Error that says what to do. */
export function prepareEnvironment({
	name,
	extras = [],
	pinned = [],
	packages = [],
	minor = 10,
	python = findPython(minor),
	isEditable = true,
}) {
	const place = join(folder, ".venv", name);
	const interpreter = join(place, "bin", "python");
	const state = createHash("sha256")
		.update(readFileSync(join(folder, "pyproject.toml")))
		.update(JSON.stringify([extras, pinned, packages, python, isEditable]))
		.digest("hex");
	const marker = join(place, "installed");
	const isFresh =
		existsSync(marker) && readFileSync(marker, "utf8") === state && isEditable;
	if (isFresh) return interpreter;
	rmSync(place, { recursive: true, force: true });
	mkdirSync(place, { recursive: true });
	const made = spawnSync(python, ["-m", "venv", place], { stdio: "inherit" });
	if (made.status !== 0)
		throw new Error(
			`${python} cannot make a virtual environment; install Python's venv module (Debian: python3-venv).`,
		);
	const wanted = `${folder}${extras.length > 0 ? `[${extras.join(",")}]` : ""}`;
	const installed = spawnSync(
		interpreter,
		[
			"-m",
			"pip",
			"install",
			"--quiet",
			"--disable-pip-version-check",
			...(isEditable ? ["--editable"] : []),
			wanted,
			...packages.flatMap((one) => ["--editable", join(folder, one)]),
			...pinned,
		],
		{ stdio: ["ignore", "ignore", "inherit"] },
	);
	if (installed.status !== 0)
		throw new Error(
			`The Python client's packages could not be installed into ${place}: pip's message is above. It needs a package index; PIP_INDEX_URL names another one.`,
		);
	writeFileSync(marker, state);
	return interpreter;
}

/** The first Python from 3.`minor` on. */
function findPython(minor) {
	const found = ["python3", ...VERSIONS.map((version) => `python${version}`)]
		.map((command) => ({ command, version: versionOf(command) }))
		.find(({ version }) => version !== undefined && version >= minor);
	if (!found)
		throw new Error(
			`The Python client needs Python 3.${minor} or newer, and there is none in the PATH.`,
		);
	return found.command;
}

/** The interpreters there are, by version. */
function findPythons() {
	const pyenv = join(
		process.env.PYENV_ROOT || join(homedir(), ".pyenv"),
		"versions",
	);
	const candidates = [
		"python3",
		...VERSIONS.map((version) => `python${version}`),
		...(existsSync(pyenv) ? readdirSync(pyenv) : []).map((version) =>
			join(pyenv, version, "bin", "python3"),
		),
	];
	const found = new Map();
	for (const command of candidates) {
		const name = `3.${versionOf(command)}`;
		if (VERSIONS.includes(name) && !found.has(name)) found.set(name, command);
	}
	return found;
}

/** The minor version of Python 3; undefined where it does not run. */
function versionOf(command) {
	const { status, stdout } = spawnSync(
		command,
		["-c", "import sys; print(sys.version_info.minor)"],
		{ encoding: "utf8" },
	);
	return status === 0 ? Number(stdout) : undefined;
}

function matrix() {
	const pythons = findPythons();
	const missing = VERSIONS.filter((version) => !pythons.has(version));
	if (missing.length > 0)
		console.log(`   (not found: Python ${missing.join(", ")})`);
	const oldest = pythons.get("3.10");
	return [
		...[...pythons].map(([version, python]) => ({
			name: `newest-${version}`,
			extras: ["test"],
			python,
			isEditable: false,
			commands: CORE_TESTS,
		})),
		...(oldest
			? [
					{
						name: "oldest-3.10",
						pinned: [...OLDEST, "pytest==8.4.2"],
						python: oldest,
						isEditable: false,
						commands: CORE_TESTS,
					},
				]
			: []),
		...["gymnasium==1.1.1", "gymnasium==1.2.2"].map((version) => ({
			name: version,
			extras: ["test", "gymnasium"],
			pinned: [version],
			commands: [["pytest", ...GYMNASIUM_TESTS, "tests/test_readme.py"]],
		})),
		// OpenEnv brings 480 MB. What these tests hold it to through its own clients, src/gateway/sockets.test.ts asks for message by message.
		{
			...OPENENV,
			commands: [
				["mypy", "src/nightshift/openenv"],
				["pytest", "tests/hosts/openenv", "tests/test_readme.py"],
			],
		},
		// The next three stand on torch, which is large, and the first learns for a minute.
		{
			name: "sb3",
			extras: ["test", "sb3"],
			pinned: ["stable-baselines3==2.9.2"],
			commands: [
				["mypy", "src/nightshift/sb3.py", "../examples/ppo_sre_easy.py"],
				["pytest", "tests/hosts/test_sb3.py", "tests/test_readme.py"],
			],
		},
		// Its loops are tested through what is private to one version of it.
		{
			name: "trl",
			extras: ["test", "trl"],
			pinned: ["trl==1.16.0", "transformers==5.23.0", "aiohttp"],
			minor: 11,
			commands: [
				["mypy", "src/nightshift/trl.py"],
				[
					"pytest",
					"tests/hosts/test_trl.py",
					"tests/test_trl.py",
					"tests/test_readme.py",
				],
			],
		},
		{
			name: "rllib",
			extras: ["test", "gymnasium"],
			pinned: ["ray[rllib]==2.60.0", "torch==2.15.0"],
			commands: [
				["mypy", "--allow-untyped-calls", "../examples/rllib_sre.py"],
				["pytest", "tests/hosts/test_rllib.py"],
			],
		},
		// It brings a hundred packages.
		{
			name: "verifiers",
			extras: ["test"],
			packages: ["../verifiers"],
			pinned: ["verifiers==0.4.0"],
			minor: 11,
			commands: [
				[
					"mypy",
					"--python-version",
					"3.11",
					"../verifiers/nightshift_verifiers",
				],
				["pytest", "tests/hosts/test_verifiers.py", "tests/test_readme.py"],
			],
		},
	];
}

function check(environment) {
	console.log(`\n-- Python client: ${environment.name}`);
	const python = prepareEnvironment(environment);
	return environment.commands.every(([module, ...given]) => {
		console.log(`   ${module} ${given.join(" ")}`);
		const { status } = spawnSync(python, ["-m", module, ...given], {
			cwd: folder,
			stdio: ["ignore", "inherit", "inherit"],
		});
		return status === 0;
	});
}

function main() {
	let values;
	try {
		({ values } = parseArgs({
			options: { full: { type: "boolean" }, help: { type: "boolean" } },
		}));
	} catch (error) {
		console.error(`${error.message}\n\n${USAGE}`);
		return 2;
	}
	if (values.help) {
		console.log(USAGE);
		return 0;
	}
	try {
		return [...ENVIRONMENTS, ...(values.full ? matrix() : [])].every(check)
			? 0
			: 1;
	} catch (error) {
		console.error(error.message);
		return 1;
	}
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
	process.exitCode = main();
