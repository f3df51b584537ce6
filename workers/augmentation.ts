import type { RandomStream } from "./random-stream.js";

/** How a data set's training images may be transformed; each amount is for strength 1. */
export interface AugmentationRule {
	/** Rotation within +- this many degrees x strength about the middle. */
	readonly rotationDegrees: number;
	/** Shift within +- this share of the width x strength, in each direction. */
	readonly shiftShare: number;
	/** Mirrored left to right with this probability x strength. */
	readonly flipProbability: number;
	/** Cropped at random from the image with max(1, round(this x strength)) black pixels around it; 0 for none. */
	readonly cropPadding: number;
	/** Brightness and contrast within 1 +- this x strength, where strength is above 0.5; 0 for none. */
	readonly colourShare: number;
}

/** What is done to one image. */
export interface Transform {
	/** Radians, counter-clockwise as seen. */
	readonly angle: number;
	/** Pixels to the right and down. */
	readonly shiftX: number;
	readonly shiftY: number;
	readonly flip: boolean;
	/** Factor on the values. */
	readonly brightness: number;
	/** Factor on the distance from the image's mean. */
	readonly contrast: number;
}

/** Draws a transform: always eight numbers, so that the n-th image of a batch has numbers of its own whatever came before. */
export function drawTransform(
	rule: AugmentationRule,
	strength: number,
	width: number,
	stream: RandomStream,
): Transform {
	const rotation = signed(stream.nextUnit());
	const right = signed(stream.nextUnit());
	const down = signed(stream.nextUnit());
	const mirror = stream.nextUnit();
	const cropRight = stream.nextUnit();
	const cropDown = stream.nextUnit();
	const light = signed(stream.nextUnit());
	const contrast = signed(stream.nextUnit());
	const shift = rule.shiftShare * strength * width;
	const padding =
		rule.cropPadding === 0
			? 0
			: Math.max(1, Math.round(rule.cropPadding * strength));
	const crop = (unit: number) => Math.floor(unit * (2 * padding + 1)) - padding;
	const colour = strength > 0.5 ? rule.colourShare * strength : 0;
	return {
		angle: (rotation * rule.rotationDegrees * strength * Math.PI) / 180,
		shiftX: right * shift + crop(cropRight),
		shiftY: down * shift + crop(cropDown),
		flip: mirror < rule.flipProbability * strength,
		brightness: 1 + light * colour,
		contrast: 1 + contrast * colour,
	};
}

const signed = (unit: number) => 2 * unit - 1;

/**
 * Writes a transformed image, height x width x channels values in 0..255, into `output`. Rotation and shift read the source by bilinear
 * interpolation, black outside; brightness, then contrast, are clamped to 0..255.
 */
export function transformImage(
	source: Uint8Array,
	shape: readonly [number, number, number],
	transform: Transform,
	output: Float32Array,
): void {
	const { angle, shiftX, shiftY } = transform;
	if (angle === 0 && Number.isInteger(shiftX) && Number.isInteger(shiftY))
		moveWhole(source, shape, transform, output);
	else moveBilinear(source, shape, transform, output);
	if (transform.brightness !== 1 || transform.contrast !== 1)
		recolour(output, transform);
}

/** Row by row: what comes from inside the source is a run of its pixels, forwards or, mirrored, backwards. */
function moveWhole(
	source: Uint8Array,
	[height, width, channels]: readonly [number, number, number],
	{ shiftX, shiftY, flip }: Transform,
	output: Float32Array,
): void {
	const row = width * channels;
	const firstX = Math.max(0, shiftX);
	const endX = Math.min(width, width + shiftX);
	if (Math.abs(shiftX) > 0 || Math.abs(shiftY) > 0) output.fill(0);
	if (firstX >= endX) return;
	const firstY = Math.max(0, shiftY);
	const endY = Math.min(height, height + shiftY);
	for (let y = firstY; y < endY; y++) {
		const line = (y - shiftY) * row;
		if (!flip) {
			const offset = line - shiftX * channels - y * row;
			const end = y * row + endX * channels;
			for (let target = y * row + firstX * channels; target < end; target++)
				output[target] = source[target + offset] as number;
			continue;
		}
		let target = y * row + firstX * channels;
		let from = line + (width - 1 - (firstX - shiftX)) * channels;
		for (let x = firstX; x < endX; x++) {
			for (let channel = 0; channel < channels; channel++)
				output[target++] = source[from + channel] as number;
			from -= channels;
		}
	}
}

function moveBilinear(
	source: Uint8Array,
	[height, width, channels]: readonly [number, number, number],
	{ angle, shiftX, shiftY, flip }: Transform,
	output: Float32Array,
): void {
	const cos = Math.cos(angle);
	const sin = Math.sin(angle);
	const middleX = (width - 1) / 2;
	const middleY = (height - 1) / 2;
	const row = width * channels;
	let target = 0;
	for (let y = 0; y < height; y++) {
		// Where a pixel comes from: shift back, turn back, then mirror.
		const dy = y - shiftY - middleY;
		const rowX = middleX - sin * dy;
		const rowY = middleY + cos * dy;
		for (let x = 0; x < width; x++) {
			const dx = x - shiftX - middleX;
			const turnedX = rowX + cos * dx;
			const fromX = flip ? width - 1 - turnedX : turnedX;
			const fromY = rowY + sin * dx;
			const left = Math.floor(fromX);
			const top = Math.floor(fromY);
			const wx = fromX - left;
			const wy = fromY - top;
			if (left >= 0 && top >= 0 && left + 1 < width && top + 1 < height) {
				let corner = top * row + left * channels;
				for (let channel = 0; channel < channels; channel++) {
					const topLeft = source[corner] as number;
					const bottomLeft = source[corner + row] as number;
					const above =
						topLeft + ((source[corner + channels] as number) - topLeft) * wx;
					const below =
						bottomLeft +
						((source[corner + row + channels] as number) - bottomLeft) * wx;
					output[target++] = above + (below - above) * wy;
					corner++;
				}
			} else if (left < -1 || top < -1 || left >= width || top >= height) {
				for (let channel = 0; channel < channels; channel++)
					output[target++] = 0;
			} else {
				for (let channel = 0; channel < channels; channel++) {
					const pixel = (column: number, line: number) =>
						column >= 0 && column < width && line >= 0 && line < height
							? (source[line * row + column * channels + channel] as number)
							: 0;
					const above = pixel(left, top) * (1 - wx) + pixel(left + 1, top) * wx;
					const below =
						pixel(left, top + 1) * (1 - wx) + pixel(left + 1, top + 1) * wx;
					output[target++] = above * (1 - wy) + below * wy;
				}
			}
		}
	}
}

function recolour(
	output: Float32Array,
	{ brightness, contrast }: Transform,
): void {
	let sum = 0;
	for (let i = 0; i < output.length; i++) {
		// The values are 0..255 and the factor is positive.
		const value = (output[i] as number) * brightness;
		const clamped = value > 255 ? 255 : value;
		output[i] = clamped;
		sum += clamped;
	}
	const mean = sum / output.length;
	for (let i = 0; i < output.length; i++) {
		const value = mean + ((output[i] as number) - mean) * contrast;
		output[i] = value < 0 ? 0 : value > 255 ? 255 : value;
	}
}
