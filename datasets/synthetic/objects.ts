import type { Canvas, Paint } from "./canvas.js";
import type { CounterRandom } from "./counter-random.js";
import {
	affineAbout,
	ellipse,
	type Point,
	rectangle,
	transform,
} from "./geometry.js";

/** Draws one coloured thing before a cluttered background, on a canvas of 32x32x3: any colours (some likelier for a class, as
 * grass is behind a house), any size from a third of the picture to more than the whole, turned, mirrored, shifted, half
 * hidden by something else, in good and bad light. The shape alone decides the class.
 * @param label 0 aeroplane, 1 car, 2 fish, 3 cup, 4 house, 5 tree, 6 mushroom, 7 key, 8 boat, 9 chair */
export function drawObject(
	canvas: Canvas,
	label: number,
	random: CounterRandom,
): void {
	const thing = THINGS[label] as Thing;
	const usual = random.chance(USUAL_COLOURS);
	drawBackground(
		canvas,
		usual ? random.pick(thing.backgrounds) : anyColour(random),
		random,
	);
	drawClutter(canvas, random.below(CLUTTER), random);
	const pen = createPen(
		canvas,
		usual ? random.pick(thing.colours) : anyColour(random),
		random,
	);
	thing.draw(pen, random);
	if (random.chance(HIDDEN)) drawClutter(canvas, 1 + random.below(2), random);
	finish(canvas, random);
}

const USUAL_COLOURS = 0.5;
const CLUTTER = 6;
const HIDDEN = 0.33;

type Colour = readonly [red: number, green: number, blue: number];

interface Thing {
	readonly colours: readonly Colour[];
	readonly backgrounds: readonly Colour[];
	readonly draw: (pen: Pen, random: CounterRandom) => void;
}

/** Draws within -1 to 1 both ways, x to the right and y down; tone 0 is the thing's main colour, 1 its second, 2 its third. */
interface Pen {
	fill(points: readonly Point[], tone: number): void;
	line(points: readonly Point[], thickness: number, tone: number): void;
}

function createPen(canvas: Canvas, main: Colour, random: CounterRandom): Pen {
	const size = random.between(8.5, 14);
	const map = affineAbout(
		[0, 0],
		[15.5 + random.normal(2.6), 15.5 + random.normal(2.2)],
		{
			tangent: random.normal(0.1),
			shear: random.normal(0.16),
			scaleX: size * random.between(0.8, 1.2) * (random.chance(0.5) ? 1 : -1),
			scaleY: size * random.between(0.8, 1.15),
		},
	);
	const colours: readonly Colour[] = [
		varied(main, 0.12, random),
		anyColour(random),
		anyColour(random),
	];
	const light = { x: random.normal(0.02), y: random.normal(0.02) };
	const weave = {
		period: random.between(2, 5),
		depth: random.chance(0.35) ? random.between(0.1, 0.45) : 0,
		x: random.between(-1, 1),
		y: random.between(-1, 1),
	};
	const wobble = random.between(0.02, 0.1);
	const opacity = random.between(0.72, 1);
	const place = (points: readonly Point[]): Point[] =>
		points.map(([x, y]) =>
			transform(map, [x + random.normal(wobble), y + random.normal(wobble)]),
		);
	const paintOf = (tone: number): Paint => {
		const colour = colours[tone] as Colour;
		return (x, y, channel) => {
			const part = (x * weave.x + y * weave.y) / weave.period;
			const band = part - Math.floor(part) < 0.5 ? 1 - weave.depth : 1;
			return (
				(colour[channel] as number) *
				band *
				(1 + light.x * (x - 15.5) + light.y * (y - 15.5))
			);
		};
	};
	return {
		fill(points, tone) {
			canvas.fill(place(points), paintOf(tone), opacity);
		},
		line(points, thickness, tone) {
			canvas.stroke(
				place(points),
				Math.max(0.5, (thickness * size) / 2),
				paintOf(tone),
				opacity,
			);
		},
	};
}

const SKY: readonly Colour[] = [
	[0.55, 0.72, 0.92],
	[0.75, 0.82, 0.9],
];
const GRASS: readonly Colour[] = [
	[0.32, 0.5, 0.22],
	[0.45, 0.52, 0.3],
];
const WATER: readonly Colour[] = [
	[0.15, 0.38, 0.55],
	[0.2, 0.5, 0.55],
];
const INDOORS: readonly Colour[] = [
	[0.62, 0.52, 0.42],
	[0.8, 0.76, 0.7],
];

