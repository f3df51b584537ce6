import { test } from "node:test";
import { trainingTasks } from "../environments/training/tasks.js";
import { assertOrder, meanScores, serveSynthetic } from "./testing.js";

/** The tasks of the service on the synthetic sets at their real size: many minutes, so these run by command. */

/** Fewer where an episode takes minutes. */
const SEEDS = { easy: ["1", "2", "3"], medium: ["1"], hard: ["1"] };

for (const task of trainingTasks)
	test(`On its synthetic images ${task.id} scores the policies in the order of their skill.`, async (context) => {
		const served = await serveSynthetic(context, task);
		assertOrder(await meanScores(served, SEEDS[task.difficulty]));
	});
