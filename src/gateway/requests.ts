import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import { type FieldViolation, NightshiftError } from "../errors.js";
import { type Mount, readTask } from "./mount.js";

/** JSON requests are read here, whole; what comes out is in the words of the contract. Fields of errors are paths in the request. */

const LONGEST_ID = 255;
const LONGEST_TIMEOUT_S = 86_400;
const GREATEST = 2n ** 64n - 1n;

/** What a reset asks for; what it leaves out is absent. */
export interface ResetAsked {
	readonly episodeId: string | undefined;
	/** That it names. */
	readonly task: Task__Output | undefined;
	/** Decimal. */
	readonly seed: string | undefined;
	readonly split: string | undefined;
	readonly rewardMode: string | undefined;
	readonly views: readonly string[] | undefined;
	readonly leaseSeconds: number | undefined;
	readonly call: CallAsked;
}

/** What makes a call the same one when it is repeated. */
export interface CallAsked {
	/** The contract's, decimal. */
	readonly requestNumber: string | undefined;
	/** OpenEnv's: any text. */
	readonly requestId: string | undefined;
}

/** Which action a step takes, and where in the request its parts stand. */
export interface ActionAsked {
	readonly name: string;
	readonly given: unknown;
	/** Path of the name. */
	readonly namePath: readonly string[];
	/** Path of the object that holds the arguments. */
	readonly path: readonly string[];
	/** Out of the action's own metadata, the one place that OpenEnv's WebSocket has for it. */
	readonly requestId: string | undefined;
}

export interface StepAsked {
	readonly episodeId: string | undefined;
	readonly action: ActionAsked;
	readonly timeoutMs: number | undefined;
	readonly call: CallAsked;
}

const RESET_KEYS = [
	"episode_id",
	"task_id",
	"task_tier",
	"seed",
	"split",
	"reward_mode",
	"views",
	"lease_seconds",
	"request_number",
	"request_id",
];

/** Keys of a step's body beside the action and, in the flat form, its arguments. */
const STEP_KEYS = [
	"episode_id",
	"timeout_s",
	"request_number",
	"request_id",
	"metadata",
];

/** `body` absent or null: all is left out. Errors: INVALID_FIELD. */
export function readResetBody(body: unknown, mount: Mount): ResetAsked {
	const from = toObject(body ?? {}, "");
	const read = new Reader(from);
	read.refuseOthers(RESET_KEYS, "a reset");
	const asked: ResetAsked = {
		episodeId: read.text("episode_id"),
		task: readTask(mount, from.task_id, from.task_tier, read.violations),
		seed: read.whole("seed"),
		split: read.choice("split", "SPLIT_", ["train", "validation", "test"]),
		rewardMode: read.choice("reward_mode", "REWARD_MODE_", ["shaped", "score"]),
		views: read.choices("views", "VIEW_", ["typed", "flat", "text"]),
		leaseSeconds: read.number("lease_seconds", 10, 86_400),
		call: readCall(read),
	};
	read.done();
	return asked;
}

/**
 * The flat body, {"action": "restart", "service_id": ...}, or OpenEnv's, {"action": {...}}, whose object is what `readAction` reads. Errors:
 * INVALID_FIELD.
 */
export function readStepBody(body: unknown): StepAsked {
	const from = toObject(body, "");
	const read = new Reader(from);
	const isFlat = typeof from.action === "string";
	if (!isFlat) read.refuseOthers(["action", ...STEP_KEYS], "a step");
	if (from.action === undefined || from.action === null)
		read.wrong(
			"action",
			"is missing; the name of an action with its arguments beside it, or an object that holds them.",
		);
	const asked = {
		episodeId: read.text("episode_id"),
		timeoutMs: readTimeout(read),
		call: readCall(read),
	};
	read.done();
	const action = isFlat
		? readAction(without(from, STEP_KEYS), [])
		: readAction(from.action, ["action"]);
	return { ...asked, action };
}

/**
 * An action as one object: {"action": "restart", "service_id": ...}, or a call of a tool, {"type": "call_tool", "tool_name": "restart",
 * "arguments": {...}}. `metadata` may stand in either. `path` is where the object stands. Errors: INVALID_FIELD.
 */
export function readAction(
	object: unknown,
	path: readonly string[],
): ActionAsked {
	const from = toObject(object, path.join("."));
	const read = new Reader(from, path);
	const { type, tool_name, action } = from;
	const isTool = tool_name !== undefined || type === "call_tool";
	const metadata = toObject(
		from.metadata ?? {},
		[...path, "metadata"].join("."),
	);
	const requestId = new Reader(metadata, [...path, "metadata"]).text(
		"request_id",
	);
	if (isTool) {
		read.refuseOthers(
			["type", "tool_name", "arguments", "metadata"],
			"a call of a tool",
		);
		if (type !== undefined && type !== "call_tool")
			read.wrong("type", `${shown(type)} is not allowed; "call_tool".`);
		if (typeof tool_name !== "string")
			read.wrong("tool_name", "is missing; the name of an action.");
		read.done();
		return {
			name: tool_name as string,
			given: from.arguments ?? {},
			namePath: [...path, "tool_name"],
			path: [...path, "arguments"],
			requestId,
		};
	}
	if (typeof action !== "string") {
		read.wrong(
			"action",
			action === undefined
				? "is missing; the name of an action, with its arguments beside it."
				: `${shown(action)} is not allowed; the name of an action, with its arguments beside it.`,
		);
		read.done();
	}
	return {
		name: action as string,
		given: without(from, ["action", "metadata"]),
		namePath: [...path, "action"],
		path,
		requestId,
	};
}

