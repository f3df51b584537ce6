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
	const draws = Array.from({ length: 8 }, () => stream.nextUnit());
	const [rotation, right, down, mirror, cropRight, cropDown, light, contrast] =
		draws as [number, number, number, number, number, number, number, number];
	const signed = (unit: number) => 2 * unit - 1;
	const shift = rule.shiftShare * strength * width;
	const padding =
		rule.cropPadding === 0
			? 0
			: Math.max(1, Math.round(rule.cropPadding * strength));
	const crop = (unit: number) => Math.floor(unit * (2 * padding + 1)) - padding;
	const colour = strength > 0.5 ? rule.colourShare * strength : 0;
	return {
		angle: (signed(rotation) * rule.rotationDegrees * strength * Math.PI) / 180,
		shiftX: signed(right) * shift + crop(cropRight),
		shiftY: signed(down) * shift + crop(cropDown),
		flip: mirror < rule.flipProbability * strength,
		brightness: 1 + signed(light) * colour,
		contrast: 1 + signed(contrast) * colour,
	};
}

/**
 * Writes a transformed image, height x width x channels values in 0..255, into `output`. Rotation and shift read the source by bilinear
 * interpolation, black outside; brightness, then contrast, are clamped to 0..255.
 */
export function transformImage(
	source: Uint8Array,
	[height, width, channels]: readonly [number, number, number],
	transform: Transform,
	output: Float32Array,
): void {
	const { angle, shiftX, shiftY, flip } = transform;
	if (angle === 0 && Number.isInteger(shiftX) && Number.isInteger(shiftY))
		moveWhole(source, height, width, channels, shiftX, shiftY, flip, output);
	else moveBilinear(source, height, width, channels, transform, output);
	recolour(output, transform);
}

function moveWhole(
	source: Uint8Array,
	height: number,
	width: number,
	channels: number,
	shiftX: number,
	shiftY: number,
	flip: boolean,
	output: Float32Array,
): void {
	let target = 0;
	for (let y = 0; y < height; y++) {
		const fromY = y - shiftY;
		const rowInside = fromY >= 0 && fromY < height;
		for (let x = 0; x < width; x++) {
			const fromX = flip ? width - 1 - (x - shiftX) : x - shiftX;
			const inside = rowInside && fromX >= 0 && fromX < width;
			const from = (fromY * width + fromX) * channels;
			for (let channel = 0; channel < channels; channel++)
				output[target++] = inside ? (source[from + channel] as number) : 0;
		}
	}
}

function moveBilinear(
	source: Uint8Array,
	height: number,
	width: number,
	channels: number,
	{ angle, shiftX, shiftY, flip }: Transform,
	output: Float32Array,
): void {
	const cos = Math.cos(angle);
	const sin = Math.sin(angle);
	const middleX = (width - 1) / 2;
	const middleY = (height - 1) / 2;
	const pixel = (x: number, y: number, channel: number) =>
		x >= 0 && x < width && y >= 0 && y < height
			? (source[(y * width + x) * channels + channel] as number)
			: 0;
	let target = 0;
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			// Where this pixel comes from: shift back, turn back, then mirror.
			const dx = x - shiftX - middleX;
			const dy = y - shiftY - middleY;
			const turnedX = middleX + cos * dx - sin * dy;
			const fromX = flip ? width - 1 - turnedX : turnedX;
			const fromY = middleY + sin * dx + cos * dy;
			const left = Math.floor(fromX);
			const top = Math.floor(fromY);
			const wx = fromX - left;
			const wy = fromY - top;
			// All four neighbours inside, as nearly everywhere, or some of them outside and black.
			const inside =
				left >= 0 && top >= 0 && left + 1 < width && top + 1 < height;
			const corner = (top * width + left) * channels;
			for (let channel = 0; channel < channels; channel++) {
				const first = corner + channel;
				const topLeft = inside
					? (source[first] as number)
					: pixel(left, top, channel);
				const topRight = inside
					? (source[first + channels] as number)
					: pixel(left + 1, top, channel);
				const bottomLeft = inside
					? (source[first + width * channels] as number)
					: pixel(left, top + 1, channel);
				const bottomRight = inside
					? (source[first + (width + 1) * channels] as number)
					: pixel(left + 1, top + 1, channel);
				const above = topLeft * (1 - wx) + topRight * wx;
				const below = bottomLeft * (1 - wx) + bottomRight * wx;
				output[target++] = above * (1 - wy) + below * wy;
			}
		}
	}
}

function recolour(
	output: Float32Array,
	{ brightness, contrast }: Transform,
): void {
	if (brightness === 1 && contrast === 1) return;
	const clamp = (value: number) => Math.min(255, Math.max(0, value));
	let sum = 0;
	for (let i = 0; i < output.length; i++) {
		const value = clamp((output[i] as number) * brightness);
		output[i] = value;
		sum += value;
	}
	const mean = sum / output.length;
	for (let i = 0; i < output.length; i++)
		output[i] = clamp(mean + ((output[i] as number) - mean) * contrast);
}
