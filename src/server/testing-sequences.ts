import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { ConfigureTraining } from "../../proto/generated/nightshift/v1/ConfigureTraining.js";
import type { CreateSessionRequest } from "../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import type { RunEpochs } from "../../proto/generated/nightshift/v1/RunEpochs.js";
import { RandomStream } from "../../workers/random-stream.js";
import {
	type ActionRow,
	type ArgumentRow,
	flatColumns,
} from "../environments/action-schema.js";
import { trainingActions } from "../environments/training/actions.js";
import {
	type TrainingTask,
	trainingTasks,
} from "../environments/training/tasks.js";

/** Random sequences of actions of the training environment, each fixed by a number. */

export interface Sequence {
	/** All of it follows from this; a test that fails tells it. */
	readonly number: number;
	readonly start: CreateSessionRequest & { readonly task_id: string };
	readonly moves: readonly Move[];
}

/** What a client asks of its session. A step may be asked as a stream, which must not change its answer. */
export type Move =
	| {
			readonly kind: "step";
			readonly action: Action;
			readonly streamed: boolean;
	  }
	| { readonly kind: "reset"; readonly task_id: string; readonly seed: string }
	| { readonly kind: "finish" };

const [mnist, fashion, cifar] = trainingTasks as [
	TrainingTask,
	TrainingTask,
	TrainingTask,
];
const small = { trainImages: 512, validationImages: 128, budget: 8 };
const flatten = { kind: "flatten" } as const;
const maxPooling = { kind: "max-pooling" } as const;
const convolution = (filters: number) =>
	({ kind: "convolution", filters }) as const;
const dense = (units: number) => ({ kind: "dense", units }) as const;

/** The three tasks' rules for images, rewards and scores, over small networks and 512 images. */
export const sequenceTasks: readonly TrainingTask[] = [
	{
		...mnist,
		...small,
		id: "training/sequence_mlp",
		network: {
			name: "sequence-mlp",
			input: [28, 28, 1],
			layers: [flatten, dense(32), dense(10)],
		},
		score: { ...mnist.score, floor: 0.1 },
	},
	{
		...fashion,
		...small,
		id: "training/sequence_cnn",
		network: {
			name: "sequence-cnn",
			input: [28, 28, 1],
			layers: [
				convolution(4),
				maxPooling,
				convolution(8),
				maxPooling,
				flatten,
				dense(16),
				dense(10),
			],
		},
		score: { ...fashion.score, floor: 0.1 },
	},
	{
		...cifar,
		...small,
		id: "training/sequence_colour",
		budget: 12,
		network: {
			name: "sequence-colour",
			input: [32, 32, 3],
			layers: [
				convolution(4),
				maxPooling,
				maxPooling,
				flatten,
				dense(16),
				dense(10),
			],
		},
		score: { ...cifar.score, floor: 0.1 },
	},
];

export const sequenceNetworks = sequenceTasks.map(({ network }) => network);

const KEY = new Uint8Array(32);

/** A stream of random numbers for a sequence; `use` keeps what is drawn for one thing apart from the others. */
export const streamOf = (use: string, number: number) =>
	new RandomStream(KEY, use, number);

/** The sequences first..first + count - 1. */
export const drawSequences = (first: number, count: number): Sequence[] =>
	Array.from({ length: count }, (_, index) => drawSequence(first + index));

export function drawSequence(number: number): Sequence {
	const draw = new Draw(streamOf("sequence", number));
	// In turn, so that ten sequences have all of them.
	const { id: task_id } = sequenceTasks[
		number % sequenceTasks.length
	] as TrainingTask;
	const views = ["VIEW_TYPED", "VIEW_FLAT", "VIEW_TEXT"] as const;
	return {
		number,
		start: {
			task_id,
			seed: drawSeed(draw),
			split: draw.one([
				"SPLIT_UNSPECIFIED",
				"SPLIT_TRAIN",
				"SPLIT_VALIDATION",
				"SPLIT_TEST",
			]),
			options: {
				reward_mode: draw.one(["REWARD_MODE_SHAPED", "REWARD_MODE_SCORE"]),
				views: draw.chance(0.5) ? [...views] : [draw.one(views)],
			},
		},
		moves: [
			...drawMoves(draw),
			...(draw.chance(0.25)
				? [
						{
							kind: "reset" as const,
							task_id: draw.one(sequenceTasks).id,
							seed: drawSeed(draw),
						},
						...drawMoves(draw, 3),
					]
				: []),
		],
	};
}

/** An episode: mostly configured first, trained now and then, and ended in one of the ways there are, or left open. */
function drawMoves(draw: Draw, count = draw.between(4, 8)): Move[] {
	const step = (action: Action): Move => ({
		kind: "step",
		action,
		streamed: draw.chance(0.5),
	});
	const moves: Move[] = draw.chance(0.85)
		? [step({ configure_training: drawConfigure(draw) })]
		: [];
	for (let index = 0; index < count; index++)
		moves.push(step(drawAction(draw)));
	switch (draw.below(6)) {
		case 0:
			return moves;
		case 1:
			return [...moves, { kind: "finish" }];
		case 2:
			return [
				...moves,
				step({ submit_model: drawArguments(draw, "submit_model") }),
				// Refused: the episode has ended.
				step(drawAction(draw)),
			];
		default:
			return [
				...moves,
				step({ submit_model: drawArguments(draw, "submit_model") }),
			];
	}
}

