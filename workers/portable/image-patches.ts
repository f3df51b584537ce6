import type { Matrix } from "./matrix.js";

/** Images inside a border of zeros, one pixel wide, and the 3x3 patches around their pixels. */
export class ImagePatches {
	/** One row a pixel (image, y, x), one column a patch's number (dy, dx, channel): 9 x channels. */
	readonly matrix: Matrix;
	private readonly padded: Float32Array;

	constructor(
		private readonly height: number,
		private readonly width: number,
		private readonly channels: number,
		/** How many images there is room for. */
		capacity: number,
	) {
		const rowLength = (width + 2) * channels;
		const imageLength = (height + 2) * rowLength;
		this.padded = new Float32Array(capacity * imageLength);
		const rowOffsets = new Int32Array(capacity * height * width);
		let pixel = 0;
		for (let image = 0; image < capacity; image++) {
			for (let y = 0; y < height; y++) {
				for (let x = 0; x < width; x++)
					rowOffsets[pixel++] =
						image * imageLength + y * rowLength + x * channels;
			}
		}
		// The three pixels of one row of a patch stand side by side, so its numbers are three runs.
		const run = 3 * channels;
		const columnOffsets = Int32Array.from(
			{ length: 3 * run },
			(_, index) => Math.floor(index / run) * rowLength + (index % run),
		);
		this.matrix = { data: this.padded, rowOffsets, columnOffsets };
	}

	/** Copies images in, `count` from number `first` on. */
	load(images: Float32Array, first: number, count: number): void {
		const length = this.width * this.channels;
		const rowLength = length + 2 * this.channels;
		let from = first * this.height * length;
		for (let image = 0; image < count; image++) {
			let to = (image * (this.height + 2) + 1) * rowLength + this.channels;
			for (let y = 0; y < this.height; y++) {
				for (let at = 0; at < length; at++)
					this.padded[to + at] = images[from + at] as number;
				from += length;
				to += rowLength;
			}
		}
	}
}
