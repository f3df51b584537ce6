import { printable } from "../results/markup.js";

export type Json =
	| string
	| number
	| boolean
	| null
	| readonly Json[]
	| { readonly [key: string]: Json };

const TEXT_CHARACTERS = 8000;
const KEY_CHARACTERS = 200;
/** Of a list, and fields of an object. */
const MOST_ITEMS = 100;
const MOST_DEPTH = 12;
const JSON_CHARACTERS = 20_000;
const SIGNIFICANT_DIGITS = 6;

/** A text that any reader takes and any screen shows: no control characters, no halves of characters, at most `most` and how many more there were. */
export function boundText(text: string, most = TEXT_CHARACTERS): string {
	const cleaned = printable(text.slice(0, most));
	return text.length > most
		? `${cleaned} ... (${text.length - most} characters more)`
		: cleaned;
}

/**
 * A value as JSON of at most some 20,000 characters: long texts and lists are cut, and say by how much, numbers have six significant digits, what
 * is absent or null has no field. A value that is longer all the same becomes the start of its JSON, as text.
 */
export function boundJson(value: unknown): Json {
	const bounded = boundPart(value, 0);
	const text = JSON.stringify(bounded);
	return text.length > JSON_CHARACTERS
		? boundText(text, JSON_CHARACTERS)
		: bounded;
}

/** The same of an object's fields; where all together are too long, each has its share. */
export function boundFields(fields: object): { readonly [key: string]: Json } {
	const bounded = boundPart(fields, 0) as { readonly [key: string]: Json };
	if (JSON.stringify(bounded).length <= JSON_CHARACTERS) return bounded;
	const entries = Object.entries(bounded);
	const share = Math.floor(JSON_CHARACTERS / entries.length);
	return Object.fromEntries(
		entries.map(([key, part]) => {
			const text = JSON.stringify(part);
			return [key, text.length > share ? boundText(text, share) : part];
		}),
	);
}

function boundPart(value: unknown, depth: number): Json {
	switch (typeof value) {
		case "string":
			return boundText(value);
		case "number":
			return Number.isFinite(value)
				? Number(value.toPrecision(SIGNIFICANT_DIGITS))
				: String(value);
		case "boolean":
			return value;
		case "object":
			break;
		default:
			return null;
	}
	if (value === null) return null;
	if (depth === MOST_DEPTH) return "...";
	if (Array.isArray(value)) return boundList(value, depth);
	const entries = Object.entries(value).filter(
		([, part]) => part !== null && part !== undefined,
	);
	return Object.fromEntries([
		...entries
			.slice(0, MOST_ITEMS)
			.map(([key, part]) => [
				boundText(key, KEY_CHARACTERS),
				boundPart(part, depth + 1),
			]),
		...(entries.length > MOST_ITEMS
			? [["...", `${entries.length - MOST_ITEMS} fields more`]]
			: []),
	]);
}

function boundList(list: readonly unknown[], depth: number): Json {
	const kept = list
		.slice(0, MOST_ITEMS)
		.map((part) => boundPart(part, depth + 1));
	return list.length > MOST_ITEMS
		? [...kept, `... (${list.length - MOST_ITEMS} more)`]
		: kept;
}
