import type { StepResponse } from "../../../proto/generated/nightshift/v1/StepResponse.js";
import { NightshiftError, REASONS } from "../../errors.js";
import { andThen, type Soon } from "../../sessions/soon.js";
import type { Episode } from "../episodes.js";
import { HttpRefusal } from "../http-error.js";
import { writeStepReply } from "../replies.js";
import { environmentsOf } from "./catalogue.js";
import type { Exchange } from "./exchange.js";
import { toRefused } from "./told.js";
import type { ToolCalls } from "./tool-calls.js";

/** JSON-RPC's codes, and OpenEnv's for a server without room. */
export const RPC = {
	noJson: -32700,
	noRequest: -32600,
	noMethod: -32601,
	wrongParams: -32602,
	failed: -32603,
	noRoom: -32000,
} as const;

export type RpcId = string | number | null;

/** A request that is refused before any session is asked. */
class Refusal extends Error {
	constructor(
		readonly code: number,
		message: string,
	) {
		super(message);
	}
}

const KEYS = ["jsonrpc", "id", "method", "params"];
const METHODS = [
	"tools/list",
	"tools/call",
	"openenv/session/create",
	"openenv/session/close",
];

/**
 * OpenEnv's dialect of JSON-RPC, which is not MCP: sessions are opened and named by methods of its own, results are in snake_case, and a tool
 * that fails is an error. A tool call is a step: it is counted and paid, and its result tells reward and done. Where no session_id is given the
 * client's only live session is meant, and none is made to be thrown away.
 */
export class OpenEnvRpc {
	constructor(readonly tools: ToolCalls) {}

	/** The text of the answer to any JSON. */
	answer(message: unknown, exchange: Exchange): Soon<string> {
		const id = idOf(message);
		try {
			const { method, params } = readRequest(message);
			const result = andThen(
				this.perform(method, params, exchange),
				(result) =>
					`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`,
			);
			return result instanceof Promise
				? result.catch((error: unknown) => this.failed(id, error, exchange))
				: result;
		} catch (error) {
			return this.failed(id, error, exchange);
		}
	}

	private perform(
		method: string,
		params: Params,
		exchange: Exchange,
	): Soon<string> {
		switch (method) {
			case "tools/list":
				return toText(this.list(params, exchange));
			case "tools/call":
				return this.call(params, exchange);
			case "openenv/session/create":
				return this.create(params, exchange).then(toText);
			case "openenv/session/close":
				return this.close(params, exchange).then(toText);
			default:
				throw new Refusal(
					RPC.noMethod,
					`Method not found: ${method.slice(0, 100)}; one of ${METHODS.join(", ")}.`,
				);
		}
	}

	/** Of a connection that has its session it tells that one's. Its id is good at every door. */
	private async create(params: Params, exchange: Exchange): Promise<object> {
		const { own } = exchange;
		if (own?.episode === undefined) {
			const opened =
				own === undefined
					? (await this.tools.open(params, exchange)).episode
					: await own.open(params);
			return { session_id: opened.session.record.id };
		}
		if (Object.keys(params).length > 0)
			throw new Refusal(
				RPC.wrongParams,
				"There is a session here already: leave params out to be told its id, and start its next episode with a reset.",
			);
		return { session_id: own.episode.session.record.id };
	}

	private list(params: Params, exchange: Exchange): object {
		const { mount, calls } = this.tools;
		const isOfNone =
			params.session_id === undefined && exchange.own?.episode === undefined;
		const names = isOfNone
			? environmentsOf(mount)
			: [this.find(params, exchange).session.record.episode.environment];
		return {
			tools: names.flatMap((name) =>
				(calls.toolboxes.get(name)?.tools ?? []).map(
					({ name, description, parameters }) => ({
						name,
						description,
						inputSchema: parameters,
					}),
				),
			),
		};
	}

	private call(params: Params, exchange: Exchange): Soon<string> {
		const { name, arguments: given = {} } = params;
		if (typeof name !== "string")
			throw new Refusal(
				RPC.wrongParams,
				`params.name is missing; the name of a tool: one of ${this.tools.names.join(", ")}.`,
			);
		const episode = this.find(params, exchange);
		return this.tools.act(
			episode,
			name,
			given,
			exchange,
			["params", "arguments"],
			writeCallResult,
		);
	}

