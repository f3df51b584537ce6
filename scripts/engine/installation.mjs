// One installation: under locks, what stands in the package is verified, or put there by one way after the other.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./command.mjs";
import { findStamped, toNativeEngine } from "./engine.mjs";
import { EngineFailure } from "./failure.mjs";
import { withLock } from "./lock.mjs";
import { WHEELS } from "./pins.mjs";
import { placeEngine, unplaceEngine } from "./place.mjs";
import { describePlatform } from "./platform.mjs";
import { probeEngine } from "./probe.mjs";
import { isSealed } from "./sealed-folder.mjs";
import { writeStamp } from "./stamp.mjs";
import { discardAddon, isReady, waysFor } from "./ways.mjs";
import { clearScratch } from "./workbench.mjs";

/** @typedef {import('./ways.mjs').Site} Site */
/** @typedef {import('./ways.mjs').Way} Way */
/** @typedef {import('./engine.mjs').NativeEngine} NativeEngine */

/**
 * @param {Pick<Site, 'settings' | 'addonPackage' | 'log' | 'signal'> & { [K in 'run' | 'platform' | 'wheels']: Site[K] | undefined }} parts
 * @returns {Site}
 */
export function openSite({
	run = runCommand,
	platform = describePlatform(),
	wheels = WHEELS,
	...parts
}) {
	return { ...parts, run, platform, wheels };
}

/**
 * @param {Site} site
 * @param {{ force: boolean, attempts: { way: string, why: string }[] }} options `attempts` is added to
 * @returns {Promise<NativeEngine>}
 * @throws {EngineFailure} of the last resort
 */
export async function install(site, options) {
	try {
		return await installUnderLocks(site, options);
	} catch (error) {
		site.signal?.throwIfAborted();
		// A forced installation that cannot be done takes nothing away, and a package that this user may only read may work all the same.
		if (!options.force && EngineFailure.from(error, "").code !== "not-writable")
			throw error;
		const adopted = await adopt(site);
		if (adopted) return adopted;
		throw error;
	}
}

/**
 * @param {Site} site
 * @param {{ force: boolean, attempts: { way: string, why: string }[] }} options
 * @returns {Promise<NativeEngine>}
 */
async function installUnderLocks(site, { force, attempts }) {
	const { addonPackage, settings, log, signal } = site;
	const options = {
		signal,
		onWait: (/** @type {{ pid: number }} */ { pid }) =>
			log({
				kind: "step",
				text: `waiting for another installation (process ${pid})`,
			}),
	};
	// The package's lock before the cache's, in every process, so that two never wait for each other.
	return await withLock(addonPackage.lockPath, options, () =>
		withLock(join(settings.cacheFolder, ".lock"), options, async () => {
			await clearScratch(settings.cacheFolder);
			if (force) return await followFirst(site, true, attempts);
			// Another process may have done it while this one waited.
			return (
				(await findStamped(addonPackage)) ??
				(await adopt(site)) ??
				(await followFirst(site, false, attempts))
			);
		}),
	);
}

/**
 * Takes what stands in the package, stamped or not, by whomever, if it works.
 * @param {Site} site
 * @returns {Promise<NativeEngine | undefined>}
 */
async function adopt(site) {
	const { addonPackage, log, signal } = site;
	if (!(await exists(addonPackage.addonPath))) return undefined;
	try {
		return await verify(site, "in place");
	} catch (error) {
		signal?.throwIfAborted();
		log({
			kind: "step",
			text: `what stands in the package is not usable: ${EngineFailure.from(error, addonPackage.folder).message}`,
		});
		return undefined;
	}
}

/**
 * @param {Site} site
 * @param {boolean} distrust the cache
 * @param {{ way: string, why: string }[]} attempts
 * @returns {Promise<NativeEngine>}
 */
async function followFirst(site, distrust, attempts) {
	const { settings, log, signal } = site;
	const ways = waysFor(site);
	// Whoever has to act on the failure is helped most by the last resort's, whichever was tried last.
	const lastResort = ways.at(-1);
	/** @type {unknown} */
	let failure;
	for (const way of await inOrder(ways, distrust)) {
		try {
			return await follow(site, way, distrust);
		} catch (error) {
			signal?.throwIfAborted();
			if (way.name === lastResort?.name) failure = error;
			const why = EngineFailure.from(error, settings.cacheFolder).message;
			attempts.push({ way: way.name, why });
			log({ kind: "step", text: `${way.title}: ${why}` });
		}
	}
	throw failure;
}

/**
 * What the cache has ready comes first.
 * @param {Way[]} ways
 * @param {boolean} distrust
 */
async function inOrder(ways, distrust) {
	if (distrust) return ways;
	const ready = await Promise.all(ways.map(isReady));
	return [
		...ways.filter((_, index) => ready[index]),
		...ways.filter((_, index) => !ready[index]),
	];
}

/**
 * @param {Site} site
 * @param {Way} way
 * @param {boolean} distrust
 * @returns {Promise<NativeEngine>}
 */
async function follow(site, way, distrust) {
	const { addonPackage, settings, log, signal } = site;
	const fromCache = !distrust && (await isReady(way));
	const reused = !distrust && (await isSealed(way.libraryFolder));
	await way.prepare(distrust);
	await placeEngine(addonPackage, way);
	try {
		return await verify(site, fromCache ? "cache" : way.name);
	} catch (error) {
		signal?.throwIfAborted();
		const failure = EngineFailure.from(error, settings.cacheFolder);
		if (failure.code === "load-failed" && reused) {
			// What came out of the cache may be damaged, or built on another machine that shares the cache: once more from its source.
			log({
				kind: "step",
				text: `what the cache holds is not usable, so it is made anew: ${failure.message}`,
			});
			return await follow(site, way, true);
		}
		await unplaceEngine(addonPackage);
		if (failure.code === "load-failed") await discardAddon(way);
		throw failure;
	}
}

/**
 * @param {Site} site
 * @param {NativeEngine['how']} how
 * @returns {Promise<NativeEngine>}
 */
async function verify({ settings, addonPackage, run, log, signal }, how) {
	const tensorflowVersion = await probeEngine(addonPackage.root, {
		run,
		env: settings.env,
		signal,
	});
	try {
		await writeStamp(addonPackage, tensorflowVersion);
	} catch (error) {
		log({
			kind: "step",
			text: `it works, and is verified anew at every start, for ${EngineFailure.from(error, addonPackage.stampPath).message}`,
		});
	}
	return toNativeEngine(addonPackage, tensorflowVersion, how);
}

/** @param {string} path */
async function exists(path) {
	return access(path).then(
		() => true,
		() => false,
	);
}
