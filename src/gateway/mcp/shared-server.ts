import type { IncomingHttpHeaders } from "node:http";
import {
	isJSONRPCRequest,
	isJsonContentType,
	type JSONRPCMessage,
	type JSONRPCRequest,
	PROTOCOL_VERSION_META_KEY,
	type Server,
	SUPPORTED_PROTOCOL_VERSIONS,
	type Transport,
} from "@modelcontextprotocol/server";
import type { Serve, Transported } from "./server.js";
import type { ToolCalls } from "./tool-calls.js";

/**
 * Calls of the handshake's era that take no time, which are most: one server of the SDK's answers them all. A call has no session of the protocol's to
 * be kept in, so the SDK's own transport wants a server for each, which takes longer than the call.
 */
export class SharedServer {
	private readonly transport = new SharedTransport();

	private constructor(private readonly tools: ToolCalls) {}

	static async start(
		tools: ToolCalls,
		serverFor: (serve: Serve) => Server,
	): Promise<SharedServer> {
		const shared = new SharedServer(tools);
		const { transport } = shared;
		const server = serverFor((context, work) =>
			work(transport.askerOf(context.mcpReq.id as number)),
		);
		await server.connect(transport);
		return shared;
	}

	/** Whether a message is such a call. `headers`: of its request; what they say of its era must be known. */
	takes(
		message: unknown,
		headers: IncomingHttpHeaders,
	): message is JSONRPCRequest {
		const version = headers["mcp-protocol-version"];
		return (
			isJsonContentType(headers["content-type"]) &&
			(version === undefined ||
				SUPPORTED_PROTOCOL_VERSIONS.includes(version.toString())) &&
			headers["mcp-method"] === undefined &&
			isJSONRPCRequest(message) &&
			message.method === "tools/call" &&
			message.params?._meta?.[PROTOCOL_VERSION_META_KEY] === undefined &&
			this.tools.isAnsweredAtOnce(message)
		);
	}

	/** The text of the answer. */
	answer(message: JSONRPCRequest, asker: Transported): Promise<string> {
		return this.transport.ask(message, asker);
	}
}

interface Asked {
	/** What its client calls it; others may call theirs the same. */
	readonly id: JSONRPCRequest["id"];
	readonly asker: Transported;
	readonly tell: (text: string) => void;
	readonly fail: (error: unknown) => void;
}

/** Between one server and many clients: gives each request a number of its own. */
class SharedTransport implements Transport {
	onmessage?: Transport["onmessage"];
	private readonly asked = new Map<number, Asked>();
	private last = 0;

	async start(): Promise<void> {}

	async close(): Promise<void> {}

	askerOf(number: number): Transported {
		return (this.asked.get(number) as Asked).asker;
	}

	ask(message: JSONRPCRequest, asker: Transported): Promise<string> {
		return new Promise((tell, fail) => {
			this.last += 1;
			const number = this.last;
			this.asked.set(number, { id: message.id, asker, tell, fail });
			try {
				this.onmessage?.({ ...message, id: number });
			} catch (error) {
				this.asked.delete(number);
				throw error;
			}
		});
	}

	/** Answers alone: such a call tells nothing before. */
	async send(message: JSONRPCMessage): Promise<void> {
		const number = (message as { readonly id?: unknown }).id as number;
		const asked = this.asked.get(number);
		this.asked.delete(number);
		try {
			asked?.tell(JSON.stringify({ ...message, id: asked.id }));
		} catch (error) {
			asked?.fail(error);
		}
	}
}
