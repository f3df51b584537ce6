// The machine as far as a prebuilt library cares: operating system, processor and C library.
import { readFileSync } from "node:fs";

/**
 * @typedef {object} Platform
 * @property {string} key process.platform and process.arch, such as linux-x64
 * @property {string | undefined} glibc its version, such as 2.36; undefined with another C library (musl) and on other systems
 * @property {boolean} avx whether the processor has the AVX instructions that TensorFlow's builds for x86-64 use; true where it is not known
 */

/** @returns {Platform} */
export function describePlatform() {
	return {
		key: `${process.platform}-${process.arch}`,
		glibc: process.platform === "linux" ? glibcVersion() : undefined,
		avx: process.arch !== "x64" || hasAvx(),
	};
}

/**
 * @param {string} version
 * @param {string} oldest
 */
export function isAtLeast(version, oldest) {
	const [major = 0, minor = 0] = version.split(".").map(Number);
	const [oldestMajor = 0, oldestMinor = 0] = oldest.split(".").map(Number);
	return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** @returns {string | undefined} */
function glibcVersion() {
	// Without this, Node 22 and later look up the names of every open connection for a report.
	const { report } = process;
	if ("excludeNetwork" in report)
		Object.assign(report, { excludeNetwork: true });
	const { header } =
		/** @type {{ header: { glibcVersionRuntime?: string } }} */ (
			report.getReport()
		);
	return header.glibcVersionRuntime;
}

function hasAvx() {
	try {
		const flags = /^flags\s*:(.*)$/m.exec(
			readFileSync("/proc/cpuinfo", "utf8"),
		)?.[1];
		return flags === undefined || flags.split(" ").includes("avx");
	} catch {
		return true;
	}
}