const THINGS: readonly Thing[] = [
	{
		colours: [
			[0.85, 0.86, 0.9],
			[0.6, 0.63, 0.7],
		],
		backgrounds: SKY,
		draw(pen, random) {
			const length = random.between(0.8, 1.1);
			const girth = random.between(0.12, 0.24);
			const sweep = random.between(0.1, 0.6);
			pen.fill(
				[
					[0.2, 0],
					[-0.25, 0],
					[-0.25 - sweep, random.between(0.5, 0.95)],
					[-0.05 - sweep, random.between(0.5, 0.95)],
				],
				1,
			);
			if (random.chance(0.6))
				pen.fill(
					[
						[0.2, 0],
						[-0.2, 0],
						[-0.2 - sweep, -random.between(0.4, 0.9)],
						[-sweep, -random.between(0.4, 0.9)],
					],
					1,
				);
			pen.fill(ellipse(0, 0, length, girth), 0);
			pen.fill(
				[
					[-length * 0.6, 0],
					[-length, -random.between(0.35, 0.65)],
					[-length * 1.1, -0.4],
					[-length * 0.95, 0.05],
				],
				random.below(2),
			);
		},
	},
	{
		colours: [
			[0.75, 0.15, 0.13],
			[0.2, 0.25, 0.5],
			[0.8, 0.8, 0.82],
		],
		backgrounds: [
			[0.5, 0.5, 0.52],
			[0.65, 0.65, 0.62],
		],
		draw(pen, random) {
			const roof = -random.between(0.35, 0.65);
			const front = random.between(0.2, 0.7);
			const wheel = random.between(0.16, 0.28);
			pen.fill(
				[
					[-0.75, -0.05],
					[-0.5, roof],
					[front - 0.2, roof],
					[front + 0.1, -0.05],
				],
				random.below(2),
			);
			pen.fill(
				[
					[-1, -0.1],
					[0.6, -0.1],
					[1, 0.05],
					[1, 0.4],
					[-1, 0.4],
				],
				0,
			);
			for (const x of [-0.55, 0.55])
				pen.fill(ellipse(x, 0.42, wheel, wheel), 2);
		},
	},
	{
		colours: [
			[0.9, 0.5, 0.15],
			[0.6, 0.65, 0.72],
		],
		backgrounds: WATER,
		draw(pen, random) {
			const length = random.between(0.6, 0.78);
			const height = random.between(0.25, 0.5);
			const tail = random.between(0.2, 0.5);
			pen.fill(
				[
					[-length * 0.7, 0],
					[-1, -tail],
					[-0.88, 0],
					[-1, tail],
				],
				random.below(2),
			);
			pen.fill(
				[
					[-0.2, -height * 0.8],
					[0.1, -height - random.between(0.05, 0.35)],
					[0.25, -height * 0.7],
				],
				1,
			);
			pen.fill(ellipse(0.1, 0, length, height), 0);
			pen.fill(ellipse(length * 0.7, -height * 0.25, 0.08, 0.08), 2);
		},
	},
	{
		colours: [
			[0.9, 0.9, 0.88],
			[0.2, 0.35, 0.65],
		],
		backgrounds: INDOORS,
		draw(pen, random) {
			const top = random.between(0.45, 0.65);
			const bottom = top * random.between(0.55, 1);
			const rim = -random.between(0.4, 0.8);
			const reach = top + random.between(0.2, 0.45);
			pen.line(
				[
					[top * 0.9, rim * 0.6],
					[reach, rim * 0.55],
					[reach, 0.15],
					[bottom, 0.35],
				],
				random.between(0.1, 0.2),
				0,
			);
			pen.fill(
				[
					[-top, rim],
					[top, rim],
					[bottom, 0.75],
					[-bottom, 0.75],
				],
				0,
			);
			pen.fill(ellipse(0, rim, top, random.between(0.05, 0.16)), 1);
		},
	},
	{
		colours: [
			[0.75, 0.6, 0.45],
			[0.85, 0.8, 0.7],
			[0.6, 0.28, 0.2],
		],
		backgrounds: [...GRASS, ...SKY],
		draw(pen, random) {
			const half = random.between(0.5, 0.8);
			const eaves = -random.between(0, 0.3);
			const overhang = random.between(0, 0.22);
			pen.fill(rectangle(-half, eaves, half, 0.8), 0);
			pen.fill(
				[
					[-half - overhang, eaves],
					[random.normal(0.12), -random.between(0.65, 1)],
					[half + overhang, eaves],
				],
				1,
			);
			pen.fill(rectangle(-0.12, 0.35, 0.12, 0.8), 2);
			if (random.chance(0.6))
				pen.fill(rectangle(half * 0.45, 0.05, half * 0.8, 0.3), 2);
		},
	},
	{
		colours: [
			[0.18, 0.42, 0.16],
			[0.4, 0.52, 0.15],
			[0.65, 0.4, 0.12],
		],
		backgrounds: [...GRASS, ...SKY],
		draw(pen, random) {
			const trunk = random.between(0.07, 0.16);
			pen.fill(rectangle(-trunk, 0.1, trunk, 0.95), 1);
			if (random.chance(0.5)) {
				const half = random.between(0.4, 0.7);
				pen.fill(
					[
						[-half, 0.4],
						[0, -1],
						[half, 0.4],
					],
					0,
				);
				if (random.chance(0.5))
					pen.fill(
						[
							[-half * 1.1, 0.55],
							[0, -0.3],
							[half * 1.1, 0.55],
						],
						0,
					);
			} else {
				pen.fill(
					ellipse(
						0,
						-0.3,
						random.between(0.45, 0.75),
						random.between(0.45, 0.7),
					),
					0,
				);
				if (random.chance(0.5))
					pen.fill(ellipse(random.normal(0.3), -0.1, 0.4, 0.35), 0);
			}
		},
	},
	{
		colours: [
			[0.75, 0.18, 0.12],
			[0.6, 0.42, 0.26],
		],
		backgrounds: GRASS,
		draw(pen, random) {
			const stem = random.between(0.12, 0.26);
			const half = random.between(0.55, 0.9);
			const brim = random.between(-0.15, 0.15);
			const top = -random.between(0.45, 0.85);
			pen.fill(
				[
					[-stem * 0.8, brim],
					[stem * 0.8, brim],
					[stem * 1.2, 0.9],
					[-stem * 1.2, 0.9],
				],
				1,
			);
			pen.fill(
				[
					[-half, brim],
					[-half * 0.85, top * 0.5],
					[-half * 0.4, top],
					[half * 0.4, top],
					[half * 0.85, top * 0.5],
					[half, brim],
				],
				0,
			);
			if (random.chance(0.4))
				for (let dot = 0; dot < 3; dot++)
					pen.fill(
						ellipse(
							-0.35 + dot * 0.35,
							top * 0.45 + random.normal(0.08),
							0.09,
							0.08,
						),
						2,
					);
		},
	},
	{
		colours: [
			[0.75, 0.65, 0.3],
			[0.55, 0.55, 0.58],
		],
		backgrounds: INDOORS,
		draw(pen, random) {
			const ring = random.between(0.24, 0.4);
			const thickness = random.between(0.12, 0.22);
			const outline = ellipse(-0.95 + ring, 0, ring, ring);
			pen.line([...outline, outline[0] as Point], thickness, 0);
			pen.line(
				[
					[-0.95 + 2 * ring, 0],
					[0.95, 0],
				],
				thickness,
				0,
			);
			const teeth = 2 + random.below(2);
			const down = random.chance(0.5) ? 1 : -1;
			for (let tooth = 0; tooth < teeth; tooth++) {
				const x = 0.9 - tooth * 0.24;
				pen.line(
					[
						[x, 0],
						[x, down * random.between(0.25, 0.45)],
					],
					thickness * 0.9,
					0,
				);
			}
		},
	},
	{
		colours: [
			[0.9, 0.9, 0.92],
			[0.45, 0.25, 0.15],
		],
		backgrounds: [...WATER, ...SKY],
		draw(pen, random) {
			const deck = random.between(0.25, 0.45);
			const mast = random.normal(0.12);
			pen.fill(
				[
					[-0.95, deck],
					[0.95, deck],
					[random.between(0.5, 0.75), 0.85],
					[-random.between(0.45, 0.75), 0.85],
				],
				0,
			);
			pen.line(
				[
					[mast, deck],
					[mast, -0.95],
				],
				0.08,
				2,
			);
			pen.fill(
				[
					[mast + 0.06, -random.between(0.7, 0.95)],
					[mast + random.between(0.4, 0.85), deck - 0.12],
					[mast + 0.06, deck - 0.12],
				],
				1,
			);
			if (random.chance(0.55))
				pen.fill(
					[
						[mast - 0.06, -random.between(0.4, 0.9)],
						[mast - random.between(0.3, 0.7), deck - 0.12],
						[mast - 0.06, deck - 0.12],
					],
					random.below(2),
				);
		},
	},
	{
		colours: [
			[0.5, 0.32, 0.18],
			[0.25, 0.2, 0.18],
		],
		backgrounds: INDOORS,
		draw(pen, random) {
			const seat = random.between(0, 0.25);
			const half = random.between(0.4, 0.65);
			const leg = random.between(0.09, 0.18);
			const back = -random.between(0.55, 1);
			pen.fill(
				rectangle(-half, seat, half, seat + random.between(0.14, 0.26)),
				random.below(2),
			);
			pen.line(
				[
					[-half + 0.06, back],
					[-half, seat + 0.1],
					[-half, 0.95],
				],
				leg,
				0,
			);
			pen.line(
				[
					[half, seat + 0.1],
					[half, 0.95],
				],
				leg,
				0,
			);
			if (random.chance(0.6))
				pen.fill(
					[
						[-half, back],
						[-half + random.between(0.1, 0.4), back],
						[-half + 0.15, seat],
						[-half, seat],
					],
					0,
				);
		},
	},
];

