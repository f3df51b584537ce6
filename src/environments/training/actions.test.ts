import assert from "node:assert/strict";
import { test } from "node:test";
import { NightshiftError } from "../../errors.js";
import { flatColumns } from "../action-schema.js";
import {
	DEFAULT_CONFIGURATION,
	readTrainingAction,
	trainingActions,
} from "./actions.js";
import { failsWith, toFlatMessage, toMessage } from "./testing.js";

const read = (name: string, fields: object = {}) =>
	readTrainingAction(toMessage(name, fields)).action;

/** The design page's bounds: action, argument, what is allowed at the edges, what is not just beyond them. */
const bounds: readonly (readonly [
	action: string,
	path: string,
	allowed: readonly unknown[],
	refused: readonly unknown[],
])[] = [
	[
		"configure_training",
		"learning_rate",
		[1e-6, 1],
		[0, 0.99e-6, 1.001, -1, Number.NaN],
	],
	[
		"configure_training",
		"batch_size",
		[32, 64, 128, 256],
		[0, 16, 48, 96, 512],
	],
	["configure_training", "weight_decay", [0, 0.1], [-0.001, 0.1001]],
	["configure_training", "dropout", [0, 0.5], [-0.1, 0.5001, 1]],
	["configure_training", "warmup_epochs", [0, 20], [21, 1.5]],
	["configure_training", "augmentation_strength", [0, 1], [-0.1, 1.1]],
	[
		"configure_training",
		"optimizer",
		["OPTIMIZER_SGD", "OPTIMIZER_ADAM", "OPTIMIZER_ADAMW"],
		["OPTIMIZER_LION", 9],
	],
	[
		"configure_training",
		"lr_schedule",
		[
			"LEARNING_RATE_SCHEDULE_CONSTANT",
			"LEARNING_RATE_SCHEDULE_STEP",
			"LEARNING_RATE_SCHEDULE_COSINE",
			"LEARNING_RATE_SCHEDULE_WARMUP_COSINE",
		],
		["cosine", 9],
	],
	[
		"configure_training",
		"resume_from",
		[
			"RESUME_FROM_CURRENT",
			"RESUME_FROM_BEST_CHECKPOINT",
			"RESUME_FROM_SCRATCH",
		],
		["RESUME_FROM_LAST", 4],
	],
	["run_epochs", "num_epochs", [1, 20], [0, 21]],
	["run_epochs", "stop.patience_epochs", [1, 20], [0, 21]],
	["run_epochs", "stop.val_accuracy", [0.001, 1], [0, -0.5, 1.01]],
	["adjust_learning_rate", "new_lr", [1e-6, 1], [0, 1.1]],
	["toggle_augmentation", "strength", [0, 1], [-0.1, 1.1]],
	[
		"submit_model",
		"checkpoint",
		["CHECKPOINT_BEST", "CHECKPOINT_LAST"],
		["CHECKPOINT_FIRST", 3],
	],
];
/** What else a message needs. */
const needed: Readonly<Record<string, object>> = {
	run_epochs: { num_epochs: 1 },
	toggle_augmentation: { enabled: true },
};
const fieldsOf = (action: string, path: string, value: unknown) => {
	const [outer, inner] = path.split(".") as [string, string?];
	return {
		...needed[action],
		[outer]: inner === undefined ? value : { [inner]: value },
	};
};

test("The tools are the six of the founding document, and the status alone is free.", () => {
	assert.deepEqual(
		trainingActions.map(({ name }) => name),
		[
			"configure_training",
			"run_epochs",
			"adjust_learning_rate",
			"toggle_augmentation",
			"get_training_status",
			"submit_model",
		],
	);
	assert.deepEqual(
		trainingActions.filter(({ free }) => free).map(({ name }) => name),
		["get_training_status"],
	);
});

for (const [action, path, allowed, refused] of bounds) {
	test(`${action}'s ${path} is allowed up to its bounds and refused beyond, by name.`, () => {
		for (const value of allowed) read(action, fieldsOf(action, path, value));
		for (const value of refused)
			assert.throws(
				() => read(action, fieldsOf(action, path, value)),
				(error: unknown) => {
					assert.ok(error instanceof NightshiftError);
					assert.equal(error.reason, "INVALID_FIELD");
					assert.deepEqual(
						error.violations.map(({ field }) => field),
						[`action.${action}.${path}`],
					);
					assert.match(
						error.message,
						/is not allowed; (one of .+|a (whole )?number from .+ to .+)\.$/,
					);
					return true;
				},
			);
	});
}

