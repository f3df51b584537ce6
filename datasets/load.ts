import type { DataSet, DataSetFamily } from "./data-set.js";
import { DataSetError } from "./data-set-error.js";
import { digestOf } from "./digest.js";
import type { DownloadPatience } from "./download.js";
import { fetchDataSet } from "./fetch.js";
import {
	type DataSetLocation,
	type LocateOptions,
	locateDataSets,
} from "./locate.js";
import type { Manifest } from "./manifests/manifest.js";
import { MANIFESTS } from "./manifests/manifests.js";
import type { DataSetProgress } from "./progress.js";
import { readImages } from "./read.js";
import { drawDataSet } from "./synthetic.js";

export {
	DATA_SET_FAMILIES,
	type DataSet,
	type DataSetFamily,
	type ImageShape,
	imageBytes,
	type LabelledImages,
} from "./data-set.js";
export { DataSetError, type DataSetErrorReason } from "./data-set-error.js";
export { type FetchOptions, fetchDataSet } from "./fetch.js";
export {
	type DataSetLocation,
	type LocateOptions,
	locateDataSets,
} from "./locate.js";
export type { Manifest } from "./manifests/manifest.js";
export { MANIFESTS } from "./manifests/manifests.js";
export type { DataSetProgress } from "./progress.js";
export { type DrawOptions, drawDataSet } from "./synthetic.js";

export interface LoadOptions extends LocateOptions {
	/** Whether to ask the mirrors for what is found nowhere. */
	readonly download: "never" | "if-missing";
	/** How patient a download is; `DEFAULT_PATIENCE` of download.ts when absent. */
	readonly patience?: DownloadPatience;
	readonly onProgress?: (progress: DataSetProgress) => void;
	readonly signal?: AbortSignal;
}

/** Real images of a family where they are found: in the user's directories, `../shared/datasets` beside the project, Debian's
 * package, the cache, or at a mirror when a download is allowed. Else the synthetic set of the same shape; its `source` then
 * says why. What is found but cannot be read is an error and never replaced.
 * @throws DataSetError 'invalid' on an unknown family; 'missing' or 'damaged' when a directory that the user named does not
 * exist or what was found cannot be used; the signal's reason when it is aborted */
export async function loadDataSet(
	family: DataSetFamily,
	options: LoadOptions,
): Promise<DataSet> {
	const manifest = manifestOf(family);
	const location = locateDataSets(options)[family];
	if (location.found)
		return readDataSet(manifest, location.path, ORIGINS[location.kind], {
			...options,
			published: location.kind === "cache",
		});
	if (options.download === "never") {
		return drawInstead(
			family,
			`${manifest.title} was not found in ${location.looked.join(", ")}`,
			options,
		);
	}
	let folder: string;
	options.onProgress?.({ stage: "ask", family });
	try {
		folder = await fetchDataSet(manifest, options);
	} catch (error) {
		if (
			!(error instanceof DataSetError) ||
			(error.reason !== "unreachable" && error.reason !== "unwritable")
		)
			throw error;
		options.onProgress?.({ stage: "give-up", family, reason: error.message });
		return drawInstead(
			family,
			error.reason === "unreachable"
				? `${manifest.title} was found nowhere and no mirror gave it`
				: `${manifest.title} was found nowhere and the cache ${options.cacheDirectory} cannot be written`,
			options,
		);
	}
	return readDataSet(manifest, folder, "Downloaded to the cache", {
		...options,
		published: true,
	});
}

const ORIGINS: Readonly<
	Record<Extract<DataSetLocation, { found: true }>["kind"], string>
> = {
	directory: "Read from the directory",
	debian: "Read from Debian's package dataset-fashion-mnist in",
	cache: "Read from the cache",
};

function manifestOf(family: DataSetFamily): Manifest {
	if (!Object.hasOwn(MANIFESTS, family)) {
		throw new DataSetError(
			"invalid",
			`There is no data set "${family}"; name one of ${Object.keys(MANIFESTS).join(", ")}.`,
		);
	}
	return MANIFESTS[family];
}

async function readDataSet(
	manifest: Manifest,
	folder: string,
	origin: string,
	options: LoadOptions & { readonly published: boolean },
): Promise<DataSet> {
	const { family, shape, classes, mean, deviation, licence } = manifest;
	const { train, test } = await readImages(folder, manifest, {
		published: options.published,
		onFile: (file) => options.onProgress?.({ stage: "read", family, file }),
		...(options.signal && { signal: options.signal }),
	});
	return {
		name: family,
		digest: await digestOf({ shape, train, test }, options.signal),
		shape,
		classes,
		mean,
		deviation,
		train,
		test,
		licence,
		source: `${origin} ${folder}.`,
		synthetic: false,
	};
}

async function drawInstead(
	family: DataSetFamily,
	why: string,
	options: LoadOptions,
): Promise<DataSet> {
	const drawn = await drawDataSet(family, {
		...(options.onProgress && { onProgress: options.onProgress }),
		...(options.signal && { signal: options.signal }),
	});
	return {
		...drawn,
		source: `${drawn.source} It stands in for the real images: ${why}.`,
	};
}