function drawBackground(
	canvas: Canvas,
	colour: Colour,
	random: CounterRandom,
): void {
	const above = varied(colour, 0.12, random);
	const below = random.chance(0.5)
		? varied(colour, 0.2, random)
		: anyColour(random);
	const slope = {
		x: random.normal(0.02),
		y: random.between(0, 0.05),
		at: random.between(0.2, 0.8),
	};
	const sharp = random.chance(0.4) ? 12 : 1;
	canvas.cover((x, y, channel) => {
		const share = Math.min(
			1,
			Math.max(
				0,
				slope.at + sharp * (slope.x * (x - 15.5) + slope.y * (y - 15.5)),
			),
		);
		return (
			(above[channel] as number) * (1 - share) +
			(below[channel] as number) * share
		);
	});
}

/** Patches, discs, wedges and lines that belong to no class. */
function drawClutter(
	canvas: Canvas,
	count: number,
	random: CounterRandom,
): void {
	for (let piece = 0; piece < count; piece++) {
		const x = random.between(0, 31);
		const y = random.between(0, 31);
		const wide = random.between(1.5, 7);
		const high = random.between(1.5, 7);
		const colour = anyColour(random);
		const paint: Paint = (_x, _y, channel) => colour[channel] as number;
		const opacity = random.between(0.45, 1);
		const askew = (points: readonly Point[]): Point[] =>
			points.map(([px, py]) => [px + random.normal(1), py + random.normal(1)]);
		switch (random.below(4)) {
			case 0:
				canvas.fill(ellipse(x, y, wide, high), paint, opacity);
				break;
			case 1:
				canvas.fill(
					askew(rectangle(x - wide, y - high, x + wide, y + high)),
					paint,
					opacity,
				);
				break;
			case 2:
				canvas.fill(
					askew([
						[x, y - high],
						[x + wide, y + high],
						[x - wide, y + high],
					]),
					paint,
					opacity,
				);
				break;
			default:
				canvas.stroke(
					[
						[x, y],
						[x + random.normal(9), y + random.normal(9)],
					],
					random.between(0.5, 1.6),
					paint,
					opacity,
				);
		}
	}
}

