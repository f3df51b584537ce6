import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import type { PublishedFile } from "./manifests/manifest.js";

/** A new empty directory that is removed after the test. */
export function temporaryDirectory(context: TestContext): string {
	const directory = mkdtempSync(join(tmpdir(), "nightshift-datasets-"));
	context.after(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}

/** Bytes of an IDX file of `count` images of `side` x `side`, each filled with its index. */
export function idxImages(count: number, side = 28): Uint8Array {
	const bytes = new Uint8Array(16 + count * side * side);
	const header = new DataView(bytes.buffer);
	for (const [index, word] of [0x803, count, side, side].entries())
		header.setUint32(index * 4, word);
	for (let image = 0; image < count; image++)
		bytes.fill(
			image % 256,
			16 + image * side * side,
			16 + (image + 1) * side * side,
		);
	return bytes;
}

/** Bytes of an IDX file of `count` labels 0, 1, ... 9, 0, ... */
export function idxLabels(count: number): Uint8Array {
	const bytes = new Uint8Array(8 + count);
	const header = new DataView(bytes.buffer);
	header.setUint32(0, 0x801);
	header.setUint32(4, count);
	for (let image = 0; image < count; image++) bytes[8 + image] = image % 10;
	return bytes;
}

/** Writes the four files of an MNIST-like set into `folder`, which is made: 20 train images gzipped, 10 test images plain. */
export function writeIdxSet(folder: string): void {
	mkdirSync(folder, { recursive: true });
	writeFileSync(
		join(folder, "train-images-idx3-ubyte.gz"),
		gzipSync(idxImages(20)),
	);
	writeFileSync(
		join(folder, "train-labels-idx1-ubyte.gz"),
		gzipSync(idxLabels(20)),
	);
	writeFileSync(join(folder, "t10k-images-idx3-ubyte"), idxImages(10));
	writeFileSync(join(folder, "t10k-labels-idx1-ubyte"), idxLabels(10));
}

/** Bytes of a CIFAR-10 batch of `count` images, whose labels start at `firstLabel` and whose pixels are all `value`. */
export function cifarBatch(
	count: number,
	firstLabel = 0,
	value = 0,
): Uint8Array {
	const bytes = new Uint8Array(count * 3073).fill(value);
	for (let image = 0; image < count; image++)
		bytes[image * 3073] = (firstLabel + image) % 10;
	return bytes;
}

/** What a test's server does with a request; `from` is the first byte that the request's range asks for, if it asks. */
export type Answer = (
	request: { path: string; from: number | undefined },
	response: ServerResponse,
) => void;

export interface TestServer {
	/** With a slash at its end. */
	readonly url: string;
	/** Path and range of each request so far, such as '/a 100-' or '/a'. */
	readonly requests: readonly string[];
}

/** A server on a free port of this machine that gives `answer` to every request and is closed after the test. */
export async function serve(
	context: TestContext,
	answer: Answer,
): Promise<TestServer> {
	const requests: string[] = [];
	const server = createServer((request, response) => {
		const path = request.url ?? "";
		const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
		requests.push(range === null ? path : `${path} ${range[1]}-`);
		answer(
			{ path, from: range === null ? undefined : Number(range[1]) },
			response,
		);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	context.after(async () => {
		server.closeAllConnections();
		server.close();
		await once(server, "close");
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		requests,
	};
}

/** Answers with the bytes from the range's start on, as a well-behaved server does. */
export function sendBytes(
	bytes: Uint8Array,
	from: number | undefined,
	response: ServerResponse,
): void {
	if (from === undefined) {
		response.writeHead(200, { "content-length": bytes.length });
		response.end(bytes);
		return;
	}
	response.writeHead(206, {
		"content-length": bytes.length - from,
		"content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
	});
	response.end(bytes.subarray(from));
}

/** Promises the bytes from `from` on, sends them up to `end` and then does what `then` says with the open connection. */
export function sendPart(
	bytes: Uint8Array,
	from: number,
	end: number,
	response: ServerResponse,
	then: "cut" | "stall",
): void {
	response.writeHead(from === 0 ? 200 : 206, {
		"content-length": bytes.length - from,
		...(from > 0 && {
			"content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
		}),
	});
	response.write(bytes.subarray(from, end), () => {
		// By `end` the socket has sent what it was given before it closes.
		if (then === "cut") response.socket?.end();
	});
}

/** Name, size and SHA-256 of these bytes. */
export function published(name: string, bytes: Uint8Array): PublishedFile {
	return {
		name,
		bytes: bytes.length,
		sha256: createHash("sha256").update(bytes).digest("hex"),
	};
}

/** A ustar archive of files, with a folder entry before them. */
export function tarOf(
	folder: string,
	files: readonly (readonly [name: string, bytes: Uint8Array])[],
): Uint8Array {
	const blocks = [tarHeader(`${folder}/`, 0, "5")];
	for (const [name, bytes] of files) {
		blocks.push(
			tarHeader(`${folder}/${name}`, bytes.length, "0"),
			bytes,
			new Uint8Array((512 - (bytes.length % 512)) % 512),
		);
	}
	return Buffer.concat([...blocks, new Uint8Array(1024)]);
}

function tarHeader(name: string, size: number, type: string): Uint8Array {
	const header = Buffer.alloc(512);
	header.write(name, 0, "latin1");
	header.write("0000644\0", 100, "latin1");
	header.write(`${size.toString(8).padStart(11, "0")}\0`, 124, "latin1");
	header.write("        ", 148, "latin1");
	header.write(type, 156, "latin1");
	header.write("ustar\x0000", 257, "latin1");
	const sum = header.reduce((total, byte) => total + byte, 0);
	header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
	return header;
}
