import assert from "node:assert/strict";
import { test } from "node:test";
import { openEnvPython } from "../configuration.js";
import { OpenEnvPlayer, sreWords } from "./openenv-player.js";
import { hasOpenEnv } from "./openenv-python.js";
import { type OpenEnvKind, OpenEnvServer } from "./openenv-server.js";
import { postRequest, RawHttp } from "./raw-http.js";

const python = openEnvPython();
const skip =
	(python === undefined || !hasOpenEnv(python)) &&
	"NIGHTSHIFT_OPENENV_PYTHON names no Python with openenv";

const start = (kind: OpenEnvKind) =>
	OpenEnvServer.start(python as string, kind);

for (const kind of ["sync", "async"] as const)
	test(`OpenEnv's ${kind} server plays episodes of thirty steps with the same client, tells what it uses, and ends when it is stopped.`, {
		skip,
	}, async (context) => {
		const server = await start(kind);
		context.after(() => server.stop());
		assert.match(server.about, /^OpenEnv \d+\.\d+/);
		let resets = 0;
		const words = sreWords("/ws");
		const player = await OpenEnvPlayer.join(
			server.port,
			{
				...words,
				reset: (seed) => {
					resets += 1;
					return words.reset(seed);
				},
			},
			0,
			1,
		);
		context.after(() => player.leave());
		const before = await server.sample();
		await player.steps(70);
		assert.equal(resets, 3);
		const after = await server.collected();
		assert.ok(after.processor > before.processor);
		assert.ok((after.memory ?? 50) > 20);
		const lost = assert.rejects(
			player.steps(1_000_000),
			/closed the connection|ECONNRESET/,
		);
		server.stop();
		await lost;
	});

test("OpenEnv's server of tools calls one in a session of its JSON-RPC.", {
	skip,
}, async (context) => {
	const server = await start("tools");
	context.after(() => server.stop());
	const client = await RawHttp.open(server.port);
	context.after(() => client.close());
	const ask = async (method: string, params: object) => {
		const message = { jsonrpc: "2.0", id: 1, method, params };
		const answer = await client.ask(postRequest("/mcp", message));
		return JSON.parse(answer.toString());
	};
	const created = await ask("openenv/session/create", {});
	const { session_id } = created.result;
	const called = await ask("tools/call", { session_id, name: "wait" });
	assert.equal(called.result.data, "waited");
	assert.equal(
		(await ask("openenv/session/close", { session_id })).result.closed,
		true,
	);
});
