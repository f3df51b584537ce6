// The ways to a library and an add-on in the cache: the vendor's prebuilt files, and TensorFlow's wheel with an add-on built against it.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { buildAddon } from "./build.mjs";
import { EngineFailure } from "./failure.mjs";
import { findHeaders } from "./headers.mjs";
import { OLDEST_GLIBC, ROOM_BYTES, TENSORFLOW_VERSION } from "./pins.mjs";
import { isAtLeast } from "./platform.mjs";
import { isIntact, isSealed, seal } from "./sealed-folder.mjs";
import { findCompiler, findPip, toolsMissing } from "./tools.mjs";
import { downloadFromVendor } from "./vendor-download.mjs";
import { obtainWheel, unpackLibrary } from "./wheel.mjs";
import { needRoom, withScratch } from "./workbench.mjs";

/**
 * @typedef {object} Site one installation's surroundings
 * @property {import('./settings.mjs').Settings} settings
 * @property {import('./addon-package.mjs').AddonPackage} addonPackage
 * @property {import('./platform.mjs').Platform} platform
 * @property {Readonly<Record<string, import('./pins.mjs').WheelPin>>} wheels by platform
 * @property {import('./command.mjs').Run} run
 * @property {import('./progress.mjs').EngineLog} log
 * @property {AbortSignal | undefined} signal
 */

/**
 * @typedef {object} Way
 * @property {'vendor' | 'wheel'} name
 * @property {string} title as a message names it
 * @property {string} libraryFolder in the cache: lib/ and include/
 * @property {string} addonFolder in the cache: tfjs_binding.node
 * @property {(distrust: boolean) => Promise<void>} prepare makes of the two whatever is not there yet; with `distrust` also an add-on and a damaged
 *   library that are there, which stay until they are replaced, for other checkouts may be using them; throws an EngineFailure
 */

/**
 * @param {Site} site
 * @returns {Way[]} in the order to try them
 */
export function waysFor(site) {
	// Whoever names a wheel wants that one.
	return site.settings.wheelPath === undefined
		? [vendorWay(site), wheelWay(site)]
		: [wheelWay(site)];
}

/**
 * @param {Pick<Way, 'libraryFolder' | 'addonFolder'>} way
 * @returns {Promise<boolean>} whether both folders are in the cache
 */
export async function isReady({ libraryFolder, addonFolder }) {
	return (await isSealed(libraryFolder)) && (await isSealed(addonFolder));
}

/**
 * Removes an add-on that does not work from the cache. Nothing links to it; the packages have copies.
 * @param {Way} way
 */
export async function discardAddon({ addonFolder }) {
	await rm(addonFolder, { recursive: true, force: true });
}

/**
 * @param {Site} site
 * @returns {Way}
 */
function vendorWay(site) {
	const { addonPackage, platform, settings, signal } = site;
	const name = `vendor-${addonPackage.version}-${platform.key}`;
	const way = foldersOf(site, name);
	return {
		name: "vendor",
		title: "the vendor's prebuilt download",
		...way,
		prepare: async (distrust) => {
			if (!platform.avx) throw new EngineFailure("processor-unsupported");
			if (!distrust && (await isReady(way))) return;
			await withScratch(settings.cacheFolder, async (scratch) => {
				const made = await downloadFromVendor(site, scratch);
				await seal(made.library, way.libraryFolder, signal);
				await seal(made.addon, way.addonFolder, signal);
			});
		},
	};
}

/**
 * @param {Site} site
 * @returns {Way}
 */
function wheelWay(site) {
	const { addonPackage, platform, settings, wheels, signal } = site;
	const { libraryFolder, addonFolder } = foldersOf(
		site,
		`${TENSORFLOW_VERSION}-${platform.key}`,
	);
	return {
		name: "wheel",
		title: "TensorFlow's own wheel",
		libraryFolder,
		addonFolder,
		prepare: async (distrust) => {
			const pin = pinFor(platform, wheels);
			const needsLibrary = !(distrust
				? await isIntact(libraryFolder, signal)
				: await isSealed(libraryFolder));
			const needsAddon = distrust || !(await isSealed(addonFolder));
			// Everything that is missing is said at once, and before 270 MB are fetched.
			const shell = { run: site.run, env: settings.env, signal };
			const needsPip = needsLibrary && settings.wheelPath === undefined;
			const compiler = needsAddon ? await findCompiler(shell) : [];
			const pip = needsPip ? await findPip(shell) : undefined;
			const lacks = {
				compiler: compiler === undefined,
				pip: needsPip && pip === undefined,
			};
			if (compiler === undefined || lacks.pip) throw toolsMissing(lacks);
			if (
				needsAddon &&
				(
					await findHeaders({
						env: settings.env,
						packageRoot: addonPackage.root,
					})
				).includeFolder === undefined
			) {
				throw new EngineFailure("headers-missing");
			}

			if (needsLibrary) {
				await withScratch(settings.cacheFolder, async (scratch) => {
					await needRoom(settings.cacheFolder, ROOM_BYTES);
					const wheel = await obtainWheel(site, pin, pip, scratch);
					const draft = join(scratch, "library");
					await unpackLibrary(wheel, draft, site);
					await seal(draft, libraryFolder, signal);
				});
			}
			if (needsAddon) {
				await withScratch(settings.cacheFolder, async (scratch) => {
					await seal(
						await buildAddon(site, {
							library: libraryFolder,
							compiler,
							scratch,
						}),
						addonFolder,
						signal,
					);
				});
			}
		},
	};
}

/**
 * @param {Site} site
 * @param {string} name of the library, by version and platform
 */
function foldersOf({ settings, addonPackage }, name) {
	return {
		libraryFolder: join(settings.cacheFolder, name),
		addonFolder: join(
			settings.cacheFolder,
			"addons",
			`tfjs-node-${addonPackage.version}-napi-v${addonPackage.napiVersion}-${name}`,
		),
	};
}

/**
 * @param {import('./platform.mjs').Platform} platform
 * @param {Site['wheels']} wheels
 * @returns {import('./pins.mjs').WheelPin}
 * @throws {EngineFailure} where the wheel would not run
 */
function pinFor({ key, glibc, avx }, wheels) {
	const pin = wheels[key];
	if (pin === undefined) throw new EngineFailure("platform-unsupported", key);
	if (glibc === undefined || !isAtLeast(glibc, OLDEST_GLIBC)) {
		const found = glibc ? `glibc ${glibc}` : "a C library that is not glibc";
		throw new EngineFailure("platform-unsupported", `${key} with ${found}`);
	}
	if (!avx) throw new EngineFailure("processor-unsupported");
	return pin;
}
