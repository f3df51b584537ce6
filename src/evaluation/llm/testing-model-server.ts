import { once } from "node:events";
import {
	createServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { type LlmSettings, readLlmSettings } from "./settings.js";

/** An OpenAI-compatible endpoint on a free port that answers, and misbehaves, as a test wants. Only tests use it. */

/** One answer. */
export type Reply =
	| {
			readonly calls: readonly {
				readonly name: string;
				/** An object, or what stands in its place. */
				readonly arguments: object | string;
			}[];
			readonly text?: string;
			readonly finish?: string;
			readonly usage?: object;
	  }
	| { readonly text: string; readonly finish?: string }
	/** An error. */
	| {
			readonly status: number;
			readonly headers?: Readonly<Record<string, string>>;
			readonly body?: unknown;
	  }
	/** A body that is none, with status 200. */
	| { readonly raw: string; readonly contentType?: string }
	/** No answer ever. */
	| { readonly hang: "before" | "inside" }
	/** The connection is lost in the middle, or (streams) the answer ends in the middle. */
	| { readonly cut: "lost" | "ended" };

/** A request as it came. */
export interface Asked {
	readonly headers: IncomingMessage["headers"];
	readonly body: {
		readonly model: string;
		readonly messages: readonly {
			readonly role: string;
			readonly content: string | null;
			readonly tool_call_id?: string;
			readonly tool_calls?: readonly {
				readonly id: string;
				readonly function: {
					readonly name: string;
					readonly arguments: string;
				};
			}[];
		}[];
		readonly tools?: readonly {
			readonly function: { readonly name: string; readonly parameters: object };
		}[];
		readonly tool_choice?: string;
		readonly stream?: boolean;
		readonly reasoning_effort?: string;
		readonly max_tokens?: number;
		readonly max_completion_tokens?: number;
	};
}

export interface ModelServer {
	readonly baseUrl: string;
	readonly asked: readonly Asked[];
	/** Settings of an agent that asks this server, without a limit of requests. */
	settings(changes?: Partial<LlmSettings>): LlmSettings;
	/** Waits until so many requests have come. */
	came(count: number): Promise<void>;
}

export const TEST_KEY = "sk-test-0123456789";
export const USAGE = { prompt_tokens: 100, completion_tokens: 10 };

/** A reply that calls one tool. */
export function call(name: string, given: object | string = {}): Reply {
	return { calls: [{ name, arguments: given }] };
}

/** `reply` is asked for each request in turn, which it is given with its place from 0. */
export async function startModelServer(
	context: TestContext,
	reply: (asked: Asked, place: number) => Reply,
): Promise<ModelServer> {
	const asked: Asked[] = [];
	const watchers = new Set<() => void>();
	const server = createServer((request, response) => {
		void (async () => {
			let text = "";
			for await (const part of request.setEncoding("utf8")) text += part;
			const one: Asked = {
				headers: request.headers,
				body: JSON.parse(text) as Asked["body"],
			};
			asked.push(one);
			const answer = reply(one, asked.length - 1);
			for (const watch of watchers) watch();
			send(response, answer, one.body.stream === true);
		})();
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	context.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	const baseUrl = `http://127.0.0.1:${port}/v1`;
	return {
		baseUrl,
		asked,
		settings: (changes = {}) => ({
			...readLlmSettings({
				API_BASE_URL: baseUrl,
				OPENAI_API_KEY: TEST_KEY,
				MODEL_NAME: "test-model",
				LLM_RPM_LIMIT: "0",
			}),
			...changes,
		}),
		came: (count) =>
			new Promise((resolve) => {
				const watch = () => {
					if (asked.length < count) return;
					watchers.delete(watch);
					resolve();
				};
				watchers.add(watch);
				watch();
			}),
	};
}

function send(response: ServerResponse, reply: Reply, stream: boolean): void {
	if ("hang" in reply) {
		if (reply.hang === "inside") {
			response.writeHead(200, { "content-type": "application/json" });
			response.write('{"choices": [');
		}
		return;
	}
	if ("status" in reply) {
		response.writeHead(reply.status, {
			"content-type":
				typeof reply.body === "string" ? "text/html" : "application/json",
			...reply.headers,
		});
		response.end(
			typeof reply.body === "string"
				? reply.body
				: JSON.stringify(reply.body ?? { error: { message: "refused" } }),
		);
		return;
	}
	if ("raw" in reply) {
		response.writeHead(200, {
			"content-type": reply.contentType ?? "application/json",
		});
		response.end(reply.raw);
		return;
	}
	if ("cut" in reply) {
		cut(response, reply.cut, stream);
		return;
	}
	if (stream) {
		sendPieces(response, reply);
		return;
	}
	response.writeHead(200, { "content-type": "application/json" });
	response.end(
		JSON.stringify({
			object: "chat.completion",
			choices: [
				{
					index: 0,
					finish_reason: finishOf(reply),
					message: {
						role: "assistant",
						content: reply.text ?? null,
						...("calls" in reply && { tool_calls: callsOf(reply) }),
					},
				},
			],
			usage: ("usage" in reply && reply.usage) || USAGE,
		}),
	);
}

type Answer = Extract<Reply, { text?: string; finish?: string }>;

function finishOf(reply: Answer): string {
	return reply.finish ?? ("calls" in reply ? "tool_calls" : "stop");
}

function callsOf(reply: Extract<Reply, { calls: unknown }>) {
	return reply.calls.map(({ name, arguments: given }, place) => ({
		id: `call_${place}`,
		type: "function",
		function: {
			name,
			arguments: typeof given === "string" ? given : JSON.stringify(given),
		},
	}));
}

function cut(
	response: ServerResponse,
	how: "lost" | "ended",
	stream: boolean,
): void {
	response.writeHead(200, {
		"content-type": stream ? "text/event-stream" : "application/json",
	});
	const begin = stream
		? piece({
				delta: {
					tool_calls: [
						{ index: 0, id: "a", function: { name: "wait", arguments: "{" } },
					],
				},
			})
		: '{"choices": [{"message": ';
	if (how === "ended") response.end(begin);
	else response.write(begin, () => response.destroy());
}

/** The calls' names first, then their arguments in halves; the usage stands in the last piece. */
function sendPieces(response: ServerResponse, reply: Answer): void {
	response.writeHead(200, { "content-type": "text/event-stream" });
	if (reply.text) response.write(piece({ delta: { content: reply.text } }));
	if ("calls" in reply)
		for (const [index, { id, type, function: called }] of callsOf(
			reply,
		).entries()) {
			const half = Math.ceil(called.arguments.length / 2);
			const told = (rest: object) =>
				response.write(piece({ delta: { tool_calls: [{ index, ...rest }] } }));
			told({ id, type, function: { name: called.name, arguments: "" } });
			told({ function: { arguments: called.arguments.slice(0, half) } });
			told({ function: { arguments: called.arguments.slice(half) } });
		}
	response.write(piece({ delta: {}, finish_reason: finishOf(reply) }));
	response.write(`data: ${JSON.stringify({ choices: [], usage: USAGE })}\n\n`);
	response.end("data: [DONE]\n\n");
}

function piece(choice: object): string {
	return `data: ${JSON.stringify({ choices: [{ index: 0, finish_reason: null, ...choice }] })}\n\n`;
}
