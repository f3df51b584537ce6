import type protobuf from "protobufjs";
import { lookupType } from "./contract-files.js";
import { enumPrefix, setField, zeroPrefix } from "./field-path.js";
import type { Action } from "./generated/nightshift/v1/Action.js";
import type { SreDeclaration } from "./generated/nightshift/v1/SreDeclaration.js";
import type { Task__Output } from "./generated/nightshift/v1/Task.js";

/** A function that a model can call, as chat completions describe it. */
export interface Tool {
	readonly name: string;
	readonly description: string;
	readonly parameters: JsonSchema;
}

/** As much of JSON Schema as arguments need. */
export interface JsonSchema {
	readonly type: "object" | "string" | "number" | "integer" | "boolean";
	readonly description?: string;
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	readonly enum?: readonly string[];
	readonly minimum?: number;
	readonly maximum?: number;
}

/** What a call comes to. */
export interface Call {
	readonly action: Action;
	readonly declare?: SreDeclaration;
}

/** One thing that is wrong with a call. */
export interface Wrong {
	/** Dotted name of the argument; empty for the tool itself, or for its arguments as a whole. */
	readonly field: string;
	/** What is wrong with it, and what is allowed. */
	readonly description: string;
}

/** A call that means no action. Its message is a sentence for the model that says what is allowed: of the first thing that is wrong. */
export class WrongCall extends Error {
	override readonly name = "WrongCall";

	constructor(
		message: string,
		/** Everything that is wrong. */
		readonly violations: readonly Wrong[] = [],
	) {
		super(message);
	}
}

/** What a toolbox needs of a task, as ListTasks tells it. */
export interface TaskWithActions {
	readonly environment: string;
	readonly actions: readonly {
		readonly name: string;
		readonly description: string;
		readonly arguments: readonly ArgumentSpec[];
	}[];
}

type ArgumentSpec = Pick<
	Task__Output["actions"][number]["arguments"][number],
	"name" | "description" | "type" | "required" | "choices" | "default_value"
> & { readonly minimum?: number; readonly maximum?: number };

/** An argument, and what the contract's enum puts before each of its choices. */
interface Argument extends ArgumentSpec {
	readonly enumPrefix: string;
}

const MAX_UINT32 = 2 ** 32 - 1;
const DECLARE = "declare";

/**
 * The actions of a task as tools, and the way back from a call to an action, by the names that people and models use ("adam", not
 * OPTIMIZER_ADAM). Everything comes from ListTasks and the contract.
 */
export class Toolbox {
	readonly tools: readonly Tool[];
	/** What several tools' arguments mean, told once. */
	readonly notes: readonly string[];
	private readonly argumentsOf: ReadonlyMap<string, readonly Argument[]>;

	/** `names`: what arguments that are names may be, where that is known. */
	constructor(task: TaskWithActions, names: readonly string[] = []) {
		const diagnosis = diagnosisOf(task);
		this.notes = diagnosis.notes;
		this.argumentsOf = new Map(
			task.actions.map((action) => [
				action.name,
				[
					...action.arguments.map((spec) => ({
						...spec,
						enumPrefix: isChoice(spec)
							? enumPrefix(fieldType(action.name), spec.name)
							: "",
					})),
					...diagnosis.list,
				],
			]),
		);
		this.tools = task.actions.map(({ name, description }) => ({
			name,
			description,
			parameters: objectSchema(
				this.argumentsOf.get(name) as readonly Argument[],
				names,
			),
		}));
	}

	has(name: string): boolean {
		return this.argumentsOf.has(name);
	}

