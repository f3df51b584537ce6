import type { DataSetFamily, ImageShape } from "../data-set.js";

/** What is known beforehand about a family of images: its shape, its names, and the files that its authors publish. */
export interface Manifest {
	readonly family: DataSetFamily;
	/** The name with its usual spelling, for sentences. */
	readonly title: string;
	readonly shape: ImageShape;
	readonly classes: readonly string[];
	/** Usual mean and deviation of each channel, in units where 255 is 1. */
	readonly mean: readonly number[];
	readonly deviation: readonly number[];
	readonly licence: string;
	readonly format: ManifestFormat;
	readonly published: PublishedFiles;
}

/** Which files hold which part, by the names that the authors gave them, without `.gz`. */
export type ManifestFormat =
	| { readonly kind: "idx"; readonly train: IdxPair; readonly test: IdxPair }
	| {
			readonly kind: "cifar-binary";
			readonly train: readonly string[];
			readonly test: string;
	  };

export interface IdxPair {
	readonly images: string;
	readonly labels: string;
}

/** The official files and where they are served. Every mirror is a URL to which a file's name is appended. */
export interface PublishedFiles {
	readonly mirrors: readonly string[];
	/** What is downloaded. */
	readonly files: readonly PublishedFile[];
	/** What the files hold once decompressed or unpacked; these are what the cache's content can be compared with. */
	readonly contents: readonly PublishedFile[];
	/** Where sizes and checksums were taken from. */
	readonly checksumSource: string;
}

export interface PublishedFile {
	readonly name: string;
	/** Size in bytes. */
	readonly bytes: number;
	/** SHA-256 in lower-case hex. */
	readonly sha256: string;
}
