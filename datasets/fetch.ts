import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { DataSetError } from "./data-set-error.js";
import {
	DEFAULT_PATIENCE,
	type DownloadPatience,
	downloadFile,
} from "./download.js";
import { withFileLock } from "./file-lock.js";
import { cacheFolderOf } from "./locate.js";
import type { Manifest, PublishedFile } from "./manifests/manifest.js";
import type { DataSetProgress } from "./progress.js";
import { readTar, type TarEntry } from "./tar.js";

export interface FetchOptions {
	/** Made where it does not exist; one family takes up to 360 MB while it is fetched. */
	readonly cacheDirectory: string;
	readonly patience?: DownloadPatience;
	readonly onProgress?: (progress: DataSetProgress) => void;
	readonly signal?: AbortSignal;
}

/** Downloads a family's official files into the cache and unpacks an archive. Size and checksum of every file are checked;
 * what is there already is not fetched again, and a download that broke off goes on where it stopped, in a later call too.
 * Two processes do not fetch the same: the second waits.
 * @returns the folder with the files
 * @throws DataSetError 'unreachable' when no mirror gives a file, 'missing' when the cache cannot be written; the signal's
 * reason when it is aborted */
export async function fetchDataSet(
	manifest: Manifest,
	options: FetchOptions,
): Promise<string> {
	const cache = resolve(options.cacheDirectory);
	const folder = cacheFolderOf(manifest.family, cache);
	const lock = join(cache, `${manifest.family}.lock`);
	try {
		await mkdir(cache, { recursive: true });
		return await withFileLock(
			lock,
			() => fetchInto(folder, cache, manifest, options),
			{
				onWait: () =>
					options.onProgress?.({
						stage: "wait",
						family: manifest.family,
						file: lock,
					}),
				...(options.signal && { signal: options.signal }),
			},
		);
	} catch (error) {
		options.signal?.throwIfAborted();
		if (error instanceof DataSetError) throw error;
		throw new DataSetError(
			"unwritable",
			`The cache ${cache} cannot be used (${(error as Error).message}); name a directory that can be written and has room.`,
			{ cause: error },
		);
	}
}

async function fetchInto(
	folder: string,
	cache: string,
	manifest: Manifest,
	options: FetchOptions,
): Promise<string> {
	const { files, contents } = manifest.published;
	const archive = files.find(({ name }) => name.endsWith(".tar.gz"));
	if (archive === undefined) {
		await mkdir(folder, { recursive: true });
		for (const file of files)
			await fetchFile(file, join(folder, file.name), manifest, options);
		return folder;
	}
	if (await holdsAll(folder, contents)) return folder;
	const archivePath = join(cache, archive.name);
	await fetchFile(archive, archivePath, manifest, options);
	options.onProgress?.({
		stage: "unpack",
		family: manifest.family,
		file: archivePath,
	});
	await unpack(archivePath, folder, contents, options.signal);
	await rm(archivePath);
	return folder;
}

async function fetchFile(
	file: PublishedFile,
	destination: string,
	manifest: Manifest,
	options: FetchOptions,
): Promise<void> {
	const { family, published } = manifest;
	if (await hasSize(destination, file.bytes)) return;
	await downloadFile(
		file,
		published.mirrors.map((mirror) => mirror + file.name),
		destination,
		{
			patience: options.patience ?? DEFAULT_PATIENCE,
			onBytes: (url, bytes) =>
				options.onProgress?.({
					stage: "fetch",
					family,
					file: destination,
					url,
					bytes,
					totalBytes: file.bytes,
				}),
			onCheck: () =>
				options.onProgress?.({ stage: "check", family, file: destination }),
			...(options.signal && { signal: options.signal }),
		},
	);
}

/** Unpacks the wanted files, whatever folder the archive has them in, into a folder beside `folder` that takes its name once
 * all are there and right. */
async function unpack(
	archive: string,
	folder: string,
	wanted: readonly PublishedFile[],
	signal: AbortSignal | undefined,
): Promise<void> {
	const fresh = `${folder}.unpacking`;
	await rm(fresh, { recursive: true, force: true });
	await mkdir(fresh, { recursive: true });
	const missing = new Map(wanted.map((file) => [file.name, file]));
	const compressed = createReadStream(archive, signal && { signal });
	const inflated = compressed.pipe(createGunzip());
	compressed.once("error", (error) => inflated.destroy(error));
	try {
		for await (const entry of readTar(inflated, archive)) {
			signal?.throwIfAborted();
			const name = basename(entry.path);
			const file = entry.kind === "file" ? missing.get(name) : undefined;
			if (file === undefined) continue;
			await writeChecked(entry, file, join(fresh, name), archive);
			missing.delete(name);
		}
		if (missing.size > 0) {
			throw new DataSetError(
				"damaged",
				`${archive} lacks ${[...missing.keys()].join(", ")}; remove it so that it is fetched again.`,
			);
		}
		await rm(folder, { recursive: true, force: true });
		await rename(fresh, folder);
	} finally {
		inflated.destroy();
		compressed.destroy();
		await rm(fresh, { recursive: true, force: true });
	}
}

async function writeChecked(
	entry: TarEntry,
	file: PublishedFile,
	destination: string,
	archive: string,
): Promise<void> {
	const hash = createHash("sha256");
	await pipeline(
		entry.body,
		async function* hashed(pieces: AsyncIterable<Uint8Array>) {
			for await (const piece of pieces) {
				hash.update(piece);
				yield piece;
			}
		},
		createWriteStream(destination, { flush: true }),
	);
	const sum = hash.digest("hex");
	if (entry.bytes !== file.bytes || sum !== file.sha256) {
		throw new DataSetError(
			"damaged",
			`${archive} holds ${file.name} with ${entry.bytes} bytes and the SHA-256 ${sum} where ${file.bytes} bytes and ${file.sha256} are expected; remove it so that it is fetched again.`,
		);
	}
}

async function holdsAll(
	folder: string,
	files: readonly PublishedFile[],
): Promise<boolean> {
	for (const file of files) {
		if (!(await hasSize(join(folder, file.name), file.bytes))) return false;
	}
	return true;
}

async function hasSize(path: string, bytes: number): Promise<boolean> {
	const stats = await stat(path).catch(() => undefined);
	return stats?.size === bytes;
}
