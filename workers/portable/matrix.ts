/**
 * A matrix of numbers that stand anywhere in an array: element (i, j) is data[rowOffsets[i] + columnOffsets[j]]. So a transpose, the
 * patches of an image and a flipped kernel are views, never copies. The tables may be longer than what a product uses of them.
 */
export interface Matrix {
	readonly data: Float32Array;
	readonly rowOffsets: Int32Array;
	readonly columnOffsets: Int32Array;
}

/** 0, stride, 2 x stride, ... */
export function multiples(stride: number, count: number): Int32Array {
	return Int32Array.from({ length: count }, (_, index) => index * stride);
}

export function transposed({
	data,
	rowOffsets,
	columnOffsets,
}: Matrix): Matrix {
	return { data, rowOffsets: columnOffsets, columnOffsets: rowOffsets };
}
