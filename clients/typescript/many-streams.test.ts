import assert from "node:assert/strict";
import { test } from "node:test";
import type { Environment } from "../../src/environments/environment.js";
import { createSreEnvironment } from "../../src/environments/sre/sre-environment.js";
import { startTestServer } from "../../src/server/testing.js";

test("A connection outlives any number of streamed steps: none of their streams is reset.", async (context) => {
	const server = await startTestServer(context, {
		environment: createSreEnvironment() as Environment,
	});
	const session = await server
		.client()
		.createSession("sre/easy", { seed: 1, views: ["flat"] });
	// Node's HTTP/2 closes a connection after 1,000 reset streams and 33 more a second.
	let told = 0;
	for (let step = 0; step < 1800; step++) {
		const { result } = await session.step(
			{ wait: {} },
			{ onProgress: () => told++ },
		);
		if (result) await session.reset();
	}
	assert.equal(told, 1800);
});
