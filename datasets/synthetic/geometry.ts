/** A point or a vector: x to the right, y down. */
export type Point = readonly [x: number, y: number];

/** An affine map: (x, y) to (a x + b y + e, c x + d y + f). */
export interface Affine {
	readonly a: number;
	readonly b: number;
	readonly c: number;
	readonly d: number;
	readonly e: number;
	readonly f: number;
}

export function transform({ a, b, c, d, e, f }: Affine, [x, y]: Point): Point {
	return [a * x + b * y + e, c * x + d * y + f];
}

/** Turn, shear and stretch about `about`, which comes to `to`.
 * @param map.tangent tangent of half the angle of the turn, so that no sine is needed: only + - * / and square roots are
 * the same on every machine */
export function affineAbout(
	about: Point,
	to: Point,
	map: { tangent: number; shear: number; scaleX: number; scaleY: number },
): Affine {
	const t = map.tangent;
	const cosine = (1 - t * t) / (1 + t * t);
	const sine = (2 * t) / (1 + t * t);
	const a = cosine * map.scaleX;
	const b = (cosine * map.shear - sine) * map.scaleY;
	const c = sine * map.scaleX;
	const d = (sine * map.shear + cosine) * map.scaleY;
	return {
		a,
		b,
		c,
		d,
		e: to[0] - a * about[0] - b * about[1],
		f: to[1] - c * about[0] - d * about[1],
	};
}

/** A smooth curve through the points: Catmull-Rom, `steps` pieces between neighbours. A first point that is also the last
 * makes a closed curve. */
export function curveThrough(points: readonly Point[], steps: number): Point[] {
	const count = points.length;
	if (count < 3) return [...points];
	const first = points[0] as Point;
	const last = points[count - 1] as Point;
	const closed = first[0] === last[0] && first[1] === last[1];
	const at = (index: number): Point => {
		if (index < 0) return (closed ? points[count - 2] : first) as Point;
		if (index >= count) return (closed ? points[1] : last) as Point;
		return points[index] as Point;
	};
	const curve: Point[] = [first];
	for (let index = 0; index + 1 < count; index++) {
		const [p0, p1, p2, p3] = [
			at(index - 1),
			at(index),
			at(index + 1),
			at(index + 2),
		];
		for (let step = 1; step <= steps; step++) {
			const t = step / steps;
			curve.push([
				spline(p0[0], p1[0], p2[0], p3[0], t),
				spline(p0[1], p1[1], p2[1], p3[1], t),
			]);
		}
	}
	return curve;
}

/** The outline of an ellipse with upright axes, as a polygon of 16 points. */
export function ellipse(
	x: number,
	y: number,
	radiusX: number,
	radiusY: number,
): Point[] {
	return CIRCLE.map(([cosine, sine]) => [
		x + radiusX * cosine,
		y + radiusY * sine,
	]);
}

/** The outline of a rectangle between two corners. */
export function rectangle(
	left: number,
	top: number,
	right: number,
	bottom: number,
): Point[] {
	return [
		[left, top],
		[right, top],
		[right, bottom],
		[left, bottom],
	];
}

function spline(
	p0: number,
	p1: number,
	p2: number,
	p3: number,
	t: number,
): number {
	return (
		0.5 *
		(2 * p1 +
			(p2 - p0) * t +
			(2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t +
			(3 * p1 - p0 - 3 * p2 + p3) * t * t * t)
	);
}

/** Sixteen points of the unit circle, a sixteenth turn apart; the sine and cosine of 22.5 degrees by square roots. */
const CIRCLE: readonly Point[] = (() => {
	const half = Math.sqrt(0.5);
	const cosine = Math.sqrt((1 + half) / 2);
	const sine = Math.sqrt((1 - half) / 2);
	const eighth: Point[] = [
		[1, 0],
		[cosine, sine],
		[half, half],
		[sine, cosine],
	];
	const turned = (points: readonly Point[]): Point[] =>
		points.map(([x, y]) => [-y, x]);
	const quarters = [
		eighth,
		turned(eighth),
		turned(turned(eighth)),
		turned(turned(turned(eighth))),
	];
	return quarters.flat();
})();
