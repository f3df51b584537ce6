import type { Canvas, Paint } from "./canvas.js";
import type { CounterRandom } from "./counter-random.js";
import {
	type Affine,
	affineAbout,
	ellipse,
	type Point,
	rectangle,
	transform,
} from "./geometry.js";

/** Draws one garment as if photographed on black, on a canvas of 28x28x1: a silhouette with sleeves, legs, straps or soles as
 * its class has them, in a cloth that any class may have. What tells neighbouring classes apart (length of a sleeve,
 * a collar, a row of buttons, height of a shaft) overlaps and is often faint. Shoes face left or right alike.
 * @param label 0 tee, 1 trousers, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 low shoe, 8 bag, 9 boot */
export function drawGarment(
	canvas: Canvas,
	label: number,
	random: CounterRandom,
): void {
	canvas.cover(() => 0);
	const pen = createPen(canvas, random);
	switch (label) {
		case 0:
			drawTop(pen, random, TEE);
			break;
		case 1:
			drawTrousers(pen, random);
			break;
		case 2:
			drawTop(pen, random, PULLOVER);
			break;
		case 3:
			drawDress(pen, random);
			break;
		case 4:
			drawTop(pen, random, COAT);
			break;
		case 5:
			drawSandal(pen, random);
			break;
		case 6:
			drawTop(pen, random, SHIRT);
			break;
		case 7:
			drawShoe(pen, random, random.between(0, 0.14));
			break;
		case 8:
			drawBag(pen, random);
			break;
		default:
			drawShoe(pen, random, random.between(0.14, 0.48));
	}
	finish(canvas, random);
}

/** Draws in the unit square, x to the right and y down, in one cloth. */
interface Pen {
	fill(points: readonly Point[], brightness?: number, opacity?: number): void;
	line(
		points: readonly Point[],
		thickness: number,
		brightness: number,
		opacity: number,
	): void;
}

function createPen(canvas: Canvas, random: CounterRandom): Pen {
	const facing = random.chance(0.5) ? 1 : -1;
	const size = random.between(22.5, 26.5);
	const map: Affine = affineAbout(
		[0.5, 0.5],
		[13.5 + random.normal(0.5), 13.5 + random.normal(0.5)],
		{
			tangent: random.normal(0.022),
			shear: random.normal(0.03),
			scaleX: facing * size * random.between(0.9, 1.08),
			scaleY: size,
		},
	);
	const cloth = clothOf(random);
	const place = (points: readonly Point[]): Point[] =>
		points.map((point) => transform(map, point));
	return {
		fill(points, brightness = 1, opacity = 1) {
			canvas.fill(
				place(points),
				(x, y) => cloth(x, y, 0) * brightness,
				opacity,
			);
		},
		line(points, thickness, brightness, opacity) {
			canvas.stroke(
				place(points),
				(thickness * size) / 2,
				(x, y) => cloth(x, y, 0) * brightness,
				opacity,
			);
		},
	};
}

/** Plain, striped, checked, blotched or printed cloth with folds; brightness 0 to 1. */
function clothOf(random: CounterRandom): Paint {
	const base = random.chance(0.2)
		? random.between(0.12, 0.3)
		: random.between(0.32, 0.95);
	const contrast = random.between(-0.4, 0.4);
	const period = random.between(2.2, 7);
	const phase = random.between(0, 8);
	const kind = random.below(6);
	const print = {
		x: random.between(11, 17),
		y: random.between(9, 16),
		size: random.between(4, 20),
		level: random.between(-0.5, 0.5),
	};
	const fold = {
		x: random.normal(0.012),
		y: random.normal(0.008),
		xy: random.normal(0.0025),
	};
	const wave = (value: number): number => {
		const part = (value + phase) / period;
		return part - Math.floor(part) < 0.5 ? 1 : 0;
	};
	const pattern = (x: number, y: number): number => {
		switch (kind) {
			case 0:
				return contrast * wave(y);
			case 1:
				return contrast * wave(x);
			case 2:
				return contrast * (wave(x) + wave(y)) * 0.5;
			case 3:
				return (x - print.x) * (x - print.x) + (y - print.y) * (y - print.y) <
					print.size
					? print.level
					: 0;
			default:
				return 0;
		}
	};
	return (x, y) => {
		const u = x - 13.5;
		const v = y - 13.5;
		return Math.min(
			1,
			Math.max(
				0.06,
				base + pattern(x, y) + fold.x * u + fold.y * v + fold.xy * u * v,
			),
		);
	};
}

