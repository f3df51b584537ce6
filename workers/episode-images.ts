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
	private readonly channels: number;
	/** For each channel the 256 values that a byte can become. */
	private readonly normalised: readonly Float32Array[];

	constructor(private readonly images: EpisodeImages) {
		const { shape, mean, deviation } = images;
		this.size = product(shape);
		this.channels = shape[2];
		this.normalised = Array.from({ length: this.channels }, (_, channel) =>
			Float32Array.from(
				{ length: 256 },
				(_, byte) =>
					(byte / 255 - (mean[channel] as number)) /
					(deviation[channel] as number),
			),
		);
	}

	/** The images at `indices`, as they are. */
	read(from: SharedImages, indices: Uint32Array): Batch {
		const { size, channels, normalised } = this;
		const { images, labels } = from;
		const batch = this.emptyBatch(indices.length);
		const output = batch.images;
		for (let row = 0; row < indices.length; row++) {
			const index = indices[row] as number;
			const source = index * size;
			for (let channel = 0; channel < channels; channel++) {
				const values = normalised[channel] as Float32Array;
				const end = (row + 1) * size;
				let from = source + channel;
				for (let to = row * size + channel; to < end; to += channels) {
					output[to] = values[images[from] as number] as number;
					from += channels;
				}
			}
			batch.labels[row] = labels[index] as number;
		}
		return batch;
	}

	/**
	 * The images at `indices`, each transformed by numbers of its own. `streams`: one for each of the equally many batches that `indices`
	 * names one after the other.
	 */
	readAugmented(
		from: SharedImages,
		indices: Uint32Array,
		rule: AugmentationRule,
		strength: number,
		streams: readonly RandomStream[],
	): Batch {
		const { size, channels } = this;
		const { shape, mean, deviation } = this.images;
		const batch = this.emptyBatch(indices.length);
		const output = batch.images;
		const scale = deviation.map((value) => 1 / (255 * value));
		const shift = mean.map(
			(value, channel) => value / (deviation[channel] as number),
		);
		const rowsOfBatch = indices.length / streams.length;
		for (let row = 0; row < indices.length; row++) {
			const index = indices[row] as number;
			const first = row * size;
			transformImage(
				from.images.subarray(index * size, (index + 1) * size),
				shape,
				drawTransform(
					rule,
					strength,
					shape[1],
					streams[Math.floor(row / rowsOfBatch)] as RandomStream,
				),
				output,
				first,
			);
			for (let channel = 0; channel < channels; channel++) {
				const factor = scale[channel] as number;
				const offset = shift[channel] as number;
				for (let i = first + channel; i < first + size; i += channels)
					output[i] = (output[i] as number) * factor - offset;
			}
			batch.labels[row] = from.labels[index] as number;
		}
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
