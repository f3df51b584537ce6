import assert from "node:assert/strict";
import { test } from "node:test";
import { NightshiftError } from "../errors.js";
import {
	type ActionRow,
	flatColumns,
	readArguments,
	readFlatAction,
	toActionSpecs,
} from "./action-schema.js";

const brew: ActionRow = {
	name: "brew",
	description: "Make coffee.",
	arguments: [
		{
			name: "cups",
			description: "How many.",
			type: "integer",
			required: true,
			minimum: 1,
			maximum: 6,
			levels: [1, 2, 6],
		},
		{
			name: "size",
			description: "Millilitres.",
			type: "integer",
			minimum: 100,
			maximum: 400,
			allowed: [100, 200, 400],
			levels: [100, 400],
			otherwise: "200",
		},
		{
			name: "strength",
			description: "How strong.",
			type: "number",
			minimum: 0,
			maximum: 1,
			levels: [0, 0.5, 1],
			otherwise: "unchanged",
		},
		{ name: "hot", description: "Or iced.", type: "boolean" },
		{
			name: "extra.milk",
			description: "Which.",
			type: "choice",
			choices: ["cow", "oat"],
			enumPrefix: "MILK_",
		},
		{
			name: "bean",
			description: "Which.",
			type: "choice",
			required: true,
			choices: ["arabica", "robusta"],
			enumPrefix: "BEAN_",
		},
	],
};
const rinse: ActionRow = {
	name: "rinse",
	description: "Clean.",
	free: true,
	arguments: [
		{
			name: "twice",
			description: "Or once.",
			type: "boolean",
			required: true,
		},
	],
};
const rows = [brew, rinse];

const good = { cups: 2, bean: "BEAN_ARABICA" };

/** Fields at fault and what is said of each. */
function violationsOf(act: () => unknown): Record<string, string> {
	try {
		act();
	} catch (error) {
		assert.ok(error instanceof NightshiftError);
		assert.equal(error.reason, "INVALID_FIELD");
		for (const { field, description } of error.violations)
			assert.ok(error.message.includes(`${field}: ${description}`));
		return Object.fromEntries(
			error.violations.map(({ field, description }) => [field, description]),
		);
	}
	return {};
}

test("Given arguments are read, choices by their own names, and what is not given is missing.", () => {
	assert.deepEqual(readArguments(brew, good), { cups: 2, bean: "arabica" });
	assert.deepEqual(
		readArguments(brew, {
			...good,
			size: 400,
			strength: 0,
			hot: false,
			extra: { milk: "MILK_OAT" },
		}),
		{
			cups: 2,
			bean: "arabica",
			size: 400,
			strength: 0,
			hot: false,
			"extra.milk": "oat",
		},
	);
});

test("Null, an empty nested message and an unspecified choice count as not given.", () => {
	for (const absent of [
		{ size: null, extra: null },
		{ extra: {} },
		{ extra: { milk: "MILK_UNSPECIFIED" } },
		{ extra: { milk: undefined } },
	])
		assert.deepEqual(readArguments(brew, { ...good, ...absent }), {
			cups: 2,
			bean: "arabica",
		});
});

test("Bounds belong to what is allowed.", () => {
	for (const cups of [1, 6])
		assert.equal(readArguments(brew, { ...good, cups }).cups, cups);
	for (const strength of [0, 1])
		assert.equal(readArguments(brew, { ...good, strength }).strength, strength);
});

