import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { DataSetError } from "./data-set-error.js";
import { type DownloadPatience, downloadFile } from "./download.js";
import {
	published,
	sendBytes,
	sendPart,
	serve,
	temporaryDirectory,
} from "./testing.js";

const BYTES = Uint8Array.from(
	{ length: 100_000 },
	(_, index) => (index * 31 + (index >> 8)) % 256,
);
const FILE = published("file.gz", BYTES);
const PATIENCE: DownloadPatience = {
	attempts: 3,
	retryDelayMs: 1,
	connectTimeoutMs: 10_000,
	stallTimeoutMs: 10_000,
};

test("a file is downloaded, checked and put in its place, and every piece is reported", async (context) => {
	const server = await serve(context, ({ from }, response) =>
		sendBytes(BYTES, from, response),
	);
	const destination = destinationOf(context);
	const seen: number[] = [];
	await downloadFile(FILE, [`${server.url}file.gz`], destination, {
		patience: PATIENCE,
		onBytes: (_url, bytes) => seen.push(bytes),
	});
	assert.deepEqual(new Uint8Array(readFileSync(destination)), BYTES);
	assert.equal(existsSync(`${destination}.part`), false);
	assert.equal(seen[0], 0);
	assert.equal(seen.at(-1), BYTES.length);
});

test("a connection that is cut half-way is resumed, and only the rest is asked for", async (context) => {
	const server = await serve(context, ({ from }, response) => {
		if (from === undefined) sendPart(BYTES, 0, 60_000, response, "cut");
		else sendBytes(BYTES, from, response);
	});
	const destination = destinationOf(context);
	await downloadFile(FILE, [`${server.url}file.gz`], destination, {
		patience: PATIENCE,
	});
	assert.deepEqual(server.requests, ["/file.gz", "/file.gz 60000-"]);
	assert.deepEqual(new Uint8Array(readFileSync(destination)), BYTES);
});

test("a later call goes on with what an earlier one left", async (context) => {
	const server = await serve(context, ({ from }, response) =>
		sendBytes(BYTES, from, response),
	);
	const destination = destinationOf(context);
	writeFileSync(`${destination}.part`, BYTES.subarray(0, 12_345));
	await downloadFile(FILE, [`${server.url}file.gz`], destination, {
		patience: PATIENCE,
	});
	assert.deepEqual(server.requests, ["/file.gz 12345-"]);
	assert.deepEqual(new Uint8Array(readFileSync(destination)), BYTES);
});

test("what is whole already is only checked", async (context) => {
	const server = await serve(context, (_request, response) =>
		response.destroy(),
	);
	const destination = destinationOf(context);
	writeFileSync(`${destination}.part`, BYTES);
	await downloadFile(FILE, [`${server.url}file.gz`], destination, {
		patience: PATIENCE,
	});
	assert.deepEqual(server.requests, []);
});

test("a server that ignores the range sends the whole file, which replaces the part", async (context) => {
	const server = await serve(context, (_request, response) =>
		sendBytes(BYTES, undefined, response),
	);
	const destination = destinationOf(context);
	writeFileSync(`${destination}.part`, new Uint8Array(5_000).fill(1));
	await downloadFile(FILE, [`${server.url}file.gz`], destination, {
		patience: PATIENCE,
	});
	assert.deepEqual(server.requests, ["/file.gz 5000-"]);
	assert.deepEqual(new Uint8Array(readFileSync(destination)), BYTES);
});

test("a server that answers with another range is asked for the whole file", async (context) => {
	const server = await serve(context, ({ from }, response) => {
		if (from === undefined) return sendBytes(BYTES, undefined, response);
		sendPart(BYTES, from + 10, BYTES.length, response, "cut");
	});
	const destination = destinationOf(context);
	writeFileSync(`${destination}.part`, BYTES.subarray(0, 100));
	await downloadFile(FILE, [`${server.url}file.gz`], destination, {
		patience: PATIENCE,
	});
	assert.deepEqual(server.requests, ["/file.gz 100-", "/file.gz"]);
});

test("a part with wrong bytes is dropped and the whole is fetched from the same mirror", async (context) => {
	const server = await serve(context, ({ from }, response) =>
		sendBytes(BYTES, from, response),
	);
	const destination = destinationOf(context);
	writeFileSync(`${destination}.part`, new Uint8Array(700).fill(9));
	await downloadFile(FILE, [`${server.url}file.gz`], destination, {
		patience: PATIENCE,
	});
	assert.deepEqual(server.requests, ["/file.gz 700-", "/file.gz"]);
	assert.deepEqual(new Uint8Array(readFileSync(destination)), BYTES);
});

test("wrong bytes, wrong sizes and 404 lead to the next mirror at once", async (context) => {
	const server = await serve(context, ({ path, from }, response) => {
		switch (path) {
			case "/wrong/file.gz":
				return sendBytes(new Uint8Array(BYTES.length), from, response);
			case "/short/file.gz":
				return sendBytes(BYTES.subarray(1), from, response);
			case "/good/file.gz":
				return sendBytes(BYTES, from, response);
			default:
				response.writeHead(404).end("nothing here");
		}
	});
	const urls = ["absent", "wrong", "short", "good"].map(
		(mirror) => `${server.url}${mirror}/file.gz`,
	);
	const destination = destinationOf(context);
	await downloadFile(FILE, urls, destination, { patience: PATIENCE });
	assert.deepEqual(
		server.requests,
		urls.map((url) => new URL(url).pathname),
	);
	assert.deepEqual(new Uint8Array(readFileSync(destination)), BYTES);
});

