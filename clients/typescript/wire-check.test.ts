import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action, SreDeclaration } from "./index.js";
import { whatIsLost } from "./wire-check.js";

const check = (action: unknown, declare?: SreDeclaration) =>
	whatIsLost({ action: action as Action, ...(declare && { declare }) });

test("Whatever the wire holds as it is given is sent.", () => {
	for (const action of [
		{ configure_training: {} },
		{
			configure_training: {
				optimizer: "OPTIMIZER_ADAM",
				learning_rate: 0.1,
				augmentation: false,
				batch_size: 64,
				dropout: undefined,
				weight_decay: null,
			},
		},
		{ run_epochs: { num_epochs: 0, stop: { val_accuracy: 0.9 } } },
		{ run_epochs: { num_epochs: 1e6 } },
		{ toggle_augmentation: { enabled: false, strength: -0 } },
		{ submit_model: {}, run_epochs: undefined },
		{ flat: { levels: [1, 0, 2] } },
	])
		assert.equal(check(action), undefined, JSON.stringify(action));
});

test("What the wire would drop, round or turn into something else is named with its value.", () => {
	const expected: readonly [unknown, string][] = [
		[
			{ configure_training: { optimizer: "adam" } },
			'action.configure_training.optimizer: "adam"',
		],
		[{ configure_training: { lr: 0.1 } }, "action.configure_training.lr: 0.1"],
		[
			{ configure_training: { learning_rate: "0.1" } },
			'action.configure_training.learning_rate: "0.1"',
		],
		[{ run_epochs: { num_epochs: 1.5 } }, "action.run_epochs.num_epochs: 1.5"],
		[{ run_epochs: { num_epochs: -1 } }, "action.run_epochs.num_epochs: -1"],
		[{ run_epochs: { stop: { x: 1 } } }, "action.run_epochs.stop.x: 1"],
		[{ configure_training: [] }, "action.configure_training: []"],
		[{ flat: { levels: [1, "x"] } }, 'action.flat.levels.1: "x"'],
	];
	for (const [action, beginning] of expected)
		assert.equal(
			check(action),
			`${beginning} is not allowed; the contract knows no such field, or another kind of value for it (enums by their full names, whole numbers where it says so).`,
		);
	assert.equal(check({ run_epochs: 5 }), "Action.run_epochs: object expected.");
});

test("A diagnosis is looked at the same way, beside an action and beside the finish.", () => {
	const declare = {
		service_id: "x",
		fault_class: "single_oom",
	} as unknown as SreDeclaration;
	const expected = /^declare\.fault_class: "single_oom" is not allowed/;
	assert.match(check({ submit_model: {} }, declare) as string, expected);
	assert.match(whatIsLost({ declare }) as string, expected);
	assert.equal(
		whatIsLost({
			declare: { service_id: "x", fault_class: "FAULT_CLASS_NONE" },
		}),
		undefined,
	);
});