	private async close(params: Params, exchange: Exchange): Promise<object> {
		if (params.session_id === undefined && exchange.own === undefined)
			throw new Refusal(
				RPC.wrongParams,
				"params.session_id is missing; the id that openenv/session/create told.",
			);
		const { session } = this.find(params, exchange);
		await session.close();
		return { session_id: session.record.id, closed: true };
	}

	private find({ session_id }: Params, exchange: Exchange): Episode {
		const { own } = exchange;
		if (session_id !== undefined && typeof session_id !== "string")
			throw new Refusal(
				RPC.wrongParams,
				"params.session_id is not allowed; the text that openenv/session/create told.",
			);
		if (session_id === undefined && own !== undefined) {
			if (own.episode !== undefined) return own.episode;
			throw new Refusal(
				RPC.wrongParams,
				"There is no session here; a reset, or openenv/session/create, starts one.",
			);
		}
		try {
			return this.tools.find(exchange, session_id);
		} catch (error) {
			if (isUnknown(error))
				throw new Refusal(
					RPC.wrongParams,
					session_id === undefined
						? "You have no live session here, or more than one; openenv/session/create makes one, and params.session_id says which is meant."
						: `Unknown session_id; openenv/session/create makes a session. ${(error as Error).message}`,
				);
			throw error;
		}
	}

	private failed(id: RpcId, error: unknown, { onError }: Exchange): string {
		if (error instanceof Refusal)
			return rpcError(id, error.code, error.message);
		if (!(error instanceof HttpRefusal)) {
			const known = NightshiftError.from(error);
			onError(known);
			error = known;
		}
		const { message, ...data } = toRefused(error);
		return rpcError(
			id,
			data.reason === "TOO_MANY_SESSIONS" ? RPC.noRoom : RPC.failed,
			message,
			data.reason === "TOO_MANY_SESSIONS" ? { ...data, ...this.room() } : data,
		);
	}

	private room(): object {
		const { taken, limit } = this.tools.calls.sessions.slots;
		return { active_sessions: taken, max_sessions: limit };
	}
}

type Params = Readonly<Record<string, unknown>>;

export function rpcError(
	id: RpcId,
	code: number,
	message: string,
	data?: unknown,
): string {
	return JSON.stringify({
		jsonrpc: "2.0",
		id,
		error: { code, message, ...(data !== undefined && { data }) },
	});
}

export function idOf(message: unknown): RpcId {
	const { id } = (message ?? {}) as { id?: unknown };
	return typeof id === "string" || Number.isSafeInteger(id)
		? (id as RpcId)
		: null;
}

function readRequest(message: unknown): {
	readonly method: string;
	readonly params: Params;
} {
	if (!isObject(message))
		throw new Refusal(
			Array.isArray(message) ? RPC.noJson : RPC.noRequest,
			"A request is one JSON object: jsonrpc, id, method, params.",
		);
	const { jsonrpc, method, params = {} } = message;
	const [strange] = Object.keys(message).filter((key) => !KEYS.includes(key));
	if (strange !== undefined)
		throw new Refusal(
			RPC.noRequest,
			`${strange.slice(0, 100)} is no key of a request; one of ${KEYS.join(", ")}.`,
		);
	if (jsonrpc !== "2.0")
		throw new Refusal(RPC.noRequest, 'jsonrpc must be "2.0".');
	if (typeof method !== "string")
		throw new Refusal(
			RPC.noRequest,
			`method is missing; one of ${METHODS.join(", ")}.`,
		);
	const given = params ?? {};
	if (!isObject(given))
		throw new Refusal(RPC.wrongParams, "params must be a JSON object.");
	return { method, params: given };
}

function isObject(value: unknown): value is Params {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toText(result: object): string {
	return JSON.stringify(result);
}

/** What OpenEnv's client gives back is `data`. */
function writeCallResult(episode: Episode, response: StepResponse): string {
	const text = response.observation?.text;
	const content =
		typeof text === "string" ? JSON.stringify([{ type: "text", text }]) : "[]";
	return (
		`{"content":${content},"structured_content":null,"meta":null` +
		`,"data":${writeStepReply(episode, response)},"is_error":false}`
	);
}

/** Nobody's session, or not told which. */
function isUnknown(error: unknown): boolean {
	return (
		error instanceof HttpRefusal ||
		(error instanceof NightshiftError &&
			REASONS[error.reason].code === "NOT_FOUND")
	);
}
