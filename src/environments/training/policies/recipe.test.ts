import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../../../../proto/generated/nightshift/v1/Action.js";
import type { Observation__Output } from "../../../../proto/generated/nightshift/v1/Observation.js";
import type { Task__Output } from "../../../../proto/generated/nightshift/v1/Task.js";
import { playRecipe, type Recipe } from "./recipe.js";

const recipe: Recipe = {
	configuration: { optimizer: "OPTIMIZER_ADAM", learning_rate: 0.4 },
	length: 0.5,
	warmupEpochs: 2,
	epochsACall: 1,
	checkpoint: "CHECKPOINT_LAST",
};

test("The rate warms up, then follows a cosine over the run's own length, and the last weights are submitted at its end.", () => {
	const { actions } = play(recipe, 12);
	assert.deepEqual(actions[0], {
		configure_training: { optimizer: "OPTIMIZER_ADAM", learning_rate: 0.2 },
	});
	assert.deepEqual(actions.at(-1), {
		submit_model: { checkpoint: "CHECKPOINT_LAST" },
	});
	const cosine = (share: number) => (0.4 * (1 + Math.cos(Math.PI * share))) / 2;
	near(ratesOf(actions), [
		0.2,
		0.4,
		0.4,
		cosine(0.25),
		cosine(0.5),
		cosine(0.75),
	]);
});

test("A call of several epochs holds its rate, and the last one is cut to the run's length.", () => {
	const { actions } = play(
		{ ...recipe, length: 1, warmupEpochs: 0, epochsACall: 4 },
		10,
	);
	assert.deepEqual(
		actions.flatMap(({ run_epochs }) => run_epochs?.num_epochs ?? []),
		[4, 4, 2],
	);
	near(ratesOf(actions), [
		0.4,
		0.2 * (1 + Math.cos(0.4 * Math.PI)),
		0.2 * (1 + Math.cos(0.8 * Math.PI)),
	]);
});

test("The run is over early, with its last weights, once the accuracy is enough.", () => {
	const { actions, epochs } = play(
		{ ...recipe, length: 1, checkpoint: "CHECKPOINT_BEST", enough: 0.3 },
		10,
	);
	assert.equal(epochs, 3);
	assert.deepEqual(actions.at(-1), {
		submit_model: { checkpoint: "CHECKPOINT_LAST" },
	});
});

test("A diverged run submits its best checkpoint.", () => {
	const { actions, epochs } = play(recipe, 12, 2);
	assert.equal(epochs, 2);
	assert.deepEqual(actions.at(-1), { submit_model: {} });
});

/** Plays against a pretended training, whose validation accuracy rises by 0.1 an epoch. */
function play(
	recipe: Recipe,
	budget: number,
	divergesAt?: number,
): { actions: Action[]; epochs: number } {
	const act = playRecipe(recipe)({} as Task__Output, 1n);
	const actions: Action[] = [];
	let epochs = 0;
	let rate: number | undefined;
	for (;;) {
		const action = act({
			training: {
				current_epoch: epochs,
				max_epochs: budget,
				remaining_budget: budget - epochs,
				is_diverged: epochs === divergesAt,
				val_accuracy: epochs === 0 ? undefined : epochs / 10,
				configuration: rate === undefined ? null : { learning_rate: rate },
			},
		} as unknown as Observation__Output) as Action;
		actions.push(action);
		if (action.submit_model) return { actions, epochs };
		rate = Number(
			action.configure_training?.learning_rate ??
				action.adjust_learning_rate?.new_lr ??
				rate,
		);
		epochs += action.run_epochs?.num_epochs ?? 0;
	}
}

/** The rate of each call that trains. */
function ratesOf(actions: readonly Action[]): number[] {
	let rate = Number.NaN;
	return actions.flatMap((action) => {
		rate = Number(
			action.configure_training?.learning_rate ??
				action.adjust_learning_rate?.new_lr ??
				rate,
		);
		return action.run_epochs ? [rate] : [];
	});
}

function near(found: readonly number[], expected: readonly number[]): void {
	assert.equal(found.length, expected.length);
	found.forEach((value, index) => {
		assert.ok(
			Math.abs(value - (expected[index] as number)) < 1e-12,
			`${found.join(", ")} instead of ${expected.join(", ")}`,
		);
	});
}
