import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DataSetError } from "./data-set-error.js";
import { type HttpGetOptions, httpGet } from "./http-get.js";
import type { PublishedFile } from "./manifests/manifest.js";

/** How patient a download is; all in milliseconds except `attempts`. */
export interface DownloadPatience {
	/** Requests to one mirror before the next mirror is tried; each goes on where the last one was cut off. */
	readonly attempts: number;
	/** Pause before the second request to a mirror; it grows by itself with each further one. */
	readonly retryDelayMs: number;
	readonly connectTimeoutMs: number;
	readonly stallTimeoutMs: number;
}

export const DEFAULT_PATIENCE: DownloadPatience = {
	attempts: 4,
	retryDelayMs: 1_000,
	connectTimeoutMs: 15_000,
	stallTimeoutMs: 30_000,
};

/** Bytes that may have arrived and not been written before a server is made to wait. */
const MAX_WAITING_BYTES = 1024 * 1024;

export interface DownloadOptions {
	readonly patience: DownloadPatience;
	/** Called at the start of each request, and after each piece, with how much of the file there is. */
	readonly onBytes?: (url: string, bytes: number) => void;
	/** Called before the checksum is computed. */
	readonly onCheck?: () => void;
	readonly signal?: AbortSignal;
}

/** Downloads `file` from the first of `urls` that gives it, to `destination`. What has come stands in `destination` + '.part',
 * which a later call goes on with by an HTTP range; only whole files of the right size and SHA-256 come to `destination`, at
 * once. The caller sees to it that no other process downloads the same.
 * @throws DataSetError 'unreachable' that says of each mirror what failed; the signal's reason when it is aborted */
export async function downloadFile(
	file: PublishedFile,
	urls: readonly string[],
	destination: string,
	options: DownloadOptions,
): Promise<void> {
	const failures: string[] = [];
	for (const url of urls) {
		const failure = await downloadFrom(url, file, destination, options);
		if (failure === undefined) return;
		failures.push(`${url} ${failure}`);
	}
	throw new DataSetError(
		"unreachable",
		`${file.name} could not be downloaded: ${failures.join("; ")}. Check the network, or get the file by hand and name its directory.`,
	);
}

/** @returns undefined on success, else the last failure as the end of a sentence that starts with the URL */
async function downloadFrom(
	url: string,
	file: PublishedFile,
	destination: string,
	options: DownloadOptions,
): Promise<string | undefined> {
	const { patience, signal } = options;
	const part = `${destination}.part`;
	let failure = "was not asked";
	for (let attempt = 0; attempt < patience.attempts; attempt++) {
		if (attempt > 0)
			await delay(
				patience.retryDelayMs * attempt,
				undefined,
				signal && { signal },
			).catch(() => signal?.throwIfAborted());
		signal?.throwIfAborted();
		const had = await sizeOf(part);
		try {
			if (had < file.bytes) await transfer(url, file, part, had, options);
		} catch (error) {
			signal?.throwIfAborted();
			if (isOfThisMachine(error)) throw error;
			failure = wordsOf(error);
			if (error instanceof Refusal) return failure;
			continue;
		}
		options.onCheck?.();
		const sum = await sha256Of(part, signal);
		if (sum === file.sha256) {
			await rename(part, destination);
			return undefined;
		}
		await rm(part, { force: true });
		failure = `gave ${basename(destination)} with the SHA-256 ${sum} where ${file.sha256} is expected`;
		// A part that was there before may be what was wrong: then this mirror deserves one more request, for the whole file.
		if (had === 0) return failure;
	}
	return failure;
}

/** An answer that asking again will not change. */
class Refusal extends Error {}

async function transfer(
	url: string,
	file: PublishedFile,
	part: string,
	had: number,
	options: DownloadOptions,
): Promise<void> {
	const { patience, signal, onBytes } = options;
	const asked: HttpGetOptions = {
		from: had,
		connectTimeoutMs: patience.connectTimeoutMs,
		stallTimeoutMs: patience.stallTimeoutMs,
		...(signal && { signal }),
	};
	const response = await httpGet(url, asked);
	const pieces = piecesOf(response);
	try {
		let at = await firstByteOf(response, file, part, had);
		onBytes?.(url, at);
		const handle = await open(part, at > 0 ? "r+" : "w");
		try {
			for await (const piece of pieces) {
				if (at + piece.length > file.bytes) {
					throw new Refusal(
						`sends more than the ${file.bytes} bytes that are expected`,
					);
				}
				await writeAll(handle, piece, at);
				at += piece.length;
				onBytes?.(url, at);
			}
			await handle.sync();
		} finally {
			await handle.close();
		}
		if (at < file.bytes)
			throw new Error(`ended after ${at} of ${file.bytes} bytes`);
	} finally {
		response.destroy();
	}
}

