import { setField } from "../../proto/field-path.js";
import type { ActionSpec } from "../../proto/generated/nightshift/v1/ActionSpec.js";
import type { ArgumentSpec } from "../../proto/generated/nightshift/v1/ArgumentSpec.js";
import type { FlatLevel } from "../../proto/generated/nightshift/v1/FlatLevel.js";
import { type FieldViolation, NightshiftError } from "../errors.js";

/**
 * The one table of an environment's actions. From it come the schema that ListTasks tells, the check of every argument, and the flat form;
 * so none of them can say another thing than the others.
 */
export interface ActionRow {
	readonly name: string;
	readonly description: string;
	readonly free?: boolean;
	readonly arguments: readonly ArgumentRow[];
}

interface ArgumentBase {
	/** Field of the action's message; "outer.inner" for a field of a nested message. */
	readonly name: string;
	readonly description: string;
	readonly required?: boolean;
	/** What holds when it is left out, in words. */
	readonly otherwise?: string;
}

export type ArgumentRow = ArgumentBase &
	(
		| {
				readonly type: "number" | "integer";
				readonly minimum: number;
				readonly maximum: number;
				readonly allowed?: readonly number[];
				readonly levels: readonly number[];
		  }
		| { readonly type: "boolean" }
		| {
				readonly type: "choice";
				readonly choices: readonly string[] /** What the contract's enum puts before each. */;
				readonly enumPrefix: string;
		  }
		/** One of the names that the episode's observation tells, at most so many. */
		| { readonly type: "name"; readonly places: number }
	);

export type ArgumentValue = number | boolean | string;

/** Values by argument name; what was not given is missing. */
export type Arguments = Readonly<Record<string, ArgumentValue>>;

/**
 * Reads an action's arguments out of its message; `names` are the episode's, for arguments of that type. Throws INVALID_FIELD that names every
 * argument at fault and what is allowed.
 */
export function readArguments(
	row: ActionRow,
	message: object,
	names: readonly string[] = [],
): Arguments {
	const values: Record<string, ArgumentValue> = {};
	const violations: FieldViolation[] = [];
	for (const argument of row.arguments) {
		const given = fieldOf(message, argument.name);
		const field = `action.${row.name}.${argument.name}`;
		if (given === undefined || given === null || given === unset(argument)) {
			if (argument.required === true)
				violations.push({
					field,
					description: `is missing; ${allowed(argument, names)}.`,
				});
			continue;
		}
		const value = accept(argument, given, names);
		if (value === undefined)
			violations.push({
				field,
				description: `${shown(argument, given)} is not allowed; ${allowed(argument, names)}.`,
			});
		else values[argument.name] = value;
	}
	if (violations.length > 0) throw NightshiftError.invalid(violations);
	return values;
}

/** The table as the contract tells it. */
export function toActionSpecs(rows: readonly ActionRow[]): ActionSpec[] {
	return rows.map((row) => ({
		name: row.name,
		description: row.description,
		free: row.free === true,
		arguments: row.arguments.map(toArgumentSpec),
	}));
}

/** How many levels each column of the flat form has: the action, then every argument of every action. */
export function flatColumns(rows: readonly ActionRow[]): number[] {
	return [
		rows.length,
		...rows.flatMap((row) =>
			row.arguments.map((argument) => flatLevels(argument).length),
		),
	];
}

/**
 * The action and its arguments that a row of level indices means; a name stands there by its place. Throws INVALID_FIELD for a wrong length or
 * an index out of range.
 */
export function readFlatAction(
	rows: readonly ActionRow[],
	levels: readonly number[],
): { row: ActionRow; message: object } {
	const columns = flatColumns(rows);
	if (levels.length !== columns.length) {
		throw NightshiftError.invalid([
			{
				field: "action.flat.levels",
				description: `has ${levels.length} entries; ${columns.length} are needed, one for the action and one for each argument in the order of Task.actions.`,
			},
		]);
	}
	const violations = levels.flatMap((level, column) => {
		const count = columns[column] as number;
		return level < count
			? []
			: [
					{
						field: `action.flat.levels[${column}]`,
						description: `${level} is not allowed; 0 to ${count - 1}.`,
					},
				];
	});
	if (violations.length > 0) throw NightshiftError.invalid(violations);
	const chosen = levels[0] as number;
	const row = rows[chosen] as ActionRow;
	const message: Record<string, unknown> = {};
	let column =
		1 +
		rows
			.slice(0, chosen)
			.reduce((sum, { arguments: list }) => sum + list.length, 0);
	for (const argument of row.arguments) {
		const level = flatLevels(argument)[levels[column++] as number] as FlatLevel;
		const value = level.number ?? level.boolean ?? level.choice;
		if (value !== undefined)
			setField(
				message,
				argument.name.split("."),
				argument.type === "choice" ? toEnum(argument, value as string) : value,
			);
	}
	return { row, message };
}

