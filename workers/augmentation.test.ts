import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type AugmentationRule,
	drawTransform,
	type Transform,
	transformImage,
} from "./augmentation.js";
import { RandomStream } from "./random-stream.js";

const none: AugmentationRule = {
	rotationDegrees: 0,
	shiftShare: 0,
	flipProbability: 0,
	cropPadding: 0,
	colourShare: 0,
};
/** The three rules of the design page. */
const mnist = { ...none, rotationDegrees: 15, shiftShare: 0.1 };
const fashion = { ...none, rotationDegrees: 10, flipProbability: 0.5 };
const cifar = {
	...none,
	cropPadding: 4,
	flipProbability: 0.5,
	colourShare: 0.2,
};

const identity: Transform = {
	angle: 0,
	shiftX: 0,
	shiftY: 0,
	flip: false,
	brightness: 1,
	contrast: 1,
};

type Pixels = readonly (readonly number[])[];

/** Rows of one channel, transformed. */
function transformed(rows: Pixels, change: Partial<Transform>): number[][] {
	const width = (rows[0] as readonly number[]).length;
	const output = new Float32Array(rows.length * width).fill(-1);
	transformImage(
		Uint8Array.from(rows.flat()),
		[rows.length, width, 1],
		{ ...identity, ...change },
		output,
	);
	return rows.map((_, y) =>
		Array.from(output.subarray(y * width, (y + 1) * width)),
	);
}

function assertNear(actual: Pixels, expected: Pixels): void {
	expected.forEach((row, y) => {
		row.forEach((value, x) => {
			const found = actual[y]?.[x] as number;
			assert.ok(
				Math.abs(found - value) < 1e-4,
				`row ${y}, column ${x}: ${found} instead of ${value}`,
			);
		});
	});
}

const draws = (
	rule: AugmentationRule,
	strength: number,
	count = 4000,
	width = 28,
): Transform[] => {
	const stream = new RandomStream(new Uint8Array(32), "draws");
	return Array.from({ length: count }, () =>
		drawTransform(rule, strength, width, stream),
	);
};

/** A stream whose every unit is this one. */
function constantly(unit: number): RandomStream {
	const stream = new RandomStream(new Uint8Array(32), "constant");
	stream.nextUnit = () => unit;
	return stream;
}
const NEARLY_ONE = 1 - 2 ** -32;

const picture: Pixels = [
	[10, 20, 30, 40],
	[50, 60, 70, 80],
	[90, 100, 110, 120],
];
const square: Pixels = [
	[1, 2, 3],
	[4, 5, 6],
	[7, 8, 9],
];

test("The identity leaves every pixel as it is.", () => {
	assert.deepEqual(transformed(picture, {}), picture);
});

test("A shift by whole pixels moves the image to the right and down and leaves black behind.", () => {
	assert.deepEqual(transformed(picture, { shiftX: 1, shiftY: 2 }), [
		[0, 0, 0, 0],
		[0, 0, 0, 0],
		[0, 10, 20, 30],
	]);
	assert.deepEqual(transformed(picture, { shiftX: -3, shiftY: -1 }), [
		[80, 0, 0, 0],
		[120, 0, 0, 0],
		[0, 0, 0, 0],
	]);
});

test("A flip mirrors left to right, before the shift.", () => {
	assert.deepEqual(
		transformed(picture, { flip: true }),
		picture.map((row) => [...row].reverse()),
	);
	const shifted = [
		[0, 40, 30, 20],
		[0, 80, 70, 60],
		[0, 120, 110, 100],
	];
	assert.deepEqual(transformed(picture, { flip: true, shiftX: 1 }), shifted);
	assertNear(
		transformed(picture, { flip: true, shiftX: 1, angle: 1e-9 }),
		shifted,
	);
});

