import {
	accessSync,
	constants,
	existsSync,
	readdirSync,
	statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DATA_SET_FAMILIES, type DataSetFamily } from "./data-set.js";
import { DataSetError } from "./data-set-error.js";
import type { ManifestFormat } from "./manifests/manifest.js";
import { MANIFESTS } from "./manifests/manifests.js";

/** Where Debian's package dataset-fashion-mnist puts its files. */
export const DEBIAN_FASHION_MNIST = "/usr/share/datasets/fashion-mnist";

export interface LocateOptions {
	/** Directories that the user named, searched first and in this order. Each holds a family's folder or is one. */
	readonly directories: readonly string[];
	/** Where downloads go: searched last. It need not exist. */
	readonly cacheDirectory: string;
	/** Whether to search `../shared/datasets` beside the project and Debian's package too. True when absent. */
	readonly defaults?: boolean;
}

/** Where a family's files lie, or where they were looked for. A 'directory' is the user's or the one beside the project. */
export type DataSetLocation =
	| {
			readonly found: true;
			readonly kind: "directory" | "debian" | "cache";
			readonly path: string;
	  }
	| { readonly found: false; readonly looked: readonly string[] };

/** Looks for every family's files: in the user's directories, `../shared/datasets`, Debian's package, the cache. The files
 * are not read.
 * @throws DataSetError 'missing' when a directory that the user named does not exist, is none or cannot be read, 'damaged' when it holds no
 * data set, or only some of a data set's files */
export function locateDataSets(
	options: LocateOptions,
): Record<DataSetFamily, DataSetLocation> {
	const named = options.directories.map((directory) => ({
		directory: resolve(directory),
		families: familiesOf(resolve(directory)),
	}));
	const locate = (family: DataSetFamily): DataSetLocation => {
		const looked: string[] = [];
		for (const { directory, families } of named) {
			const path = families.get(family);
			if (path !== undefined) return { found: true, kind: "directory", path };
			looked.push(directory);
		}
		for (const place of otherPlaces(family, options)) {
			const path = place.folders.find((folder) =>
				mayBeRead(place.kind, folder, MANIFESTS[family].format),
			);
			if (path !== undefined) return { found: true, kind: place.kind, path };
			looked.push(place.path);
		}
		return { found: false, looked };
	};
	return {
		mnist: locate("mnist"),
		"fashion-mnist": locate("fashion-mnist"),
		"cifar-10": locate("cifar-10"),
	};
}

/** The folder of a family inside the cache. */
export function cacheFolderOf(
	family: DataSetFamily,
	cacheDirectory: string,
): string {
	return join(resolve(cacheDirectory), folderNames(family)[0] as string);
}

/** The file in `folder` that holds `name`, compressed or not, by its path.
 * @returns undefined where there is none */
export function findFile(folder: string, name: string): string | undefined {
	return spellings(name)
		.map((spelling) => join(folder, spelling))
		.find((path) => existsSync(path));
}

/** The names of the files that a folder of this format must hold. Of CIFAR's train batches one is enough. */
export function requiredFiles(format: ManifestFormat): readonly string[] {
	return format.kind === "idx"
		? [
				format.train.images,
				format.train.labels,
				format.test.images,
				format.test.labels,
			]
		: [format.train[0] as string, format.test];
}

interface Place {
	readonly kind: "directory" | "debian" | "cache";
	readonly path: string;
	readonly folders: readonly string[];
}

function otherPlaces(family: DataSetFamily, options: LocateOptions): Place[] {
	const places: Place[] = [];
	if (options.defaults !== false) {
		const shared = sharedDirectory();
		places.push({
			kind: "directory",
			path: shared,
			folders: folderNames(family).map((name) => join(shared, name)),
		});
		if (family === "fashion-mnist") {
			places.push({
				kind: "debian",
				path: DEBIAN_FASHION_MNIST,
				folders: [DEBIAN_FASHION_MNIST],
			});
		}
	}
	const cache = cacheFolderOf(family, options.cacheDirectory);
	places.push({ kind: "cache", path: cache, folders: [cache] });
	return places;
}

/** A download that was broken off leaves some of its files in the cache: that is none. In other places it is damage, which
 * reading will report. */
function mayBeRead(
	kind: Place["kind"],
	folder: string,
	format: ManifestFormat,
): boolean {
	if (kind !== "cache") requireReadable(folder);
	const held = holding(folder, format).length;
	return kind === "cache" ? held === requiredFiles(format).length : held > 0;
}

