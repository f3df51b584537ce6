import protobuf from "protobufjs";
import { lookupType } from "../../proto/contract-files.js";
import { zeroPrefix } from "../../proto/field-path.js";

/**
 * How messages of the contract stand in JSON, and the JSON Schema of that, both made from the contract. Names are the founding documents':
 * fields in snake_case, values of enums in lower case and without their prefix. Every field is there; one that has no value is null, but
 * for the members of a oneof, of which only the one that is set is there. Whole numbers above 2^53-1 are decimal strings.
 */
export interface JsonForm {
	readonly schema: JsonSchema;
	/** The fields need not all be there, and may be of any form that handlers give. */
	readonly toJson: (value: unknown) => unknown;
	/** The text of what `toJson` gives, as JSON.stringify writes it, without making that. */
	readonly write: (value: unknown) => string;
}

export type JsonSchema = { readonly [key: string]: unknown };

/** Lists that are told as objects by a name in them, in the same order, and which field is their value where it is not all the rest. */
const BY_NAME: Readonly<
	Record<
		string,
		Readonly<Record<string, { readonly key: string; readonly value?: string }>>
	>
> = {
	"nightshift.v1.SreObservation": {
		metrics: { key: "service_id" },
		dependency_graph: { key: "service_id", value: "depends_on" },
		sla_status: { key: "service_id", value: "met" },
	},
};

const known = new Map<string, MessageForm>();

/** Of a message type of the contract, by its full name. */
export function formOf(name: string): MessageForm {
	return messageForm(lookupType(name));
}

interface MessageForm extends JsonForm {
	readonly fields: readonly FieldForm[];
	/** As `write`, without the braces: for an object that has more fields. */
	readonly writeFields: WriteFields;
	readonly toJson: (message: unknown) => Record<string, unknown>;
}

type WriteFields = (message: object) => string;

interface FieldForm {
	readonly name: string;
	readonly schema: JsonSchema;
	/** Whether it is left out where it is absent. */
	readonly isChoice: boolean;
	/** Its name as it stands before its value. */
	readonly key: string;
	readonly toJson: (value: unknown) => unknown;
	readonly write: (value: unknown) => string;
}

function messageForm(type: protobuf.Type): MessageForm {
	const name = type.fullName.slice(1);
	const found = known.get(name);
	if (found !== undefined) return found;
	const fields = type.fieldsArray.map((field) => fieldForm(name, field));
	const writeFields = compileFields(fields);
	const form: MessageForm = {
		fields,
		schema: {
			type: "object",
			...(type.comment && { description: type.comment }),
			properties: Object.fromEntries(
				fields.map((field) => [field.name, field.schema]),
			),
			required: fields
				.filter(({ isChoice }) => !isChoice)
				.map((field) => field.name),
		},
		toJson(message) {
			const json: Record<string, unknown> = {};
			for (const { name, isChoice, toJson } of fields) {
				const value = (message as Record<string, unknown>)[name];
				if (isChoice && (value === undefined || value === null)) continue;
				json[name] = toJson(value);
			}
			return json;
		},
		write: (message) => `{${writeFields(message as object)}}`,
		writeFields,
	};
	known.set(name, form);
	return form;
}

/**
 * Compiled, as protobufjs compiles its encoders: to look up fields by names that are not known beforehand takes longer than to write most of
 * them. Only names of the contract come into the code.
 */
function compileFields(fields: readonly FieldForm[]): WriteFields {
	const write = protobuf.util.codegen(["m"], "writeFields")('var t = "", v;');
	let isFirst = true;
	fields.forEach(({ name, key, isChoice }, place) => {
		const before = isFirst ? '(t === "" ? "" : ",")' : '","';
		const add = `t += ${before} + ${JSON.stringify(key)} + w${place}(v);`;
		write(`v = m[${JSON.stringify(name)}];`);
		write(isChoice ? `if (v !== undefined && v !== null) ${add}` : add);
		isFirst &&= isChoice;
	});
	return write("return t;")(
		Object.fromEntries(fields.map(({ write }, place) => [`w${place}`, write])),
	) as WriteFields;
}

function fieldForm(owner: string, field: protobuf.Field): FieldForm {
	const { name } = field;
	const byName = BY_NAME[owner]?.[name];
	const one = valueForm(field.resolve());
	const isOptional = field.options?.proto3_optional === true;
	const form = byName
		? namedForm(field.resolvedType as protobuf.Type, byName)
		: field.repeated
			? listForm(one)
			: isOptional || field.resolvedType instanceof protobuf.Type
				? nullable(one)
				: one;
	return {
		name,
		schema: {
			...form.schema,
			...(field.comment && { description: field.comment }),
		},
		isChoice: field.partOf !== null && !isOptional,
		key: keyOf(name),
		toJson: form.toJson,
		write: form.write,
	};
}

function namedForm(
	type: protobuf.Type,
	{ key, value }: { readonly key: string; readonly value?: string },
): JsonForm {
	const { schema, toJson, fields } = messageForm(type);
	const { [key]: _, ...rest } = schema.properties as Record<string, JsonSchema>;
	const others = fields.filter(({ name }) => name !== key);
	const writeValue = others.find(({ name }) => name === value)?.write;
	const writeOthers = compileFields(others);
	const writeItem = (item: object): string =>
		keyOf((item as Record<string, string>)[key] ?? "") +
		(value !== undefined && writeValue !== undefined
			? writeValue((item as Record<string, unknown>)[value])
			: `{${writeOthers(item)}}`);
	return {
		schema: {
			type: "object",
			additionalProperties: value
				? rest[value]
				: {
						type: "object",
						properties: rest,
						required: Object.keys(rest),
					},
		},
		toJson: (list) =>
			Object.fromEntries(
				((list ?? []) as readonly object[]).map((item) => {
					const { [key]: name, ...others } = toJson(item);
					return [name, value ? others[value] : others];
				}),
			),
		write: unlessFrozen(
			(list) =>
				`{${((list ?? []) as readonly object[]).map(writeItem).join()}}`,
		),
	};
}

