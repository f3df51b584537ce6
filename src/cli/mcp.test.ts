import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const COMMAND = fileURLToPath(
	new URL("../../../scripts/nightshift.mjs", import.meta.url),
);

/** How long a busy machine may take to start a server. */
const STARTING_MS = 600_000;

// biome-ignore lint/suspicious/noExplicitAny: whatever the server says.
type Content = any;

for (const [era, mode] of [
	["2025-11-25", "legacy"],
	["2026-07-28", { pin: "2026-07-28" }],
] as const)
	test(`${era}: \`nightshift mcp\` serves the official client over standard input and output, and is gone when the client closes it.`, async (context) => {
		const client = new Client(
			{ name: "test", version: "1" },
			{ versionNegotiation: { mode } },
		);
		const transport = new StdioClientTransport({
			command: process.execPath,
			args: [COMMAND, "mcp", "--engine", "portable", "--workers", "1"],
			stderr: "ignore",
		});
		context.after(() => client.close());
		// It comes with the process's end.
		const gone = new Promise<void>((resolve) => {
			client.onclose = resolve;
		});
		await client.connect(transport, { timeout: STARTING_MS });
		assert.equal(client.getNegotiatedProtocolVersion(), era);
		const { tools } = await client.listTools();
		assert.equal(tools.length, 15);
		const call = async (name: string, given: object): Promise<Content> => {
			const result = await client.callTool({ name, arguments: { ...given } });
			assert.notEqual(result.isError, true, JSON.stringify(result.content));
			return result.structuredContent;
		};
		const { session } = await call("reset", { task_id: "sre/easy", seed: 7 });
		let told: Content;
		do told = await call("wait", { session });
		while (!told.done);
		assert.equal(told.step_count, 30);
		const { pid } = transport;
		await client.close();
		await gone;
		assert.throws(() => process.kill(pid as number, 0), /ESRCH/);
	});
