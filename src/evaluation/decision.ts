import type { Decision } from "./agent.js";

const KEYS = ["action", "declare", "usage", "note"];
/** Characters of a decision as JSON. */
const LONGEST = 100_000;
const USAGE_KEYS = ["requests", "inputTokens", "outputTokens", "cost"];

/**
 * What an agent answered to a turn, checked: agents come in languages without types. Nothing, null, {} or an action of null leave the episode.
 * Errors: an Error with a sentence.
 */
export function readDecision(value: unknown): Decision {
	if (value === undefined || value === null) return {};
	if (!isObject(value))
		throw wrong(value, 'an object such as {"action": {"wait": {}}}');
	checkSize(value);
	const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
	if (unknown !== undefined)
		throw wrong(
			value,
			`"${unknown}" does not belong there; a decision has ${KEYS.join(", ")}, and the action stands inside: {"action": {"wait": {}}}`,
		);
	const { action, declare, usage, note } = value;
	for (const [name, part] of Object.entries({ action, declare, usage }))
		if (part !== undefined && part !== null && !isObject(part))
			throw wrong(value, `${name} is an object`);
	if (note !== undefined && note !== null && typeof note !== "string")
		throw wrong(value, "note is a text");
	if (isObject(usage)) checkUsage(usage);
	return {
		...(isObject(action) && { action }),
		...(isObject(declare) && { declare }),
		...(isObject(usage) && { usage }),
		...(typeof note === "string" && { note }),
	} as unknown as Decision;
}

/** A record of an episode is one line of text, of at most 1,002 refused decisions and those that the server takes. */
function checkSize(value: object): void {
	let length: number;
	try {
		length = JSON.stringify(value).length;
	} catch (error) {
		throw new Error(
			`the agent answered what is no JSON (${(error as Error).message.split("\n")[0]}); a decision is plain data.`,
			{ cause: error },
		);
	}
	if (length > LONGEST)
		throw new Error(
			`the agent answered a decision of ${length} characters; at most ${LONGEST} are allowed.`,
		);
}

function checkUsage(usage: Readonly<Record<string, unknown>>): void {
	const sound =
		Object.keys(usage).every((key) => USAGE_KEYS.includes(key)) &&
		USAGE_KEYS.every((key) => {
			const value = usage[key];
			if (key === "cost" && value === undefined) return true;
			return Number.isFinite(value) && (value as number) >= 0;
		});
	if (!sound)
		throw wrong(
			usage,
			"usage has requests, inputTokens and outputTokens, and cost (US dollars) where it is known: numbers from 0",
		);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Characters of what was answered that are shown. */
const SHOWN = 200;

function wrong(value: unknown, what: string): Error {
	return new Error(
		`the agent answered ${(JSON.stringify(value) ?? String(value)).slice(0, SHOWN)}, which is no decision: ${what}.`,
	);
}
