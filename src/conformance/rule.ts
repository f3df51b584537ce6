import { NightshiftRpcError } from "../../clients/typescript/errors.js";
import type { ServerContext } from "./server-context.js";
import type { TaskContext } from "./task-context.js";

/** A promise of the contract, and the check that asks a server for it. */
export type Rule = {
	/** "group.name". */
	readonly id: string;
	/** A sentence: what holds. */
	readonly title: string;
	/** Which part of the contract promises it. */
	readonly contract: string;
	/** Its like in dm_env_rpc's compliance suite and in Gymnasium's checker, or why there is none. */
	readonly counterpart: string;
	/** Left out by --quick: it takes seconds. */
	readonly slow?: boolean;
} & (
	| {
			/** Asked once of a server. */
			readonly of: "server";
			check(context: ServerContext): Promise<void>;
	  }
	| {
			/** Asked of every task that is looked at. */
			readonly of: "task";
			check(context: TaskContext): Promise<void>;
	  }
);

/** A rule does not hold: a sentence with what was expected and what came. */
export class ConformanceFailure extends Error {
	override readonly name = "ConformanceFailure";
}

/** Why a rule says nothing about a task or server. */
export class NotApplicable extends Error {
	override readonly name = "NotApplicable";
}

/** The server says itself that it does not have a call yet. */
export class Unimplemented extends Error {
	override readonly name = "Unimplemented";
}

/** Errors: ConformanceFailure with the sentence, where the condition does not hold. */
export function expect(
	condition: boolean,
	sentence: string | (() => string),
): asserts condition {
	if (!condition)
		throw new ConformanceFailure(
			typeof sentence === "string" ? sentence : sentence(),
		);
}

/** Errors: ConformanceFailure where two values, or the same messages, differ. */
export function expectSame(
	actual: unknown,
	expected: unknown,
	what: string,
): void {
	const path = firstDifference(actual, expected);
	if (path === undefined) return;
	const at = (value: unknown) =>
		shown(
			path
				.split(".")
				.reduce<unknown>(
					(inner, key) =>
						key === "" ? inner : (inner as Record<string, unknown>)?.[key],
					value,
				),
		);
	throw new ConformanceFailure(
		`${what}${path === "" ? "" : `, at ${path}`}: expected ${at(expected)}, got ${at(actual)}.`,
	);
}

/** What a call was refused with. Errors: ConformanceFailure where it was answered. */
export async function refusalOf(
	call: Promise<unknown>,
	what: string,
): Promise<NightshiftRpcError> {
	try {
		await call;
	} catch (error) {
		return NightshiftRpcError.from(error);
	}
	throw new ConformanceFailure(`${what}: expected a refusal, was answered.`);
}

/** Errors: ConformanceFailure where a call is answered, or refused for another reason or without the field. */
export async function expectRefusal(
	call: Promise<unknown>,
	what: string,
	{
		code,
		reason,
		field,
	}: {
		readonly code: string;
		readonly reason: string;
		/** A field that BadRequest must name. */
		readonly field?: string;
	},
): Promise<NightshiftRpcError> {
	const error = await refusalOf(call, what);
	expect(
		error.code === code && error.reason === reason,
		`${what}: expected ${code} (${reason}), got ${describeError(error)}.`,
	);
	expect(
		field === undefined ||
			error.violations.some(
				(violation) =>
					violation.field === field && violation.description !== "",
			),
		`${what}: expected BadRequest with field ${field} and what is allowed, got ${error.violations.map((violation) => violation.field).join(", ") || "no BadRequest"}.`,
	);
	return error;
}

export function describeError(error: NightshiftRpcError): string {
	return `${error.code} (${error.reason || "no ErrorInfo"}: ${error.message.slice(0, 160)})`;
}

/** Path of the first difference of two plain values; empty where they differ as a whole, nothing where they are equal. */
export function firstDifference(a: unknown, b: unknown): string | undefined {
	if (Object.is(a, b)) return undefined;
	if (
		typeof a !== "object" ||
		typeof b !== "object" ||
		a === null ||
		b === null ||
		Array.isArray(a) !== Array.isArray(b)
	)
		return "";
	for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
		const inner = firstDifference(
			(a as Record<string, unknown>)[key],
			(b as Record<string, unknown>)[key],
		);
		if (inner !== undefined) return inner === "" ? key : `${key}.${inner}`;
	}
	return undefined;
}

export function shown(value: unknown): string {
	// Of what JSON does not know: NaN, say.
	const text =
		typeof value === "number"
			? String(value)
			: (JSON.stringify(value) ?? "nothing");
	return text.length > 120 ? `${text.slice(0, 116)} ...` : text;
}
