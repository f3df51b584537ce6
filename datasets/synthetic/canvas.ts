import type { Point } from "./geometry.js";

/** The colour of a pixel in one channel, 0 to 1; `x` and `y` in pixels. */
export type Paint = (x: number, y: number, channel: number) => number;

/** A picture that is being drawn, in floating-point values around 0 (black) to 1. Edges are softened over one pixel. A pixel's
 * middle has whole coordinates. */
export class Canvas {
	readonly pixels: Float64Array;
	/** Squared distance to the nearest edge drawn last, for each pixel. */
	readonly #distances: Float64Array;

	constructor(
		readonly width: number,
		readonly height: number,
		readonly channels: number,
	) {
		this.pixels = new Float64Array(width * height * channels);
		this.#distances = new Float64Array(width * height);
	}

	/** Sets every pixel. */
	cover(paint: Paint): void {
		this.#paint(
			{ left: 0, top: 0, right: this.width - 1, bottom: this.height - 1 },
			paint,
			1,
			() => 1,
		);
	}

	/** Fills a polygon, which need not be convex; where it overlaps itself it is open (even-odd rule).
	 * @param opacity 0 (leaves all as it is) to 1 */
	fill(points: readonly Point[], paint: Paint, opacity = 1): void {
		const box = this.#boxAround(points, 1);
		if (box === undefined) return;
		const closed = [...points, points[0] as Point];
		this.#measure(closed, box, EDGE);
		let row = Number.NaN;
		let crossings: readonly number[] = [];
		this.#paint(box, paint, opacity, (x, y, squared) => {
			if (y !== row) {
				row = y;
				crossings = crossingsOf(points, y);
			}
			const distance = squared > EDGE * EDGE ? EDGE : Math.sqrt(squared);
			return isInside(crossings, x) ? EDGE + distance : EDGE - distance;
		});
	}

	/** Draws a line along the points, round at its ends.
	 * @param radius half of its thickness, in pixels
	 * @param softness over how many pixels its edge fades */
	stroke(
		points: readonly Point[],
		radius: number,
		paint: Paint,
		opacity = 1,
		softness = 1,
	): void {
		const reach = radius + softness / 2;
		const box = this.#boxAround(points, reach);
		if (box === undefined) return;
		this.#measure(points, box, reach);
		this.#paint(
			box,
			paint,
			opacity,
			(_x, _y, squared) => (radius - Math.sqrt(squared)) / softness + 0.5,
		);
	}

	/** Writes the picture as bytes into `images` from `start` on, each channel's value times 255, rounded, within 0 to 255. */
	writeBytes(images: Uint8Array, start: number): void {
		for (let at = 0; at < this.pixels.length; at++) {
			images[start + at] = Math.floor(
				Math.min(1, Math.max(0, this.pixels[at] as number)) * 255 + 0.5,
			);
		}
	}

	#boxAround(points: readonly Point[], margin: number): Box | undefined {
		let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
		for (const [x, y] of points) {
			left = Math.min(left, x);
			right = Math.max(right, x);
			top = Math.min(top, y);
			bottom = Math.max(bottom, y);
		}
		const box = {
			left: Math.max(0, Math.ceil(left - margin)),
			top: Math.max(0, Math.ceil(top - margin)),
			right: Math.min(this.width - 1, Math.floor(right + margin)),
			bottom: Math.min(this.height - 1, Math.floor(bottom + margin)),
		};
		return box.left > box.right || box.top > box.bottom ? undefined : box;
	}

	/** Writes the squared distance to the line along the points into every pixel of the box that lies within `reach` of a
	 * piece of it, and a large number into the others. */
	#measure(points: readonly Point[], box: Box, reach: number): void {
		const distances = this.#distances;
		for (let y = box.top; y <= box.bottom; y++) {
			distances.fill(
				1e18,
				y * this.width + box.left,
				y * this.width + box.right + 1,
			);
		}
		for (let index = 0; index + 1 < points.length; index++) {
			const [x1, y1] = points[index] as Point;
			const [x2, y2] = points[index + 1] as Point;
			const dx = x2 - x1;
			const dy = y2 - y1;
			const length = dx * dx + dy * dy;
			const top = Math.max(box.top, Math.ceil(Math.min(y1, y2) - reach));
			const bottom = Math.min(box.bottom, Math.floor(Math.max(y1, y2) + reach));
			const left = Math.max(box.left, Math.ceil(Math.min(x1, x2) - reach));
			const right = Math.min(box.right, Math.floor(Math.max(x1, x2) + reach));
			for (let y = top; y <= bottom; y++) {
				for (let x = left; x <= right; x++) {
					const along =
						length > 0 ? ((x - x1) * dx + (y - y1) * dy) / length : 0;
					const t = Math.max(0, Math.min(1, along));
					const gapX = x - x1 - t * dx;
					const gapY = y - y1 - t * dy;
					const squared = gapX * gapX + gapY * gapY;
					if (squared < (distances[y * this.width + x] as number))
						distances[y * this.width + x] = squared;
				}
			}
		}
	}

	#paint(
		box: Box,
		paint: Paint,
		opacity: number,
		coverage: (x: number, y: number, squared: number) => number,
	): void {
		for (let y = box.top; y <= box.bottom; y++) {
			for (let x = box.left; x <= box.right; x++) {
				const pixel = y * this.width + x;
				const share =
					opacity *
					Math.min(
						1,
						Math.max(0, coverage(x, y, this.#distances[pixel] as number)),
					);
				if (share === 0) continue;
				for (let channel = 0; channel < this.channels; channel++) {
					const at = pixel * this.channels + channel;
					const old = this.pixels[at] as number;
					this.pixels[at] = old + (paint(x, y, channel) - old) * share;
				}
			}
		}
	}
}

/** How far an edge reaches to each side, in pixels. */
const EDGE = 0.5;

interface Box {
	readonly left: number;
	readonly top: number;
	readonly right: number;
	readonly bottom: number;
}

/** Where the outline crosses the row `y`, unordered. */
function crossingsOf(points: readonly Point[], y: number): number[] {
	const crossings: number[] = [];
	let [previousX, previousY] = points[points.length - 1] as Point;
	for (const [nextX, nextY] of points) {
		if (nextY > y !== previousY > y)
			crossings.push(
				((previousX - nextX) * (y - nextY)) / (previousY - nextY) + nextX,
			);
		previousX = nextX;
		previousY = nextY;
	}
	return crossings;
}

/** Whether an odd number of crossings lies to the right of `x`. */
function isInside(crossings: readonly number[], x: number): boolean {
	let inside = false;
	for (let index = 0; index < crossings.length; index++)
		if (x < (crossings[index] as number)) inside = !inside;
	return inside;
}
