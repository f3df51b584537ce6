/** The three sets of images that the training tasks stand on. */
export const DATA_SET_FAMILIES = [
	"mnist",
	"fashion-mnist",
	"cifar-10",
] as const;

export type DataSetFamily = (typeof DATA_SET_FAMILIES)[number];

/** Pictures and their classes, in memory that worker threads share without a copy. */
export interface LabelledImages {
	/** NHWC: count x height x width x channels bytes, 0 (black) to 255, rows from the top. */
	readonly images: Uint8Array<SharedArrayBuffer>;
	/** One class for each image, 0 to 9. */
	readonly labels: Uint8Array<SharedArrayBuffer>;
	readonly count: number;
}

export interface DataSet {
	/** 'mnist', 'fashion-mnist', 'cifar-10', or 'synthetic-digits', 'synthetic-garments', 'synthetic-objects'. */
	readonly name: string;
	/** 'sha256:' and 64 hex digits over shape, counts and every image and label byte: of the content, not of the files. */
	readonly digest: string;
	readonly shape: ImageShape;
	/** The ten classes' names, by label. */
	readonly classes: readonly string[];
	/** Mean of each channel over the training images, in units where 255 is 1. */
	readonly mean: readonly number[];
	/** Standard deviation of each channel over the training images, in units where 255 is 1. */
	readonly deviation: readonly number[];
	readonly train: LabelledImages;
	readonly test: LabelledImages;
	readonly licence: string;
	/** A sentence that says where the images come from, a directory for example. */
	readonly source: string;
	readonly synthetic: boolean;
}

/** Height, width and channels of one image. */
export type ImageShape = readonly [
	height: number,
	width: number,
	channels: number,
];

/** Bytes of one image of this shape. */
export function imageBytes([height, width, channels]: ImageShape): number {
	return height * width * channels;
}

/** Room in shared memory for `count` images of `shape` and their labels, all zero. */
export function createLabelledImages(
	count: number,
	shape: ImageShape,
): LabelledImages {
	return {
		images: new Uint8Array(new SharedArrayBuffer(count * imageBytes(shape))),
		labels: new Uint8Array(new SharedArrayBuffer(count)),
		count,
	};
}
