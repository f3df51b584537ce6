import assert from "node:assert/strict";
import { test } from "node:test";
import { cnn, deepCnn, mlp } from "../../training/networks.js";
import { networksOf, type TrainingTask, trainingTasks } from "./tasks.js";

test("The three tasks are those of the design page: data, network, sizes, budget, augmentation and score.", () => {
	assert.deepEqual(
		trainingTasks.map(
			({
				version: _version,
				description: _description,
				goal: _goal,
				...task
			}) => task,
		),
		[
			{
				id: "training/easy_mnist",
				difficulty: "easy",
				data: "mnist",
				network: mlp,
				trainImages: 4000,
				validationImages: 1000,
				budget: 100,
				augmentation: {
					rotationDegrees: 15,
					shiftShare: 0.1,
					flipProbability: 0,
					cropPadding: 0,
					colourShare: 0,
				},
				score: { kind: "accuracy", floor: 0.88, target: 0.975 },
			},
			{
				id: "training/medium_fashion",
				difficulty: "medium",
				data: "fashion-mnist",
				network: cnn,
				trainImages: 6500,
				validationImages: 1500,
				budget: 80,
				augmentation: {
					rotationDegrees: 10,
					shiftShare: 0,
					flipProbability: 0.5,
					cropPadding: 0,
					colourShare: 0,
				},
				score: { kind: "generalisation", floor: 0.75, target: 0.9 },
			},
			{
				id: "training/hard_cifar",
				difficulty: "hard",
				data: "cifar-10",
				network: deepCnn,
				trainImages: 8000,
				validationImages: 2000,
				budget: 60,
				augmentation: {
					rotationDegrees: 0,
					shiftShare: 0,
					flipProbability: 0.5,
					cropPadding: 4,
					colourShare: 0.2,
				},
				score: { kind: "efficiency", floor: 0.4, target: 0.68 },
			},
		],
	);
});

test("Each task tells its agent the target and the budget.", () => {
	const told = [
		[/0\.96/, /100 epochs/],
		[/0\.87.*gap.*0\.05/, /80 epochs/],
		[/0\.65/, /60 epochs/],
	] as const;
	told.forEach((patterns, index) => {
		for (const pattern of patterns)
			assert.match(trainingTasks[index]?.goal ?? "", pattern);
	});
});

test("The networks of tasks are each told once, and two that are called alike are refused.", () => {
	assert.deepEqual(networksOf(trainingTasks), [mlp, cnn, deepCnn]);
	const task = trainingTasks[0] as TrainingTask;
	const same = structuredClone(task.network);
	assert.deepEqual(networksOf([task, task, { ...task, network: same }]), [mlp]);
	assert.throws(
		() => networksOf([task, { ...task, network: { ...cnn, name: "mlp" } }]),
		/two different networks are called "mlp"/,
	);
});
