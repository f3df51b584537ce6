import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { deflateSync, Zip, ZipPassThrough } from "fflate";

/** What the form of a zip without its 64-bit extension holds. */
const MOST_ENTRIES = 65_535;
const MOST_BYTES = 2 ** 32 - 1;

/** What is asked for does not fit a file, in a sentence. */
export class TooLarge extends Error {
	override readonly name = "TooLarge";
}

/**
 * A zip that is written entry by entry, so that none but the one at hand is in memory. The same entries give the same bytes: they are packed in
 * JavaScript, and all dated 1980. The file takes its name when it is whole; until then it is called .NAME.part.
 */
export class ZipFile {
	private readonly zip: Zip;
	private readonly part: string;
	private readonly file: number;
	private entries = 0;
	private bytes = 0;

	/** Errors: those of the file system. */
	constructor(private readonly path: string) {
		this.part = join(dirname(path), `.${basename(path)}.part`);
		this.file = openSync(this.part, "w");
		this.zip = new Zip((error, chunk) => {
			if (error) throw error;
			writeWhole(this.file, chunk);
			this.bytes += chunk.length;
		});
	}

	/** Errors: TooLarge, those of the file system. */
	add(name: string, text: string): void {
		if (++this.entries > MOST_ENTRIES) throw this.tooLarge();
		const entry = new DeflatedEntry(name);
		this.zip.add(entry);
		entry.push(Buffer.from(text), true);
		if (this.bytes > MOST_BYTES) throw this.tooLarge();
	}

	/** Errors: TooLarge, those of the file system. */
	finish(): void {
		this.zip.end();
		if (this.bytes > MOST_BYTES) throw this.tooLarge();
		closeSync(this.file);
		renameSync(this.part, this.path);
	}

	/** Leaves nothing behind. */
	discard(): void {
		this.zip.terminate();
		closeSync(this.file);
		rmSync(this.part, { force: true });
	}

	private tooLarge(): TooLarge {
		return new TooLarge(
			`${this.path} would have more than ${MOST_ENTRIES} entries or 4 GiB, which its form cannot hold; evaluate fewer seeds in one folder.`,
		);
	}
}

/** Packed at once: the library's own packing in pieces would keep its buffers until the zip is finished. */
class DeflatedEntry extends ZipPassThrough {
	override compression = 8;
	/** A zip has local times without a zone: this is the same one everywhere. */
	override mtime = new Date(1980, 0, 1, 12);

	protected override process(bytes: Uint8Array, final: boolean): void {
		this.ondata(null, deflateSync(bytes, { level: 6 }), final);
	}
}

function writeWhole(file: number, bytes: Uint8Array): void {
	for (let from = 0; from < bytes.length; )
		from += writeSync(file, bytes, from);
}