/** Ranges of what a garment for the upper body is like; each figure is drawn uniformly between its two ends. */
interface TopStyle {
	/** Length of the sleeves, each by one of these ranges: 0.1 at the shoulder, 0.7 to the wrist. */
	readonly sleeve: readonly Range[];
	/** Where the hem is. */
	readonly hem: Range;
	/** Half the width at chest. */
	readonly chest: Range;
	/** Hem's half width as a share of the chest's. */
	readonly flare: Range;
	/** How probable a line down the front is, buttons on it, a collar, a hood or thick neck, bands at hem and wrist. */
	readonly front: number;
	readonly buttons: number;
	readonly collar: number;
	readonly bands: number;
	/** How dark the parting in front is: opacity of its line. */
	readonly frontOpacity: Range;
}

type Range = readonly [low: number, high: number];

const TEE: TopStyle = {
	sleeve: [[0.14, 0.32]],
	hem: [0.8, 0.97],
	chest: [0.2, 0.29],
	flare: [0.85, 1.1],
	front: 0.03,
	buttons: 0.04,
	collar: 0.05,
	bands: 0.1,
	frontOpacity: [0.2, 0.5],
};

const PULLOVER: TopStyle = {
	sleeve: [[0.55, 0.76]],
	hem: [0.78, 0.94],
	chest: [0.2, 0.29],
	flare: [0.8, 1],
	front: 0.03,
	buttons: 0.03,
	collar: 0.06,
	bands: 0.75,
	frontOpacity: [0.2, 0.5],
};

const COAT: TopStyle = {
	sleeve: [[0.58, 0.78]],
	hem: [0.88, 1],
	chest: [0.19, 0.27],
	flare: [1, 1.25],
	front: 0.92,
	buttons: 0.25,
	collar: 0.4,
	bands: 0.06,
	frontOpacity: [0.45, 1],
};

const SHIRT: TopStyle = {
	sleeve: [
		[0.18, 0.42],
		[0.5, 0.74],
		[0.5, 0.74],
	],
	hem: [0.82, 1],
	chest: [0.17, 0.25],
	flare: [0.85, 1.1],
	front: 0.25,
	buttons: 0.72,
	collar: 0.86,
	bands: 0.08,
	frontOpacity: [0.2, 0.5],
};

function drawTop(pen: Pen, random: CounterRandom, style: TopStyle): void {
	const chest = random.between(...style.chest);
	const flare = chest * random.between(...style.flare);
	const hem = random.between(...style.hem);
	const sleeve = random.between(...random.pick(style.sleeve));
	const shoulder = random.between(0.1, 0.17);
	const neck = random.between(0.06, 0.11);
	const neckDepth = random.between(0.02, 0.12);
	const top = random.between(0.02, 0.08);
	const out = random.between(0.1, 0.42);
	const width = random.between(0.07, 0.115);
	const detail = random.between(0.55, 1.35);
	const bands = random.chance(style.bands);
	for (const side of [-1, 1]) {
		const arm: Point = [0.5 + side * (chest - 0.02), top + shoulder];
		const hand: Point = [
			arm[0] + side * sleeve * out,
			arm[1] + sleeve * (1.04 - 0.25 * out),
		];
		const inner: Point = [arm[0] - side * width * 0.4, arm[1] + width * 1.3];
		const cuff: Point = [hand[0] - side * width * 1.25, hand[1] + width * 0.35];
		pen.fill(
			[
				[0.5 + side * neck, top],
				[0.5 + side * (chest * 0.9), top + shoulder * 0.5],
				hand,
				cuff,
				inner,
			],
			0.93,
		);
		if (bands) pen.line([hand, cuff], 0.05, detail > 1 ? 1.25 : 0.7, 0.7);
	}
	const waist = top + shoulder + 0.28;
	pen.fill([
		[0.5 - neck, top],
		[0.5 - chest * 0.9, top + shoulder * 0.5],
		[0.5 - chest, top + shoulder],
		[0.5 - (chest + flare) * 0.48, waist],
		[0.5 - flare, hem],
		[0.5 + flare, hem],
		[0.5 + (chest + flare) * 0.48, waist],
		[0.5 + chest, top + shoulder],
		[0.5 + chest * 0.9, top + shoulder * 0.5],
		[0.5 + neck, top],
		[0.5, top + neckDepth],
	]);
	if (bands)
		pen.line(
			[
				[0.5 - flare * 0.95, hem - 0.02],
				[0.5 + flare * 0.95, hem - 0.02],
			],
			0.05,
			detail > 1 ? 1.25 : 0.7,
			0.7,
		);
	if (random.chance(style.collar)) {
		for (const side of [-1, 1]) {
			pen.line(
				[
					[0.5 + side * neck, top],
					[0.5 + side * 0.015, top + neckDepth + 0.06],
				],
				0.05,
				detail > 1 ? 1.5 : 0.5,
				random.between(0.4, 1),
			);
		}
	}
	const middle = 0.5 + random.normal(0.01);
	if (random.chance(style.front)) {
		pen.line(
			[
				[middle, top + neckDepth],
				[middle, hem],
			],
			0.035,
			detail > 1 ? 1.5 : 0.25,
			random.between(...style.frontOpacity),
		);
	}
	if (random.chance(style.buttons)) {
		const opacity = random.between(0.35, 1);
		for (let at = top + neckDepth + 0.07; at < hem; at += 0.14)
			pen.line(
				[
					[middle, at],
					[middle, at + 0.01],
				],
				0.05,
				detail > 1 ? 1.8 : 0.2,
				opacity,
			);
	}
}