test("The first configuration's defaults are those of the design page.", () => {
	assert.deepEqual(DEFAULT_CONFIGURATION, {
		optimizer: "adam",
		learning_rate: 1e-3,
		batch_size: 64,
		weight_decay: 0,
		dropout: 0,
		lr_schedule: "constant",
		warmup_epochs: 0,
		augmentation: false,
		augmentation_strength: 0.5,
	});
});

test("A configuration holds the changes that were named, and whether it names where to resume from.", () => {
	assert.deepEqual(read("configure_training"), {
		name: "configure_training",
		changes: {},
		resume_from: "current",
		names_resume_from: false,
	});
	assert.deepEqual(
		read("configure_training", {
			optimizer: "OPTIMIZER_UNSPECIFIED",
			resume_from: "RESUME_FROM_UNSPECIFIED",
			dropout: 0.25,
			augmentation: false,
		}),
		{
			name: "configure_training",
			changes: { dropout: 0.25, augmentation: false },
			resume_from: "current",
			names_resume_from: false,
		},
	);
	assert.deepEqual(
		read("configure_training", {
			optimizer: "OPTIMIZER_SGD",
			learning_rate: 0.1,
			batch_size: 128,
			weight_decay: 0.01,
			dropout: 0.5,
			lr_schedule: "LEARNING_RATE_SCHEDULE_WARMUP_COSINE",
			warmup_epochs: 5,
			augmentation: true,
			augmentation_strength: 1,
			resume_from: "RESUME_FROM_BEST_CHECKPOINT",
		}),
		{
			name: "configure_training",
			changes: {
				optimizer: "sgd",
				learning_rate: 0.1,
				batch_size: 128,
				weight_decay: 0.01,
				dropout: 0.5,
				lr_schedule: "warmup_cosine",
				warmup_epochs: 5,
				augmentation: true,
				augmentation_strength: 1,
			},
			resume_from: "best_checkpoint",
			names_resume_from: true,
		},
	);
	const current = read("configure_training", {
		resume_from: "RESUME_FROM_CURRENT",
	});
	assert.ok(current.name === "configure_training" && current.names_resume_from);
});

test("The other actions are read with what they leave out.", () => {
	assert.deepEqual(read("run_epochs", { num_epochs: 7, stop: null }), {
		name: "run_epochs",
		num_epochs: 7,
		patience_epochs: undefined,
		val_accuracy: undefined,
	});
	assert.deepEqual(
		read("run_epochs", {
			num_epochs: 7,
			stop: { patience_epochs: 3, val_accuracy: 0.96 },
		}),
		{
			name: "run_epochs",
			num_epochs: 7,
			patience_epochs: 3,
			val_accuracy: 0.96,
		},
	);
	assert.deepEqual(read("adjust_learning_rate", { new_lr: 0.01 }), {
		name: "adjust_learning_rate",
		new_lr: 0.01,
	});
	assert.deepEqual(read("toggle_augmentation", { enabled: false }), {
		name: "toggle_augmentation",
		enabled: false,
		strength: undefined,
	});
	assert.deepEqual(read("get_training_status"), {
		name: "get_training_status",
	});
	assert.deepEqual(read("submit_model"), {
		name: "submit_model",
		checkpoint: "best",
	});
	assert.deepEqual(read("submit_model", { checkpoint: "CHECKPOINT_LAST" }), {
		name: "submit_model",
		checkpoint: "last",
	});
});

test("One bad field among good ones refuses the whole action, and several are all named.", () => {
	assert.throws(
		() =>
			read("configure_training", {
				learning_rate: 0.01,
				dropout: 0.9,
				batch_size: 100,
			}),
		(error: unknown) => {
			assert.ok(error instanceof NightshiftError);
			assert.deepEqual(error.violations, [
				{
					field: "action.configure_training.batch_size",
					description: "100 is not allowed; one of 32, 64, 128, 256.",
				},
				{
					field: "action.configure_training.dropout",
					description: "0.9 is not allowed; a number from 0 to 0.5.",
				},
			]);
			return true;
		},
	);
});