function listForm({ schema, toJson, write }: JsonForm): JsonForm {
	return {
		schema: { type: "array", items: schema },
		toJson: (list) => ((list ?? []) as readonly unknown[]).map(toJson),
		write: (list) =>
			`[${((list ?? []) as readonly unknown[]).map(write).join()}]`,
	};
}

/** What is frozen does not change, and is written once. */
export function unlessFrozen<Value>(
	write: (value: Value) => string,
): (value: Value) => string {
	const written = new WeakMap<object, string>();
	return (value) => {
		if (typeof value !== "object" || value === null || !Object.isFrozen(value))
			return write(value);
		const known = written.get(value);
		if (known !== undefined) return known;
		const text = write(value);
		written.set(value, text);
		return text;
	};
}

function nullable({ schema, toJson, write }: JsonForm): JsonForm {
	return {
		schema:
			typeof schema.type === "string"
				? {
						...schema,
						type: [schema.type, "null"],
						...(Array.isArray(schema.enum) && {
							enum: [...schema.enum, null],
						}),
					}
				: { anyOf: [schema, { type: "null" }] },
		toJson: (value) =>
			value === undefined || value === null ? null : toJson(value),
		write: (value) =>
			value === undefined || value === null ? "null" : write(value),
	};
}

/** By the name of the field's type. Numbers that are no numbers are null. */
function valueForm(field: protobuf.Field): JsonForm {
	const { resolvedType } = field;
	if (resolvedType instanceof protobuf.Enum) return enumForm(resolvedType);
	if (resolvedType instanceof protobuf.Type)
		return TIMES[resolvedType.fullName] ?? messageForm(resolvedType);
	switch (field.type) {
		case "bool":
			return {
				schema: { type: "boolean" },
				toJson: (value) => value === true,
				write: (value) => (value === true ? "true" : "false"),
			};
		case "string":
			return {
				schema: { type: "string" },
				toJson: (value) => value ?? "",
				write: (value) => writeString((value ?? "") as string),
			};
		case "uint32":
			return {
				schema: { type: "integer", minimum: 0 },
				toJson: (value) => value ?? 0,
				write: (value) => JSON.stringify(value ?? 0),
			};
		case "uint64":
			return {
				schema: { type: ["integer", "string"], minimum: 0 },
				toJson: toWhole,
				write: (value) => JSON.stringify(toWhole(value)),
			};
		case "double":
		case "float":
			return {
				schema: { type: "number" },
				toJson: toNumber,
				write: (value) => String(toNumber(value)),
			};
		default:
			throw new Error(`${field.fullName}: ${field.type} has no form in JSON`);
	}
}

/** Names of services, values of enums: short ones come again and again. */
const LONGEST_KNOWN = 64;
const MOST_KNOWN = 4096;
const knownStrings = new Map<string, string>();

export function writeString(value: string): string {
	if (value.length > LONGEST_KNOWN) return JSON.stringify(value);
	const found = knownStrings.get(value);
	if (found !== undefined) return found;
	if (knownStrings.size >= MOST_KNOWN) knownStrings.clear();
	const text = JSON.stringify(value);
	knownStrings.set(value, text);
	return text;
}

function keyOf(name: string): string {
	return `${writeString(name)}:`;
}

function toWhole(value: unknown): number | string {
	const number = Number(value ?? 0);
	return Number.isSafeInteger(number) ? number : String(value);
}

function toNumber(value: unknown): number | null {
	const number = typeof value === "number" ? value : Number(value ?? 0);
	return Number.isFinite(number) ? number : null;
}

/** What is not given is null. */
function enumForm(type: protobuf.Enum): JsonForm {
	const prefix = zeroPrefix(type);
	const names = new Map<unknown, string | null>(
		Object.entries(type.values).map(([name, number]) => [
			name,
			number === 0 ? null : name.slice(prefix.length).toLowerCase(),
		]),
	);
	const texts = new Map(
		[...names].map(([given, name]) => [given, JSON.stringify(name)]),
	);
	return {
		schema: { type: ["string", "null"], enum: [...names.values()] },
		toJson: (value) => names.get(value) ?? null,
		write: (value) => texts.get(value) ?? "null",
	};
}

interface Instant {
	readonly seconds?: unknown;
	readonly nanos?: number;
}

const toMs = ({ seconds, nanos }: Instant) =>
	Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6;

/** Points in time in ISO 8601, lengths of time in seconds. */
const TIMES: Readonly<Record<string, JsonForm>> = {
	".google.protobuf.Timestamp": written({
		schema: { type: "string", format: "date-time" },
		toJson: (value) => new Date(toMs(value as Instant)).toISOString(),
	}),
	".google.protobuf.Duration": written({
		schema: { type: "number", minimum: 0 },
		toJson: (value) => toMs(value as Instant) / 1000,
	}),
};

function written(form: Omit<JsonForm, "write">): JsonForm {
	return { ...form, write: (value) => JSON.stringify(form.toJson(value)) };
}
