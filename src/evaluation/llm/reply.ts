import { type Call, type Toolbox, WrongCall } from "../../../proto/tools.js";
import type { Answer } from "./answer.js";
import { MAX_ANSWER_TOKENS } from "./model-client.js";

/** Of a text, where a call is looked for. */
const LONGEST_TEXT = 20_000;
/** Beginnings of objects that are tried in it. */
const MAX_TRIES = 50;
const QUOTED = 200;

/** What a model's answer means: its first tool call, or the JSON in its text. Errors: WrongCall with a sentence for the model. */
export function readReply(
	{ calls, text, cutOff }: Answer,
	toolbox: Toolbox,
): Call {
	const [call] = calls;
	if (call === undefined) return readText(text, cutOff, toolbox);
	const { name, arguments: given } = call.function;
	return toolbox.read(name, parseArguments(name, given, cutOff));
}

function parseArguments(name: string, given: string, cutOff: boolean): unknown {
	if (given.trim() === "") return {};
	try {
		const value: unknown = JSON.parse(given);
		// Some models put the JSON into a string once more.
		return typeof value === "string" ? JSON.parse(value) : value;
	} catch {
		throw new WrongCall(
			`The arguments of ${name} are not valid JSON${cutOff ? tooLong() : ""}: ${given.slice(0, QUOTED)}`,
		);
	}
}

function readText(text: string, cutOff: boolean, toolbox: Toolbox): Call {
	const names = toolbox.tools.map((tool) => tool.name).join(", ");
	const ask = `call one of the tools ${names}`;
	if (text.trim() === "")
		throw new WrongCall(
			`Your answer was empty${cutOff ? tooLong() : ""}; ${ask}.`,
		);
	let wrong: WrongCall | undefined;
	for (const object of objectsIn(text.slice(-LONGEST_TEXT))) {
		const call = toNamedCall(object);
		if (call === undefined) continue;
		try {
			return toolbox.read(call.name, call.given);
		} catch (error) {
			if (!(error instanceof WrongCall)) throw error;
			wrong ??= error;
		}
	}
	throw (
		wrong ??
		new WrongCall(
			`Your answer holds no action${cutOff ? tooLong() : ""}; ${ask}, or write {"tool": NAME, "arguments": {...}}.`,
		)
	);
}

function tooLong(): string {
	return ` (it was cut off at ${MAX_ANSWER_TOKENS} tokens; be brief)`;
}

/** {"tool", "arguments"}, or the like; or {"action", ...arguments}, as the founding document has it. */
function toNamedCall(
	object: Record<string, unknown>,
): { readonly name: string; readonly given: unknown } | undefined {
	const inner = object.function;
	if (typeof inner === "object" && inner !== null)
		return toNamedCall(inner as Record<string, unknown>);
	const { tool, name, action, ...rest } = object;
	const called = tool ?? name ?? action;
	if (typeof called !== "string") return undefined;
	const given = rest.arguments ?? rest.parameters ?? rest.args ?? rest;
	return {
		name: called,
		given: typeof given === "string" ? parseLoosely(given) : given,
	};
}

/** The objects that stand in a text, outermost ones, in their order. */
function* objectsIn(text: string): Generator<Record<string, unknown>> {
	let from = 0;
	for (let tries = 0; tries < MAX_TRIES; tries++) {
		const begin = text.indexOf("{", from);
		if (begin < 0) return;
		const end = endOfObject(text, begin);
		const value =
			end === undefined ? undefined : parseLoosely(text.slice(begin, end));
		if (end === undefined || value === undefined) {
			from = begin + 1;
			continue;
		}
		from = end;
		yield value as Record<string, unknown>;
	}
}

/** Behind the brace that closes the one at a place. */
function endOfObject(text: string, begin: number): number | undefined {
	let depth = 0;
	let quoted = false;
	for (let place = begin; place < text.length; place++) {
		const sign = text[place];
		if (quoted) {
			if (sign === "\\") place++;
			else if (sign === '"') quoted = false;
		} else if (sign === '"') quoted = true;
		else if (sign === "{") depth++;
		else if (sign === "}" && --depth === 0) return place + 1;
	}
	return undefined;
}

function parseLoosely(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