test("A shift by half a pixel takes the mean of two neighbours, with black outside.", () => {
	assertNear(
		transformed(picture, { shiftX: 0.5 }),
		picture.map(([a = 0, b = 0, c = 0, d = 0]) => [
			a / 2,
			(a + b) / 2,
			(b + c) / 2,
			(c + d) / 2,
		]),
	);
	assertNear(transformed(picture, { shiftY: -0.25 }), [
		[20, 30, 40, 50],
		[60, 70, 80, 90],
		[67.5, 75, 82.5, 90],
	]);
});

test("A rotation by 90 degrees turns counter-clockwise as seen: the right edge becomes the top.", () => {
	assertNear(transformed(square, { angle: Math.PI / 2 }), [
		[3, 6, 9],
		[2, 5, 8],
		[1, 4, 7],
	]);
});

test("A rotation by 180 degrees turns about the middle of the image.", () => {
	assertNear(
		transformed(picture, { angle: Math.PI }),
		[...picture].reverse().map((row) => [...row].reverse()),
	);
});

test("A rotation is applied after the flip and before the shift.", () => {
	// Mirrored: 3 2 1 / 6 5 4 / 9 8 7; turned: 1 4 7 / 2 5 8 / 3 6 9; shifted by one to the right.
	assertNear(
		transformed(square, { flip: true, angle: Math.PI / 2, shiftX: 1 }),
		[
			[0, 1, 4],
			[0, 2, 5],
			[0, 3, 6],
		],
	);
});

test("A small counter-clockwise rotation lifts the right side and lowers the left.", () => {
	const line = Array.from({ length: 9 }, (_, y) =>
		Array.from({ length: 9 }, () => (y === 4 ? 200 : 0)),
	);
	const turned = transformed(line, { angle: (10 * Math.PI) / 180 });
	const brightestRow = (x: number) => {
		const column = turned.map((row) => row[x] as number);
		return column.indexOf(Math.max(...column));
	};
	assert.deepEqual([0, 4, 8].map(brightestRow), [5, 4, 3]);
});

test("At any angle and shift a slope of grey stays a slope, turned and moved by exactly that: bilinear interpolation reproduces it.", () => {
	const size = 28;
	const middle = (size - 1) / 2;
	const grey = (x: number, y: number) => 20 + 3 * x + 2 * y;
	const slope = Array.from({ length: size }, (_, y) =>
		Array.from({ length: size }, (_, x) => grey(x, y)),
	);
	for (const degrees of [-15, -7.5, 3, 10, 15])
		for (const [shiftX, shiftY] of [
			[0, 0],
			[2.8, -1.3],
			[-0.7, 2.8],
		] as const)
			for (const flip of [false, true]) {
				const angle = (degrees * Math.PI) / 180;
				const turned = transformed(slope, { angle, shiftX, shiftY, flip });
				let inner = 0;
				turned.forEach((row, y) => {
					row.forEach((value, x) => {
						// A point seen at (r, phi), y upwards, was at (r, phi - angle) before.
						const [right, up] = [x - shiftX - middle, middle - (y - shiftY)];
						const radius = Math.hypot(right, up);
						const before = Math.atan2(up, right) - angle;
						const unturned = middle + radius * Math.cos(before);
						const fromX = flip ? size - 1 - unturned : unturned;
						const fromY = middle - radius * Math.sin(before);
						if (Math.min(fromX, fromY) < 0) return;
						if (Math.max(fromX, fromY) > size - 1) return;
						inner += 1;
						assert.ok(
							Math.abs(value - grey(fromX, fromY)) < 1e-4,
							`${degrees} degrees, row ${y}, column ${x}: ${value} instead of ${grey(fromX, fromY)}`,
						);
					});
				});
				assert.ok(inner > 0.7 * size * size, `${inner} pixels`);
			}
});

