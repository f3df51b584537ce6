import type { Configuration } from "./actions.js";

/** Where a schedule began: at the last configure_training that named a rate, schedule, warm-up, optimizer or where to resume from. */
export interface ScheduleStart {
	/** Epochs charged then. */
	readonly charged: number;
	/** Budget left then: T. */
	readonly budgetLeft: number;
}

/** The learning rate of the next epoch; constant within it. `charged` counts the epochs charged so far. */
export function learningRate(
	{ learning_rate: base, lr_schedule, warmup_epochs: warmup }: Configuration,
	start: ScheduleStart,
	charged: number,
): number {
	const k = charged - start.charged;
	const total = start.budgetLeft;
	switch (lr_schedule) {
		case "constant":
			return base;
		case "step":
			return base * 0.1 ** Math.floor((3 * k) / total);
		case "cosine":
			return cosine(base, k / total);
		case "warmup_cosine":
			return k < warmup
				? (base * (k + 1)) / warmup
				: cosine(base, (k - warmup) / (total - warmup));
	}
}

function cosine(base: number, share: number): number {
	return (base * (1 + Math.cos(Math.PI * share))) / 2;
}
