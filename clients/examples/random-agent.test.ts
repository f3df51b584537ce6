import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Environment } from "../../src/environments/environment.js";
import { createSreEnvironment } from "../../src/environments/sre/sre-environment.js";
import { startTestServer } from "../../src/server/testing.js";

test("The random agent plays three incidents and prints their scores.", async (context) => {
	const { address } = await startTestServer(context, {
		environment: createSreEnvironment() as Environment,
	});
	const { stdout } = await promisify(execFile)(
		process.execPath,
		[fileURLToPath(new URL("random-agent.js", import.meta.url))],
		{ env: { ...process.env, NIGHTSHIFT_ADDRESS: address } },
	);
	assert.match(stdout, /^(seed \d: score 0\.\d{3}\n){3}$/);
});