test("a mirror that fails for a moment is asked again", async (context) => {
	let asked = 0;
	const server = await serve(context, ({ from }, response) => {
		if (asked++ < 2) response.writeHead(503).end();
		else sendBytes(BYTES, from, response);
	});
	await downloadFile(FILE, [`${server.url}file.gz`], destinationOf(context), {
		patience: PATIENCE,
	});
	assert.equal(asked, 3);
});

test("a mirror that sends without end is left when the expected size is passed", async (context) => {
	const server = await serve(context, (_request, response) => {
		response.writeHead(200);
		response.write(BYTES);
		response.write(BYTES);
	});
	const download = downloadFile(
		FILE,
		[`${server.url}file.gz`],
		destinationOf(context),
		{ patience: PATIENCE },
	);
	await assert.rejects(download, /sends more than the 100000 bytes/);
	assert.equal(server.requests.length, 1);
});

test("a mirror that stalls is given up after the stall time, and its bytes are kept", async (context) => {
	const server = await serve(context, ({ path, from }, response) => {
		if (path === "/slow/file.gz")
			sendPart(BYTES, from ?? 0, (from ?? 0) + 10_000, response, "stall");
		else sendBytes(BYTES, from, response);
	});
	const patience = { ...PATIENCE, attempts: 2, stallTimeoutMs: 50 };
	const urls = [`${server.url}slow/file.gz`, `${server.url}quick/file.gz`];
	await downloadFile(FILE, urls, destinationOf(context), { patience });
	assert.deepEqual(server.requests, [
		"/slow/file.gz",
		"/slow/file.gz 10000-",
		"/quick/file.gz 20000-",
	]);
});

test("a mirror is not given up for time in which this process was held up itself", async (context) => {
	const server = await serve(context, (_request, response) => {
		response.writeHead(200);
		response.write(BYTES.subarray(0, 10_000));
		context.after(() => response.destroy());
		rest = () => {
			response.end(BYTES.subarray(10_000));
			// Nothing runs for longer than the stall time, while the rest waits to be read.
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
		};
	});
	let rest = () => {};
	await downloadFile(FILE, [`${server.url}file.gz`], destinationOf(context), {
		patience: { ...PATIENCE, attempts: 1, stallTimeoutMs: 100 },
		onBytes: (_url, bytes) => {
			if (bytes === 10_000) rest();
		},
	});
	assert.equal(server.requests.length, 1);
});

test("a mirror that never answers is given up after the connect time", async (context) => {
	const server = await serve(context, () => undefined);
	const patience = { ...PATIENCE, attempts: 1, connectTimeoutMs: 50 };
	const download = downloadFile(
		FILE,
		[`${server.url}file.gz`],
		destinationOf(context),
		{ patience },
	);
	await assert.rejects(download, /file.gz gave no answer within 50 ms/);
});

test("redirects are followed, with the range, and not for ever", async (context) => {
	const server = await serve(context, ({ path, from }, response) => {
		if (path === "/moved/file.gz")
			response.writeHead(302, { location: "/there/file.gz" }).end();
		else if (path === "/there/file.gz") sendBytes(BYTES, from, response);
		else response.writeHead(301, { location: path }).end();
	});
	const destination = destinationOf(context);
	writeFileSync(`${destination}.part`, BYTES.subarray(0, 10));
	await downloadFile(FILE, [`${server.url}moved/file.gz`], destination, {
		patience: PATIENCE,
	});
	assert.deepEqual(server.requests, [
		"/moved/file.gz 10-",
		"/there/file.gz 10-",
	]);
	const loop = downloadFile(
		FILE,
		[`${server.url}loop/file.gz`],
		destinationOf(context),
		{ patience: { ...PATIENCE, attempts: 1 } },
	);
	await assert.rejects(loop, /redirects more than 5 times/);
});

test("when no mirror gives the file, the error names each with its failure", async (context) => {
	const server = await serve(context, ({ path }, response) => {
		if (path === "/a") response.writeHead(404).end();
		else response.writeHead(500).end();
	});
	const download = downloadFile(
		FILE,
		[`${server.url}a`, `${server.url}b`],
		destinationOf(context),
		{ patience: PATIENCE },
	);
	await assert.rejects(download, (error) => {
		assert.ok(error instanceof DataSetError);
		assert.equal(error.reason, "unreachable");
		assert.match(
			error.message,
			/file.gz could not be downloaded: http.*\/a answered 404 Not Found; http.*\/b answered 500.*name its directory\.$/,
		);
		return true;
	});
});

test("aborting ends a download with the reason given and keeps what has come", async (context) => {
	const server = await serve(context, (_request, response) =>
		sendPart(BYTES, 0, 30_000, response, "stall"),
	);
	const destination = destinationOf(context);
	const controller = new AbortController();
	const reason = new Error("enough");
	const download = downloadFile(FILE, [`${server.url}file.gz`], destination, {
		patience: PATIENCE,
		signal: controller.signal,
		onBytes: (_url, bytes) => {
			if (bytes === 30_000) controller.abort(reason);
		},
	});
	await assert.rejects(download, reason);
	assert.equal(readFileSync(`${destination}.part`).length, 30_000);
});

function destinationOf(context: TestContext): string {
	return join(temporaryDirectory(context), "file.gz");
}
