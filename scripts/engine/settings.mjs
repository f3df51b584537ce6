// The environment variables of the engine's installation, read and checked once.
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { EngineFailure } from "./failure.mjs";

/**
 * @typedef {object} Settings
 * @property {boolean} portableAsked NIGHTSHIFT_ENGINE=portable
 * @property {string} cacheFolder absolute; shared by every checkout of this user
 * @property {string | undefined} wheelPath NIGHTSHIFT_TENSORFLOW_WHEEL, absolute
 * @property {NodeJS.ProcessEnv} env for the commands that are run
 */

const ENGINES = ["auto", "tensorflow", "portable"];

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Settings}
 * @throws {EngineFailure} wrong-setting
 */
export function readSettings(env) {
	const engine = env.NIGHTSHIFT_ENGINE || "auto";
	if (!ENGINES.includes(engine)) {
		throw new EngineFailure(
			"wrong-setting",
			`NIGHTSHIFT_ENGINE must be one of ${ENGINES.join(", ")}, and is ${JSON.stringify(engine)}`,
		);
	}
	return {
		portableAsked: engine === "portable",
		cacheFolder: join(cacheRoot(env), "tensorflow"),
		wheelPath: env.NIGHTSHIFT_TENSORFLOW_WHEEL
			? resolve(env.NIGHTSHIFT_TENSORFLOW_WHEEL)
			: undefined,
		env,
	};
}

/** @param {NodeJS.ProcessEnv} env */
function cacheRoot(env) {
	if (env.NIGHTSHIFT_CACHE) return resolve(env.NIGHTSHIFT_CACHE);
	// The XDG specification tells to ignore a relative path.
	const base =
		env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)
			? env.XDG_CACHE_HOME
			: join(homedir(), ".cache");
	return join(base, "nightshift");
}
