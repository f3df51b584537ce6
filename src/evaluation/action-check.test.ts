import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action, Task } from "../../clients/typescript/index.js";
import { whyNotOneAction } from "./action-check.js";

const task = {
	actions: [
		"configure_training",
		"run_epochs",
		"submit_model",
		"toggle_augmentation",
	].map((name) => ({ name })),
} as Task;

const check = (action: unknown) => whyNotOneAction(action as Action, task);

test("An action is exactly one of the task's.", () => {
	for (const action of [{}, { wait: {} }, { submit_model: {}, run_epochs: {} }])
		assert.equal(
			check(action),
			`action: ${JSON.stringify(Object.keys(action))} is not allowed; exactly one of configure_training, run_epochs, submit_model, toggle_augmentation, flat, with its arguments as an object.`,
		);
	for (const action of [
		{ submit_model: {}, run_epochs: undefined },
		{ flat: { levels: [1] } },
	])
		assert.equal(check(action), undefined);
});
