import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { test } from "node:test";
import { canReach } from "./reach.mjs";

test("a host that answers at all is reached, whatever it says", async (t) => {
	const server = http.createServer((_request, response) =>
		response.writeHead(403).end(),
	);
	assert.equal(await canReach(await listen(t, server)), true);
});

test("a closed port is not reached", async (t) => {
	const server = net.createServer();
	const address = await listen(t, server);
	server.close();
	await once(server, "close");
	assert.equal(await canReach(address), false);
});

test("a host that takes the connection and stays silent is given up", async (t) => {
	const server = net.createServer((socket) => t.after(() => socket.destroy()));
	assert.equal(
		await canReach(await listen(t, server), { timeoutMs: 50 }),
		false,
	);
});

test("behind a proxy it is the proxy that reaches the host", async (t) => {
	/** @type {string[]} */
	const asked = [];
	const proxy = http
		.createServer()
		.on("connect", ({ url, headers }, socket) => {
			asked.push(`${url} ${headers["proxy-authorization"]}`);
			socket.end(
				`HTTP/1.1 ${url === "good.invalid:443" ? "200 OK" : "502 Bad Gateway"}\r\n\r\n`,
			);
		});
	const address = (await listen(t, proxy)).replace("//", "//me:se%40cret@");
	assert.equal(
		await canReach("https://good.invalid/x", { proxy: address }),
		true,
	);
	assert.equal(
		await canReach("http://bad.invalid/x", { proxy: address }),
		false,
	);
	const credentials = `Basic ${Buffer.from("me:se@cret").toString("base64")}`;
	assert.deepEqual(asked, [
		`good.invalid:443 ${credentials}`,
		`bad.invalid:80 ${credentials}`,
	]);
});

test("an abort rejects", async (t) => {
	const controller = new AbortController();
	const server = net.createServer((socket) => {
		t.after(() => socket.destroy());
		controller.abort(new Error("stopped"));
	});
	await assert.rejects(
		canReach(await listen(t, server), { signal: controller.signal }),
		{ message: "stopped" },
	);
});

/**
 * @param {import('node:test').TestContext} t
 * @param {net.Server} server
 * @returns {Promise<string>} its URL
 */
async function listen(t, server) {
	t.after(() => server.close());
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return `http://127.0.0.1:${/** @type {net.AddressInfo} */ (server.address()).port}/`;
}