test("A bad argument is refused by its path, what it was and what is allowed.", () => {
	const cases: readonly (readonly [object, string, string])[] = [
		[{ cups: 0 }, "cups", "0 is not allowed; a whole number from 1 to 6."],
		[{ cups: 7 }, "cups", "7 is not allowed; a whole number from 1 to 6."],
		[{ cups: 2.5 }, "cups", "2.5 is not allowed; a whole number from 1 to 6."],
		[
			{ cups: Number.NaN },
			"cups",
			"NaN is not allowed; a whole number from 1 to 6.",
		],
		[{ cups: "2" }, "cups", "2 is not allowed; a whole number from 1 to 6."],
		[{ size: 300 }, "size", "300 is not allowed; one of 100, 200, 400."],
		[
			{ strength: 1.0001 },
			"strength",
			"1.0001 is not allowed; a number from 0 to 1.",
		],
		[
			{ strength: Number.POSITIVE_INFINITY },
			"strength",
			"Infinity is not allowed; a number from 0 to 1.",
		],
		[{ hot: 1 }, "hot", "1 is not allowed; true or false."],
		[
			{ extra: { milk: 7 } },
			"extra.milk",
			"enum value 7 is not allowed; one of MILK_COW, MILK_OAT.",
		],
		[
			{ extra: { milk: "oat" } },
			"extra.milk",
			"oat is not allowed; one of MILK_COW, MILK_OAT.",
		],
		[{ cups: undefined }, "cups", "is missing; a whole number from 1 to 6."],
		[
			{ bean: "BEAN_UNSPECIFIED" },
			"bean",
			"is missing; one of BEAN_ARABICA, BEAN_ROBUSTA.",
		],
	];
	for (const [change, name, description] of cases)
		assert.deepEqual(
			violationsOf(() => readArguments(brew, { ...good, ...change })),
			{ [`action.brew.${name}`]: description },
		);
});

test("All arguments at fault are named at once.", () => {
	assert.deepEqual(
		Object.keys(
			violationsOf(() =>
				readArguments(brew, { strength: 2, hot: "yes", bean: "BEAN_TEA" }),
			),
		),
		[
			"action.brew.cups",
			"action.brew.strength",
			"action.brew.hot",
			"action.brew.bean",
		],
	);
});

test("The specification tells name, type, bounds, choices, default and levels of every argument.", () => {
	const [first, second] = toActionSpecs(rows);
	assert.equal(first?.name, "brew");
	assert.equal(first?.free, false);
	assert.equal(second?.free, true);
	assert.deepEqual(first?.arguments?.[0], {
		name: "cups",
		description: "How many.",
		type: "ARGUMENT_TYPE_INTEGER",
		required: true,
		minimum: 1,
		maximum: 6,
		choices: [],
		default_value: "",
		levels: [
			{ label: "1", number: 1 },
			{ label: "2", number: 2 },
			{ label: "6", number: 6 },
		],
	});
	assert.deepEqual(first?.arguments?.[1], {
		name: "size",
		description: "Millilitres.",
		type: "ARGUMENT_TYPE_INTEGER",
		required: false,
		minimum: 100,
		maximum: 400,
		choices: ["100", "200", "400"],
		default_value: "200",
		levels: [
			{ label: "unchanged" },
			{ label: "100", number: 100 },
			{ label: "400", number: 400 },
		],
	});
	assert.deepEqual(first?.arguments?.[4], {
		name: "extra.milk",
		description: "Which.",
		type: "ARGUMENT_TYPE_CHOICE",
		required: false,
		choices: ["cow", "oat"],
		default_value: "",
		levels: [
			{ label: "unchanged" },
			{ label: "cow", choice: "cow" },
			{ label: "oat", choice: "oat" },
		],
	});
	assert.deepEqual(second?.arguments?.[0]?.levels, [
		{ label: "false", boolean: false },
		{ label: "true", boolean: true },
	]);
});

test("The flat form has a column for the action and one for every argument of every action.", () => {
	// Optional arguments have one level more: unchanged.
	assert.deepEqual(flatColumns(rows), [2, 3, 3, 4, 3, 3, 2, 2]);
});

