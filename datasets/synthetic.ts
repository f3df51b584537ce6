import { setImmediate } from "node:timers/promises";
import {
	createLabelledImages,
	type DataSet,
	type DataSetFamily,
	type ImageShape,
	imageBytes,
	type LabelledImages,
} from "./data-set.js";
import { DataSetError } from "./data-set-error.js";
import { digestOf } from "./digest.js";
import type { DataSetProgress } from "./progress.js";
import { Canvas } from "./synthetic/canvas.js";
import { CounterRandom } from "./synthetic/counter-random.js";
import { drawDigit } from "./synthetic/digits.js";
import { drawGarment } from "./synthetic/garments.js";
import { drawObject } from "./synthetic/objects.js";

export interface DrawOptions {
	/** Images to draw for training, 10 to 1,000,000. 10,000 when absent. */
	readonly train?: number;
	/** Images to draw for testing, 10 to 1,000,000. 2,000 when absent. */
	readonly test?: number;
	/** A whole number that names the set; its images and their order follow from it. 7 when absent. */
	readonly seed?: number;
	readonly onProgress?: (progress: DataSetProgress) => void;
	readonly signal?: AbortSignal;
}

/** Draws the synthetic set that stands in for a family: the same shape, ten classes in equal numbers, from `seed` alone and
 * the same on every machine. Each image is its own stream, so the first images do not depend on how many are drawn.
 * Mean and deviation are the drawn train images' own.
 * @throws DataSetError 'invalid' on a count or seed out of range; the signal's reason when it is aborted */
export async function drawDataSet(
	family: DataSetFamily,
	options: DrawOptions = {},
): Promise<DataSet> {
	const { shape, name, classes, draw } = SYNTHETIC_SETS[family];
	const counts = {
		train: countOf("train", options.train ?? 10_000),
		test: countOf("test", options.test ?? 2_000),
	};
	const seed = options.seed ?? 7;
	if (!Number.isInteger(seed) || Math.abs(seed) > 0x7fffffff) {
		throw new DataSetError(
			"invalid",
			`The seed ${seed} of a synthetic data set is not allowed; name a whole number within 2147483647 of 0.`,
		);
	}
	const totalImages = counts.train + counts.test;
	const drawSplit = (
		split: "train" | "test",
		drawnBefore: number,
	): Promise<LabelledImages> =>
		drawImages(counts[split], {
			shape,
			draw,
			key: [seed, split === "train" ? 0 : 1],
			onImages: (images) =>
				options.onProgress?.({
					stage: "draw",
					family,
					images: drawnBefore + images,
					totalImages,
				}),
			...(options.signal && { signal: options.signal }),
		});
	const train = await drawSplit("train", 0);
	const test = await drawSplit("test", counts.train);
	return {
		name,
		digest: await digestOf({ shape, train, test }, options.signal),
		shape,
		classes,
		...momentsOf(train, shape),
		train,
		test,
		licence: "Apache-2.0, as Nightshift itself",
		source: `Drawn by Nightshift from the seed ${seed}.`,
		synthetic: true,
	};
}

interface SyntheticSet {
	readonly name: string;
	readonly shape: ImageShape;
	readonly classes: readonly string[];
	readonly draw: (canvas: Canvas, label: number, random: CounterRandom) => void;
}

const SYNTHETIC_SETS: Readonly<Record<DataSetFamily, SyntheticSet>> = {
	mnist: {
		name: "synthetic-digits",
		shape: [28, 28, 1],
		classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
		draw: drawDigit,
	},
	"fashion-mnist": {
		name: "synthetic-garments",
		shape: [28, 28, 1],
		classes: [
			"tee",
			"trousers",
			"pullover",
			"dress",
			"coat",
			"sandal",
			"shirt",
			"low shoe",
			"bag",
			"boot",
		],
		draw: drawGarment,
	},
	"cifar-10": {
		name: "synthetic-objects",
		shape: [32, 32, 3],
		classes: [
			"aeroplane",
			"car",
			"fish",
			"cup",
			"house",
			"tree",
			"mushroom",
			"key",
			"boat",
			"chair",
		],
		draw: drawObject,
	},
};

const CLASSES = 10;
/** Images drawn between two looks at the signal. */
const BATCH = 100;

async function drawImages(
	count: number,
	options: {
		shape: ImageShape;
		draw: SyntheticSet["draw"];
		key: readonly number[];
		onImages: (images: number) => void;
		signal?: AbortSignal;
	},
): Promise<LabelledImages> {
	const { shape, draw, key, onImages, signal } = options;
	const drawn = createLabelledImages(count, shape);
	const canvas = new Canvas(shape[1], shape[0], shape[2]);
	for (let index = 0; index < count; index++) {
		if (index % BATCH === 0) {
			onImages(index);
			await setImmediate();
			signal?.throwIfAborted();
		}
		const label = labelOf(index, key);
		drawn.labels[index] = label;
		draw(canvas, label, new CounterRandom(...key, 1, index));
		canvas.writeBytes(drawn.images, index * imageBytes(shape));
	}
	onImages(count);
	return drawn;
}

/** Ten images after each other have the ten classes, in a random order (Fisher and Yates). */
function labelOf(index: number, key: readonly number[]): number {
	const random = new CounterRandom(...key, 0, Math.floor(index / CLASSES));
	const order = Array.from({ length: CLASSES }, (_, label) => label);
	for (let last = CLASSES - 1; last > 0; last--) {
		const other = random.below(last + 1);
		[order[last], order[other]] = [
			order[other] as number,
			order[last] as number,
		];
	}
	return order[index % CLASSES] as number;
}

/** Mean and standard deviation of each channel, in units where 255 is 1, rounded to four decimals. */
function momentsOf(
	{ images }: LabelledImages,
	[, , channels]: ImageShape,
): { mean: number[]; deviation: number[] } {
	const sums = Array.from({ length: channels }, () => 0);
	const squares = Array.from({ length: channels }, () => 0);
	for (let at = 0; at < images.length; at++) {
		const value = images[at] as number;
		const channel = at % channels;
		sums[channel] = (sums[channel] as number) + value;
		squares[channel] = (squares[channel] as number) + value * value;
	}
	const pixels = images.length / channels;
	const mean = sums.map((sum) => sum / pixels / 255);
	const deviation = squares.map((square, channel) =>
		Math.sqrt(
			Math.max(
				0,
				square / pixels / 255 / 255 -
					(mean[channel] as number) * (mean[channel] as number),
			),
		),
	);
	return { mean: mean.map(rounded), deviation: deviation.map(rounded) };
}

function rounded(value: number): number {
	return Math.floor(value * 10_000 + 0.5) / 10_000;
}

function countOf(split: string, count: number): number {
	if (!Number.isInteger(count) || count < 10 || count > 1_000_000) {
		throw new DataSetError(
			"invalid",
			`${count} ${split} images of a synthetic data set are not allowed; ask for a whole number from 10 to 1000000.`,
		);
	}
	return count;
}
