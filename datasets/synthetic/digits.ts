import type { Canvas } from "./canvas.js";
import type { CounterRandom } from "./counter-random.js";
import {
	affineAbout,
	curveThrough,
	type Point,
	transform,
} from "./geometry.js";

/** Draws one handwritten-looking digit, light on black, on a canvas of 28x28x1: one of its usual ways of writing, each point
 * of the pen's way displaced, the whole turned, slanted, stretched, bent and shifted, with a pen of some thickness.
 * @param label the digit, 0 to 9 */
export function drawDigit(
	canvas: Canvas,
	label: number,
	random: CounterRandom,
): void {
	const ink = random.between(0.72, 1);
	const radius = random.between(0.85, 1.75);
	const softness = random.between(1.1, 1.9);
	const place = placement(random);
	const wobble = random.between(0.02, WOBBLE);
	canvas.cover(() => 0);
	for (const stroke of random.pick(
		WAYS_OF_WRITING[label] as readonly Strokes[],
	)) {
		const closed = isClosed(stroke);
		const way: Point[] = stroke.map(([x, y]) => [
			x + random.normal(wobble),
			y + random.normal(wobble),
		]);
		if (closed)
			way[way.length - 1] = [
				(way[0] as Point)[0] + random.normal(wobble),
				(way[0] as Point)[1] + random.normal(wobble),
			];
		const line = curveThrough(way, 5).map(place);
		canvas.stroke(
			line,
			radius * random.between(0.9, 1.1),
			() => ink,
			1,
			softness,
		);
	}
	if (random.chance(SMEAR)) smear(canvas, random, ink);
	const grain = random.between(0, GRAIN);
	canvas.cover((x, y) => {
		const value = canvas.pixels[y * canvas.width + x] as number;
		return value + random.normal(grain);
	});
}

const WOBBLE = 0.072;
const SMEAR = 0.25;
const GRAIN = 0.08;

type Strokes = readonly (readonly Point[])[];

/** Maps the unit square of the ways of writing, x to the right and y down, to pixels. */
function placement(random: CounterRandom): (point: Point) => Point {
	const map = affineAbout(
		[0.5, 0.5],
		[13.5 + random.normal(1.1), 13.5 + random.normal(1.1)],
		{
			tangent: random.normal(0.085),
			shear: -0.12 + random.normal(0.2),
			scaleX: random.between(10.5, 18),
			scaleY: random.between(16, 21),
		},
	);
	const bend = {
		x: random.normal(0.16),
		y: random.normal(0.12),
		xy: random.normal(0.14),
	};
	return ([x, y]) => {
		const u = x - 0.5;
		const v = y - 0.5;
		return transform(map, [
			x + bend.x * v * v + bend.xy * u * v,
			y + bend.y * u * u + bend.xy * u * v,
		]);
	};
}

/** A short stray line, as of a pen that did not leave the paper. */
function smear(canvas: Canvas, random: CounterRandom, ink: number): void {
	const x = random.between(5, 22);
	const y = random.between(5, 22);
	const end: Point = [x + random.normal(3.5), y + random.normal(3.5)];
	canvas.stroke([[x, y], end], random.between(0.5, 1), () => ink * 0.8, 1, 1.2);
}

function isClosed(stroke: readonly Point[]): boolean {
	const first = stroke[0] as Point;
	const last = stroke[stroke.length - 1] as Point;
	return stroke.length > 3 && first[0] === last[0] && first[1] === last[1];
}

