import type { Action__Output } from "../../../proto/generated/nightshift/v1/Action.js";
import type { OptimizerName } from "../../../workers/engine.js";
import { NightshiftError } from "../../errors.js";
import {
	type ActionRow,
	type ArgumentRow,
	readArguments,
	readFlatAction,
} from "../action-schema.js";

export type ScheduleName = "constant" | "step" | "cosine" | "warmup_cosine";
export type ResumeFrom = "current" | "best_checkpoint" | "scratch";
export type CheckpointName = "best" | "last";

/** How training goes; every default filled in. */
export interface Configuration {
	readonly optimizer: OptimizerName;
	readonly learning_rate: number;
	readonly batch_size: number;
	readonly weight_decay: number;
	readonly dropout: number;
	readonly lr_schedule: ScheduleName;
	readonly warmup_epochs: number;
	readonly augmentation: boolean;
	readonly augmentation_strength: number;
}

export const DEFAULT_CONFIGURATION: Configuration = {
	optimizer: "adam",
	learning_rate: 1e-3,
	batch_size: 64,
	weight_decay: 0,
	dropout: 0,
	lr_schedule: "constant",
	warmup_epochs: 0,
	augmentation: false,
	augmentation_strength: 0.5,
};

export type TrainingAction =
	| {
			readonly name: "configure_training";
			readonly changes: Partial<Configuration>;
			readonly resume_from: ResumeFrom;
			readonly names_resume_from: boolean;
	  }
	| {
			readonly name: "run_epochs";
			readonly num_epochs: number;
			readonly patience_epochs: number | undefined;
			readonly val_accuracy: number | undefined;
	  }
	| { readonly name: "adjust_learning_rate"; readonly new_lr: number }
	| {
			readonly name: "toggle_augmentation";
			readonly enabled: boolean;
			readonly strength: number | undefined;
	  }
	| { readonly name: "get_training_status" }
	| { readonly name: "submit_model"; readonly checkpoint: CheckpointName };

const RATE_LEVELS = [
	1e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 2e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1,
];
const rate = {
	type: "number",
	minimum: 1e-6,
	maximum: 1,
	levels: RATE_LEVELS,
} as const;
const strength: ArgumentRow & { type: "number" } = {
	name: "augmentation_strength",
	description: "How strongly training images are transformed.",
	type: "number",
	minimum: 0,
	maximum: 1,
	levels: [0, 0.25, 0.5, 0.75, 1],
	otherwise: "0.5 at first, then unchanged",
};

