import type { Matrix } from "./matrix.js";

export interface ProductSize {
	readonly rows: number;
	readonly columns: number;
	/** Columns of the left matrix and rows of the right one. */
	readonly depth: number;
}

/**
 * result = left x right, or result += left x right with `add`; the result stands row after row. The matrices are taken in blocks that fit
 * the caches, each copied into panels of four rows (left) or four columns (right), as in Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication" (2008). Panels and sums are of double precision: it is JavaScript's own, so nothing is converted
 * in the innermost loop. An element's sum runs in an order that only `depth` decides, so a row's result does not depend on other rows.
 */
export function multiply(
	{ rows, columns, depth }: ProductSize,
	left: Matrix,
	right: Matrix,
	result: Float32Array,
	add: boolean,
): void {
	for (let depthStart = 0; depthStart < depth; depthStart += DEPTH_BLOCK) {
		const depthCount = Math.min(DEPTH_BLOCK, depth - depthStart);
		const addBlock = add || depthStart > 0;
		for (
			let columnStart = 0;
			columnStart < columns;
			columnStart += COLUMN_BLOCK
		) {
			const columnCount = Math.min(COLUMN_BLOCK, columns - columnStart);
			pack(
				right.data,
				right.columnOffsets,
				columnStart,
				columnCount,
				right.rowOffsets,
				depthStart,
				depthCount,
				rightPanels,
			);
			for (let rowStart = 0; rowStart < rows; rowStart += ROW_BLOCK) {
				const rowCount = Math.min(ROW_BLOCK, rows - rowStart);
				pack(
					left.data,
					left.rowOffsets,
					rowStart,
					rowCount,
					left.columnOffsets,
					depthStart,
					depthCount,
					leftPanels,
				);
				multiplyBlock(
					depthCount,
					rowCount,
					columnCount,
					result,
					rowStart * columns + columnStart,
					columns,
					addBlock,
				);
			}
		}
	}
}

const SIDE = 4;
const DEPTH_BLOCK = 320;
const ROW_BLOCK = 64;
const COLUMN_BLOCK = 128;
const leftPanels = new Float64Array(ROW_BLOCK * DEPTH_BLOCK);
const rightPanels = new Float64Array(COLUMN_BLOCK * DEPTH_BLOCK);
const tile = new Float64Array(SIDE * SIDE);

/**
 * Copies a block into panels: four lines of the matrix (its rows, or its columns) beside each other, so that the product reads on and on.
 * Lines that the last panel lacks are filled with its last one; their results are not stored.
 */
function pack(
	data: Float32Array,
	acrossOffsets: Int32Array,
	acrossStart: number,
	acrossCount: number,
	alongOffsets: Int32Array,
	alongStart: number,
	alongCount: number,
	panels: Float64Array,
): void {
	const last = acrossStart + acrossCount - 1;
	const alongEnd = alongStart + alongCount;
	let to = 0;
	for (let line = acrossStart; line <= last; line += SIDE) {
		const at0 = acrossOffsets[line] as number;
		const at1 = acrossOffsets[Math.min(line + 1, last)] as number;
		const at2 = acrossOffsets[Math.min(line + 2, last)] as number;
		const at3 = acrossOffsets[Math.min(line + 3, last)] as number;
		for (let along = alongStart; along < alongEnd; along++) {
			const offset = alongOffsets[along] as number;
			panels[to] = data[at0 + offset] as number;
			panels[to + 1] = data[at1 + offset] as number;
			panels[to + 2] = data[at2 + offset] as number;
			panels[to + 3] = data[at3 + offset] as number;
			to += SIDE;
		}
	}
}

function multiplyBlock(
	depth: number,
	rows: number,
	columns: number,
	result: Float32Array,
	start: number,
	stride: number,
	add: boolean,
): void {
	for (let row = 0; row < rows; row += SIDE) {
		const tileRows = Math.min(SIDE, rows - row);
		for (let column = 0; column < columns; column += SIDE) {
			const tileColumns = Math.min(SIDE, columns - column);
			multiplyPanels(
				leftPanels,
				row * depth,
				rightPanels,
				column * depth,
				depth,
			);
			for (let i = 0; i < tileRows; i++) {
				const to = start + (row + i) * stride + column;
				for (let j = 0; j < tileColumns; j++) {
					const value = tile[i * SIDE + j] as number;
					result[to + j] = add ? (result[to + j] as number) + value : value;
				}
			}
		}
	}
}

/** The 4 x 4 products of two panels, summed over the depth in sixteen local variables, which the compiler keeps in registers. */
function multiplyPanels(
	left: Float64Array,
	leftStart: number,
	right: Float64Array,
	rightStart: number,
	depth: number,
): void {
	let s00 = 0,
		s01 = 0,
		s02 = 0,
		s03 = 0;
	let s10 = 0,
		s11 = 0,
		s12 = 0,
		s13 = 0;
	let s20 = 0,
		s21 = 0,
		s22 = 0,
		s23 = 0;
	let s30 = 0,
		s31 = 0,
		s32 = 0,
		s33 = 0;
	let l = leftStart;
	let r = rightStart;
	for (let k = 0; k < depth; k++) {
		const r0 = right[r] as number;
		const r1 = right[r + 1] as number;
		const r2 = right[r + 2] as number;
		const r3 = right[r + 3] as number;
		const l0 = left[l] as number;
		s00 += l0 * r0;
		s01 += l0 * r1;
		s02 += l0 * r2;
		s03 += l0 * r3;
		const l1 = left[l + 1] as number;
		s10 += l1 * r0;
		s11 += l1 * r1;
		s12 += l1 * r2;
		s13 += l1 * r3;
		const l2 = left[l + 2] as number;
		s20 += l2 * r0;
		s21 += l2 * r1;
		s22 += l2 * r2;
		s23 += l2 * r3;
		const l3 = left[l + 3] as number;
		s30 += l3 * r0;
		s31 += l3 * r1;
		s32 += l3 * r2;
		s33 += l3 * r3;
		l += SIDE;
		r += SIDE;
	}
	tile[0] = s00;
	tile[1] = s01;
	tile[2] = s02;
	tile[3] = s03;
	tile[4] = s10;
	tile[5] = s11;
	tile[6] = s12;
	tile[7] = s13;
	tile[8] = s20;
	tile[9] = s21;
	tile[10] = s22;
	tile[11] = s23;
	tile[12] = s30;
	tile[13] = s31;
	tile[14] = s32;
	tile[15] = s33;
}