/** For each digit the ways of writing it, each a list of strokes; a stroke is a smooth curve through its points. */
const WAYS_OF_WRITING: readonly (readonly Strokes[])[] = [
	[
		[
			[
				[0.5, 0.05],
				[0.22, 0.2],
				[0.12, 0.5],
				[0.22, 0.82],
				[0.5, 0.95],
				[0.78, 0.82],
				[0.88, 0.5],
				[0.78, 0.2],
				[0.5, 0.05],
			],
		],
		[
			[
				[0.62, 0.08],
				[0.3, 0.18],
				[0.15, 0.55],
				[0.3, 0.9],
				[0.62, 0.9],
				[0.85, 0.5],
				[0.75, 0.15],
				[0.5, 0.06],
				[0.4, 0.14],
			],
		],
	],
	[
		[
			[
				[0.5, 0.04],
				[0.5, 0.5],
				[0.5, 0.96],
			],
		],
		[
			[
				[0.3, 0.26],
				[0.45, 0.14],
				[0.54, 0.04],
			],
			[
				[0.54, 0.04],
				[0.52, 0.5],
				[0.5, 0.96],
			],
		],
		[
			[
				[0.32, 0.22],
				[0.52, 0.05],
			],
			[
				[0.52, 0.05],
				[0.51, 0.5],
				[0.5, 0.94],
			],
			[
				[0.28, 0.95],
				[0.5, 0.94],
				[0.74, 0.95],
			],
		],
	],
	[
		[
			[
				[0.18, 0.28],
				[0.35, 0.08],
				[0.65, 0.07],
				[0.8, 0.28],
				[0.65, 0.52],
				[0.4, 0.74],
				[0.15, 0.94],
			],
			[
				[0.15, 0.94],
				[0.5, 0.92],
				[0.86, 0.93],
			],
		],
		[
			[
				[0.2, 0.25],
				[0.45, 0.05],
				[0.76, 0.2],
				[0.66, 0.5],
				[0.36, 0.82],
				[0.18, 0.88],
				[0.2, 0.74],
				[0.42, 0.78],
				[0.62, 0.92],
				[0.88, 0.88],
			],
		],
	],
	[
		[
			[
				[0.2, 0.16],
				[0.48, 0.05],
				[0.77, 0.22],
				[0.66, 0.42],
				[0.42, 0.48],
			],
			[
				[0.42, 0.48],
				[0.72, 0.54],
				[0.82, 0.74],
				[0.55, 0.95],
				[0.18, 0.86],
			],
		],
		[
			[
				[0.2, 0.08],
				[0.5, 0.07],
				[0.78, 0.08],
			],
			[
				[0.78, 0.08],
				[0.6, 0.26],
				[0.45, 0.42],
			],
			[
				[0.45, 0.42],
				[0.76, 0.52],
				[0.78, 0.82],
				[0.5, 0.95],
				[0.16, 0.85],
			],
		],
	],
	[
		[
			[
				[0.26, 0.06],
				[0.2, 0.3],
				[0.17, 0.54],
			],
			[
				[0.17, 0.54],
				[0.5, 0.53],
				[0.86, 0.5],
			],
			[
				[0.72, 0.06],
				[0.68, 0.5],
				[0.64, 0.95],
			],
		],
		[
			[
				[0.64, 0.05],
				[0.4, 0.34],
				[0.14, 0.63],
			],
			[
				[0.14, 0.63],
				[0.5, 0.63],
				[0.9, 0.61],
			],
			[
				[0.64, 0.05],
				[0.65, 0.5],
				[0.65, 0.95],
			],
		],
		[
			[
				[0.3, 0.08],
				[0.2, 0.34],
				[0.3, 0.5],
				[0.55, 0.48],
				[0.72, 0.3],
			],
			[
				[0.76, 0.08],
				[0.7, 0.5],
				[0.66, 0.95],
			],
		],
	],
	[
		[
			[
				[0.82, 0.07],
				[0.55, 0.08],
				[0.28, 0.08],
			],
			[
				[0.28, 0.08],
				[0.26, 0.25],
				[0.23, 0.45],
			],
			[
				[0.23, 0.45],
				[0.54, 0.38],
				[0.82, 0.6],
				[0.72, 0.87],
				[0.42, 0.95],
				[0.14, 0.84],
			],
		],
		[
			[
				[0.84, 0.1],
				[0.6, 0.06],
				[0.36, 0.12],
				[0.26, 0.36],
				[0.5, 0.44],
				[0.74, 0.6],
				[0.68, 0.86],
				[0.4, 0.95],
				[0.16, 0.88],
			],
		],
	],
	[
		[
			[
				[0.7, 0.05],
				[0.42, 0.24],
				[0.22, 0.58],
				[0.3, 0.88],
				[0.58, 0.94],
				[0.78, 0.74],
				[0.62, 0.54],
				[0.38, 0.6],
				[0.22, 0.76],
			],
		],
		[
			[
				[0.52, 0.04],
				[0.32, 0.3],
				[0.22, 0.68],
				[0.36, 0.93],
				[0.64, 0.9],
				[0.72, 0.68],
				[0.52, 0.58],
				[0.3, 0.72],
			],
		],
	],
	[
		[
			[
				[0.15, 0.1],
				[0.5, 0.08],
				[0.86, 0.08],
			],
			[
				[0.86, 0.08],
				[0.62, 0.45],
				[0.42, 0.95],
			],
		],
		[
			[
				[0.15, 0.12],
				[0.5, 0.08],
				[0.84, 0.09],
			],
			[
				[0.84, 0.09],
				[0.6, 0.48],
				[0.44, 0.95],
			],
			[
				[0.34, 0.52],
				[0.55, 0.5],
				[0.76, 0.48],
			],
		],
		[
			[
				[0.16, 0.26],
				[0.17, 0.1],
				[0.5, 0.12],
				[0.84, 0.08],
				[0.74, 0.4],
				[0.66, 0.95],
			],
		],
	],
	[
		[
			[
				[0.5, 0.48],
				[0.26, 0.3],
				[0.36, 0.08],
				[0.64, 0.07],
				[0.75, 0.28],
				[0.5, 0.48],
				[0.22, 0.7],
				[0.34, 0.93],
				[0.66, 0.94],
				[0.8, 0.72],
				[0.5, 0.48],
			],
		],
		[
			[
				[0.74, 0.16],
				[0.48, 0.05],
				[0.28, 0.22],
				[0.5, 0.45],
				[0.76, 0.7],
				[0.56, 0.95],
				[0.28, 0.84],
				[0.42, 0.54],
				[0.66, 0.36],
				[0.76, 0.18],
			],
		],
	],
	[
		[
			[
				[0.78, 0.26],
				[0.56, 0.48],
				[0.26, 0.4],
				[0.28, 0.14],
				[0.56, 0.05],
				[0.78, 0.22],
				[0.76, 0.58],
				[0.64, 0.95],
			],
		],
		[
			[
				[0.74, 0.2],
				[0.5, 0.06],
				[0.26, 0.24],
				[0.38, 0.46],
				[0.62, 0.42],
				[0.75, 0.18],
			],
			[
				[0.75, 0.16],
				[0.74, 0.55],
				[0.72, 0.96],
			],
		],
	],
];
