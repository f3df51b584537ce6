// The files that are downloaded, pinned: TensorFlow's own wheels, which hold the library that the add-on is built against.

export const TENSORFLOW_VERSION = "2.21.0";

/** The oldest glibc that the pinned wheels run on (the 2_27 of their platform tag). */
export const OLDEST_GLIBC = "2.27";

/** What a cache folder needs at most while a wheel is fetched and unpacked, in bytes: the wheel, the libraries and the build. */
export const ROOM_BYTES = 1_200_000_000;

/**
 * @typedef {object} WheelPin
 * @property {string} distribution the name in the Python registry
 * @property {string} version
 * @property {string} pipPlatform
 * @property {string} pythonVersion any Python's wheel holds the same libraries; one is pinned
 * @property {string} fileName
 * @property {number} bytes
 * @property {string} sha256 of the wheel, lower-case hex, as `pip hash` prints it
 */

/** Wheels by `process.platform`-`process.arch`. The light `tensorflow-cpu` exists for x86-64 alone; on arm64 `tensorflow` itself is the CPU build. */
export const WHEELS = Object.freeze({
	"linux-x64": wheel({
		distribution: "tensorflow-cpu",
		pipPlatform: "manylinux_2_27_x86_64",
		bytes: 273_829_956,
		sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
	}),
	"linux-arm64": wheel({
		distribution: "tensorflow",
		pipPlatform: "manylinux_2_27_aarch64",
		bytes: 281_828_020,
		sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
	}),
});

/**
 * @param {Pick<WheelPin, 'distribution' | 'pipPlatform' | 'bytes' | 'sha256'>} part
 * @returns {WheelPin}
 */
function wheel(part) {
	const stem = part.distribution.replaceAll("-", "_");
	return {
		...part,
		version: TENSORFLOW_VERSION,
		pythonVersion: "311",
		fileName: `${stem}-${TENSORFLOW_VERSION}-cp311-cp311-${part.pipPlatform}.whl`,
	};
}
