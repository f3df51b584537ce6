import type { ConfigureTraining } from "../../../../proto/generated/nightshift/v1/ConfigureTraining.js";
import type { Optimizer } from "../../../../proto/generated/nightshift/v1/Optimizer.js";
import type { RandomStream } from "../../../../workers/random-stream.js";

/** What the searching policies may vary, as a table: each dimension has its levels, and a point is one level of each. */
export interface Dimension {
	readonly levels: readonly (number | string)[];
	/** Whether neighbouring levels are alike. */
	readonly ordered: boolean;
}

const ordered = (...levels: readonly number[]): Dimension => ({
	levels,
	ordered: true,
});

/**
 * What an engineer would search who knows the field and not the task; the schedule is left out, since the environment's last as long as the
 * budget, not as a trial.
 */
export const SEARCH_SPACE = {
	optimizer: {
		levels: ["OPTIMIZER_SGD", "OPTIMIZER_ADAM", "OPTIMIZER_ADAMW"],
		ordered: false,
	},
	/** Adam's; SGD takes ten times as much. */
	rate: ordered(3e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2),
	batchSize: ordered(32, 64, 128),
	weightDecay: ordered(0, 1e-5, 1e-4, 1e-3),
	dropout: ordered(0, 0.1, 0.2, 0.3, 0.4, 0.5),
	/** Strength of augmentation; at 0 it is off. */
	augmentation: ordered(0, 0.25, 0.5, 0.75, 1),
} as const satisfies Record<string, Dimension>;

export type DimensionName = keyof typeof SEARCH_SPACE;

/** Indices of levels. */
export type Point = Readonly<Record<DimensionName, number>>;

const SGD_FACTOR = 10;

/** Every level of every dimension equally likely. */
export function drawPoint(stream: RandomStream): Point {
	return forEachDimension(({ levels }) => stream.nextBelow(levels.length));
}

/** What `of` gives for each dimension, in the table's order. */
export function forEachDimension<Value>(
	of: (dimension: Dimension, name: DimensionName) => Value,
): Record<DimensionName, Value> {
	const entries = Object.entries(SEARCH_SPACE) as [DimensionName, Dimension][];
	return Object.fromEntries(
		entries.map(([name, dimension]) => [name, of(dimension, name)]),
	) as Record<DimensionName, Value>;
}

/** All that the point means, nothing left as it was. */
export function toConfiguration(point: Point): ConfigureTraining {
	const value = (name: DimensionName) =>
		SEARCH_SPACE[name].levels[point[name]] as number | string;
	const optimizer = value("optimizer") as Optimizer;
	const rate = value("rate") as number;
	const strength = value("augmentation") as number;
	return {
		optimizer,
		learning_rate:
			optimizer === "OPTIMIZER_SGD"
				? Number((SGD_FACTOR * rate).toPrecision(3))
				: rate,
		batch_size: value("batchSize") as number,
		weight_decay: value("weightDecay") as number,
		dropout: value("dropout") as number,
		augmentation: strength > 0,
		augmentation_strength: strength,
	};
}
