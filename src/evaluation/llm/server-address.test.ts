import assert from "node:assert/strict";
import { createServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { type TestContext, test } from "node:test";
import { findServerAddress } from "./server-address.js";

function serve(context: TestContext, body: string): Promise<string> {
	const server: HttpServer = createServer((request, response) => {
		response.statusCode = request.url?.endsWith("/metadata") ? 200 : 404;
		response.end(body);
	});
	context.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return new Promise((resolve) => {
		server.listen(0, "127.0.0.1", () =>
			resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`),
		);
	});
}

test("ENV_URL as a URL means the server whose HTTP it is: it is asked for gRPC's port.", async (context) => {
	const address = await serve(context, '{"grpc_port": 4321}');
	for (const path of ["", "/", "/sre", "/training/"])
		assert.equal(
			await findServerAddress({ ENV_URL: `http://${address}${path}` }),
			"127.0.0.1:4321",
		);
	assert.equal(await findServerAddress({ ENV_URL: address }), address);
	assert.equal(await findServerAddress({}), undefined);
});

test("A URL of what tells no port is taken for gRPC's own address; one at which nothing answers is told.", async (context) => {
	const other = await serve(context, "no JSON");
	assert.equal(await findServerAddress({ ENV_URL: `http://${other}` }), other);
	const tcp = createTcp((socket) => socket.resume().end("\0\0\0\0"));
	await new Promise<void>((resolve) => {
		tcp.listen(0, "127.0.0.1", resolve);
	});
	const { port } = tcp.address() as AddressInfo;
	assert.equal(
		await findServerAddress({ ENV_URL: `http://127.0.0.1:${port}` }),
		`127.0.0.1:${port}`,
	);
	await new Promise((resolve) => {
		tcp.close(resolve);
	});
	await assert.rejects(
		findServerAddress({ ENV_URL: `http://127.0.0.1:${port}` }),
		/^ConfigurationError: ENV_URL: nothing answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)/,
	);
	await assert.rejects(findServerAddress({ ENV_URL: "http://a" }), /HOST:PORT/);
});