	/** The action that a tool called with arguments means. Ranges and names are the server's to judge. Errors: WrongCall. */
	read(name: string, given: unknown): Call {
		const known = this.argumentsOf.get(name);
		if (known === undefined) {
			const names = [...this.argumentsOf.keys()].join(", ");
			throw new WrongCall(
				`There is no tool "${shorten(name)}"; call one of ${names}.`,
				[
					{
						field: "",
						description: `"${shorten(name)}" is not allowed; one of ${names}.`,
					},
				],
			);
		}
		if (typeof given !== "object" || given === null || Array.isArray(given))
			throw new WrongCall(
				`The arguments of ${name} must be one JSON object; ${takes(known)}.`,
				[
					{
						field: "",
						description: `must be one JSON object; ${takes(known)}.`,
					},
				],
			);
		const values = flatten(given, known);
		const strange = [...values.keys()].filter((path) =>
			known.every((argument) => argument.name !== path),
		);
		const wrong: (Wrong & { readonly sentence: string })[] = strange.map(
			(path) => ({
				field: path,
				description: `is no argument of ${name}; ${takes(known)}.`,
				sentence: `${name} has no argument ${strange.map((one) => `"${shorten(one)}"`).join(", ")}; ${takes(known)}.`,
			}),
		);
		const message: Record<string, unknown> = {};
		const declare: Record<string, unknown> = {};
		for (const argument of known) {
			const { name: field } = argument;
			const value = values.get(field);
			if (value === undefined) {
				if (argument.required)
					wrong.push({
						field,
						description: `is missing; ${allowed(argument)}.`,
						sentence: `${name} needs ${field}; ${takes(known)}.`,
					});
				continue;
			}
			const accepted = accept(argument, value);
			if (accepted === undefined) {
				const shown = shorten(JSON.stringify(value));
				wrong.push({
					field,
					description: `${shown} is not allowed; ${allowed(argument)}.`,
					sentence: `${name}: ${field} cannot be ${shown}; ${allowed(argument)}.`,
				});
				continue;
			}
			const path = field.split(".");
			const isDiagnosis = path[0] === DECLARE;
			setField(
				isDiagnosis ? declare : message,
				isDiagnosis ? path.slice(1) : path,
				accepted,
			);
		}
		const [first] = wrong;
		if (first !== undefined) throw new WrongCall(first.sentence, wrong);
		return {
			action: { [name]: message },
			...(Object.keys(declare).length > 0 && { declare }),
		};
	}

	/** The call that means an action, as name({json}). */
	describe({ action, declare }: Call): string {
		const name = [...this.argumentsOf.keys()].find(
			(key) => (action as Record<string, unknown>)[key] !== undefined,
		);
		if (name === undefined) return "{}";
		const from = {
			...(action as Record<string, object>)[name],
			...(declare && { [DECLARE]: declare }),
		};
		const shown: Record<string, unknown> = {};
		for (const argument of this.argumentsOf.get(name) as readonly Argument[]) {
			const path = argument.name.split(".");
			const value = fieldOf(from, path);
			if (value === undefined || value === null) continue;
			setField(
				shown,
				path,
				isChoice(argument)
					? (value as string).slice(argument.enumPrefix.length).toLowerCase()
					: value,
			);
		}
		return `${name}(${JSON.stringify(shown)})`;
	}
}

/** The message of an action. */
function fieldType(action: string): protobuf.Type {
	return resolved(lookupType("nightshift.v1.Action"), action) as protobuf.Type;
}

/** A diagnosis as arguments beside those of every action, and what its classes mean. */
function diagnosisOf(task: TaskWithActions): {
	readonly list: readonly Argument[];
	readonly notes: readonly string[];
} {
	if (task.environment !== "sre") return { list: [], notes: [] };
	const type = resolved(
		lookupType("nightshift.v1.StepRequest"),
		DECLARE,
	) as protobuf.Type;
	const classes = resolved(type, "fault_class") as protobuf.Enum;
	const prefix = zeroPrefix(classes);
	const names = Object.keys(classes.values).filter(
		(name) => classes.values[name] !== 0,
	);
	const shortName = (name: string) => name.slice(prefix.length).toLowerCase();
	const optional = { required: false, default_value: "" };
	return {
		list: [
			{
				...optional,
				name: `${DECLARE}.service_id`,
				description:
					"Your diagnosis: the service at the root; left out where nothing is wrong.",
				type: "ARGUMENT_TYPE_NAME",
				choices: [],
				enumPrefix: "",
			},
			{
				...optional,
				name: `${DECLARE}.fault_class`,
				description: "Your diagnosis: the class of the fault.",
				type: "ARGUMENT_TYPE_CHOICE",
				choices: names.map(shortName),
				enumPrefix: prefix,
			},
		],
		notes: [
			`Classes of faults: ${names
				.map((name) => `${shortName(name)}: ${classes.comments[name] ?? ""}`)
				.join(" ")}`,
		],
	};
}

function resolved(type: protobuf.Type, field: string): unknown {
	return type.fields[field]?.resolve().resolvedType;
}

function objectSchema(
	list: readonly Argument[],
	names: readonly string[],
): JsonSchema {
	const properties: Record<string, JsonSchema> = {};
	const required: string[] = [];
	for (const argument of list) {
		const [outer, inner] = splitName(argument.name);
		if (inner === undefined)
			properties[outer] = argumentSchema(argument, names);
		else
			properties[outer] ??= objectSchema(
				list
					.filter(({ name }) => name.startsWith(`${outer}.`))
					.map((one) => ({ ...one, name: one.name.slice(outer.length + 1) })),
				names,
			);
		if (argument.required && !required.includes(outer)) required.push(outer);
	}
	return {
		type: "object",
		properties,
		...(required.length > 0 && { required }),
	};
}

