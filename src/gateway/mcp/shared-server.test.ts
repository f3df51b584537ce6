import assert from "node:assert/strict";
import { test } from "node:test";
import {
	PROTOCOL_VERSION_META_KEY,
	Server,
} from "@modelcontextprotocol/server";
import { Departing } from "../../departure.js";
import type { Mount } from "../mount.js";
import type { Serve, Transported } from "./server.js";
import { SharedServer } from "./shared-server.js";
import type { ToolCalls } from "./tool-calls.js";

/** Answers a call with who asked, and what `tell` makes of the tool's name. */
function start(tell: (tool: string) => unknown): Promise<SharedServer> {
	const serverFor = (serve: Serve): Server => {
		const server = new Server(
			{ name: "test", version: "1" },
			{ capabilities: { tools: {} } },
		);
		server.setRequestHandler("tools/call", ({ params: { name } }, context) =>
			serve(context, async ({ client }) => ({
				content: [],
				structuredContent: { asker: client.key, told: tell(name) },
			})),
		);
		return server;
	};
	const tools = {
		isAnsweredAtOnce: ({ params }: ReturnType<typeof toolCall>) =>
			params.name !== "slow",
	};
	return SharedServer.start(tools as unknown as ToolCalls, serverFor);
}

function askerOf(key: string): Transported {
	return {
		client: { address: "here", key },
		mount: {} as Mount,
		signal: new Departing(),
		isLost: () => false,
		onError: () => {},
	};
}

function toolCall(name: string, id: number | string = 1, more: object = {}) {
	const params = { name, ...more };
	return { jsonrpc: "2.0" as const, id, method: "tools/call", params };
}

test("Calls that come together are answered each to its own asker, by the id that this one gave.", async () => {
	const shared = await start((tool) => tool);
	const ids = [1, 1, "1", "one", 7];
	const answers = await Promise.all(
		ids.map((id, place) =>
			shared.answer(toolCall(`tool ${place}`, id), askerOf(`client ${place}`)),
		),
	);
	for (const [place, id] of ids.entries()) {
		const { result, ...rest } = JSON.parse(answers[place] as string);
		assert.deepEqual(rest, { jsonrpc: "2.0", id });
		assert.deepEqual(result.structuredContent, {
			asker: `client ${place}`,
			told: `tool ${place}`,
		});
	}
});

test("A failure is told to who asked: one of the call, and one of an answer that cannot be written.", async () => {
	const shared = await start((tool) => {
		if (tool === "bad") throw new Error("no such thing");
		return 1n;
	});
	const bad = JSON.parse(
		await shared.answer(toolCall("bad", "b"), askerOf("a")),
	);
	assert.equal(bad.id, "b");
	assert.equal(bad.error.message, "no such thing");
	await assert.rejects(shared.answer(toolCall("big"), askerOf("a")), TypeError);
});

test("It takes calls of tools of the handshake's era that take no time, and nothing else.", async () => {
	const shared = await start(String);
	const json = { "content-type": "application/json; charset=utf-8" };
	const call = toolCall("wait");
	for (const headers of [
		json,
		{ ...json, "mcp-protocol-version": "2025-11-25" },
	])
		assert.ok(shared.takes(call, headers));
	for (const [message, headers] of [
		[call, {}],
		[call, { "content-type": "application/problem+json" }],
		[call, { ...json, "mcp-protocol-version": "2026-07-28" }],
		[call, { ...json, "mcp-protocol-version": "2025-01-01" }],
		[call, { ...json, "mcp-method": "tools/call" }],
		[toolCall("slow"), json],
		[
			toolCall("wait", 1, {
				_meta: { [PROTOCOL_VERSION_META_KEY]: "2026-07-28" },
			}),
			json,
		],
		[{ ...call, method: "tools/list" }, json],
		[{ ...call, id: null }, json],
		[{ ...call, id: 1.5 }, json],
		[{ ...call, jsonrpc: "1.0" }, json],
		[[call], json],
		[undefined, json],
	] as const)
		assert.equal(shared.takes(message, headers), false);
});