/** What a directory named by the user holds: each family's folder. */
function familiesOf(directory: string): Map<DataSetFamily, string> {
	requireDirectory(directory);
	const found = new Map<DataSetFamily, string>();
	const partial: string[] = [];
	for (const family of DATA_SET_FAMILIES) {
		const { format, title } = MANIFESTS[family];
		const folders = folderNames(family).map((name) => join(directory, name));
		if (itselfIs(directory, family)) folders.unshift(directory);
		for (const folder of folders) {
			requireReadable(folder);
			const missing = requiredFiles(format).filter(
				(name) => !present(folder, name, format),
			);
			if (missing.length === 0) {
				found.set(family, folder);
				break;
			}
			if (holding(folder, format).length > 0) {
				partial.push(
					`${folder} holds some of ${title}'s files but lacks ${missing.join(", ")} (plain or .gz)`,
				);
			}
		}
	}
	if (partial.length > 0) {
		throw new DataSetError(
			"damaged",
			`${partial.join("; ")}: add what is missing, or do not name this directory.`,
		);
	}
	if (found.size === 0) {
		throw new DataSetError(
			"damaged",
			`${directory} holds no data set; it should hold ${FOLDERS_IN_WORDS}, or be such a folder itself.${idxHint(directory)}`,
		);
	}
	return found;
}

const FOLDERS_IN_WORDS =
	"mnist/, fashion-mnist/ or cifar-10-batches-bin/ with the files in them that the authors publish";

function requireDirectory(directory: string): void {
	const stats = statOf(directory);
	if (stats === undefined) {
		throw new DataSetError(
			"missing",
			`The data directory ${directory} does not exist; name one that holds ${FOLDERS_IN_WORDS}.`,
		);
	}
	if (!stats.isDirectory()) {
		throw new DataSetError(
			"missing",
			`${directory} is no directory; name one that holds ${FOLDERS_IN_WORDS}.`,
		);
	}
}

/** Whether the directory is, by its name, the family's folder itself. MNIST and Fashion-MNIST have the same files, so for
 * those the name decides: torchvision's `MNIST/raw` and `FashionMNIST/raw` count too. */
function itselfIs(directory: string, family: DataSetFamily): boolean {
	if (family === "cifar-10") return true;
	const name =
		`${basename(dirname(directory))}/${basename(directory)}`.toLowerCase();
	const fashion = name.includes("fashion");
	return family === "fashion-mnist"
		? fashion
		: !fashion && name.includes("mnist");
}

/** What may not be looked into would pass for empty, and something else would take its place unseen. */
function requireReadable(folder: string): void {
	if (!statOf(folder)?.isDirectory()) return;
	try {
		accessSync(folder, constants.R_OK | constants.X_OK);
	} catch (error) {
		throw unreadable(folder, error);
	}
}

/** @returns undefined where there is nothing of that name */
function statOf(path: string) {
	try {
		return statSync(path, { throwIfNoEntry: false });
	} catch (error) {
		throw unreadable(path, error);
	}
}

function unreadable(path: string, cause: unknown): DataSetError {
	return new DataSetError(
		"missing",
		`${path} cannot be read (${(cause as Error).message}); check its permissions or name another directory.`,
		{ cause },
	);
}

function idxHint(directory: string): string {
	const { format } = MANIFESTS.mnist;
	return holding(directory, format).length > 0
		? " It has IDX files, which MNIST and Fashion-MNIST name alike: give the folder the name mnist or fashion-mnist."
		: "";
}

function folderNames(family: DataSetFamily): readonly string[] {
	switch (family) {
		case "mnist":
			return ["mnist", "MNIST/raw", "MNIST"];
		case "fashion-mnist":
			return ["fashion-mnist", "FashionMNIST/raw", "FashionMNIST"];
		case "cifar-10":
			return ["cifar-10-batches-bin", "cifar-10"];
	}
}

/** The files of this format that the folder has. */
function holding(folder: string, format: ManifestFormat): string[] {
	return requiredFiles(format).filter((name) => present(folder, name, format));
}

function present(
	folder: string,
	name: string,
	format: ManifestFormat,
): boolean {
	if (format.kind === "cifar-binary" && name !== format.test) {
		return format.train.some((batch) => findFile(folder, batch) !== undefined);
	}
	return findFile(folder, name) !== undefined;
}

/** A file's name as the authors write it, with the dot that some unpackers and mirrors put before `idx`, each also gzipped. */
function spellings(name: string): string[] {
	const dotted = name.replace(/-(idx\d)/, ".$1");
	return [...new Set([name, dotted])].flatMap((spelling) => [
		spelling,
		`${spelling}.gz`,
	]);
}

/** `../shared/datasets` beside the project, whose root is the nearest folder above this file with a package.json, or the
 * working directory where there is none. */
function sharedDirectory(): string {
	let directory = dirname(fileURLToPath(import.meta.url));
	while (!readdirSync(directory).includes("package.json")) {
		if (dirname(directory) === directory) {
			directory = process.cwd();
			break;
		}
		directory = dirname(directory);
	}
	return resolve(directory, "..", "shared", "datasets");
}
