import assert from "node:assert/strict";
import { test } from "node:test";
import { checkOrigin } from "./client.js";
import { HttpRefusal } from "./http-error.js";

type Headers = Readonly<Record<string, string>>;

function outcome(
	headers: Headers,
	allowedHosts: readonly string[] = [],
	method = "GET",
): string {
	try {
		const cors = checkOrigin({ method, headers }, allowedHosts);
		return cors["access-control-allow-origin"] ?? "in";
	} catch (error) {
		assert.ok(error instanceof HttpRefusal);
		assert.equal(error.status, 403);
		assert.match(error.message, /--allowed-host/);
		return "out";
	}
}

test("A name that DNS could be made to lie about is refused; addresses, localhost and names without a dot are this server's.", () => {
	for (const host of [
		"127.0.0.1:8000",
		"127.0.0.1",
		"10.1.2.3:80",
		"[::1]:8000",
		"[fe80::1]",
		"localhost:8000",
		"LOCALHOST",
		"app.localhost:8000",
		"nightshift:8000",
		"env-1",
	])
		assert.equal(outcome({ host }), "in", host);
	for (const host of [
		"evil.example",
		"evil.example:8000",
		"127.0.0.1.nip.example",
		"localhost.evil.example",
		"evil.example.",
		"user@127.0.0.1",
		"127.0.0.1/x",
		"a b",
		"",
		"[::1",
	])
		assert.equal(outcome({ host }), "out", host);
	assert.equal(outcome({}), "in");
});

test("--allowed-host adds names, and * all of them.", () => {
	assert.equal(outcome({ host: "env.example:443" }, ["env.example"]), "in");
	assert.equal(outcome({ host: "www.env.example" }, ["env.example"]), "out");
	assert.equal(outcome({ host: "other.example" }, ["*"]), "in");
});

test("A page of another origin is kept out, one of the same origin or of an allowed host is let in and may read.", () => {
	const host = "localhost:8000";
	assert.equal(outcome({ host, origin: "http://localhost:8000" }), "in");
	assert.equal(
		outcome({ host: "localhost", origin: "http://localhost:80" }),
		"in",
	);
	for (const origin of [
		"http://localhost:3000",
		"http://127.0.0.1:8000",
		"https://evil.example",
		"null",
		"file://",
		"chrome-extension://abc",
		"nonsense",
	])
		assert.equal(outcome({ host, origin }), "out", origin);
	assert.equal(
		outcome({ host, origin: "https://page.example" }, ["page.example"]),
		"https://page.example",
	);
});

test("What a foreign page asks for without a script is kept out, and following a link is not.", () => {
	const host = "localhost:8000";
	const image = {
		host,
		"sec-fetch-site": "cross-site",
		"sec-fetch-mode": "no-cors",
	};
	const link = { ...image, "sec-fetch-mode": "navigate" };
	assert.equal(outcome(image), "out");
	assert.equal(outcome(link), "in");
	assert.equal(outcome(link, [], "POST"), "out");
	assert.equal(outcome({ host, "sec-fetch-site": "same-origin" }), "in");
	assert.equal(outcome({ host, "sec-fetch-site": "none" }), "in");
});
