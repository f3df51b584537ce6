import type { NightshiftError } from "../errors.js";
import { parseBody } from "./body.js";
import {
	type ActionAsked,
	type CallAsked,
	Reader,
	readAction,
	readCall,
	readTimeout,
	toObject,
} from "./requests.js";
import { SocketRefusal } from "./socket-error.js";

/** What OpenEnv's clients send over a WebSocket: one JSON object a message. Fields of errors are paths in it. */
export type Message =
	| {
			readonly type: "reset";
			/** What `readResetBody` reads. */
			readonly data: unknown;
			readonly call: CallAsked;
	  }
	| {
			readonly type: "step";
			readonly action: ActionAsked;
			readonly call: CallAsked;
			readonly timeoutMs: number | undefined;
	  }
	| {
			readonly type: "mcp";
			/** A request in OpenEnv's dialect of JSON-RPC, whatever it may be. */
			readonly request: object;
	  }
	| { readonly type: "tools" | "state" | "finish" | "close" };

/** The keys of each type beside it. `request_id`, `request_number` and `timeout_s` are ours, and so is `finish`. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
	reset: ["data", "request_id", "request_number"],
	step: ["data", "request_id", "request_number", "timeout_s"],
	state: [],
	mcp: ["data"],
	finish: [],
	close: [],
};

/** Errors: SocketRefusal for what is no JSON; INVALID_FIELD for what is no object. */
export function parseMessage(text: string): Record<string, unknown> {
	let value: unknown;
	try {
		value = parseBody(text);
	} catch (error) {
		throw new SocketRefusal(
			"INVALID_JSON",
			`The message ${(error as NightshiftError).violations[0]?.description}`,
		);
	}
	if (value === undefined)
		throw new SocketRefusal(
			"INVALID_JSON",
			'The message is empty; a JSON object, as {"type": "reset"}.',
		);
	return toObject(value, "");
}

/** Errors: SocketRefusal for a type that is not known; INVALID_FIELD. */
export function readMessage(raw: Readonly<Record<string, unknown>>): Message {
	const { type } = raw;
	const keys =
		typeof type === "string" && Object.hasOwn(KEYS, type)
			? KEYS[type]
			: undefined;
	if (keys === undefined)
		throw new SocketRefusal(
			"UNKNOWN_TYPE",
			`${type === undefined ? "The message has no type" : `The type ${String(JSON.stringify(type)).slice(0, 100)} is not known`}; one of ${Object.keys(KEYS).join(", ")}.`,
		);
	const reader = new Reader(raw);
	reader.refuseOthers(["type", ...keys], `a ${type as string}`);
	switch (type) {
		case "reset": {
			const call = readCall(reader);
			reader.done();
			return { type, data: raw.data, call };
		}
		case "step": {
			const call = readCall(reader);
			const timeoutMs = readTimeout(reader);
			reader.done();
			if (isToolList(raw.data)) return { type: "tools" };
			const action = readAction(raw.data, ["data"]);
			return { type, action, call, timeoutMs };
		}
		case "mcp":
			reader.done();
			return { type, request: toObject(raw.data, "data") };
		default:
			reader.done();
			return { type: type as "state" | "finish" | "close" };
	}
}

/** OpenEnv's question for the tools: an action in form, and none of the environment's. */
function isToolList(data: unknown): boolean {
	return (
		typeof data === "object" &&
		data !== null &&
		(data as Record<string, unknown>).type === "list_tools"
	);
}
