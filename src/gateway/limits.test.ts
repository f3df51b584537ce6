import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { ScriptedTrainer } from "../environments/training/testing.js";
import {
	createTinyEnvironment,
	HeldTrainer,
} from "../sessions/testing-training.js";
import { readToEnd, startTestGateway } from "./testing.js";

test("A body that is too large, or that does not say that it is JSON, is refused in a sentence.", async (context) => {
	const { ask } = await startTestGateway(context, {
		limits: { bodyBytes: 100 },
	});
	const large = await ask("/reset", { episode_id: "x".repeat(100) });
	assert.equal(large.status, 413);
	assert.match(large.json.detail, /100 bytes/);
	for (const type of [
		"text/plain",
		"application/x-www-form-urlencoded",
		"application/jsonp",
		"",
	]) {
		const other = await ask("/reset", "{}", {
			headers: { "content-type": type },
		});
		assert.equal(other.status, 415, type);
		assert.match(other.json.detail, /Content-Type: application\/json/);
	}
	for (const type of [
		"application/json",
		"application/json; charset=utf-8",
		"application/vnd.x+json",
	])
		assert.equal(
			(await ask("/reset", "{}", { headers: { "content-type": type } })).status,
			200,
			type,
		);
});

test("A page of another origin cannot start an episode, and one of an allowed host can, after asking.", async (context) => {
	const { ask, sessions } = await startTestGateway(context, {
		allowedHosts: ["page.example"],
	});
	for (const headers of [
		{ origin: "https://evil.example" },
		{ origin: "null" },
		{ host: "evil.example" },
		{ "sec-fetch-site": "cross-site" },
	]) {
		const refused = await ask("/reset", undefined, { headers, method: "POST" });
		assert.equal(refused.status, 403);
		assert.equal(refused.headers["access-control-allow-origin"], undefined);
	}
	assert.equal(sessions.openCount, 0);
	const preflight = {
		method: "OPTIONS",
		headers: {
			origin: "https://evil.example",
			"access-control-request-method": "POST",
		},
	};
	assert.equal((await ask("/reset", undefined, preflight)).status, 403);
	const origin = "https://page.example";
	const asked = await ask("/reset", undefined, {
		...preflight,
		headers: { ...preflight.headers, origin },
	});
	assert.equal(asked.status, 204);
	assert.equal(asked.headers["access-control-allow-origin"], origin);
	assert.match(
		asked.headers["access-control-allow-headers"] as string,
		/content-type/,
	);
	const answered = await ask("/reset", {}, { headers: { origin } });
	assert.equal(answered.status, 200);
	assert.equal(answered.headers["access-control-allow-origin"], origin);
	assert.equal(answered.headers.vary, "Origin");
});

test("A client that does not send its request to the end is answered and cut off.", async (context) => {
	const gateway = await startTestGateway(context, {
		limits: { headMs: 20, requestMs: 40, lookMs: 10 },
	});
	for (const text of [
		"POST /reset HTTP/1.1\r\nHost: localhost\r\n",
		'POST /reset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"seed":',
	]) {
		const socket = await gateway.connect();
		socket.write(text);
		assert.match(
			await readToEnd(socket),
			/^HTTP\/1\.1 408 Request Timeout\r\n.*\{"detail":"A request's head must have come within 0\.02 s, and all of it within 0\.04 s; send it again\."\}$/s,
		);
	}
});

test("What is no request in HTTP, and one with too large a head, are refused in a sentence.", async (context) => {
	const gateway = await startTestGateway(context);
	for (const [text, status, sentence] of [
		["HELO\r\n\r\n", 400, /"What came is no request in HTTP\/1\.1\."/],
		[
			`GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
			431,
			/"The request's head is too large/,
		],
	] as const) {
		const socket = await gateway.connect();
		socket.write(text);
		const answer = await readToEnd(socket);
		assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), answer);
		assert.match(answer, sentence);
	}
});

test("Connections of one address beyond the limit are refused in a sentence, and closing one makes room.", async (context) => {
	const gateway = await startTestGateway(context, {
		limits: { connectionsPerAddress: 2 },
	});
	const first = await gateway.connect();
	await gateway.connect();
	const third = await readToEnd(await gateway.connect());
	assert.match(third, /^HTTP\/1\.1 429 /);
	assert.match(third, /"detail":"Your address has 2 connections open/);
	first.destroy();
	for (;;) {
		const socket = await gateway.connect();
		socket.write(
			"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		);
		const answer = await readToEnd(socket);
		if (answer.startsWith("HTTP/1.1 200 ")) break;
		assert.match(answer, /^HTTP\/1\.1 429 |^$/);
	}
});

test("Closing lets a running step answer, ends connections that only wait, and hangs on none that stays open.", async (context) => {
	const trainer = new HeldTrainer(new ScriptedTrainer(() => ({})));
	const gateway = await startTestGateway(context, {
		environments: [createTinyEnvironment(trainer)],
	});
	const { ask, sessions } = gateway;
	await ask("/reset", {});
	await ask("/step", { action: "configure_training" });
	const unused = await gateway.connect();
	trainer.epochGate.shut();
	const running = ask("/step", { action: "run_epochs", num_epochs: 1 });
	await trainer.epochGate.holds();
	sessions.startDraining();
	const refused = await ask("/reset", { episode_id: "new" });
	assert.equal(refused.status, 503);
	assert.equal(refused.json.reason, "SERVER_DRAINING");
	const ended = once(unused, "close");
	const closed = gateway.close();
	await assert.rejects(ask("/health"));
	trainer.epochGate.open();
	assert.equal((await running).status, 200);
	await closed;
	await ended;
});

test("A port that is taken is told in one sentence.", async (context) => {
	const { port } = await startTestGateway(context);
	await assert.rejects(startTestGateway(context, { port }), {
		message: `Cannot listen on 127.0.0.1:${port} for HTTP: the port is in use; choose another --http-port (0 picks a free one, off turns HTTP off) or --host.`,
	});
});
