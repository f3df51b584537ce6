import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { startTestServer } from "./testing.js";

const root = dirname(fileURLToPath(import.meta.resolve("#package")));

test("The example of docs/play.md plays its lanes to their ends.", async (context) => {
	const server = await startTestServer(context, {
		environment: createSreEnvironment() as Environment,
	});
	const page = readFileSync(join(root, "docs", "play.md"), "utf8");
	const [, snippet] = /^```js\n([\s\S]*?)^```$/m.exec(page) ?? [];
	assert.ok(snippet, "the page has an example");
	const file = join(root, `.play-snippet-${process.pid}.mjs`);
	writeFileSync(file, snippet.replace("50051", String(server.port)));
	try {
		const { stdout, stderr } = await promisify(execFile)(process.execPath, [
			file,
		]);
		assert.match(stdout, /16 episodes, 528 columns a lane/);
		assert.match(stdout, /mean score 0\.\d+/);
		assert.equal(stderr, "");
	} finally {
		rmSync(file);
	}
	assert.deepEqual(
		server.sessions.all.map(({ record }) => record.episode.number),
		Array.from({ length: 8 }, () => 3),
	);
});
