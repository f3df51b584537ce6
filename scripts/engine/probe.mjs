// Whether the add-on that stands in the package works, found out in a child process: a broken library crashes that one.
import { fileURLToPath } from "node:url";
import { EngineFailure } from "./failure.mjs";

const CHILD = fileURLToPath(new URL("./probe-child.cjs", import.meta.url));
const TIMEOUT_MS = 180_000;
const ANSWER = /^engine-probe (.*)$/m;

/**
 * @param {string} packageRoot the project that loads @tensorflow/tfjs-node
 * @param {{ run: import('./command.mjs').Run, env: NodeJS.ProcessEnv, signal?: AbortSignal | undefined }} options
 * @returns {Promise<string>} TensorFlow's version, as the loaded library says
 * @throws {EngineFailure} load-failed or processor-unsupported
 */
export async function probeEngine(packageRoot, { run, env, signal }) {
	const { code, endedBy, trouble, output } = await run({
		file: process.execPath,
		args: [CHILD, packageRoot],
		env: { ...env, TF_CPP_MIN_LOG_LEVEL: "2" },
		signal,
		timeoutMs: TIMEOUT_MS,
	});
	if (trouble === "timeout")
		throw new EngineFailure(
			"load-failed",
			`it did not answer within ${TIMEOUT_MS / 1000} s`,
		);
	if (endedBy === "SIGILL") throw new EngineFailure("processor-unsupported");
	if (endedBy !== undefined)
		throw new EngineFailure("load-failed", `it crashed with ${endedBy}`);
	const answer = JSON.parse(ANSWER.exec(output)?.[1] ?? "{}");
	if (code === 0 && typeof answer.tensorflowVersion === "string")
		return answer.tensorflowVersion;
	throw new EngineFailure(
		"load-failed",
		firstLine(answer.error ?? output) || `it ended with status ${code}`,
	);
}

/** @param {string} text */
function firstLine(text) {
	return text.trim().split("\n", 1)[0]?.trim() ?? "";
}
