import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { postRequest, RawHttp } from "./raw-http.js";

test("A raw connection of HTTP asks several times, reads answers of any length and in pieces, and tells what it cannot read.", async (context) => {
	const connections = new Set<unknown>();
	const server = createServer((request, response) => {
		connections.add(request.socket);
		const pieces: Buffer[] = [];
		request.on("data", (piece: Buffer) => pieces.push(piece));
		request.on("end", () => {
			const { method, url } = request;
			const { length, status = 200 } = JSON.parse(
				Buffer.concat(pieces).toString(),
			) as { length?: number; status?: number };
			const told = JSON.stringify({ method, url });
			const body = told + " ".repeat(length ?? 0);
			response.writeHead(
				status,
				length === undefined ? {} : { "Content-Length": body.length },
			);
			response.flushHeaders();
			response.write(body.slice(0, 1));
			setImmediate(() => response.end(body.slice(1)));
		});
	});
	context.after(() => server.close());
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const client = await RawHttp.open(port);
	context.after(() => client.close());
	for (const length of [0, 1, 200_000]) {
		const body = await client.ask(postRequest("/mcp", { length, text: "ä" }));
		assert.deepEqual(JSON.parse(body.toString()), {
			method: "POST",
			url: "/mcp",
		});
		assert.equal(body.length, '{"method":"POST","url":"/mcp"}'.length + length);
	}
	assert.equal(connections.size, 1);
	await assert.rejects(
		client.ask(postRequest("/", { length: 0, status: 500 })),
		/not understood here: HTTP\/1\.1 500/,
	);
	await assert.rejects(client.ask(postRequest("/", {})), /not understood here/);
	const other = await RawHttp.open(port);
	context.after(() => other.close());
	await assert.rejects(
		other.ask(postRequest("/", {})),
		/not understood here: HTTP\/1\.1 200/,
	);
});