test("A flat action means the action and arguments that its levels stand for.", () => {
	assert.deepEqual(readFlatAction(rows, [0, 1, 2, 1, 1, 2, 0, 1]), {
		row: brew,
		message: {
			cups: 2,
			size: 400,
			strength: 0,
			hot: false,
			extra: { milk: "MILK_OAT" },
			bean: "BEAN_ARABICA",
		},
	});
	assert.deepEqual(readFlatAction(rows, [1, 0, 0, 0, 0, 0, 0, 1]), {
		row: rinse,
		message: { twice: true },
	});
});

test("Level 0 of an optional argument leaves it out.", () => {
	assert.deepEqual(readFlatAction(rows, [0, 0, 0, 0, 0, 0, 1, 0]).message, {
		cups: 1,
		bean: "BEAN_ROBUSTA",
	});
});

test("Every level of every argument is one that its typed form allows.", () => {
	const columns = flatColumns(rows);
	columns.forEach((count, column) => {
		for (let level = 0; level < count; level++) {
			const levels = columns.map((_, at) => (at === column ? level : 0));
			if (column > 6) levels[0] = 1;
			const { row, message } = readFlatAction(rows, levels);
			readArguments(row, message);
		}
	});
});

test("Levels of other actions' arguments are not looked at, but must be in range.", () => {
	assert.deepEqual(
		readFlatAction(rows, [1, 2, 2, 3, 2, 2, 1, 0]),
		readFlatAction(rows, [1, 0, 0, 0, 0, 0, 0, 0]),
	);
	assert.deepEqual(
		violationsOf(() => readFlatAction(rows, [1, 3, 0, 4, 0, 0, 0, 2])),
		{
			"action.flat.levels[1]": "3 is not allowed; 0 to 2.",
			"action.flat.levels[3]": "4 is not allowed; 0 to 3.",
			"action.flat.levels[7]": "2 is not allowed; 0 to 1.",
		},
	);
	assert.deepEqual(
		violationsOf(() => readFlatAction(rows, [2, 0, 0, 0, 0, 0, 0, 0])),
		{ "action.flat.levels[0]": "2 is not allowed; 0 to 1." },
	);
});

test("A flat action of another length is refused with the length that is needed.", () => {
	for (const levels of [[], [0], [0, 0, 0, 0, 0, 0, 0, 0, 0]]) {
		const { "action.flat.levels": description } = violationsOf(() =>
			readFlatAction(rows, levels),
		);
		assert.match(
			description ?? "",
			new RegExp(`^has ${levels.length} entries; 8 are needed`),
		);
	}
});

/** An action at one of the places that the episode names. */
const serve: ActionRow = {
	name: "serve",
	description: "Serve it.",
	arguments: [
		{
			name: "table",
			description: "Which table.",
			type: "name",
			places: 3,
			required: true,
		},
	],
};

test("A name is one of those of the episode; by its place in the flat form, where the episode may have fewer.", () => {
	const tables = ["window", "door"];
	const read = (table: unknown) => readArguments(serve, { table }, tables);
	assert.deepEqual(read("door"), { table: "door" });
	const flat = (place: number) =>
		readFlatAction([serve], [0, place]).message as { table: number };
	assert.deepEqual(read(flat(0).table), { table: "window" });
	for (const [given, told] of [
		["", "is missing; one of window, door."],
		["cellar", "cellar is not allowed; one of window, door."],
		[flat(2).table, "2 is not allowed; one of window, door."],
	] as const)
		assert.throws(
			() => read(given),
			(error: NightshiftError) =>
				error.violations[0]?.field === "action.serve.table" &&
				error.violations[0]?.description === told,
		);
	assert.deepEqual(flatColumns([serve]), [1, 3]);
	const [spec] = toActionSpecs([serve]);
	assert.equal(spec?.arguments?.[0]?.type, "ARGUMENT_TYPE_NAME");
	assert.deepEqual(spec?.arguments?.[0]?.choices, []);
	assert.deepEqual(spec?.arguments?.[0]?.levels?.at(2), {
		label: "place 2",
		number: 2,
	});
});
