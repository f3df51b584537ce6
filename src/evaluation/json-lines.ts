import {
	appendFileSync,
	closeSync,
	mkdirSync,
	openSync,
	readSync,
	truncateSync,
} from "node:fs";
import { dirname } from "node:path";

/** Bytes that are read at once. */
const CHUNK = 1 << 20;
const LINE_FEED = 10;

/** A file of JSON values, one a line, that grows by whole lines: what was written stays when its writer is stopped at any moment. */
export class JsonLines<Kept = unknown> {
	private constructor(
		readonly path: string,
		/** What was kept of what the file held when it was opened, and of what was appended since. */
		readonly values: Kept[],
		private readonly keep: (value: unknown) => Kept,
	) {}

	/**
	 * Opens a file, or a new one where there is none (with its folders). A last line that was torn off as it was written is taken out of the
	 * file. Errors: an Error where another line is not JSON; those of the file system.
	 */
	static open(path: string): JsonLines {
		return JsonLines.openKeeping(path, (value) => value);
	}

	/** The same, where only a part of each value is needed: files of any size are read, and that part alone stays in memory. */
	static openKeeping<Kept>(
		path: string,
		keep: (value: unknown) => Kept,
	): JsonLines<Kept> {
		mkdirSync(dirname(path), { recursive: true });
		const values: Kept[] = [];
		let number = 0;
		let whole = 0;
		let torn = 0;
		for (const { bytes, isWhole } of readLines(path)) {
			if (!isWhole) {
				torn = bytes.length;
				continue;
			}
			number += 1;
			whole += bytes.length + 1;
			const line = bytes.toString("utf8");
			if (line.trim() === "") continue;
			const value = parseLine(line, number, path);
			try {
				values.push(keep(value));
			} catch (error) {
				throw new Error(
					`line ${number} of ${path} ${(error as Error).message}; take the line out, or move the file away to begin anew.`,
				);
			}
		}
		if (torn > 0) truncateSync(path, whole);
		return new JsonLines(path, values, keep);
	}

	/** Adds a value as a line. Errors: those of the file system. */
	append(value: object): void {
		appendFileSync(this.path, `${JSON.stringify(value)}\n`);
		this.values.push(this.keep(value));
	}
}

/** The lines of a file, without their line feeds; the last one is not whole where it has none. Nothing where there is no file. */
function* readLines(
	path: string,
): Generator<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
	const file = openIfThere(path);
	if (file === undefined) return;
	try {
		let parts: Buffer[] = [];
		for (;;) {
			const chunk = Buffer.allocUnsafe(CHUNK);
			const read = chunk.subarray(0, readSync(file, chunk, 0, CHUNK, null));
			if (read.length === 0) break;
			let from = 0;
			for (;;) {
				const end = read.indexOf(LINE_FEED, from);
				if (end === -1) break;
				parts.push(read.subarray(from, end));
				yield { bytes: Buffer.concat(parts), isWhole: true };
				parts = [];
				from = end + 1;
			}
			if (from < read.length) parts.push(read.subarray(from));
		}
		if (parts.length > 0) yield { bytes: Buffer.concat(parts), isWhole: false };
	} finally {
		closeSync(file);
	}
}

function openIfThere(path: string): number | undefined {
	try {
		return openSync(path, "r");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}

function parseLine(line: string, number: number, path: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		throw new Error(
			`line ${number} of ${path} is not JSON; take the line out, or move the file away to begin anew.`,
		);
	}
}