function drawAction(draw: Draw): Action {
	switch (draw.below(20)) {
		case 0:
			return { get_training_status: {} };
		case 1:
		case 2:
			return {
				toggle_augmentation: drawArguments(draw, "toggle_augmentation"),
			};
		case 3:
		case 4:
			return {
				adjust_learning_rate: {
					...drawArguments(draw, "adjust_learning_rate"),
					new_lr: drawRate(draw),
				},
			};
		case 5:
		case 6:
		case 7:
		case 8:
			return { configure_training: drawConfigure(draw) };
		case 9:
		case 10:
			return { flat: { levels: drawLevels(draw) } };
		case 11:
			return drawMalformed(draw);
		default:
			return { run_epochs: drawRun(draw) };
	}
}

/** Rates at which training learns, and a few at which it diverges or stands still. */
const drawRate = (draw: Draw): number =>
	draw.chance(0.75)
		? 10 ** draw.real(-3.5, -1.5)
		: draw.one([1e-6, 0.1, 0.3, 1, 1]);

/** Few epochs, and a patience that can end them. */
function drawRun(draw: Draw): RunEpochs {
	const { stop } = drawArguments(draw, "run_epochs") as RunEpochs;
	if (stop?.patience_epochs !== undefined)
		stop.patience_epochs = draw.between(1, 3);
	return { num_epochs: draw.between(1, 3), ...(stop && { stop }) };
}

function drawConfigure(draw: Draw): ConfigureTraining {
	const given = drawArguments(draw, "configure_training");
	if ("learning_rate" in given) given.learning_rate = drawRate(draw);
	if (draw.chance(0.12)) {
		given.learning_rate = 1;
		given.weight_decay = 0;
	}
	if ("warmup_epochs" in given) given.warmup_epochs = draw.between(0, 3);
	// A warm-up under another schedule is refused, which shall happen, but seldom.
	if (draw.chance(0.85)) {
		if (Number(given.warmup_epochs) > 0)
			given.lr_schedule = "LEARNING_RATE_SCHEDULE_WARMUP_COSINE";
		else if ("lr_schedule" in given) given.warmup_epochs = 0;
	}
	return given;
}

/** Every argument of an action: a required one always, another one now and then, any value that is allowed. */
function drawArguments(draw: Draw, action: string): Record<string, unknown> {
	const row = trainingActions.find(({ name }) => name === action) as ActionRow;
	const message: Record<string, unknown> = {};
	for (const argument of row.arguments) {
		if (argument.required !== true && !draw.chance(0.35)) continue;
		const [outer, inner] = argument.name.split(".") as [string, string?];
		const value = drawValue(draw, argument);
		if (inner === undefined) message[outer] = value;
		else message[outer] = { ...(message[outer] as object), [inner]: value };
	}
	return message;
}

function drawValue(draw: Draw, argument: ArgumentRow): unknown {
	switch (argument.type) {
		case "number":
			return draw.chance(0.5)
				? draw.one(argument.levels)
				: draw.real(argument.minimum, argument.maximum);
		case "integer":
			return argument.allowed
				? draw.one(argument.allowed)
				: draw.between(argument.minimum, argument.maximum);
		case "boolean":
			return draw.chance(0.5);
		case "choice":
			return `${argument.enumPrefix}${draw.one(["unspecified", ...argument.choices]).toUpperCase()}`;
	}
}

/** A row of levels, any of those there are, but no more than three epochs. */
function drawLevels(draw: Draw): number[] {
	const levels = flatColumns(trainingActions).map((count) => draw.below(count));
	const before = trainingActions.slice(
		0,
		trainingActions.findIndex(({ name }) => name === "run_epochs"),
	);
	const epochs = 1 + before.reduce((sum, row) => sum + row.arguments.length, 0);
	levels[epochs] = draw.below(3);
	return levels;
}

/** What the server must refuse for its contents alone. */
const drawMalformed = (draw: Draw): Action =>
	draw.one<Action>([
		{},
		{ wait: {} },
		{ run_epochs: { num_epochs: 0 } },
		{ run_epochs: { num_epochs: 1, stop: { val_accuracy: 1.5 } } },
		{ adjust_learning_rate: { new_lr: 2 } },
		{ toggle_augmentation: { enabled: true, strength: -0.1 } },
		{ configure_training: { batch_size: 33, dropout: 0.9 } },
		{ configure_training: { learning_rate: Number.NaN } },
		{ submit_model: { checkpoint: 7 as never } },
		{ flat: { levels: [99] } },
	]);

/** Any 64-bit number. */
const drawSeed = (draw: Draw): string =>
	String((BigInt(draw.below(2 ** 32)) << 32n) | BigInt(draw.below(2 ** 32)));

class Draw {
	constructor(private readonly stream: RandomStream) {}

	/** 0..bound-1. */
	below(bound: number): number {
		return this.stream.nextBelow(bound);
	}

	/** Both ends included. */
	between(least: number, most: number): number {
		return least + this.below(most - least + 1);
	}

	real(minimum: number, maximum: number): number {
		return this.stream.nextBetween(minimum, maximum);
	}

	chance(share: number): boolean {
		return this.stream.nextUnit() < share;
	}

	one<T>(list: readonly T[]): T {
		return list[this.below(list.length)] as T;
	}
}