function drawTrousers(pen: Pen, random: CounterRandom): void {
	const waist = random.between(0.12, 0.2);
	const hem = random.between(0.82, 0.99);
	const ankle = random.between(0.06, 0.12);
	const apart = random.between(0.0, 0.1);
	const crotch = random.between(0.26, 0.42);
	for (const side of [-1, 1]) {
		pen.fill([
			[0.5, 0.04],
			[0.5 + side * waist, 0.04],
			[0.5 + side * (waist + 0.03), crotch - 0.05],
			[0.5 + side * (apart + 2 * ankle), hem],
			[0.5 + side * apart, hem],
			[0.5 + side * 0.008, crotch],
		]);
	}
	pen.line(
		[
			[0.5 - waist, 0.06],
			[0.5 + waist, 0.06],
		],
		0.045,
		random.between(0.6, 1.4),
		0.6,
	);
}

function drawDress(pen: Pen, random: CounterRandom): void {
	const top = random.between(0.02, 0.07);
	const chest = random.between(0.11, 0.19);
	const waist = chest * random.between(0.7, 1);
	const flare = random.between(0.13, 0.3);
	const hem = random.between(0.9, 1);
	const neck = random.between(0.05, 0.09);
	const waistAt = random.between(0.3, 0.45);
	const sleeve = random.chance(0.42) ? random.between(0.1, 0.6) : 0;
	for (const side of [-1, 1]) {
		const shoulder: Point = [0.5 + side * chest * 0.9, top + 0.04];
		if (sleeve > 0) {
			pen.fill(
				[
					[0.5 + side * neck, top],
					shoulder,
					[0.5 + side * (chest + sleeve * 0.28), top + 0.08 + sleeve * 0.9],
					[
						0.5 + side * (chest + sleeve * 0.28 - 0.09),
						top + 0.12 + sleeve * 0.9,
					],
					[0.5 + side * chest * 0.8, top + 0.2],
				],
				0.93,
			);
		}
		pen.fill([
			[0.5, top + 0.1],
			[0.5 + side * neck, top],
			shoulder,
			[0.5 + side * chest, top + 0.16],
			[0.5 + side * waist, waistAt],
			[0.5 + side * flare, hem],
			[0.5, hem],
		]);
	}
	if (random.chance(0.35))
		pen.line(
			[
				[0.5 - waist, waistAt],
				[0.5 + waist, waistAt],
			],
			0.05,
			random.between(0.4, 1.6),
			0.8,
		);
}

/** @param shaft height of the shaft above a low shoe's edge */
function drawShoe(pen: Pen, random: CounterRandom, shaft: number): void {
	const ground = random.between(0.76, 0.88);
	const sole = random.between(0.04, 0.09);
	const heel = random.chance(0.3) ? random.between(0.04, 0.16) : 0;
	const instep = random.between(0.28, 0.42);
	const edge = ground - random.between(0.2, 0.3) - shaft;
	const ankle = random.between(0.3, 0.44);
	const toe = random.between(0.1, 0.18);
	pen.fill([
		[0.04, ground],
		[0.05, ground - 0.18],
		[0.06 + random.between(0, 0.05), edge],
		[ankle, edge + random.between(-0.03, 0.05)],
		[ankle + 0.04, ground - 0.2 - shaft * 0.3],
		[0.5 + instep * 0.4, ground - 0.17],
		[0.9, ground - toe],
		[0.98, ground - 0.03],
		[0.97, ground],
	]);
	const tone = random.between(0.3, 1.7);
	pen.fill(
		rectangle(0.03, ground - sole * 0.4, 0.98 - heel, ground + sole),
		tone,
		0.85,
	);
	if (heel > 0)
		pen.fill(rectangle(0.03, ground, 0.24, ground + heel), tone, 0.95);
	const laces = random.below(4);
	for (let lace = 0; lace < laces; lace++) {
		const along = 0.36 + lace * 0.09;
		pen.line(
			[
				[along, ground - 0.24 + lace * 0.02],
				[along + 0.06, ground - 0.15 + lace * 0.01],
			],
			0.03,
			1.6,
			random.between(0.3, 0.9),
		);
	}
	if (random.chance(0.4))
		pen.line(
			[
				[0.14, ground - 0.07],
				[0.5, ground - 0.12],
				[0.7, ground - 0.05],
			],
			0.05,
			random.between(0.3, 1.7),
			0.7,
		);
}

