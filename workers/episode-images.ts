import {
	type AugmentationRule,
	drawTransform,
	transformImage,
} from "./augmentation.js";
import type { Batch } from "./engine.js";
import type { EpisodeImages, SharedImages } from "./job.js";
import { product } from "./network.js";
import { RandomStream } from "./random-stream.js";

/** Which images of the training file the episode trains on, and which it validates on: disjoint, drawn by the episode's key. */
export interface EpisodeSubset {
	readonly train: Uint32Array;
	readonly validation: Uint32Array;
}

export function drawSubset(
	{ train, trainCount, validationCount }: EpisodeImages,
	key: Uint8Array,
): EpisodeSubset {
	const order = new RandomStream(key, "subset").permutation(train.count);
	return {
		train: order.slice(0, trainCount),
		validation: order.slice(trainCount, trainCount + validationCount),
	};
}

/** Makes normalised batches out of shared bytes. */
export class BatchReader {
	private readonly size: number;
	private readonly normalised: readonly Float32Array[];
	private readonly transformed: Float32Array;

	constructor(private readonly images: EpisodeImages) {
		this.size = product(images.shape);
		this.normalised = images.mean.map((mean, channel) =>
			Float32Array.from(
				{ length: 256 },
				(_, byte) =>
					(byte / 255 - mean) / (images.deviation[channel] as number),
			),
		);
		this.transformed = new Float32Array(this.size);
	}

	/** The images at `indices`, as they are. */
	read(from: SharedImages, indices: Uint32Array): Batch {
		const batch = this.emptyBatch(indices.length);
		const channels = this.images.shape[2];
		let target = 0;
		indices.forEach((index, row) => {
			const first = index * this.size;
			for (let i = 0; i < this.size; i += channels) {
				for (let channel = 0; channel < channels; channel++) {
					batch.images[target++] = (this.normalised[channel] as Float32Array)[
						from.images[first + i + channel] as number
					] as number;
				}
			}
			batch.labels[row] = from.labels[index] as number;
		});
		return batch;
	}

	/** The images at `indices`, each transformed by numbers of its own out of `stream`. */
	readAugmented(
		from: SharedImages,
		indices: Uint32Array,
		rule: AugmentationRule,
		strength: number,
		stream: RandomStream,
	): Batch {
		const batch = this.emptyBatch(indices.length);
		const { shape, mean, deviation } = this.images;
		const channels = shape[2];
		const scale = deviation.map((value) => 1 / (255 * value));
		const shift = mean.map(
			(value, channel) => value / (deviation[channel] as number),
		);
		let target = 0;
		indices.forEach((index, row) => {
			const source = from.images.subarray(
				index * this.size,
				(index + 1) * this.size,
			);
			transformImage(
				source,
				shape,
				drawTransform(rule, strength, shape[1], stream),
				this.transformed,
			);
			for (let i = 0; i < this.size; i += channels) {
				for (let channel = 0; channel < channels; channel++) {
					batch.images[target++] =
						(this.transformed[i + channel] as number) *
							(scale[channel] as number) -
						(shift[channel] as number);
				}
			}
			batch.labels[row] = from.labels[index] as number;
		});
		return batch;
	}

	private emptyBatch(count: number): Batch {
		return {
			images: new Float32Array(count * this.size),
			labels: new Int32Array(count),
			count,
		};
	}
}
