import type { Readable, Writable } from "node:stream";
import {
	StdioServerTransport,
	serveStdio,
} from "@modelcontextprotocol/server/stdio";
import type { CallObserver } from "../../door/call-observer.js";
import type { NightshiftError } from "../../errors.js";
import type { Client } from "../client.js";
import { createServers } from "./server.js";
import type { ToolCalls } from "./tool-calls.js";

/** The one who started the process. */
const CLIENT: Client = { address: "stdio", key: "stdio" };

/** Speaks MCP over a pair of streams, in the era that the client begins with, until the input ends. Calls under way are then cancelled. */
export async function speakOverStreams(
	tools: ToolCalls,
	input: Readable,
	output: Writable,
	observe: CallObserver,
): Promise<void> {
	const servers = createServers(tools);
	const ended = new Promise<void>((resolve) => {
		input.once("end", resolve);
		input.once("close", resolve);
		output.once("error", () => resolve());
	});
	const connection = serveStdio(
		() =>
			servers(async ({ mcpReq: { method, signal } }, work) => {
				const started = performance.now();
				let told: NightshiftError | undefined;
				try {
					return await work({
						client: CLIENT,
						mount: tools.mount,
						signal,
						isLost: () => signal.aborted,
						onError(error) {
							told = error;
						},
					});
				} finally {
					observe({
						method: `stdio ${method}`,
						error: told,
						durationMs: performance.now() - started,
					});
				}
			}),
		{ transport: new StdioServerTransport(input, output) },
	);
	await ended;
	await connection.close();
}
