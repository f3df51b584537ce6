/**
 * Columns of numbers that lie side by side in one piece of memory: a piece for each would take several times as long to get. Float64Arrays are
 * handed out before Uint8Arrays, so that each stands on a multiple of its size.
 */
export class Columns {
	private readonly memory: ArrayBuffer;
	private used = 0;

	/** Room for so many numbers of each type in all. */
	constructor(floats: number, bytes: number) {
		this.memory = new ArrayBuffer(
			floats * Float64Array.BYTES_PER_ELEMENT + bytes,
		);
	}

	/** All 0. */
	floats(length: number): Float64Array {
		const column = new Float64Array(this.memory, this.used, length);
		this.used += column.byteLength;
		return column;
	}

	/** All 0. */
	bytes(length: number): Uint8Array {
		const column = new Uint8Array(this.memory, this.used, length);
		this.used += length;
		return column;
	}
}