test("What a turn brings in from beyond the corners is black.", () => {
	const white = Array.from({ length: 28 }, () =>
		Array.from({ length: 28 }, () => 255),
	);
	const turned = transformed(white, { angle: Math.PI / 12 });
	// A corner's source lies 13.5 (cos 15 + sin 15 - 1) = 3.04 pixels outside.
	for (const row of [0, 27])
		for (const column of [0, 27]) assert.equal(turned[row]?.[column], 0);
	assertNear([[turned[14]?.[14] as number]], [[255]]);
});

test("Channels move together.", () => {
	const output = new Float32Array(6);
	transformImage(
		Uint8Array.of(1, 2, 3, 4, 5, 6),
		[1, 2, 3],
		{ ...identity, shiftX: -1 },
		output,
	);
	assert.deepEqual([...output], [4, 5, 6, 0, 0, 0]);
	transformImage(
		Uint8Array.of(1, 2, 3, 4, 5, 6),
		[1, 2, 3],
		{ ...identity, shiftX: 0.5 },
		output,
	);
	assert.deepEqual([...output], [0.5, 1, 1.5, 2.5, 3.5, 4.5]);
});

test("Brightness multiplies, then contrast spreads from the mean; each is clamped to 0..255.", () => {
	const row: Pixels = [[0, 100, 200, 255]];
	assertNear(transformed(row, { brightness: 1.2 }), [[0, 120, 240, 255]]);
	assertNear(transformed(row, { brightness: 0.5 }), [[0, 50, 100, 127.5]]);
	// The mean is 138.75.
	assertNear(transformed(row, { contrast: 0.8 }), [
		[27.75, 107.75, 187.75, 231.75],
	]);
	assertNear(transformed(row, { contrast: 1.2 }), [[0, 92.25, 212.25, 255]]);
	// Brightened: 0 120 240 255, whose mean is 153.75.
	assertNear(transformed(row, { brightness: 1.2, contrast: 1.2 }), [
		[0, 113.25, 255, 255],
	]);
});

test("At strength 0 digits and clothes are not transformed.", () => {
	for (const rule of [mnist, fashion])
		for (const transform of draws(rule, 0, 200)) {
			const { angle, shiftX, shiftY, ...rest } = transform;
			assert.deepEqual(
				{ ...rest, angle: angle + 0, shiftX: shiftX + 0, shiftY: shiftY + 0 },
				identity,
			);
		}
});

test("A transform takes exactly eight numbers, whatever the rule.", () => {
	for (const rule of [none, mnist, fashion, cifar])
		for (const strength of [0, 0.5, 1]) {
			const stream = new RandomStream(new Uint8Array(32), "eight");
			const reference = new RandomStream(new Uint8Array(32), "eight");
			drawTransform(rule, strength, 28, stream);
			for (let i = 0; i < 8; i++) reference.nextUint32();
			assert.equal(stream.nextUint32(), reference.nextUint32());
		}
});

test("Digits turn within 15 degrees x strength and move within a tenth of the width x strength; clothes turn within 10 and stay.", () => {
	for (const [rule, degrees, share] of [
		[mnist, 15, 0.1],
		[fashion, 10, 0],
	] as const)
		for (const strength of [0.25, 0.5, 1]) {
			const angle = (strength * degrees * Math.PI) / 180;
			const shift = strength * share * 28;
			for (const [unit, sign] of [
				[0, -1],
				[NEARLY_ONE, 1],
			] as const) {
				const extreme = drawTransform(rule, strength, 28, constantly(unit));
				assert.ok(Math.abs(extreme.angle - sign * angle) < 1e-8);
				assert.ok(Math.abs(extreme.shiftX - sign * shift) < 1e-8);
				assert.ok(Math.abs(extreme.shiftY - sign * shift) < 1e-8);
			}
			const transforms = draws(rule, strength);
			for (const transform of transforms) {
				assert.ok(Math.abs(transform.angle) <= angle);
				assert.ok(Math.abs(transform.shiftX) <= shift);
				assert.ok(Math.abs(transform.shiftY) <= shift);
				assert.equal(transform.brightness, 1);
				assert.equal(transform.contrast, 1);
			}
			// Uniform draws: a mean of 0 and a deviation of bound / sqrt(3).
			for (const [name, bound] of [
				["angle", angle],
				["shiftX", shift],
				["shiftY", shift],
			] as const) {
				const values = transforms.map((transform) => transform[name]);
				const mean = values.reduce((sum, value) => sum + value, 0) / 4000;
				const square =
					values.reduce((sum, value) => sum + value ** 2, 0) / 4000;
				// Five standard errors of the mean, and of the mean square: (4 / 45) bound^4 is the variance of a square.
				assert.ok(Math.abs(mean) <= 5 * (bound / Math.sqrt(3 * 4000)));
				assert.ok(
					Math.abs(square - bound ** 2 / 3) <=
						5 * bound ** 2 * Math.sqrt(4 / 45 / 4000),
				);
			}
		}
	for (const { flip } of draws(mnist, 1)) assert.equal(flip, false);
});

