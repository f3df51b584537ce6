import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type TrainingTask,
	trainingTasks,
} from "../environments/training/tasks.js";
import { assertOrder, meanScores, serveSynthetic } from "./testing.js";

/** The easy task with fewer images and epochs. */
const small: TrainingTask = {
	...(trainingTasks[0] as TrainingTask),
	id: "training/small",
	trainImages: 512,
	validationImages: 128,
	budget: 20,
	score: { kind: "accuracy", floor: 0.3, target: 1 },
};

test("On 512 drawn digits the policies score in the order of their skill, and 0 without work.", async (context) => {
	const served = await serveSynthetic(context, small, {
		train: 640,
		test: 500,
	});
	const scores = await meanScores(served, ["1", "2", "3"]);
	assertOrder(scores);
	assert.equal(scores["do-nothing"], 0);
	assert.ok((scores.random as number) > 0.05);
});
