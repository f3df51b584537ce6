import assert from "node:assert/strict";
import { test } from "node:test";
import { trainingActions } from "./actions.js";
import type { TrainingEpisode } from "./episode.js";
import { whyNotPossible } from "./possible.js";
import { createConfigured, createEpisode, task } from "./testing.js";

const NEEDS_CONFIGURATION =
	"Training is not configured yet; call configure_training first.";

/** States, and why each action that is not possible there is not; all others are. */
const states: readonly (readonly [
	title: string,
	episode: TrainingEpisode,
	refused: Readonly<Record<string, string>>,
])[] = [
	[
		"Before the first configuration only that, the status and a submission are possible.",
		createEpisode(),
		{
			run_epochs: NEEDS_CONFIGURATION,
			adjust_learning_rate: NEEDS_CONFIGURATION,
			toggle_augmentation: NEEDS_CONFIGURATION,
		},
	],
	[
		"Once configured everything is possible, up to the last epoch of the budget.",
		createConfigured({ charged: task.budget - 1 }),
		{},
	],
	[
		"Once the budget is spent no more epochs are.",
		createConfigured({ charged: task.budget }),
		{
			run_epochs:
				"The budget of 30 epochs is spent; submit_model ends the episode.",
		},
	],
	[
		"After a divergence training goes on only from a checkpoint or from scratch.",
		createConfigured({ charged: 3, diverged: true }),
		{
			run_epochs:
				"Training has diverged; call configure_training with resume_from best_checkpoint or scratch to go on.",
		},
	],
	[
		"After a divergence at the end of the budget it is the budget that is told.",
		createConfigured({ charged: task.budget, diverged: true }),
		{
			run_epochs:
				"The budget of 30 epochs is spent; submit_model ends the episode.",
		},
	],
];

for (const [title, episode, refused] of states)
	test(title, () => {
		for (const { name } of trainingActions)
			assert.equal(whyNotPossible(episode, task, name), refused[name], name);
	});