/** The six tools of the environment's founding document. */
export const trainingActions: readonly ActionRow[] = [
	{
		name: "configure_training",
		description:
			"Set or change how training goes. What is left out keeps its value. Costs no epochs. resume_from starts a new trial from the best checkpoint or from new weights.",
		arguments: [
			{
				name: "optimizer",
				description: "Update rule; sgd has momentum 0.9.",
				type: "choice",
				choices: ["sgd", "adam", "adamw"],
				enumPrefix: "OPTIMIZER_",
				otherwise: "adam at first, then unchanged",
			},
			{
				name: "learning_rate",
				description: "Base learning rate.",
				...rate,
				otherwise: "0.001 at first, then unchanged",
			},
			{
				name: "batch_size",
				description: "Images a step.",
				type: "integer",
				minimum: 32,
				maximum: 256,
				allowed: [32, 64, 128, 256],
				levels: [32, 64, 128, 256],
				otherwise: "64 at first, then unchanged",
			},
			{
				name: "weight_decay",
				description: "L2 coefficient (sgd, adam) or decoupled decay (adamw).",
				type: "number",
				minimum: 0,
				maximum: 0.1,
				levels: [0, 1e-5, 1e-4, 1e-3, 1e-2, 0.1],
				otherwise: "0 at first, then unchanged",
			},
			{
				name: "dropout",
				description: "Share of hidden dense units dropped.",
				type: "number",
				minimum: 0,
				maximum: 0.5,
				levels: [0, 0.1, 0.2, 0.3, 0.4, 0.5],
				otherwise: "0 at first, then unchanged",
			},
			{
				name: "lr_schedule",
				description:
					"How the rate changes over the budget left: constant, step (x 0.1 every third), cosine to 0, or linear warm-up and cosine.",
				type: "choice",
				choices: ["constant", "step", "cosine", "warmup_cosine"],
				enumPrefix: "LEARNING_RATE_SCHEDULE_",
				otherwise: "constant at first, then unchanged",
			},
			{
				name: "warmup_epochs",
				description:
					"Epochs of linear warm-up; above 0 only with warmup_cosine, and less than the budget left.",
				type: "integer",
				minimum: 0,
				maximum: 20,
				levels: [0, 1, 3, 5, 10],
				otherwise: "0 at first, then unchanged",
			},
			{
				name: "augmentation",
				description: "Whether training images are transformed at random.",
				type: "boolean",
				otherwise: "false at first, then unchanged",
			},
			strength,
			{
				name: "resume_from",
				description: "Which weights training goes on from.",
				type: "choice",
				choices: ["current", "best_checkpoint", "scratch"],
				enumPrefix: "RESUME_FROM_",
				otherwise: "current",
			},
		],
	},
	{
		name: "run_epochs",
		description:
			"Train some epochs; each costs one of the budget. Ends early on divergence or on a stop condition.",
		arguments: [
			{
				name: "num_epochs",
				description: "How many epochs.",
				type: "integer",
				required: true,
				minimum: 1,
				maximum: 20,
				levels: [1, 2, 3, 5, 10, 20],
			},
			{
				name: "stop.patience_epochs",
				description:
					"Stop after this many epochs of this call without a new best validation loss.",
				type: "integer",
				minimum: 1,
				maximum: 20,
				levels: [2, 3, 5, 10],
				otherwise: "no such stop",
			},
			{
				name: "stop.val_accuracy",
				description: "Stop once the validation accuracy is at least this.",
				type: "number",
				minimum: 1e-6,
				maximum: 1,
				levels: [0.6, 0.65, 0.7, 0.85, 0.87, 0.9, 0.95, 0.96, 0.97],
				otherwise: "no such stop",
			},
		],
	},
	{
		name: "adjust_learning_rate",
		description:
			"Give the schedule a new base rate, from which it continues where it stands.",
		arguments: [
			{
				name: "new_lr",
				description: "New base learning rate.",
				required: true,
				...rate,
			},
		],
	},
	{
		name: "toggle_augmentation",
		description: "Switch augmentation from the next epoch on.",
		arguments: [
			{
				name: "enabled",
				description: "On or off.",
				type: "boolean",
				required: true,
			},
			{ ...strength, name: "strength", otherwise: "unchanged" },
		],
	},
	{
		name: "get_training_status",
		description:
			"See the current metrics. Free: changes nothing and pays nothing.",
		free: true,
		arguments: [],
	},
	{
		name: "submit_model",
		description:
			"Submit weights for grading on the hidden test images. Ends the episode.",
		arguments: [
			{
				name: "checkpoint",
				description:
					"The best epoch by validation accuracy, or the last weights.",
				type: "choice",
				choices: ["best", "last"],
				enumPrefix: "CHECKPOINT_",
				otherwise: "best",
			},
		],
	},
];

/** The action that stands for a masked one in the flat form. */
export const waitingAction: TrainingAction = { name: "get_training_status" };

/**
 * Reads an action out of its message, within the bounds of the table. A flat action is read through the same table; `fromFlat` says so.
 * Errors: INVALID_FIELD, WRONG_ACTION.
 */
export function readTrainingAction(action: Action__Output): {
	action: TrainingAction;
	fromFlat: boolean;
} {
	if (action.action === "flat") {
		const { row, message } = readFlatAction(
			trainingActions,
			action.flat?.levels ?? [],
		);
		return { action: toTrainingAction(row, message), fromFlat: true };
	}
	const row = trainingActions.find(({ name }) => name === action.action);
	if (row === undefined) {
		const names = trainingActions.map(({ name }) => name).join(", ");
		throw new NightshiftError(
			"WRONG_ACTION",
			action.action === undefined
				? `No action was given; one of ${names} is needed.`
				: `${action.action} is not an action of the training environment; one of ${names} is needed.`,
		);
	}
	return {
		action: toTrainingAction(
			row,
			action[action.action as keyof Action__Output] as object,
		),
		fromFlat: false,
	};
}

function toTrainingAction(row: ActionRow, message: object): TrainingAction {
	const given = readArguments(row, message);
	switch (row.name as TrainingAction["name"]) {
		case "configure_training": {
			const { resume_from, ...changes } = given;
			return {
				name: "configure_training",
				changes: changes as Partial<Configuration>,
				resume_from: (resume_from ?? "current") as ResumeFrom,
				names_resume_from: resume_from !== undefined,
			};
		}
		case "run_epochs":
			return {
				name: "run_epochs",
				num_epochs: given.num_epochs as number,
				patience_epochs: given["stop.patience_epochs"] as number | undefined,
				val_accuracy: given["stop.val_accuracy"] as number | undefined,
			};
		case "adjust_learning_rate":
			return {
				name: "adjust_learning_rate",
				new_lr: given.new_lr as number,
			};
		case "toggle_augmentation":
			return {
				name: "toggle_augmentation",
				enabled: given.enabled as boolean,
				strength: given.strength as number | undefined,
			};
		case "get_training_status":
			return { name: "get_training_status" };
		case "submit_model":
			return {
				name: "submit_model",
				checkpoint: (given.checkpoint ?? "best") as CheckpointName,
			};
	}
}