/** Reads a query of which each key is there once. Errors: INVALID_FIELD. */
export function readQuery<Key extends string>(
	query: unknown,
	keys: readonly Key[],
): Partial<Record<Key, string>> {
	const from = query as Record<string, unknown>;
	const read = new Reader(from);
	read.refuseOthers(keys, "this query");
	for (const key of keys)
		if (from[key] !== undefined && typeof from[key] !== "string")
			read.wrong(key, "is there more than once; once.");
	read.done();
	return from as Partial<Record<Key, string>>;
}

/** The body of a call that is about an episode and nothing more. Errors: INVALID_FIELD. */
export function readEpisodeBody(body: unknown): string | undefined {
	const from = toObject(body ?? {}, "");
	const read = new Reader(from);
	read.refuseOthers(["episode_id"], "this call");
	const id = read.text("episode_id");
	read.done();
	return id;
}

/** Reads the fields of an object and gathers what is wrong with them. */
export class Reader {
	readonly violations: FieldViolation[] = [];

	constructor(
		private readonly from: Readonly<Record<string, unknown>>,
		private readonly path: readonly string[] = [],
	) {}

	wrong(key: string, description: string): undefined {
		this.violations.push({
			field: [...this.path, key].join("."),
			description,
		});
	}

	refuseOthers(keys: readonly string[], owner: string): void {
		for (const key of Object.keys(this.from))
			if (!keys.includes(key))
				this.wrong(key, `is no key of ${owner}; one of ${keys.join(", ")}.`);
	}

	text(key: string): string | undefined {
		const value = this.given(key);
		if (value === undefined) return undefined;
		if (
			typeof value === "string" &&
			value.length >= 1 &&
			value.length <= LONGEST_ID
		)
			return value;
		return this.wrong(
			key,
			`${typeof value === "string" ? `has ${value.length} characters` : `${shown(value)} is not allowed`}; a text of 1 to ${LONGEST_ID} characters.`,
		);
	}

	/** 0 to 2^64-1, in decimal. What JSON cannot hold exactly must come as a text. */
	whole(key: string): string | undefined {
		const value = this.given(key);
		if (value === undefined) return undefined;
		if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0)
			return String(value);
		if (
			typeof value === "string" &&
			/^\d{1,20}$/.test(value) &&
			BigInt(value) <= GREATEST
		)
			return String(BigInt(value));
		return this.wrong(
			key,
			`${shown(value)} is not allowed; a whole number from 0 to ${GREATEST}, as a text above ${Number.MAX_SAFE_INTEGER}.`,
		);
	}

	number(key: string, minimum: number, maximum: number): number | undefined {
		const value = this.given(key);
		if (value === undefined) return undefined;
		if (typeof value === "number" && value >= minimum && value <= maximum)
			return value;
		return this.wrong(
			key,
			`${shown(value)} is not allowed; a number from ${minimum} to ${maximum}.`,
		);
	}

	/** A name of `names`, as the value of the contract's enum that it means. */
	choice(
		key: string,
		prefix: string,
		names: readonly string[],
	): string | undefined {
		const value = this.given(key);
		if (value === undefined) return undefined;
		if (typeof value === "string" && names.includes(value))
			return `${prefix}${value.toUpperCase()}`;
		return this.wrong(
			key,
			`${shown(value)} is not allowed; one of ${names.join(", ")}.`,
		);
	}

	choices(
		key: string,
		prefix: string,
		names: readonly string[],
	): readonly string[] | undefined {
		const value = this.given(key);
		if (value === undefined) return undefined;
		const list = Array.isArray(value) ? value : [];
		if (
			list.length > 0 &&
			list.every((name) => names.includes(name)) &&
			new Set(list).size === list.length
		)
			return list.map((name: string) => `${prefix}${name.toUpperCase()}`);
		return this.wrong(
			key,
			`${shown(value)} is not allowed; a list of ${names.join(", ")}, each at most once.`,
		);
	}

	/** Errors: INVALID_FIELD, where something was wrong. */
	done(): void {
		if (this.violations.length > 0)
			throw NightshiftError.invalid(this.violations);
	}

	private given(key: string): unknown {
		return this.from[key] ?? undefined;
	}
}

/** In milliseconds. */
export function readTimeout(read: Reader): number | undefined {
	const seconds = read.number("timeout_s", 0.001, LONGEST_TIMEOUT_S);
	return seconds === undefined ? undefined : seconds * 1000;
}

/** Of a step or a reset. */
export function readCall(read: Reader): CallAsked {
	return {
		requestNumber: read.whole("request_number"),
		requestId: read.text("request_id"),
	};
}

export function toObject(
	value: unknown,
	field: string,
): Record<string, unknown> {
	if (typeof value === "object" && value !== null && !Array.isArray(value))
		return value as Record<string, unknown>;
	throw NightshiftError.invalid([
		{
			field,
			description:
				value === undefined
					? "is missing; a JSON object."
					: `${shown(value)} is not allowed; a JSON object.`,
		},
	]);
}

function without(
	from: Readonly<Record<string, unknown>>,
	keys: readonly string[],
): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(from).filter(([key]) => !keys.includes(key)),
	);
}

function shown(value: unknown): string {
	return Array.isArray(value)
		? "a list"
		: typeof value === "object" && value !== null
			? "an object"
			: JSON.stringify(value);
}
