import type { OutgoingHttpHeaders } from "node:http";
import type { ReadableStream } from "node:stream/web";
import {
	createMcpHandler,
	isLegacyRequest,
	type McpRequestContext,
	WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { CallObserver } from "../../door/call-observer.js";
import { drawSessionId } from "../../entropy.js";
import type { NightshiftError } from "../../errors.js";
import { parseBody } from "../body.js";
import { clientOf } from "../client.js";
import { JSON_TYPE, mountAt, prefixOf } from "../routes.js";
import { Delivery } from "./delivery.js";
import { Handshakes } from "./handshakes.js";
import { type OpenEnvRpc, RPC, rpcError } from "./openenv.js";
import { createServers, type Transported } from "./server.js";
import { SharedServer } from "./shared-server.js";
import type { ToolCalls } from "./tool-calls.js";

/**
 * One address, /mcp, for both eras of MCP (through the SDK, which tells them apart) and for OpenEnv's dialect. Nothing is kept between requests
 * but the episodes themselves, whose handles are arguments. `isOfSession`: for the paths of sessions, /s/NAME/mcp, whose calls need no handle.
 */
export async function addMcp(
	app: FastifyInstance,
	rpc: OpenEnvRpc,
	isOfSession: boolean,
	observe: CallObserver,
): Promise<void> {
	const { tools } = rpc;
	const { mount } = tools;
	const servers = createServers(tools, isOfSession);
	const shared = await SharedServer.start(tools, servers);
	const handshakes = new Handshakes();
	const url = `${prefixOf(mount, isOfSession)}/mcp`;
	const requests = new WeakMap<Request, Asked>();
	const serverFor = ({ era, requestInfo }: McpRequestContext) => {
		const asked = requests.get(requestInfo as Request) as Asked;
		return servers(async (context, work) => {
			try {
				// In the handshake's era a client that goes away has not taken its call back.
				return era === "modern"
					? await work(asked)
					: await handshakes.run(asked.handshake, context.mcpReq.id, (signal) =>
							work({
								...asked,
								signal,
								isLost: () => asked.isLost() || signal.aborted,
							}),
						);
			} finally {
				asked.delivery.isAnswered = true;
			}
		});
	};
	// A stream is kept alive while epochs run; what is answered at once needs none.
	const modern = {
		streamed: createMcpHandler(serverFor, {
			legacy: "reject",
			responseMode: "sse",
		}),
		plain: createMcpHandler(serverFor, { legacy: "reject" }),
	};
	app.addHook("preClose", async () => {
		await modern.streamed.close();
		await modern.plain.close();
	});

	const speak = async (
		request: FastifyRequest,
		reply: FastifyReply,
		asked: Asked,
		message: unknown,
	): Promise<FastifyReply> => {
		if (shared.takes(message, request.headers))
			return reply.type(JSON_TYPE).send(await shared.answer(message, asked));
		handshakes.cancelWhereAsked(asked.handshake, message);
		const web = new Request(`http://host/mcp`, {
			method: "POST",
			headers: headersOf(request),
			signal: asked.delivery.departure.signal,
		});
		requests.set(web, asked);
		const isStreamed = !tools.isAnsweredAtOnce(message);
		const isHandshakeEra = await isLegacyRequest(web, message);
		if (isInitialize(message)) reply.header("mcp-session-id", drawSessionId());
		if (!isHandshakeEra)
			return send(
				reply,
				await modern[isStreamed ? "streamed" : "plain"].fetch(web, {
					parsedBody: message,
				}),
				asked,
			);
		const server = serverFor({ era: "legacy", requestInfo: web });
		try {
			const transport = new WebStandardStreamableHTTPServerTransport({
				enableJsonResponse: !isStreamed,
			});
			await server.connect(transport);
			const response = await transport.handleRequest(web, {
				parsedBody: message,
			});
			return await send(reply, response, asked);
		} finally {
			await server.close();
		}
	};

	await app.register(async (scope) => {
		// Read here: what is no JSON is answered in JSON-RPC.
		scope.removeAllContentTypeParsers();
		scope.addContentTypeParser(
			/^application\/([\w.-]+\+)?json\s*(;|$)/i,
			{ parseAs: "string" },
			(_, text, done) => done(null, text),
		);
		scope.post(url, { schema: { hide: true } }, async (request, reply) => {
			const asked = watch(tools, request, reply);
			const started = performance.now();
			let message: unknown;
			try {
				message = parseBody((request.body as string | undefined) ?? "");
			} catch (error) {
				return reply
					.code(isMcp(request, undefined) ? 400 : 200)
					.type(JSON_TYPE)
					.send(rpcError(null, RPC.noJson, (error as Error).message));
			}
			try {
				return isMcp(request, message)
					? await speak(request, reply, asked, message)
					: reply.type(JSON_TYPE).send(await rpc.answer(message, asked));
			} finally {
				observe({
					method: `POST ${url}`,
					error: asked.told.error,
					durationMs: performance.now() - started,
				});
			}
		});
		// There is nothing to listen to; who ends a handshake's session takes its calls back.
		scope.get(url, { schema: { hide: true } }, (_, reply) =>
			reply
				.code(405)
				.header("allow", "POST, DELETE")
				.type(JSON_TYPE)
				.send(
					rpcError(null, RPC.noRoom, "There is no stream here; POST requests."),
				),
		);
		scope.delete(url, { schema: { hide: true } }, (request, reply) => {
			handshakes.end(handshakeOf(request));
			return reply.code(204).send();
		});
	});
}

/** A request, as far as HTTP knows it. */
interface Asked extends Transported {
	/** Mcp-Session-Id. */
	readonly handshake: string | undefined;
	readonly requestId: undefined;
	readonly onProgress: undefined;
	readonly delivery: Delivery;
	readonly told: { error: NightshiftError | undefined };
}

function watch(
	tools: ToolCalls,
	request: FastifyRequest,
	{ raw }: FastifyReply,
): Asked {
	const delivery = new Delivery(raw);
	const told: Asked["told"] = { error: undefined };
	const client = clientOf(request.raw);
	const mount = mountAt(tools.mount, request);
	return {
		client,
		mount,
		own: tools.ownSession({ client, mount }, delivery.departure),
		signal: delivery.departure,
		isLost: () => delivery.isLost,
		requestId: undefined,
		onProgress: undefined,
		onError(error) {
			told.error = error;
		},
		handshake: handshakeOf(request),
		delivery,
		told,
	};
}

function handshakeOf({ headers }: FastifyRequest): string | undefined {
	return headers["mcp-session-id"]?.toString();
}

/** What its clients say in headers. */
export const MCP_HEADERS = [
	"mcp-protocol-version",
	"mcp-session-id",
	"mcp-method",
	"mcp-name",
];
const PASSED_ON = ["content-type", ...MCP_HEADERS];
const MCP_METHODS =
	/^(initialize|ping|server\/|resources\/|prompts\/|notifications\/|logging\/|completion\/|subscriptions\/)/;

/** Clients of MCP take event streams, which OpenEnv's do not, and OpenEnv's name a session. */
function isMcp({ headers }: FastifyRequest, message: unknown): boolean {
	const { method, params } = (message ?? {}) as Record<string, unknown>;
	if (typeof method === "string") {
		if (method.startsWith("openenv/")) return false;
		if (MCP_METHODS.test(method)) return true;
	}
	if (
		typeof params === "object" &&
		params !== null &&
		Object.hasOwn(params, "session_id")
	)
		return false;
	return (
		MCP_HEADERS.some((name) => headers[name] !== undefined) ||
		headers.accept?.includes("text/event-stream") === true
	);
}

function isInitialize(message: unknown): boolean {
	return (message as { method?: unknown } | null)?.method === "initialize";
}

function headersOf({ headers }: FastifyRequest): Record<string, string> {
	const passed: Record<string, string> = {
		accept: "application/json, text/event-stream",
	};
	for (const name of PASSED_ON) {
		const value = headers[name];
		if (typeof value === "string") passed[name] = value;
	}
	return passed;
}

async function send(
	reply: FastifyReply,
	response: Response,
	{ delivery }: Asked,
): Promise<FastifyReply> {
	const { status, headers, body } = response;
	reply.code(status).headers(Object.fromEntries(headers));
	if (body === null) return reply.send();
	if (!headers.get("content-type")?.startsWith("text/event-stream"))
		return reply.send(await response.text());
	const { raw } = reply.hijack();
	raw.writeHead(status, reply.getHeaders() as OutgoingHttpHeaders);
	for await (const chunk of body as ReadableStream<Uint8Array>)
		await delivery.write(chunk);
	raw.end();
	return reply;
}
