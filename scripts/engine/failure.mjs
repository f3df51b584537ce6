// What can keep the native engine from being put in place: one error class, and one table of every reason with its sentence and its remedy.

/** @typedef {{ sentence: (detail: string) => string, remedy: string }} Reason */

/** @satisfies {Record<string, Reason>} */
const REASONS = {
	"wrong-setting": {
		sentence: (detail) => detail,
		remedy: "Correct the environment variable, or unset it.",
	},
	"package-missing": {
		sentence: (detail) =>
			`the package @tensorflow/tfjs-node is not installed for ${detail}`,
		remedy: "Run `npm ci` in that folder, then this again.",
	},
	"platform-unsupported": {
		sentence: (detail) => `there is no TensorFlow library for ${detail}`,
		remedy:
			"Use Linux with glibc 2.27 or newer on x64 or arm64 (Debian 11, Ubuntu 20.04 and later) for the native engine.",
	},
	"tools-missing": {
		sentence: (detail) => `this machine lacks ${detail}`,
		remedy: "Install what is named there, then run this again.",
	},
	"headers-missing": {
		sentence: () =>
			"the C headers of Node-API (node_api.h) were found neither beside the node binary nor in the package node-api-headers",
		remedy: "Run `npm ci`, which brings node-api-headers, then this again.",
	},
	unreachable: {
		sentence: (detail) => `${detail} cannot be reached`,
		remedy:
			"Check the network and the proxy and registry settings, or fetch the wheel elsewhere and name it in NIGHTSHIFT_TENSORFLOW_WHEEL.",
	},
	"download-failed": {
		sentence: (detail) => `the download failed: ${detail}`,
		remedy:
			"Run this again, or fetch the wheel elsewhere and name it in NIGHTSHIFT_TENSORFLOW_WHEEL.",
	},
	"hash-mismatch": {
		sentence: (detail) =>
			`${detail} is not the file that is pinned here: its SHA-256 differs`,
		remedy: "Fetch it anew, from a registry that serves the original file.",
	},
	"wheel-unreadable": {
		sentence: (detail) => `the wheel cannot be used: ${detail}`,
		remedy:
			"Name an existing, whole wheel in NIGHTSHIFT_TENSORFLOW_WHEEL, or unset it.",
	},
	"disk-full": {
		sentence: (detail) => `there is not enough room on the disk of ${detail}`,
		remedy:
			"Free about 1.2 GB there, or point NIGHTSHIFT_CACHE to a folder on a larger disk, then run this again.",
	},
	"not-writable": {
		sentence: (detail) => `${detail} cannot be written`,
		remedy:
			"Run this as a user who may write there, or point NIGHTSHIFT_CACHE to a folder of your own.",
	},
	"build-failed": {
		sentence: (detail) => `the add-on did not compile (${detail})`,
		remedy:
			"Read the log that is named there; a C++17 compiler such as g++ 9 or newer is needed.",
	},
	"load-failed": {
		sentence: (detail) => `the native add-on does not work: ${detail}`,
		remedy:
			"Run this again with --force; if it stays, report it with this sentence.",
	},
	"processor-unsupported": {
		sentence: () =>
			"this machine's processor lacks instructions that TensorFlow's builds use (AVX as a rule)",
		remedy:
			"Use a machine, or a virtual processor type, with AVX for the native engine.",
	},
	unexpected: {
		sentence: (detail) => `something unforeseen happened: ${detail}`,
		remedy: "Run this again; if it stays, report it with this sentence.",
	},
};

/** @typedef {keyof typeof REASONS} ReasonCode */

/** One sentence of what went wrong (`message`) and one of what to do (`remedy`). */
export class EngineFailure extends Error {
	/**
	 * @param {ReasonCode} code
	 * @param {string} [detail] what the sentence of this reason names: a file, a folder, a tool
	 * @param {{ cause?: unknown }} [options]
	 */
	constructor(code, detail = "", options = {}) {
		/** @type {Reason} */
		const reason = REASONS[code];
		super(reason.sentence(detail), options);
		this.name = "EngineFailure";
		this.code = code;
		this.remedy = reason.remedy;
	}

	/**
	 * @param {unknown} error
	 * @param {string} place the folder that was being worked in
	 * @returns {EngineFailure}
	 */
	static from(error, place) {
		if (error instanceof EngineFailure) return error;
		const { code, path, message } = /** @type {NodeJS.ErrnoException} */ (
			error instanceof Error ? error : new Error(String(error))
		);
		switch (code) {
			case "ENOSPC":
			case "EDQUOT":
				return new EngineFailure("disk-full", place, { cause: error });
			case "EACCES":
			case "EPERM":
			case "EROFS":
			case "ENOTDIR":
				// A draft's name ends in a UUID, which tells nobody anything.
				return new EngineFailure(
					"not-writable",
					(path ?? place).replace(/\.[0-9a-f-]{36}$/, ""),
					{
						cause: error,
					},
				);
			default:
				return new EngineFailure("unexpected", message, { cause: error });
		}
	}
}
