import { lookupType } from "../../proto/contract-files.js";
import { enumPrefix, setField } from "../../proto/field-path.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { ActionSpec__Output } from "../../proto/generated/nightshift/v1/ActionSpec.js";
import type { ArgumentSpec__Output } from "../../proto/generated/nightshift/v1/ArgumentSpec.js";
import type { Observation__Output } from "../../proto/generated/nightshift/v1/Observation.js";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";

/**
 * Lawful and unlawful actions, made from what ListTasks tells: of any environment whose actions stand in the contract. Names that an episode
 * tells are looked for in its typed observation, in the fields that are called as the argument is.
 */

/** Numbers in 0..1 that a seed fixes (mulberry32). */
export type Draw = () => number;

export function drawFrom(seed: number): Draw {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** The action with its required arguments alone, each with a value that it allows; nothing where a name that it needs is not known. */
export function plainAction(
	spec: ActionSpec__Output,
	names: readonly string[],
	draw: Draw,
): Action | undefined {
	const message: Record<string, unknown> = {};
	for (const argument of spec.arguments.filter(({ required }) => required)) {
		const value = lawfulValue(spec, argument, names, draw);
		if (value === undefined) return undefined;
		setField(message, argument.name.split("."), value);
	}
	return { [spec.name]: message };
}

/** The action with some of its optional arguments too. Numbers stay at the least that is required: what they count may be dear. */
export function richAction(
	spec: ActionSpec__Output,
	names: readonly string[],
	draw: Draw,
): Action | undefined {
	const action = plainAction(spec, names, draw);
	if (action === undefined) return undefined;
	const message = action[spec.name as "wait"] as Record<string, unknown>;
	for (const argument of spec.arguments.filter(({ required }) => !required))
		if (draw() < 0.4)
			setField(
				message,
				argument.name.split("."),
				lawfulValue(spec, argument, names, draw),
			);
	return action;
}

/** A row of the flat form: the action by its place, every argument at a level. `levels` gives the level of an argument; default 0. */
export function flatAction(
	task: Task__Output,
	index: number,
	levelOf: (argument: ArgumentSpec__Output, action: number) => number = () => 0,
): Action {
	return {
		flat: {
			levels: [
				index,
				...task.actions.flatMap((spec, action) =>
					spec.arguments.map((argument) => levelOf(argument, action)),
				),
			],
		},
	};
}

/** An action with one argument at fault, and the field that the refusal must name. */
export interface UnlawfulAction {
	readonly action: Action;
	readonly field: string;
	/** What is wrong, in words. */
	readonly why: string;
}

/** Every way in which one argument of an action can be wrong and still be sent. */
export function unlawfulActions(
	spec: ActionSpec__Output,
	names: readonly string[],
): UnlawfulAction[] {
	return spec.arguments.flatMap((argument) =>
		unlawfulValues(argument).flatMap(({ value, why }) => {
			const lawful = plainAction(spec, names, () => 0);
			if (lawful === undefined && argument.type !== "ARGUMENT_TYPE_NAME")
				return [];
			const message = (lawful?.[spec.name as "wait"] ?? {}) as Record<
				string,
				unknown
			>;
			setField(message, argument.name.split("."), value);
			return [
				{
					action: { [spec.name]: message },
					field: `action.${spec.name}.${argument.name}`,
					why,
				},
			];
		}),
	);
}

/** An action of the contract that is not among a task's; nothing where there is no other. */
export function foreignAction(task: Task__Output): Action | undefined {
	const known = new Set([...task.actions.map(({ name }) => name), "flat"]);
	const name = actionNames().find((other) => !known.has(other));
	return name === undefined ? undefined : { [name]: {} };
}

/** The fields of Action. */
export function actionNames(): string[] {
	return Object.keys(lookupType("nightshift.v1.Action").fields);
}

/** The names that an episode tells for an argument. */
export function namesFor(
	argument: ArgumentSpec__Output,
	observation: Observation__Output | null | undefined,
): string[] {
	const found = new Set<string>();
	const look = (value: unknown): void => {
		if (typeof value !== "object" || value === null) return;
		for (const [key, inner] of Object.entries(value))
			if (key === argument.name && typeof inner === "string" && inner !== "")
				found.add(inner);
			else look(inner);
	};
	look(observation);
	return [...found];
}

/** The names that an episode tells for an action's arguments of that type. */
export function namesOf(
	spec: ActionSpec__Output,
	observation: Observation__Output | null | undefined,
): string[] {
	const argument = spec.arguments.find(
		({ type }) => type === "ARGUMENT_TYPE_NAME",
	);
	return argument === undefined ? [] : namesFor(argument, observation);
}

/** Whether a value is one that the argument allows. */
export function isLawful(
	argument: ArgumentSpec__Output,
	value: number | boolean | string,
): boolean {
	const { minimum = -Infinity, maximum = Infinity, choices } = argument;
	switch (argument.type) {
		case "ARGUMENT_TYPE_NUMBER":
			return Number(value) >= minimum && Number(value) <= maximum;
		case "ARGUMENT_TYPE_INTEGER":
			return (
				Number.isInteger(value) &&
				Number(value) >= minimum &&
				Number(value) <= maximum &&
				(choices.length === 0 || choices.includes(String(value)))
			);
		case "ARGUMENT_TYPE_CHOICE":
			return choices.includes(String(value));
		case "ARGUMENT_TYPE_BOOLEAN":
			return typeof value === "boolean";
		default:
			return Number.isInteger(value) && Number(value) >= 0;
	}
}

function lawfulValue(
	spec: ActionSpec__Output,
	argument: ArgumentSpec__Output,
	names: readonly string[],
	draw: Draw,
): unknown {
	const { minimum = 0, maximum = 1, choices, required } = argument;
	switch (argument.type) {
		case "ARGUMENT_TYPE_NUMBER":
			return minimum + draw() * (maximum - minimum);
		case "ARGUMENT_TYPE_INTEGER":
			if (choices.length > 0)
				return Number(choices[Math.floor(draw() * choices.length)]);
			return required
				? minimum
				: minimum + Math.floor(draw() * (maximum - minimum + 1));
		case "ARGUMENT_TYPE_BOOLEAN":
			return draw() < 0.5;
		case "ARGUMENT_TYPE_CHOICE": {
			const choice = choices[Math.floor(draw() * choices.length)] as string;
			return enumValue(spec.name, argument.name, choice);
		}
		default:
			return names[Math.floor(draw() * names.length)];
	}
}

function unlawfulValues(
	argument: ArgumentSpec__Output,
): { value: unknown; why: string }[] {
	const { minimum, maximum, choices, required } = argument;
	switch (argument.type) {
		case "ARGUMENT_TYPE_NUMBER":
			return [
				{ value: Number.NaN, why: "not a number" },
				...(minimum === undefined
					? []
					: [{ value: minimum - 1, why: "below its least value" }]),
				...(maximum === undefined
					? []
					: [{ value: maximum + 1, why: "above its greatest value" }]),
			];
		case "ARGUMENT_TYPE_INTEGER":
			return [
				...(minimum === undefined || minimum < 1
					? []
					: [{ value: minimum - 1, why: "below its least value" }]),
				...(maximum === undefined
					? []
					: [{ value: maximum + 1, why: "above its greatest value" }]),
				...(choices.length > 0 && !choices.includes(String(Number(minimum) + 1))
					? [{ value: Number(minimum) + 1, why: "between two choices" }]
					: []),
			];
		case "ARGUMENT_TYPE_CHOICE":
			return [{ value: 9999, why: "an unknown enum value" }];
		case "ARGUMENT_TYPE_NAME":
			return [
				{ value: "no-such-name", why: "a name that there is not" },
				...(required ? [{ value: "", why: "missing" }] : []),
			];
		default:
			return [];
	}
}

/** A choice's name in the contract. */
function enumValue(action: string, path: string, choice: string): string {
	const type = lookupType("nightshift.v1.Action");
	return `${enumPrefix(type, `${action}.${path}`)}${choice.toUpperCase()}`;
}
