// What an installation comes to: native TensorFlow in place, or the portable engine and the reason.
import { readValidStamp } from "./stamp.mjs";

/**
 * @typedef {object} NativeEngine
 * @property {'tensorflow'} kind
 * @property {'stamped' | 'in place' | 'cache' | 'vendor' | 'wheel'} how it came there: found with a valid stamp; found and verified anew; out of
 *   this machine's cache; by the vendor's download; by TensorFlow's wheel
 * @property {string} tensorflowVersion
 * @property {string} tfjsVersion
 * @property {number} napiVersion
 * @property {string} napiPath of tfjs_binding.node
 */

/**
 * @typedef {object} PortableEngine
 * @property {'portable'} kind
 * @property {'asked' | 'fallback'} how
 * @property {string} why one sentence, without its full stop
 * @property {string} remedy one sentence: what to do for the native engine
 * @property {{ way: string, why: string }[]} attempts every way that was tried
 */

/** @typedef {NativeEngine | PortableEngine} Engine */

/**
 * @param {import('./addon-package.mjs').AddonPackage} addonPackage
 * @returns {Promise<NativeEngine | undefined>}
 */
export async function findStamped(addonPackage) {
	const stamp = await readValidStamp(addonPackage);
	return (
		stamp && toNativeEngine(addonPackage, stamp.tensorflowVersion, "stamped")
	);
}

/**
 * @param {import('./addon-package.mjs').AddonPackage} addonPackage
 * @param {string} tensorflowVersion
 * @param {NativeEngine['how']} how
 * @returns {NativeEngine}
 */
export function toNativeEngine(
	{ version, napiVersion, addonPath },
	tensorflowVersion,
	how,
) {
	return {
		kind: "tensorflow",
		how,
		tensorflowVersion,
		tfjsVersion: version,
		napiVersion,
		napiPath: addonPath,
	};
}