/** The body's pieces, collected from this call on. A stream that fails forgets what it holds; here whatever has arrived is
 * given before the failure is thrown, so that a connection that is cut costs nothing that had come. */
function piecesOf(
	response: IncomingMessage,
): AsyncGenerator<Buffer, void, void> {
	const arrived: Buffer[] = [];
	let arrivedBytes = 0;
	let ended = false;
	let failure: Error | undefined;
	let wake = (): void => undefined;
	response.on("data", (piece: Buffer) => {
		arrived.push(piece);
		arrivedBytes += piece.length;
		if (arrivedBytes > MAX_WAITING_BYTES) response.pause();
		wake();
	});
	response.on("error", (error) => {
		failure ??= error;
		wake();
	});
	response.on("close", () => {
		ended = true;
		wake();
	});
	return (async function* pieces() {
		for (;;) {
			const piece = arrived.shift();
			if (piece !== undefined) {
				arrivedBytes -= piece.length;
				yield piece;
			} else if (failure !== undefined) {
				throw failure;
			} else if (ended) {
				return;
			} else {
				response.resume();
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
		}
	})();
}

/** Where in the file the answer's body begins: at `had` where the server honours the range, at 0 where it sends the whole. */
async function firstByteOf(
	response: IncomingMessage,
	file: PublishedFile,
	part: string,
	had: number,
): Promise<number> {
	const status = response.statusCode ?? 0;
	if (status === 200) {
		const length = response.headers["content-length"];
		if (length !== undefined && Number(length) !== file.bytes) {
			throw new Refusal(
				`offers ${length} bytes where ${file.bytes} are expected`,
			);
		}
		return 0;
	}
	if (status === 206 && had > 0) {
		const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(
			response.headers["content-range"] ?? "",
		);
		if (
			range !== null &&
			Number(range[1]) === had &&
			(range[2] === "*" || Number(range[2]) === file.bytes)
		)
			return had;
		await rm(part, { force: true });
		throw new Error(
			`answered with the range "${response.headers["content-range"] ?? ""}" where bytes ${had} to ${file.bytes - 1} were asked for`,
		);
	}
	if (status === 416) {
		await rm(part, { force: true });
		throw new Error(`has no bytes from ${had} on`);
	}
	const words = `answered ${status} ${response.statusMessage ?? ""}`.trim();
	if (status === 408 || status === 429 || status >= 500) throw new Error(words);
	throw new Refusal(words);
}

async function writeAll(
	handle: FileHandle,
	piece: Buffer,
	position: number,
): Promise<void> {
	for (let written = 0; written < piece.length; ) {
		written += (
			await handle.write(
				piece,
				written,
				piece.length - written,
				position + written,
			)
		).bytesWritten;
	}
}

async function sizeOf(part: string): Promise<number> {
	const stats = await stat(part).catch((error: NodeJS.ErrnoException) => {
		if (error.code === "ENOENT") return undefined;
		throw error;
	});
	return stats?.size ?? 0;
}

async function sha256Of(
	path: string,
	signal: AbortSignal | undefined,
): Promise<string> {
	const hash = createHash("sha256");
	for await (const piece of createReadStream(path, signal && { signal }))
		hash.update(piece as Buffer);
	return hash.digest("hex");
}

/** A full disk or a folder that may not be written: no mirror can help. */
function isOfThisMachine(error: unknown): boolean {
	const code = (error as NodeJS.ErrnoException).code;
	return (
		code === "ENOSPC" ||
		code === "EACCES" ||
		code === "EROFS" ||
		code === "EDQUOT" ||
		code === "EFBIG" ||
		code === "EIO" ||
		code === "EPERM" ||
		code === "EISDIR"
	);
}

const WORDS: Readonly<Record<string, string>> = {
	ENOTFOUND: "has an unknown host name",
	EAI_AGAIN: "has a host name that could not be looked up",
	ECONNREFUSED: "refused the connection",
	ECONNRESET: "cut the connection",
	ENETUNREACH: "is out of reach",
	EHOSTUNREACH: "is out of reach",
	ETIMEDOUT: "gave no answer in time",
};

function wordsOf(error: unknown): string {
	const { code, message } = error as NodeJS.ErrnoException;
	return (code !== undefined && WORDS[code]) || message;
}
