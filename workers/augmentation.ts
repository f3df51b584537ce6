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

type Shape = readonly [height: number, width: number, channels: number];

/**
 * Writes a transformed image, height x width x channels values in 0..255, into `output` from `target` on. Rotation and shift read the source
 * by bilinear interpolation, black outside; brightness, then contrast, are clamped to 0..255.
 */
export function transformImage(
	source: Uint8Array,
	shape: Shape,
	transform: Transform,
	output: Float32Array,
	target = 0,
): void {
	const { angle, shiftX, shiftY, brightness, contrast } = transform;
	if (angle === 0 && Number.isInteger(shiftX) && Number.isInteger(shiftY))
		moveWhole(source, shape, transform, output, target);
	else moveBilinear(source, shape, transform, output, target);
	if (brightness !== 1 || contrast !== 1)
		recolour(output, target, target + source.length, brightness, contrast);
}

/** Row by row: what comes from inside the source is a run of its pixels, forwards or, mirrored, backwards. */
function moveWhole(
	source: Uint8Array,
	[height, width, channels]: Shape,
	{ shiftX, shiftY, flip }: Transform,
	output: Float32Array,
	target: number,
): void {
	const row = width * channels;
	const firstX = Math.max(0, shiftX);
	const endX = Math.min(width, width + shiftX);
	const firstY = Math.max(0, shiftY);
	const endY = Math.min(height, height + shiftY);
	if (shiftX !== 0 || shiftY !== 0)
		output.fill(0, target, target + source.length);
	for (let y = firstY; y < endY; y++) {
		const line = (y - shiftY) * row;
		let to = target + y * row + firstX * channels;
		const end = target + y * row + endX * channels;
		if (!flip) {
			for (let from = line + (firstX - shiftX) * channels; to < end; )
				output[to++] = source[from++] as number;
			continue;
		}
		let from = line + (width - 1 - (firstX - shiftX)) * channels;
		while (to < end) {
			for (let channel = 0; channel < channels; channel++)
				output[to++] = source[from + channel] as number;
			from -= channels;
		}
	}
}

/** The source in the middle of two black pixels on each side, so that no pixel has to be asked whether it is inside. Grows; used again. */
let framed = new Float32Array(0);
let framedShape = "";
const FRAME = 2;

function frame(source: Uint8Array, [height, width, channels]: Shape): void {
	const row = (width + 2 * FRAME) * channels;
	const shape = `${height} ${width} ${channels}`;
	if (shape !== framedShape) {
		framed = new Float32Array((height + 2 * FRAME) * row);
		framedShape = shape;
	}
	let from = 0;
	for (let y = 0; y < height; y++) {
		let to = (y + FRAME) * row + FRAME * channels;
		const end = to + width * channels;
		while (to < end) framed[to++] = source[from++] as number;
	}
}

function moveBilinear(
	source: Uint8Array,
	shape: Shape,
	{ angle, shiftX, shiftY, flip }: Transform,
	output: Float32Array,
	target: number,
): void {
	frame(source, shape);
	const [height, width, channels] = shape;
	const cos = Math.cos(angle);
	const sin = Math.sin(angle);
	const middleX = (width - 1) / 2;
	const middleY = (height - 1) / 2;
	const row = (width + 2 * FRAME) * channels;
	const pixels = framed;
	let to = target;
	for (let y = 0; y < height; y++) {
		// Where a pixel comes from: shift back, turn back, then mirror. Counted from the frame's corner, and no further out than its last pixel.
		const dy = y - shiftY - middleY;
		const lineX = middleX - sin * dy;
		const lineY = FRAME + middleY + cos * dy;
		for (let x = 0; x < width; x++) {
			const dx = x - shiftX - middleX;
			const turnedX = lineX + cos * dx;
			const fromX = within(
				FRAME + (flip ? width - 1 - turnedX : turnedX),
				width + FRAME,
			);
			const fromY = within(lineY + sin * dx, height + FRAME);
			const left = fromX | 0;
			const top = fromY | 0;
			const wx = fromX - left;
			const wy = fromY - top;
			const corner = top * row + left * channels;
			for (let channel = 0; channel < channels; channel++) {
				const first = corner + channel;
				const topLeft = pixels[first] as number;
				const bottomLeft = pixels[first + row] as number;
				const above =
					topLeft + ((pixels[first + channels] as number) - topLeft) * wx;
				const below =
					bottomLeft +
					((pixels[first + row + channels] as number) - bottomLeft) * wx;
				output[to++] = above + (below - above) * wy;
			}
		}
	}
}

/** From 0 to a limit; beyond either there is nothing but black. */
function within(value: number, limit: number): number {
	return value < 0 ? 0 : value > limit ? limit : value;
}

function recolour(
	output: Float32Array,
	begin: number,
	end: number,
	brightness: number,
	contrast: number,
): void {
	let sum = 0;
	for (let i = begin; i < end; i++) {
		// The values are 0..255 and the factor is positive.
		const value = (output[i] as number) * brightness;
		const clamped = value > 255 ? 255 : value;
		output[i] = clamped;
		sum += clamped;
	}
	const mean = sum / (end - begin);
	for (let i = begin; i < end; i++) {
		const value = mean + ((output[i] as number) - mean) * contrast;
		output[i] = value < 0 ? 0 : value > 255 ? 255 : value;
	}
}
