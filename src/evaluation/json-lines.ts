import {
	appendFileSync,
	existsSync,
	mkdirSync,
	readFileSync,
	truncateSync,
} from "node:fs";
import { dirname } from "node:path";

/** A file of JSON values, one a line, that grows by whole lines: what was written stays when its writer is stopped at any moment. */
export class JsonLines {
	private constructor(
		readonly path: string,
		/** What the file held when it was opened, and what was appended since. */
		readonly values: unknown[],
	) {}

	/**
	 * Opens a file, or a new one where there is none (with its folders). A last line that was torn off as it was written is taken out of the
	 * file. Errors: an Error where another line is not JSON; those of the file system.
	 */
	static open(path: string): JsonLines {
		mkdirSync(dirname(path), { recursive: true });
		const text = existsSync(path) ? readFileSync(path, "utf8") : "";
		const whole = text.slice(0, text.lastIndexOf("\n") + 1);
		const torn = text.slice(whole.length);
		const values = whole
			.split("\n")
			.flatMap((line, index) =>
				line.trim() === "" ? [] : [parseLine(line, index + 1, path)],
			);
		if (torn !== "") truncateSync(path, Buffer.byteLength(whole));
		return new JsonLines(path, values);
	}

	/** Adds a value as a line. Errors: those of the file system. */
	append(value: object): void {
		appendFileSync(this.path, `${JSON.stringify(value)}\n`);
		this.values.push(value);
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