test("An action of another environment, or none, is a WRONG_ACTION that names those there are.", () => {
	const names =
		/one of configure_training, run_epochs, adjust_learning_rate, toggle_augmentation, get_training_status, submit_model is needed\.$/;
	assert.throws(
		() => read("restart", { service: "api" }),
		failsWith("WRONG_ACTION", names),
	);
	assert.throws(
		() => read("restart"),
		failsWith("WRONG_ACTION", /^restart is not an action of the training/),
	);
	assert.throws(
		() => readTrainingAction({} as Parameters<typeof readTrainingAction>[0]),
		failsWith("WRONG_ACTION", names),
	);
});

test("A flat action means the typed one that the same table gives.", () => {
	const cases: readonly (readonly [
		string,
		Readonly<Record<string, number>>,
		object,
	])[] = [
		["configure_training", {}, {}],
		[
			"configure_training",
			{
				"configure_training.optimizer": 1,
				"configure_training.learning_rate": 6,
				"configure_training.batch_size": 4,
				"configure_training.weight_decay": 1,
				"configure_training.dropout": 6,
				"configure_training.lr_schedule": 3,
				"configure_training.warmup_epochs": 1,
				"configure_training.augmentation": 2,
				"configure_training.augmentation_strength": 5,
				"configure_training.resume_from": 3,
			},
			{
				optimizer: "OPTIMIZER_SGD",
				learning_rate: 1e-3,
				batch_size: 256,
				weight_decay: 0,
				dropout: 0.5,
				lr_schedule: "LEARNING_RATE_SCHEDULE_COSINE",
				warmup_epochs: 0,
				augmentation: true,
				augmentation_strength: 1,
				resume_from: "RESUME_FROM_SCRATCH",
			},
		],
		[
			"run_epochs",
			{ "run_epochs.num_epochs": 4, "run_epochs.stop.patience_epochs": 2 },
			{ num_epochs: 10, stop: { patience_epochs: 3 } },
		],
		[
			"adjust_learning_rate",
			{ "adjust_learning_rate.new_lr": 12 },
			{ new_lr: 1 },
		],
		["toggle_augmentation", {}, { enabled: false }],
		[
			"toggle_augmentation",
			{
				"toggle_augmentation.enabled": 1,
				"toggle_augmentation.strength": 1,
			},
			{ enabled: true, strength: 0 },
		],
		["get_training_status", {}, {}],
		["submit_model", {}, {}],
		[
			"submit_model",
			{ "submit_model.checkpoint": 2 },
			{ checkpoint: "CHECKPOINT_LAST" },
		],
	];
	for (const [name, levels, fields] of cases)
		assert.deepEqual(readTrainingAction(toFlatMessage(name, levels)), {
			action: read(name, fields),
			fromFlat: true,
		});
});

test("Every level of every argument is allowed.", () => {
	const columns = flatColumns(trainingActions);
	let column = 1;
	for (const row of trainingActions)
		for (const argument of row.arguments) {
			for (let level = 0; level < (columns[column] as number); level++)
				assert.equal(
					readTrainingAction(
						toFlatMessage(row.name, {
							[`${row.name}.${argument.name}`]: level,
						}),
					).action.name,
					row.name,
				);
			column += 1;
		}
	assert.equal(column, columns.length);
});

test("Flat levels that are out of range or too few are refused.", () => {
	assert.throws(
		() =>
			readTrainingAction(
				toFlatMessage("run_epochs", { "run_epochs.num_epochs": 6 }),
			),
		failsWith(
			"INVALID_FIELD",
			/^action\.flat\.levels\[11\]: 6 is not allowed; 0 to 5\.$/,
		),
	);
	assert.throws(
		() => readTrainingAction(toMessage("flat", { levels: [1] })),
		failsWith("INVALID_FIELD", /^action\.flat\.levels: has 1 entries/),
	);
});

test("Every argument that can be left out says what holds then.", () => {
	for (const { arguments: list } of trainingActions)
		for (const argument of list)
			if (argument.required !== true)
				assert.ok((argument.otherwise ?? "") !== "", argument.name);
});