function splitName(name: string): [outer: string, inner: string | undefined] {
	const dot = name.indexOf(".");
	return dot < 0
		? [name, undefined]
		: [name.slice(0, dot), name.slice(dot + 1)];
}

/** Whole numbers to choose from stand in the description: some endpoints take enums of strings alone. */
function argumentSchema(
	argument: Argument,
	names: readonly string[],
): JsonSchema {
	const { type, description, default_value } = argument;
	const told = [
		description,
		type === "ARGUMENT_TYPE_INTEGER" && argument.choices.length > 0
			? `One of ${argument.choices.join(", ")}.`
			: "",
		default_value && `Left out: ${default_value}.`,
	]
		.filter(Boolean)
		.join(" ");
	const range = {
		...(argument.minimum !== undefined && { minimum: argument.minimum }),
		...(argument.maximum !== undefined && { maximum: argument.maximum }),
	};
	switch (type) {
		case "ARGUMENT_TYPE_NUMBER":
			return { type: "number", description: told, ...range };
		case "ARGUMENT_TYPE_INTEGER":
			return { type: "integer", description: told, ...range };
		case "ARGUMENT_TYPE_BOOLEAN":
			return { type: "boolean", description: told };
		case "ARGUMENT_TYPE_CHOICE":
			return { type: "string", description: told, enum: argument.choices };
		default:
			return {
				type: "string",
				description: told,
				...(names.length > 0 && { enum: names }),
			};
	}
}

/** Values by dotted name; null counts as left out. Objects are opened only where an argument lies inside. */
function flatten(
	given: object,
	known: readonly Argument[],
	within = "",
): Map<string, unknown> {
	const values = new Map<string, unknown>();
	for (const [name, value] of Object.entries(given)) {
		if (value === null || value === undefined) continue;
		const path = `${within}${name}`;
		if (
			typeof value === "object" &&
			!Array.isArray(value) &&
			known.some((argument) => argument.name.startsWith(`${path}.`))
		)
			for (const [inner, found] of flatten(value, known, `${path}.`))
				values.set(inner, found);
		else values.set(path, value);
	}
	return values;
}

/** A value as its field takes it; nothing for what the wire cannot carry unchanged. Numbers and booleans in quotes are meant. */
function accept(argument: Argument, given: unknown): unknown {
	switch (argument.type) {
		case "ARGUMENT_TYPE_NUMBER":
		case "ARGUMENT_TYPE_INTEGER": {
			const value =
				typeof given === "string" && given.trim() !== ""
					? Number(given)
					: given;
			if (typeof value !== "number" || !Number.isFinite(value))
				return undefined;
			return argument.type === "ARGUMENT_TYPE_NUMBER" ||
				(Number.isInteger(value) && value >= 0 && value <= MAX_UINT32)
				? value
				: undefined;
		}
		case "ARGUMENT_TYPE_BOOLEAN": {
			const value = given === "true" ? true : given === "false" ? false : given;
			return typeof value === "boolean" ? value : undefined;
		}
		case "ARGUMENT_TYPE_CHOICE": {
			const choice =
				typeof given === "string"
					? given
							.trim()
							.toLowerCase()
							.replace(argument.enumPrefix.toLowerCase(), "")
					: "";
			return argument.choices.includes(choice)
				? `${argument.enumPrefix}${choice.toUpperCase()}`
				: undefined;
		}
		default:
			return typeof given === "string" ? given : undefined;
	}
}

function takes(known: readonly Argument[]): string {
	if (known.length === 0) return "it takes none";
	return `it takes ${known
		.map(
			(argument) =>
				`${argument.name} (${allowed(argument)}${argument.required ? ", required" : ""})`,
		)
		.join(", ")}`;
}

function allowed(argument: Argument): string {
	switch (argument.type) {
		case "ARGUMENT_TYPE_NUMBER":
			return `a number from ${argument.minimum} to ${argument.maximum}`;
		case "ARGUMENT_TYPE_INTEGER":
			return argument.choices.length > 0
				? `one of ${argument.choices.join(", ")}`
				: `a whole number from ${argument.minimum} to ${argument.maximum}`;
		case "ARGUMENT_TYPE_BOOLEAN":
			return "true or false";
		case "ARGUMENT_TYPE_CHOICE":
			return `one of ${argument.choices.join(", ")}`;
		default:
			return "a name that the observation tells";
	}
}

function isChoice({ type }: Pick<ArgumentSpec, "type">): boolean {
	return type === "ARGUMENT_TYPE_CHOICE";
}

function fieldOf(from: object, path: readonly string[]): unknown {
	let value: unknown = from;
	for (const name of path)
		value = (value as Record<string, unknown> | null | undefined)?.[name];
	return value;
}

function shorten(text: string | undefined): string {
	return String(text).slice(0, 100);
}
