import assert from "node:assert/strict";
import { test } from "node:test";
import { testStream } from "./drawn-cases.js";
import { type Matrix, multiples, transposed } from "./matrix.js";
import { multiply, type ProductSize } from "./matrix-product.js";

const stream = testStream("matrix-product");

function drawMatrix(rows: number, columns: number): Matrix {
	const data = Float32Array.from({ length: rows * columns }, () =>
		stream.nextNormal(),
	);
	return {
		data,
		rowOffsets: multiples(columns, rows),
		columnOffsets: multiples(1, columns),
	};
}

function element(
	{ data, rowOffsets, columnOffsets }: Matrix,
	row: number,
	column: number,
): number {
	return data[
		(rowOffsets[row] as number) + (columnOffsets[column] as number)
	] as number;
}

function plainProduct(
	{ rows, columns, depth }: ProductSize,
	left: Matrix,
	right: Matrix,
): number[] {
	return Array.from({ length: rows * columns }, (_, index) => {
		let sum = 0;
		for (let k = 0; k < depth; k++)
			sum +=
				element(left, Math.floor(index / columns), k) *
				element(right, k, index % columns);
		return sum;
	});
}

function assertClose(actual: Float32Array, expected: readonly number[]): void {
	expected.forEach((value, index) => {
		assert.ok(
			Math.abs((actual[index] as number) - value) <=
				1e-5 * (1 + Math.abs(value)),
			`element ${index} is ${actual[index]} instead of ${value}`,
		);
	});
}

// Sizes below, at and above a tile of 4 and the blocks of 64 rows, 128 columns and a depth of 320.
const sizes: readonly ProductSize[] = [
	{ rows: 1, columns: 1, depth: 1 },
	{ rows: 4, columns: 4, depth: 7 },
	{ rows: 5, columns: 3, depth: 2 },
	{ rows: 66, columns: 10, depth: 321 },
	{ rows: 7, columns: 131, depth: 5 },
	{ rows: 65, columns: 129, depth: 641 },
];

for (const size of sizes) {
	const { rows, columns, depth } = size;
	test(`A product of ${rows} x ${depth} and ${depth} x ${columns} is that of the definition, whichever side is transposed.`, () => {
		const lefts = [
			drawMatrix(rows, depth),
			transposed(drawMatrix(depth, rows)),
		];
		const rights = [
			drawMatrix(depth, columns),
			transposed(drawMatrix(columns, depth)),
		];
		for (const left of lefts) {
			for (const right of rights) {
				const result = new Float32Array(rows * columns).fill(Number.NaN);
				multiply(size, left, right, result, false);
				assertClose(result, plainProduct(size, left, right));
			}
		}
	});
}

test("A product can be added to what stands there.", () => {
	const size = { rows: 6, columns: 5, depth: 330 };
	const [left, right] = [drawMatrix(6, 330), drawMatrix(330, 5)];
	const result = new Float32Array(30).fill(2);
	multiply(size, left, right, result, true);
	assertClose(
		result,
		plainProduct(size, left, right).map((value) => value + 2),
	);
});

test("A row of a product has the same bytes with and without other rows.", () => {
	const [left, right] = [drawMatrix(70, 650), drawMatrix(650, 9)];
	const all = new Float32Array(70 * 9);
	multiply({ rows: 70, columns: 9, depth: 650 }, left, right, all, false);
	for (const row of [0, 3, 63, 64, 69]) {
		const alone = new Float32Array(9);
		multiply(
			{ rows: 1, columns: 9, depth: 650 },
			{ ...left, data: left.data.subarray(row * 650) },
			right,
			alone,
			false,
		);
		assert.deepEqual(alone, all.slice(row * 9, row * 9 + 9));
	}
});

test("Nothing is read or written beyond the sizes of a product.", () => {
	const result = new Float32Array(5 * 3 + 1).fill(-1);
	const [left, right] = [drawMatrix(6, 2), drawMatrix(2, 3)];
	left.data.fill(Number.NaN, 10);
	multiply({ rows: 5, columns: 3, depth: 2 }, left, right, result, false);
	assertClose(
		result.subarray(0, 15),
		plainProduct({ rows: 5, columns: 3, depth: 2 }, left, right),
	);
	assert.equal(result[15], -1);
});