function fieldOf(message: object, path: string): unknown {
	let value: unknown = message;
	for (const name of path.split("."))
		value = (value as Record<string, unknown> | null | undefined)?.[name];
	return value;
}

function accept(
	argument: ArgumentRow,
	given: unknown,
	names: readonly string[],
): ArgumentValue | undefined {
	switch (argument.type) {
		case "number":
		case "integer": {
			if (
				typeof given !== "number" ||
				!(given >= argument.minimum && given <= argument.maximum)
			)
				return undefined;
			if (argument.type === "integer" && !Number.isInteger(given))
				return undefined;
			return argument.allowed === undefined || argument.allowed.includes(given)
				? given
				: undefined;
		}
		case "boolean":
			return typeof given === "boolean" ? given : undefined;
		case "choice":
			return typeof given === "string"
				? argument.choices.find((choice) => toEnum(argument, choice) === given)
				: undefined;
		case "name":
			return typeof given === "number"
				? names[given]
				: names.find((name) => name === given);
	}
}

function allowed(argument: ArgumentRow, names: readonly string[]): string {
	switch (argument.type) {
		case "number":
			return `a number from ${argument.minimum} to ${argument.maximum}`;
		case "integer":
			return argument.allowed === undefined
				? `a whole number from ${argument.minimum} to ${argument.maximum}`
				: `one of ${argument.allowed.join(", ")}`;
		case "boolean":
			return "true or false";
		case "choice":
			return `one of ${argument.choices.map((choice) => toEnum(argument, choice)).join(", ")}`;
		case "name":
			return `one of ${names.join(", ")}`;
	}
}

function shown(argument: ArgumentRow, given: unknown): string {
	return argument.type === "choice" && typeof given === "number"
		? `enum value ${given}`
		: String(given);
}

function toEnum(
	argument: ArgumentRow & { type: "choice" },
	choice: string,
): string {
	return `${argument.enumPrefix}${choice.toUpperCase()}`;
}

/** What stands in a message for an argument that was not given, where that is not simply absent. */
function unset(argument: ArgumentRow): string | undefined {
	switch (argument.type) {
		case "choice":
			return `${argument.enumPrefix}UNSPECIFIED`;
		case "name":
			return "";
		default:
			return undefined;
	}
}

function toArgumentSpec(argument: ArgumentRow): ArgumentSpec {
	return {
		name: argument.name,
		description: argument.description,
		type: `ARGUMENT_TYPE_${argument.type.toUpperCase() as "NUMBER" | "INTEGER" | "BOOLEAN" | "CHOICE" | "NAME"}`,
		required: argument.required === true,
		...("minimum" in argument && {
			minimum: argument.minimum,
			maximum: argument.maximum,
		}),
		choices:
			argument.type === "choice"
				? [...argument.choices]
				: argument.type === "integer"
					? (argument.allowed ?? []).map(String)
					: [],
		default_value: argument.otherwise ?? "",
		levels: flatLevels(argument),
	};
}

/** Level 0 of an optional argument leaves it unchanged. */
function flatLevels(argument: ArgumentRow): FlatLevel[] {
	const unchanged: FlatLevel[] =
		argument.required === true ? [] : [{ label: "unchanged" }];
	switch (argument.type) {
		case "number":
		case "integer":
			return [
				...unchanged,
				...argument.levels.map((number) => ({ label: String(number), number })),
			];
		case "boolean":
			return [
				...unchanged,
				...[false, true].map((boolean) => ({
					label: String(boolean),
					boolean,
				})),
			];
		case "choice":
			return [
				...unchanged,
				...argument.choices.map((choice) => ({ label: choice, choice })),
			];
		case "name":
			return [
				...unchanged,
				...Array.from({ length: argument.places }, (_, place) => ({
					label: `place ${place}`,
					number: place,
				})),
			];
	}
}
