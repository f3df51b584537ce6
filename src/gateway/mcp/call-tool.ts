import type { CallToolResult } from "@modelcontextprotocol/server";
import { NightshiftError } from "../../errors.js";
import type { Episode } from "../episodes.js";
import { HttpRefusal } from "../http-error.js";
import { type Reply, toStepReply } from "../replies.js";
import { SESSION, SESSION_TOOLS } from "./catalogue.js";
import type { Asker, Exchange } from "./exchange.js";
import { toRefused } from "./told.js";
import type { ToolCalls } from "./tool-calls.js";

/**
 * A call of a tool in MCP's form. What the agent did wrong, and what the server cannot do now, is a result that says so (isError), for the
 * model to read: clients take a JSON-RPC error for a broken connection and ask again. Errors: a defect of the server's, and that alone.
 */
export async function callTool(
	tools: ToolCalls,
	name: string,
	given: Readonly<Record<string, unknown>>,
	exchange: Exchange,
): Promise<CallToolResult> {
	try {
		return await answer(tools, name, given, exchange);
	} catch (thrown) {
		if (!(thrown instanceof HttpRefusal)) {
			const known = NightshiftError.from(thrown);
			exchange.onError(known);
			if (known.reason === "INTERNAL") throw known;
		}
		const error = toRefused(thrown);
		return {
			content: [{ type: "text", text: error.message }],
			structuredContent: { error },
			isError: true,
		};
	}
}

async function answer(
	tools: ToolCalls,
	name: string,
	given: Readonly<Record<string, unknown>>,
	exchange: Exchange,
): Promise<CallToolResult> {
	const { [SESSION]: session, ...rest } = given;
	const { own } = exchange;
	const find = () =>
		session === undefined && own?.episode !== undefined
			? own.episode
			: findSession(tools, exchange, session);
	switch (name) {
		case "reset": {
			// The text of an observation is what models read.
			const asked = { views: ["typed", "text"], ...rest };
			const reply =
				session === undefined && own?.episode === undefined
					? (await tools.open(asked, exchange)).reply
					: await tools.restart(find(), asked, exchange);
			return toResult(reply, beginning(tools, reply));
		}
		case "state": {
			refuseOthers(rest, name);
			const { episode_id, ...state } = tools.calls.state(find());
			return told({ [SESSION]: episode_id, ...state });
		}
		case "finish":
			refuseOthers(rest, name);
			return toResult(await tools.calls.finish(find(), exchange.signal));
		case "close": {
			refuseOthers(rest, name);
			const episode = find();
			await episode.session.close();
			return told({ [SESSION]: episode.id, closed: true });
		}
		default:
			if (!tools.has(name))
				throw new NightshiftError(
					"WRONG_ACTION",
					`There is no tool "${name.slice(0, 100)}"; one of ${[...SESSION_TOOLS, ...tools.names].join(", ")}.`,
				);
			return toResult(
				await tools.act(find(), name, rest, exchange, [], toStepReply),
			);
	}
}

function findSession(
	tools: ToolCalls,
	{ own, ...asker }: Asker & Pick<Exchange, "own">,
	session: unknown,
): Episode {
	if (session === undefined && own !== undefined)
		throw new NightshiftError(
			"SESSION_LOST",
			"There is no session here, or no more; reset starts one.",
		);
	if (typeof session !== "string" || session === "")
		throw NightshiftError.invalid([
			{
				field: SESSION,
				description: `${session === undefined || session === null ? "is missing" : "is not allowed"}; the handle of a session, a text that reset tells.`,
			},
		]);
	try {
		return tools.find(asker, session);
	} catch (error) {
		if (!(error instanceof HttpRefusal)) throw error;
		throw new NightshiftError(
			"SESSION_LOST",
			"There is no session of this handle; reset starts one and tells its handle.",
		);
	}
}

function refuseOthers(rest: object, name: string): void {
	const [key] = Object.keys(rest);
	if (key !== undefined)
		throw NightshiftError.invalid([
			{
				field: key.slice(0, 100),
				description: `is no argument of ${name}; it takes ${SESSION}.`,
			},
		]);
}

/** What a model reads is the observation's text, where the session has one; programs read the rest. */
function toResult(reply: Reply, before = ""): CallToolResult {
	const { observation, reward, done, metadata } = reply;
	const { step_count, replayed, episode_id, timing } = reply;
	const { text, metadata: _, ...shown } = observation;
	const structured = {
		[SESSION]: episode_id,
		observation:
			text === undefined || Object.keys(shown).length === 0
				? observation
				: shown,
		reward,
		done,
		step_count,
		metadata,
		...(replayed && { replayed }),
	};
	return {
		content: [
			{
				type: "text",
				text: `${before}${typeof text === "string" ? text : JSON.stringify(shown)}${after(reply)}`,
			},
		],
		structuredContent: structured,
		// It tells of the server's work and not of the episode.
		...(timing !== undefined && { _meta: { "nightshift/timing": timing } }),
	};
}

function beginning(
	{ calls }: ToolCalls,
	{ episode_id, metadata }: Reply,
): string {
	const task = calls.tasks.find(({ id }) => id === metadata.task_id);
	return [
		`${SESSION}: ${episode_id}`,
		`Task ${task?.id}: ${task?.description}`,
		`Goal: ${task?.goal}`,
		"",
	].join("\n");
}

function after({ reward, done, metadata }: Reply): string {
	if (reward === null) return "";
	const { result } = metadata as { result?: { score?: number | null } };
	const score = result?.score;
	return [
		`\nReward: ${reward.toFixed(3)}.`,
		...(done ? ["The episode is over; reset starts the next one."] : []),
		...(typeof score === "number" ? [`Score: ${score.toFixed(3)}.`] : []),
	].join(" ");
}

function told(structuredContent: Record<string, unknown>): CallToolResult {
	return {
		content: [{ type: "text", text: JSON.stringify(structuredContent) }],
		structuredContent,
	};
}