test("Photographs are not turned.", () => {
	for (const { angle } of draws(cifar, 1)) assert.equal(angle + 0, 0);
});

test("Angle and shifts of one image are drawn apart.", () => {
	for (const { angle, shiftX, shiftY } of draws(mnist, 1, 50)) {
		const turned = angle / (Math.PI / 12);
		assert.ok(Math.abs(shiftX - shiftY) > 1e-6);
		assert.ok(Math.abs(shiftX / 2.8 - turned) > 1e-6);
		assert.ok(Math.abs(shiftY / 2.8 - turned) > 1e-6);
	}
});

test("Clothes and photographs are mirrored with probability half the strength.", () => {
	const count = 20_000;
	for (const rule of [fashion, cifar])
		for (const strength of [0.2, 0.5, 1]) {
			const share =
				draws(rule, strength, count).filter(({ flip }) => flip).length / count;
			const p = 0.5 * strength;
			const error = Math.sqrt((p * (1 - p)) / count);
			assert.ok(
				Math.abs(share - p) < 5 * error,
				`strength ${strength}: ${share} instead of ${p}`,
			);
		}
});

test("Photographs are cropped from a padding of max(1, round(4 x strength)) pixels, each place equally likely.", () => {
	const paddings = [
		[0.05, 1],
		[0.25, 1],
		[0.37, 1],
		[0.38, 2],
		[0.5, 2],
		[0.7, 3],
		[1, 4],
	] as const;
	const count = 18_000;
	for (const [strength, padding] of paddings) {
		const places = 2 * padding + 1;
		for (const name of ["shiftX", "shiftY"] as const) {
			const counts = new Map<number, number>();
			for (const transform of draws(cifar, strength, count, 32))
				counts.set(transform[name], (counts.get(transform[name]) ?? 0) + 1);
			assert.deepEqual(
				[...counts.keys()].sort((a, b) => a - b),
				Array.from({ length: places }, (_, place) => place - padding),
			);
			const expected = count / places;
			for (const found of counts.values())
				assert.ok(Math.abs(found - expected) < 5 * Math.sqrt(expected));
		}
	}
});

test("Brightness and contrast stay within 0.2 x strength of 1, and change only above strength 0.5.", () => {
	for (const { brightness, contrast } of draws(cifar, 0.5)) {
		assert.equal(brightness, 1);
		assert.equal(contrast, 1);
	}
	for (const strength of [0.51, 0.8, 1]) {
		const most = 0.2 * strength;
		for (const name of ["brightness", "contrast"] as const) {
			const values = draws(cifar, strength).map(
				(transform) => transform[name] - 1,
			);
			const least = Math.min(...values);
			const greatest = Math.max(...values);
			assert.ok(least >= -most && least < -0.99 * most);
			assert.ok(greatest <= most && greatest > 0.99 * most);
		}
	}
	const { brightness, contrast } = draws(cifar, 1, 1)[0] as Transform;
	assert.notEqual(brightness, contrast);
});
