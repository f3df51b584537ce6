// The door: native TensorFlow for @tensorflow/tfjs-node is put in place by the first way that works; else the portable engine is left.
import { locateAddonPackage } from "./addon-package.mjs";
import { findStamped } from "./engine.mjs";
import { EngineFailure } from "./failure.mjs";
import { readSettings } from "./settings.mjs";

/** @typedef {import('./engine.mjs').Engine} Engine */

/**
 * @typedef {object} EnsureOptions
 * @property {string} packageRoot the folder whose package.json names the package tfjs-node
 * @property {import('./progress.mjs').EngineLog} [log]
 * @property {boolean} [force] trusts neither the stamp nor the cached add-on, and reads the cached library to the end to check it
 * @property {AbortSignal | undefined} [signal] the promise then rejects with its reason, and nothing half-done is left
 * @property {NodeJS.ProcessEnv} [env] read for NIGHTSHIFT_ENGINE, NIGHTSHIFT_CACHE, NIGHTSHIFT_TENSORFLOW_WHEEL, and given to the commands that run
 * @property {import('./command.mjs').Run} [run] for tests, like the next two
 * @property {import('./platform.mjs').Platform} [platform]
 * @property {Readonly<Record<string, import('./pins.mjs').WheelPin>>} [wheels]
 */

/**
 * Answers in milliseconds when the engine is in place; else installs it, which may take a minute. Processes that call it at once wait for one another.
 * @param {EnsureOptions} options
 * @returns {Promise<Engine>}
 * @throws {EngineFailure} wrong-setting alone; every other failure is told as the portable engine's `why`
 */
export async function ensureEngine({
	packageRoot,
	log = () => {},
	force = false,
	signal,
	env = process.env,
	run,
	platform,
	wheels,
}) {
	const settings = readSettings(env);
	if (settings.portableAsked) return PORTABLE_ASKED;
	/** @type {import('./engine.mjs').PortableEngine['attempts']} */
	const attempts = [];
	try {
		signal?.throwIfAborted();
		const addonPackage = await locateAddonPackage(packageRoot);
		const found = force ? undefined : await findStamped(addonPackage);
		if (found) return found;
		// Loaded only now: an engine that is in place is answered without it.
		const { openSite, install } = await import("./installation.mjs");
		const site = openSite({
			settings,
			addonPackage,
			log,
			signal,
			run,
			platform,
			wheels,
		});
		return await install(site, { force, attempts });
	} catch (error) {
		signal?.throwIfAborted();
		const { message, remedy } = EngineFailure.from(error, settings.cacheFolder);
		return {
			kind: "portable",
			how: "fallback",
			why: message,
			remedy,
			attempts,
		};
	}
}

/**
 * The answer of a valid stamp, without installing anything.
 * @param {{ packageRoot: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<Engine | undefined>} undefined when `ensureEngine` would have work to do
 */
export async function findEngine({ packageRoot, env = process.env }) {
	if (readSettings(env).portableAsked) return PORTABLE_ASKED;
	try {
		return await findStamped(await locateAddonPackage(packageRoot));
	} catch (error) {
		if (error instanceof EngineFailure) return undefined;
		throw error;
	}
}

/** @type {import('./engine.mjs').PortableEngine} */
const PORTABLE_ASKED = Object.freeze({
	kind: "portable",
	how: "asked",
	why: "asked for by NIGHTSHIFT_ENGINE",
	remedy: "Unset NIGHTSHIFT_ENGINE for the native engine.",
	attempts: [],
});
