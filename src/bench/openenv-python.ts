import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { protoFolder } from "../../proto/contract-files.js";
import { openEnvPython } from "../configuration.js";

const VERSION = "0.10.0";
const home = join(protoFolder, "..", "clients", "python", ".venv", "bench");
const own = join(home, "bin", "python");

/**
 * A Python with OpenEnv: the one of $NIGHTSHIFT_OPENENV_PYTHON, else one of our own, which is made at its first use with what pip gets from its
 * index. Errors: a sentence that says what is missing and what to do.
 */
export async function findOpenEnvPython(
	progress: (text: string) => void,
): Promise<string> {
	const named = openEnvPython();
	if (named !== undefined) {
		if (hasOpenEnv(named)) return named;
		throw new Error(
			`$NIGHTSHIFT_OPENENV_PYTHON is ${named}, which cannot import openenv, uvicorn and fastmcp; \`${named} -m pip install openenv==${VERSION}\` brings them.`,
		);
	}
	if (hasOpenEnv(own)) return own;
	progress(
		`installing openenv ${VERSION} (500 MB) in clients/python/.venv/bench`,
	);
	// A half-made one of a run that was stopped.
	rmSync(home, { recursive: true, force: true });
	await run("python3", ["-m", "venv", home]);
	await run(own, ["-m", "pip", "install", "--quiet", `openenv==${VERSION}`]);
	if (hasOpenEnv(own)) return own;
	throw new Error(
		`openenv ${VERSION} was installed in ${home} and cannot be imported; $NIGHTSHIFT_OPENENV_PYTHON names another Python that has it.`,
	);
}

export function hasOpenEnv(python: string): boolean {
	const needs = [
		"-c",
		"from importlib.util import find_spec as f; import sys; sys.exit(not all(map(f, ('openenv', 'uvicorn', 'fastmcp'))))",
	];
	return spawnSync(python, needs, { stdio: "ignore" }).status === 0;
}

/** Runs to its end; who stops the benchmark stops it, too. */
async function run(command: string, given: readonly string[]): Promise<void> {
	const child: ChildProcess = spawn(command, given, {
		stdio: ["ignore", "ignore", "inherit"],
	});
	const stop = (signal: NodeJS.Signals) => {
		child.kill(signal);
		process.exit(1);
	};
	process.once("SIGINT", stop).once("SIGTERM", stop);
	try {
		const [status] = await once(child, "exit");
		if (status === 0) return;
	} catch (error) {
		throw new Error(`${cannot()} (${(error as Error).message})`);
	} finally {
		process.off("SIGINT", stop).off("SIGTERM", stop);
	}
	throw new Error(`${cannot()} (\`${[command, ...given].join(" ")}\` failed.)`);
}

function cannot(): string {
	return `OpenEnv could not be installed: that needs python3 of 3.10 or later with venv and pip, and the index that pip is set to; or name a Python that has openenv ${VERSION} in $NIGHTSHIFT_OPENENV_PYTHON.`;
}
