import { test } from "node:test";
import {
	type TrainingTask,
	trainingTasks,
} from "../environments/training/tasks.js";
import { assertOrder, meanScores, serveSynthetic } from "./testing.js";

/**
 * The tasks of the service on the synthetic sets with their real budgets, the easy one on all of its images: some minutes, so these run by
 * command.
 */

/** Images and seeds: fewer where an epoch takes seconds. */
const SIZES: Record<TrainingTask["difficulty"], Size> = {
	easy: { images: {}, seeds: ["1", "2", "3"] },
	medium: {
		images: { trainImages: 2000, validationImages: 500 },
		seeds: ["1"],
	},
	hard: { images: { trainImages: 2000, validationImages: 500 }, seeds: ["1"] },
};

interface Size {
	readonly images: Partial<TrainingTask>;
	readonly seeds: readonly string[];
}

for (const task of trainingTasks)
	test(`On its synthetic images ${task.id} scores the policies in the order of their skill.`, async (context) => {
		const { images, seeds } = SIZES[task.difficulty];
		const served = await serveSynthetic(context, { ...task, ...images });
		assertOrder(await meanScores(served, seeds));
	});
