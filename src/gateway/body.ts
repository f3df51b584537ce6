import { NightshiftError } from "../errors.js";

/** Levels of objects and lists in a body; an action has four. */
const DEEPEST = 32;

/**
 * A body as JSON; an empty one is absent. Errors: INVALID_FIELD for what is no JSON, and for nesting that
 * nothing here needs.
 */
export function parseBody(text: string): unknown {
	if (text.trim() === "") return undefined;
	if (depthOf(text) > DEEPEST)
		throw refused(
			`is nested more than ${DEEPEST} levels deep; an action has four.`,
		);
	try {
		return JSON.parse(text);
	} catch (error) {
		throw refused(
			`is no JSON: ${(error as Error).message.replaceAll(/[^\x20-\x7e]/g, "?")}.`,
		);
	}
}

function refused(description: string): NightshiftError {
	return NightshiftError.invalid([{ field: "", description }]);
}

/** How deep brackets open, outside of texts. */
function depthOf(text: string): number {
	let depth = 0;
	let deepest = 0;
	let isText = false;
	for (let at = 0; at < text.length; at++) {
		const letter = text[at];
		if (isText) {
			if (letter === "\\") at += 1;
			else if (letter === '"') isText = false;
		} else if (letter === '"') isText = true;
		else if (letter === "{" || letter === "[") {
			depth += 1;
			deepest = Math.max(deepest, depth);
		} else if (letter === "}" || letter === "]") depth -= 1;
	}
	return deepest;
}
