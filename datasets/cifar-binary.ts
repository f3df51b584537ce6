import { DataSetError } from "./data-set-error.js";

const SIDE = 32;
const CHANNELS = 3;
const PLANE_BYTES = SIDE * SIDE;
const RECORD_BYTES = 1 + CHANNELS * PLANE_BYTES;
const CLASSES = 10;

/** Images in a file of CIFAR-10's binary format: records of one label byte and 3,072 bytes.
 * @param file the name for error messages
 * @throws DataSetError 'damaged' when the size is no whole number of records, or none */
export function countCifarRecords(bytes: Uint8Array, file: string): number {
	const count = Math.floor(bytes.length / RECORD_BYTES);
	if (count === 0 || count * RECORD_BYTES !== bytes.length) {
		throw new DataSetError(
			"damaged",
			`${file} is cut off or no CIFAR-10 binary file: its records take ${RECORD_BYTES} bytes each, so ${(count + 1) * RECORD_BYTES} bytes were expected for ${count + 1} of them and ${bytes.length} were found; replace the file.`,
		);
	}
	return count;
}

/** Writes a file's records into `images` (NHWC, 32x32x3, red green blue) and `labels`, from image `first` on. The file has
 * each image as three planes, red then green then blue, row-major (Krizhevsky's page on CIFAR-10).
 * @param file the name for error messages
 * @returns how many images were written
 * @throws DataSetError 'damaged' when the size is no whole number of records, or a label is above 9 */
export function decodeCifarRecords(
	bytes: Uint8Array,
	file: string,
	into: { images: Uint8Array; labels: Uint8Array; first: number },
): number {
	const count = countCifarRecords(bytes, file);
	for (let record = 0; record < count; record++) {
		const start = record * RECORD_BYTES;
		const label = bytes[start] as number;
		if (label >= CLASSES) {
			throw new DataSetError(
				"damaged",
				`${file} gives image ${record} the label ${label}; labels are 0 to 9, so replace the file.`,
			);
		}
		into.labels[into.first + record] = label;
		let to = (into.first + record) * CHANNELS * PLANE_BYTES;
		for (let pixel = start + 1; pixel <= start + PLANE_BYTES; pixel++) {
			into.images[to] = bytes[pixel] as number;
			into.images[to + 1] = bytes[pixel + PLANE_BYTES] as number;
			into.images[to + 2] = bytes[pixel + 2 * PLANE_BYTES] as number;
			to += CHANNELS;
		}
	}
	return count;
}
