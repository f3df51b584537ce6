import { DataSetError } from "./data-set-error.js";

const IMAGES_MAGIC = 0x00000803;
const LABELS_MAGIC = 0x00000801;
const IMAGES_HEADER_BYTES = 16;
const LABELS_HEADER_BYTES = 8;
const CLASSES = 10;

/** Grey images of an IDX file: `count` x `height` x `width` bytes, row-major, a view of the file's bytes. */
export interface IdxImages {
	readonly count: number;
	readonly height: number;
	readonly width: number;
	readonly pixels: Uint8Array;
}

/** Reads an IDX file of images (magic 0x803: unsigned bytes in three dimensions), as LeCun's page on MNIST describes it.
 * @param file the name for error messages
 * @throws DataSetError 'damaged' on another magic, no images, or fewer or more bytes than its header promises */
export function parseIdxImages(bytes: Uint8Array, file: string): IdxImages {
	const header = headerOf(bytes, file, {
		magic: IMAGES_MAGIC,
		bytes: IMAGES_HEADER_BYTES,
		holds: "images",
	});
	const count = header.getUint32(4);
	const height = header.getUint32(8);
	const width = header.getUint32(12);
	requireLength(
		bytes,
		file,
		IMAGES_HEADER_BYTES + count * height * width,
		`${count} images of ${height}x${width}`,
	);
	if (count * height * width === 0) {
		throw new DataSetError(
			"damaged",
			`${file} holds no images (its header says ${count} of ${height}x${width}); at least one is needed, so replace the file.`,
		);
	}
	return { count, height, width, pixels: bytes.subarray(IMAGES_HEADER_BYTES) };
}

/** Reads an IDX file of labels (magic 0x801: unsigned bytes in one dimension): one byte each, 0 to 9.
 * @param file the name for error messages
 * @throws DataSetError 'damaged' on another magic, fewer or more bytes than its header promises, or a label above 9 */
export function parseIdxLabels(bytes: Uint8Array, file: string): Uint8Array {
	const header = headerOf(bytes, file, {
		magic: LABELS_MAGIC,
		bytes: LABELS_HEADER_BYTES,
		holds: "labels",
	});
	const count = header.getUint32(4);
	requireLength(bytes, file, LABELS_HEADER_BYTES + count, `${count} labels`);
	const labels = bytes.subarray(LABELS_HEADER_BYTES);
	const wrong = labels.findIndex((label) => label >= CLASSES);
	if (wrong >= 0) {
		throw new DataSetError(
			"damaged",
			`${file} gives image ${wrong} the label ${labels[wrong]}; labels are 0 to 9, so replace the file.`,
		);
	}
	return labels;
}

function headerOf(
	bytes: Uint8Array,
	file: string,
	expected: { magic: number; bytes: number; holds: string },
): DataView {
	if (bytes.length < expected.bytes) {
		throw new DataSetError(
			"damaged",
			`${file} is cut off: an IDX file of ${expected.holds} starts with ${expected.bytes} bytes of header, and ${bytes.length} were found, so replace the file.`,
		);
	}
	const header = new DataView(bytes.buffer, bytes.byteOffset, expected.bytes);
	const magic = header.getUint32(0);
	if (magic !== expected.magic) {
		throw new DataSetError(
			"damaged",
			`${file} is no IDX file of ${expected.holds}: its first four bytes are ${hex(magic)} where ${hex(expected.magic)} is expected, so replace the file.`,
		);
	}
	return header;
}

function requireLength(
	bytes: Uint8Array,
	file: string,
	expected: number,
	what: string,
): void {
	if (bytes.length !== expected) {
		const fault =
			bytes.length < expected ? "is cut off" : "has bytes past its end";
		throw new DataSetError(
			"damaged",
			`${file} ${fault}: its header promises ${what}, which takes ${expected} bytes, and ${bytes.length} were found (after decompression, where it is compressed), so replace the file.`,
		);
	}
}

function hex(value: number): string {
	return `0x${value.toString(16).padStart(8, "0")}`;
}
