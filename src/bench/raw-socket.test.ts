import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type WebSocket, WebSocketServer } from "ws";
import { RawSocket, readFrame, textFrame } from "./raw-socket.js";

/** A server of the library, and a raw client of it. */
async function pair(
	context: TestContext,
): Promise<{ server: WebSocket; client: RawSocket }> {
	const listener = new WebSocketServer({ host: "127.0.0.1", port: 0 });
	context.after(() => listener.close());
	await once(listener, "listening");
	const connected = once(listener, "connection");
	const { port } = listener.address() as AddressInfo;
	const client = await RawSocket.open(port, "/ws");
	context.after(() => client.close());
	const [server] = (await connected) as [WebSocket];
	return { server, client };
}

const nextText = (client: RawSocket) =>
	new Promise<string>((resolve, reject) => {
		client.onText = (payload) => resolve(payload.toString());
		client.onError = reject;
	});

test("A raw socket's texts of every form of length arrive whole, and a server's do, too.", async (context) => {
	const { server, client } = await pair(context);
	for (const length of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
		const text = "ä".repeat(length >> 1) + "x".repeat(length & 1);
		assert.equal(Buffer.byteLength(text), length);
		const arrived = once(server, "message");
		client.send(textFrame(text));
		const [data, isBinary] = (await arrived) as [Buffer, boolean];
		assert.equal(data.toString(), text);
		assert.equal(isBinary, false);
		const answered = nextText(client);
		server.send(text);
		assert.equal(await answered, text);
	}
});

test("A raw socket answers pings, and passes over pongs.", async (context) => {
	const { server, client } = await pair(context);
	const ponged = once(server, "pong");
	server.ping("here?");
	const [payload] = (await ponged) as [Buffer];
	assert.equal(payload.toString(), "here?");
	const answered = nextText(client);
	server.pong("unasked");
	server.send("told");
	assert.equal(await answered, "told");
});

test("A raw socket tells with which code it was closed, and a refusal before by its first line.", async (context) => {
	const { server, client } = await pair(context);
	const failed = new Promise<Error>((resolve) => {
		client.onError = resolve;
	});
	server.close(1001);
	assert.match((await failed).message, /code 1001/);
	const listener = new WebSocketServer({
		host: "127.0.0.1",
		port: 0,
		verifyClient: () => false,
	});
	context.after(() => listener.close());
	await once(listener, "listening");
	const { port } = listener.address() as AddressInfo;
	await assert.rejects(
		RawSocket.open(port, "/ws"),
		/No WebSocket at \/ws: HTTP\/1\.1 401/,
	);
});

test("Frames are read one after the other, and none before it is whole.", () => {
	const frames = [3, 200, 70_000].map((length) => {
		const extended = length < 126 ? 0 : length < 2 ** 16 ? 2 : 8;
		const head = Buffer.alloc(2 + extended);
		head[0] = 0x81;
		head[1] = [length, 126, 127][[0, 2, 8].indexOf(extended)] as number;
		if (extended === 2) head.writeUInt16BE(length, 2);
		if (extended === 8) head.writeBigUInt64BE(BigInt(length), 2);
		return Buffer.concat([head, Buffer.alloc(length, "a")]);
	});
	const all = Buffer.concat(frames);
	let from = 0;
	for (const { length } of frames) {
		for (const cut of [from, from + 1, from + 3, from + length - 1])
			assert.equal(readFrame(all.subarray(0, cut), from), undefined);
		const frame = readFrame(all, from);
		assert.equal(frame?.first, 0x81);
		assert.ok(frame.payload.every((byte) => byte === 97));
		from += length;
		assert.equal(frame.end, from);
	}
	assert.equal(readFrame(all, from), undefined);
});
