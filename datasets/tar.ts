import { DataSetError } from "./data-set-error.js";

const BLOCK_BYTES = 512;
const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;

/** One member of a tar archive. Its body is to be read, if at all, before the next entry is asked for. */
export interface TarEntry {
	/** Path as the archive has it, with forward slashes; not to be trusted as a path on this machine. */
	readonly path: string;
	/** Bytes of the body. */
	readonly bytes: number;
	readonly kind: "file" | "other";
	readonly body: AsyncIterable<Uint8Array>;
}

/** Reads a tar archive (POSIX ustar and the older form; longer names and attributes of pax and GNU are passed over as
 * entries of kind 'other') piece by piece, so that no file needs to fit into memory.
 * @param archive the name for error messages
 * @throws DataSetError 'damaged' when it ends in the middle of an entry or a header's checksum is wrong */
export async function* readTar(
	source: AsyncIterable<Uint8Array>,
	archive: string,
): AsyncGenerator<TarEntry, void, void> {
	const reader = new BlockReader(source, archive);
	for (;;) {
		const header = await reader.headerBlock();
		if (header === undefined || header.every((byte) => byte === 0)) return;
		requireChecksum(header, archive);
		const bytes = octal(header, 124, 12, archive);
		const body = reader.body(bytes);
		const type = String.fromCharCode(header[156] as number);
		yield {
			path: pathOf(header),
			bytes,
			kind: type === "0" || type === "\0" ? "file" : "other",
			body,
		};
		for await (const _rest of body);
		await reader.skip((BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES);
	}
}

class BlockReader {
	readonly #pieces: AsyncIterator<Uint8Array>;
	readonly #archive: string;
	#left: Uint8Array = new Uint8Array(0);

	constructor(source: AsyncIterable<Uint8Array>, archive: string) {
		this.#pieces = source[Symbol.asyncIterator]();
		this.#archive = archive;
	}

	/** @returns undefined at the archive's end */
	async headerBlock(): Promise<Uint8Array | undefined> {
		const block = new Uint8Array(BLOCK_BYTES);
		let filled = 0;
		while (filled < BLOCK_BYTES) {
			const piece = await this.#next(BLOCK_BYTES - filled);
			if (piece === undefined) {
				if (filled === 0) return undefined;
				throw cutOff(this.#archive, `a header of ${BLOCK_BYTES} bytes`, filled);
			}
			block.set(piece, filled);
			filled += piece.length;
		}
		return block;
	}

	/** An iterable over the next `bytes` bytes, which goes on where it was left when it is iterated again. */
	body(bytes: number): AsyncIterable<Uint8Array> {
		let left = bytes;
		const next = async (): Promise<IteratorResult<Uint8Array>> => {
			if (left === 0) return { done: true, value: undefined };
			const piece = await this.#next(left);
			if (piece === undefined)
				throw cutOff(this.#archive, `a file of ${bytes} bytes`, bytes - left);
			left -= piece.length;
			return { done: false, value: piece };
		};
		return { [Symbol.asyncIterator]: () => ({ next }) };
	}

	async skip(bytes: number): Promise<void> {
		for await (const _piece of this.body(bytes));
	}

	async #next(most: number): Promise<Uint8Array | undefined> {
		while (this.#left.length === 0) {
			const { done, value } = await this.#pieces.next();
			if (done === true) return undefined;
			this.#left = value;
		}
		const piece = this.#left.subarray(0, most);
		this.#left = this.#left.subarray(piece.length);
		return piece;
	}
}

function cutOff(archive: string, within: string, found: number): DataSetError {
	return new DataSetError(
		"damaged",
		`${archive} is cut off within ${within}, of which ${found} were found; remove it so that it is fetched again.`,
	);
}

function requireChecksum(header: Uint8Array, archive: string): void {
	const expected = octal(header, CHECKSUM_AT, CHECKSUM_BYTES, archive);
	const found = header.reduce(
		(sum, byte, at) =>
			sum +
			(at >= CHECKSUM_AT && at < CHECKSUM_AT + CHECKSUM_BYTES ? 32 : byte),
		0,
	);
	if (found !== expected) {
		throw new DataSetError(
			"damaged",
			`${archive} is no tar archive, or damaged: a header's checksum is ${found} where ${expected} is expected; remove it so that it is fetched again.`,
		);
	}
}

function octal(
	header: Uint8Array,
	at: number,
	length: number,
	archive: string,
): number {
	const digits = text(header, at, length).trim();
	if (!/^[0-7]+$/.test(digits)) {
		throw new DataSetError(
			"damaged",
			`${archive} is no tar archive, or damaged: a header has "${digits}" where an octal number is expected; remove it so that it is fetched again.`,
		);
	}
	return Number.parseInt(digits, 8);
}

function pathOf(header: Uint8Array): string {
	const name = text(header, 0, 100);
	const prefix = text(header, 257, 5) === "ustar" ? text(header, 345, 155) : "";
	return prefix === "" ? name : `${prefix}/${name}`;
}

/** A field up to its first zero byte. */
function text(header: Uint8Array, at: number, length: number): string {
	const field = header.subarray(at, at + length);
	const end = field.indexOf(0);
	return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString(
		"latin1",
	);
}
