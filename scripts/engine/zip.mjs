// Takes chosen files out of a zip archive (a Python wheel is one), as streams, so that one of 800 MB needs no memory.
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { PassThrough, Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";

// The layout is that of PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const COMMENT_LIMIT = 0xffff;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const ZIP64_MARK = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;

const CHUNK_BYTES = 1 << 18;

/**
 * @typedef {object} ZipEntry
 * @property {string} name
 * @property {number} method
 * @property {number} crc
 * @property {number} packedBytes
 * @property {number} bytes
 * @property {number} offset
 */

/**
 * @param {string} archive
 * @returns {Promise<ZipEntry[]>} its files, without folders
 * @throws {Error} one sentence, when it is no zip archive or a cut one
 */
export async function listZip(archive) {
	const file = await open(archive);
	try {
		const { size } = await file.stat();
		const tail = await read(
			file,
			Math.max(0, size - END_BYTES - COMMENT_LIMIT),
			Math.min(size, END_BYTES + COMMENT_LIMIT),
		);
		const end = findEnd(tail);
		if (end === -1) throw new Error(`${archive} is not a whole zip archive`);
		const bytes = tail.readUInt32LE(end + 12);
		const offset = tail.readUInt32LE(end + 16);
		if (offset === ZIP64_MARK)
			throw new Error(`${archive} is a zip64 archive, which is not read here`);
		if (offset + bytes > size)
			throw new Error(`${archive} is not a whole zip archive`);
		return entriesOf(await read(file, offset, bytes), archive);
	} finally {
		await file.close();
	}
}

/**
 * @param {string} archive
 * @param {{ target: (name: string) => string | undefined, onBytes?: (bytes: number) => void, signal?: AbortSignal | undefined }} options
 *   `target` gives the path to write a file to, or undefined to leave it; `onBytes` hears of every chunk that was unpacked
 * @returns {Promise<string[]>} the names that were unpacked
 * @throws {Error} when a file is damaged, or exists already
 */
export async function unpackZip(
	archive,
	{ target, onBytes = () => {}, signal },
) {
	const unpacked = [];
	for (const entry of await listZip(archive)) {
		const path = target(entry.name);
		if (path === undefined) continue;
		await mkdir(dirname(path), { recursive: true });
		await unpackEntry(archive, entry, path, onBytes, signal);
		unpacked.push(entry.name);
	}
	return unpacked;
}

/**
 * @param {string} archive
 * @param {ZipEntry} entry
 * @param {string} path
 * @param {(bytes: number) => void} onBytes
 * @param {AbortSignal | undefined} signal
 */
async function unpackEntry(archive, entry, path, onBytes, signal) {
	const start = await dataStart(archive, entry);
	let crc = 0;
	let bytes = 0;
	const check = new Transform({
		transform(chunk, _encoding, done) {
			crc = crc32(chunk, crc);
			bytes += chunk.length;
			onBytes(chunk.length);
			done(null, chunk);
		},
		flush(done) {
			done(
				crc === entry.crc && bytes === entry.bytes
					? null
					: new Error(`${entry.name} in ${archive} is damaged`),
			);
		},
	});
	// A read stream cannot be asked for no bytes.
	const source =
		entry.packedBytes === 0
			? Readable.from([])
			: createReadStream(archive, {
					start,
					end: start + entry.packedBytes - 1,
					highWaterMark: CHUNK_BYTES,
				});
	try {
		await pipeline(
			source,
			decoderOf(entry, archive),
			check,
			createWriteStream(path, { flags: "wx" }),
			signal ? { signal } : {},
		);
	} catch (error) {
		const { code } = /** @type {NodeJS.ErrnoException} */ (error);
		if (!code?.startsWith("Z_")) throw error;
		throw new Error(`${entry.name} in ${archive} is damaged`, { cause: error });
	}
}

/**
 * @param {ZipEntry} entry
 * @param {string} archive
 * @returns {Transform}
 */
function decoderOf({ name, method }, archive) {
	switch (method) {
		case STORED:
			return new PassThrough();
		case DEFLATED:
			return createInflateRaw({ chunkSize: CHUNK_BYTES });
		default:
			throw new Error(
				`${name} in ${archive} is packed by method ${method}, which is not read here`,
			);
	}
}

/**
 * @param {string} archive
 * @param {ZipEntry} entry
 */
async function dataStart(archive, entry) {
	const file = await open(archive);
	try {
		const header = await read(file, entry.offset, LOCAL_BYTES);
		if (header.readUInt32LE(0) !== LOCAL_SIGNATURE)
			throw new Error(`${entry.name} in ${archive} is damaged`);
		return (
			entry.offset +
			LOCAL_BYTES +
			header.readUInt16LE(26) +
			header.readUInt16LE(28)
		);
	} finally {
		await file.close();
	}
}

/**
 * @param {Buffer} directory
 * @param {string} archive
 */
function entriesOf(directory, archive) {
	/** @type {ZipEntry[]} */
	const entries = [];
	for (let at = 0; at + ENTRY_BYTES <= directory.length; ) {
		if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE)
			throw new Error(`the directory of ${archive} is damaged`);
		const nameBytes = directory.readUInt16LE(at + 28);
		const name = directory.toString(
			"utf8",
			at + ENTRY_BYTES,
			at + ENTRY_BYTES + nameBytes,
		);
		if (name.split("/").includes(".."))
			throw new Error(`${archive} holds a file outside of itself: ${name}`);
		if (!name.endsWith("/")) {
			entries.push({
				name,
				method: directory.readUInt16LE(at + 10),
				crc: directory.readUInt32LE(at + 16),
				packedBytes: directory.readUInt32LE(at + 20),
				bytes: directory.readUInt32LE(at + 24),
				offset: directory.readUInt32LE(at + 42),
			});
		}
		at +=
			ENTRY_BYTES +
			nameBytes +
			directory.readUInt16LE(at + 30) +
			directory.readUInt16LE(at + 32);
	}
	return entries;
}

/** @param {Buffer} tail */
function findEnd(tail) {
	for (let at = tail.length - END_BYTES; at >= 0; at--) {
		if (
			tail.readUInt32LE(at) === END_SIGNATURE &&
			at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length
		)
			return at;
	}
	return -1;
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} position
 * @param {number} length
 */
async function read(file, position, length) {
	const { bytesRead, buffer } = await file.read(
		Buffer.alloc(length),
		0,
		length,
		position,
	);
	if (bytesRead < length) throw new Error("the archive ends too early");
	return buffer;
}