function drawSandal(pen: Pen, random: CounterRandom): void {
	const ground = random.between(0.7, 0.88);
	const heel = random.chance(0.45) ? random.between(0.06, 0.3) : 0;
	const sole = random.between(0.05, 0.1);
	pen.fill([
		[0.04, ground - heel],
		[0.3, ground - heel * 0.85],
		[0.62, ground - 0.02],
		[0.98, ground],
		[0.96, ground + sole],
		[0.55, ground + sole],
		[0.26, ground - heel * 0.7 + sole],
		[0.04, ground - heel + sole],
	]);
	if (heel > 0.1)
		pen.fill([
			[0.05, ground - heel],
			[0.2, ground - heel],
			[0.13, ground + sole],
			[0.07, ground + sole],
		]);
	const straps = 2 + random.below(4);
	const rise = random.between(0.1, 0.3);
	for (let strap = 0; strap < straps; strap++) {
		const foot = random.between(0.08, 0.9);
		const lean = random.normal(0.12);
		const base = ground - (foot < 0.4 ? heel * 0.8 : 0);
		pen.line(
			[
				[foot, base],
				[foot + lean, base - rise * random.between(0.6, 1.3)],
				[foot + lean + random.between(0.05, 0.2), base - rise * 0.3],
			],
			random.between(0.03, 0.085),
			random.between(0.7, 1.3),
			0.95,
		);
	}
	// A closed toe or heel makes a sandal look like a shoe.
	if (random.chance(0.4))
		pen.fill(
			[
				[0.6, ground],
				[0.66, ground - rise * 0.8],
				[0.9, ground - 0.08],
				[0.97, ground],
			],
			1.05,
		);
	if (random.chance(0.3))
		pen.fill(
			[
				[0.04, ground - heel],
				[0.05, ground - heel - rise * 1.2],
				[0.24, ground - heel - rise],
				[0.3, ground - heel * 0.8],
			],
			0.95,
		);
}

function drawBag(pen: Pen, random: CounterRandom): void {
	const half = random.between(0.28, 0.46);
	const top = random.between(0.3, 0.5);
	const bottom = random.between(0.76, 0.95);
	const taper = random.between(0.75, 1.05);
	const handle = random.between(0.1, half);
	const rise = top - random.between(0.1, 0.34);
	if (random.chance(0.86)) {
		pen.line(
			[
				[0.5 - handle, top + 0.02],
				[0.5 - handle * 0.7, rise],
				[0.5 + handle * 0.7, rise],
				[0.5 + handle, top + 0.02],
			],
			random.between(0.035, 0.075),
			random.between(0.7, 1.2),
			1,
		);
	}
	pen.fill([
		[0.5 - half * taper, top],
		[0.5 + half * taper, top],
		[0.5 + half, bottom],
		[0.5 - half, bottom],
	]);
	if (random.chance(0.5))
		pen.line(
			[
				[0.5 - half * taper, top + 0.12],
				[0.5 + half * taper, top + 0.12],
			],
			0.04,
			random.between(0.3, 1.7),
			0.7,
		);
	if (random.chance(0.4))
		pen.fill(
			ellipse(
				0.5 + random.normal(0.1),
				(top + bottom) / 2,
				random.between(0.04, 0.12),
				random.between(0.04, 0.1),
			),
			random.between(0.3, 1.7),
			0.8,
		);
}

/** Light from one side, the cloth's grain and the photograph's noise. */
function finish(canvas: Canvas, random: CounterRandom): void {
	const light = { x: random.normal(0.008), y: random.normal(0.008) };
	const grain = random.between(0.01, 0.09);
	canvas.cover((x, y) => {
		const value = canvas.pixels[y * canvas.width + x] as number;
		if (value < 0.03) return value;
		return (
			value * (1 + light.x * (x - 13.5) + light.y * (y - 13.5)) +
			random.normal(grain)
		);
	});
}
