import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { CommandFailure, EXIT } from "./exit-status.js";
import { withServer } from "./with-server.js";

test("Ctrl-C ends a command that waits for its server to answer.", {
	timeout: 60_000,
}, async (context) => {
	const silent = createServer((socket) =>
		context.after(() => socket.destroy()),
	).listen(0, "127.0.0.1");
	context.after(() => silent.close());
	await once(silent, "listening");
	const { port } = silent.address() as { port: number };
	// Time stands still, so that nothing is given up.
	context.mock.timers.enable({ apis: ["setTimeout"] });
	const command = withServer(
		{
			address: `127.0.0.1:${port}`,
			data: undefined,
			interrupted: () => "interrupted.",
		},
		() => assert.fail("the server has answered nothing"),
	);
	const ended = assert.rejects(command, (error) => {
		assert.ok(error instanceof CommandFailure);
		assert.equal(error.message, "interrupted.");
		assert.equal(error.status, EXIT.interrupted);
		return true;
	});
	await once(silent, "connection");
	process.emit("SIGINT");
	await ended;
});