/** The camera: exposure, contrast, a tint and noise. */
function finish(canvas: Canvas, random: CounterRandom): void {
	const contrast = random.between(0.65, 1.15);
	const brightness = random.normal(0.09);
	const tint: Colour = [
		random.normal(0.03),
		random.normal(0.03),
		random.normal(0.03),
	];
	const grain = random.between(0.01, 0.05);
	let bits = 0;
	canvas.cover((x, y, channel) => {
		// One draw serves the three channels, eight bits each.
		bits = channel === 0 ? random.below(0x1000000) : bits >>> 8;
		const noise = ((bits & 0xff) / 255 - 0.5) * 3.4 * grain;
		const value = canvas.pixels[
			(y * canvas.width + x) * canvas.channels + channel
		] as number;
		return (
			0.5 +
			(value - 0.5) * contrast +
			brightness +
			(tint[channel] as number) +
			noise
		);
	});
}

function anyColour(random: CounterRandom): Colour {
	const grey = random.between(0.08, 0.92);
	const strength = random.between(0, 0.4);
	const tone = (): number =>
		Math.min(1, Math.max(0, grey + random.between(-strength, strength)));
	return [tone(), tone(), tone()];
}

function varied(
	colour: Colour,
	deviation: number,
	random: CounterRandom,
): Colour {
	const shade = random.normal(deviation);
	const tone = (value: number): number =>
		Math.min(1, Math.max(0, value + shade + random.normal(deviation / 2)));
	return [tone(colour[0]), tone(colour[1]), tone(colour[2])];
}
