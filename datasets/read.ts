import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import { countCifarRecords, decodeCifarRecords } from "./cifar-binary.js";
import { createLabelledImages, type LabelledImages } from "./data-set.js";
import { DataSetError } from "./data-set-error.js";
import { parseIdxImages, parseIdxLabels } from "./idx.js";
import { findFile } from "./locate.js";
import type { IdxPair, Manifest } from "./manifests/manifest.js";

/** The most bytes that a file may decompress to: forty times the largest file of the known sets. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

export interface ReadOptions {
	/** Called before each file is read, with its path. */
	readonly onFile?: (path: string) => void;
	/** Whether the files must be those that the authors publish, to the last bit. */
	readonly published?: boolean;
	readonly signal?: AbortSignal;
}

/** Reads a family's train and test images from a folder, whatever their number; files plain or gzipped. Of CIFAR-10's train
 * batches those that are present are read, in order.
 * @throws DataSetError 'missing' or 'damaged', naming the file and what was expected and found; the signal's reason when
 * it is aborted */
export async function readImages(
	folder: string,
	manifest: Manifest,
	options: ReadOptions = {},
): Promise<{ train: LabelledImages; test: LabelledImages }> {
	const { format } = manifest;
	switch (format.kind) {
		case "idx":
			return {
				train: await readIdxPair(folder, format.train, manifest, options),
				test: await readIdxPair(folder, format.test, manifest, options),
			};
		case "cifar-binary":
			return {
				train: await readCifarFiles(
					presentBatches(folder, format.train),
					manifest,
					options,
				),
				test: await readCifarFiles(
					[requireFile(folder, format.test)],
					manifest,
					options,
				),
			};
	}
}

async function readIdxPair(
	folder: string,
	pair: IdxPair,
	manifest: Manifest,
	options: ReadOptions,
): Promise<LabelledImages> {
	const imagesFile = requireFile(folder, pair.images);
	const labelsFile = requireFile(folder, pair.labels);
	const [height, width] = manifest.shape;
	const found = await parseFile(
		imagesFile,
		options,
		checked(pair.images, manifest, options, parseIdxImages),
	);
	if (found.height !== height || found.width !== width) {
		throw new DataSetError(
			"damaged",
			`${imagesFile} holds images of ${found.height}x${found.width}; ${manifest.title} has ${height}x${width}, so put its own files there.`,
		);
	}
	const labels = await parseFile(
		labelsFile,
		options,
		checked(pair.labels, manifest, options, parseIdxLabels),
	);
	if (labels.length !== found.count) {
		throw new DataSetError(
			"damaged",
			`${imagesFile} holds ${found.count} images and ${labelsFile} ${labels.length} labels; each image needs one label, so take both files from the same set.`,
		);
	}
	const images = createLabelledImages(found.count, manifest.shape);
	images.images.set(found.pixels);
	images.labels.set(labels);
	return images;
}

async function readCifarFiles(
	files: readonly string[],
	manifest: Manifest,
	options: ReadOptions,
): Promise<LabelledImages> {
	const contents: { file: string; bytes: Uint8Array; count: number }[] = [];
	for (const file of files) {
		contents.push(
			await parseFile(
				file,
				options,
				checked(basename(file, ".gz"), manifest, options, (bytes) => ({
					file,
					bytes,
					count: countCifarRecords(bytes, file),
				})),
			),
		);
	}
	const count = contents.reduce((sum, content) => sum + content.count, 0);
	const images = createLabelledImages(count, manifest.shape);
	let first = 0;
	for (const { file, bytes } of contents) {
		options.signal?.throwIfAborted();
		first += decodeCifarRecords(bytes, file, {
			images: images.images,
			labels: images.labels,
			first,
		});
	}
	return images;
}

type Parse<T> = (bytes: Uint8Array, file: string) => T;

/** Parses, then compares the bytes with the published checksum where that is asked for: a file that is cut off is told as such. */
function checked<T>(
	name: string,
	{ published }: Manifest,
	options: ReadOptions,
	parse: Parse<T>,
): Parse<T> {
	if (options.published !== true) return parse;
	return (bytes, path) => {
		const parsed = parse(bytes, path);
		const expected = published.contents.find((file) => file.name === name);
		const sum = createHash("sha256").update(bytes).digest("hex");
		if (expected !== undefined && sum !== expected.sha256)
			throw new DataSetError(
				"damaged",
				`${path} has the SHA-256 ${sum} where ${expected.sha256} is expected (after decompression, where it is compressed); remove the file so that it is fetched again.`,
			);
		return parsed;
	};
}

function presentBatches(folder: string, names: readonly string[]): string[] {
	const present = names
		.map((name) => findFile(folder, name))
		.filter((path) => path !== undefined);
	return present.length > 0
		? present
		: [requireFile(folder, names[0] as string)];
}

function requireFile(folder: string, name: string): string {
	const path = findFile(folder, name);
	if (path === undefined) {
		throw new DataSetError(
			"missing",
			`${join(folder, name)} does not exist, nor does ${name}.gz beside it; put the file there or name another directory.`,
		);
	}
	return path;
}

const gunzipAsync = promisify(gunzip);

/** Reads and decompresses a file and parses what it holds. A gzip file that is cut off is parsed as far as it goes, so that
 * the parser can say what was expected and what is there; it fails in any case. */
async function parseFile<T>(
	path: string,
	options: ReadOptions,
	parse: Parse<T>,
): Promise<T> {
	const { signal } = options;
	signal?.throwIfAborted();
	options.onFile?.(path);
	const bytes = await readBytes(path, signal);
	const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
	if (!gzipped) return parse(bytes, path);
	let inflated: Uint8Array;
	try {
		inflated = await gunzipAsync(bytes, { maxOutputLength: MAX_FILE_BYTES });
	} catch (error) {
		const fault = error as NodeJS.ErrnoException;
		if (isOutOfMemory(fault)) throw error;
		if (fault.code === "Z_BUF_ERROR") {
			parse(
				await gunzipAsync(bytes, {
					maxOutputLength: MAX_FILE_BYTES,
					finishFlush: constants.Z_SYNC_FLUSH,
				}),
				path,
			);
		}
		throw new DataSetError(
			"damaged",
			`${path} is a damaged gzip file of ${bytes.length} bytes (${fault.message}); replace the file.`,
			{
				cause: error,
			},
		);
	}
	signal?.throwIfAborted();
	return parse(inflated, path);
}

async function readBytes(
	path: string,
	signal: AbortSignal | undefined,
): Promise<Uint8Array> {
	try {
		return await readFile(path, signal === undefined ? {} : { signal });
	} catch (error) {
		signal?.throwIfAborted();
		if (isOutOfMemory(error as NodeJS.ErrnoException)) throw error;
		throw new DataSetError(
			"missing",
			`${path} cannot be read (${(error as Error).message}); check its permissions or name another directory.`,
			{ cause: error },
		);
	}
}

/** Memory that cannot be had is no fault of the file. */
function isOutOfMemory({ code, message }: NodeJS.ErrnoException): boolean {
	return (
		code === "ENOMEM" ||
		code === "Z_MEM_ERROR" ||
		message.startsWith("Array buffer allocation failed")
	);
}
