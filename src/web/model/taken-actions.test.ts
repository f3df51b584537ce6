import assert from "node:assert/strict";
import { test } from "node:test";
import type { ActionSpec, SessionEvent } from "./messages.js";
import { takenActions } from "./taken-actions.js";

const argument = (
	name: string,
	type: "number" | "name",
	labels: readonly string[],
) => ({
	name,
	description: "",
	type,
	required: false,
	minimum: null,
	maximum: null,
	choices: [],
	default_value: "",
	levels: labels.map((label) => ({ label })),
});

const specs: readonly ActionSpec[] = [
	{
		name: "adjust",
		description: "",
		free: false,
		arguments: [argument("new_lr", "number", ["unchanged", "0.1"])],
	},
	{
		name: "restart",
		description: "",
		free: false,
		arguments: [argument("service_id", "name", ["place 0", "place 1"])],
	},
];

const event = (offset: number, body: Partial<SessionEvent>): SessionEvent => ({
	offset,
	episode: 1,
	time: "2026-01-01T00:00:00.000Z",
	...body,
});

const started = (offset: number, action: object) =>
	event(offset, { action_started: { action: action as never } });

const completed = (offset: number, step: number, reward: number) =>
	event(offset, {
		action_completed: {
			step,
			reward,
			observation: null,
			reward_breakdown: [],
			terminated: false,
			truncated: false,
			info: { notice: "" },
		},
	});

test("An action is told with what was given, and what it was paid.", () => {
	const [taken] = takenActions(
		[
			started(1, {
				run_epochs: { num_epochs: 5, stop: { val_accuracy: 0.9 } },
			}),
			completed(2, 1, 0.25),
		],
		[],
		[],
	);
	assert.equal(taken?.name, "run_epochs");
	assert.equal(taken?.told, "epochs 5, validation accuracy 0.9");
	assert.equal(taken?.state, "done");
	assert.equal(taken?.step, 1);
	assert.equal(taken?.reward, 0.25);
});

test("A flat action is told as the one that its levels mean.", () => {
	const told = takenActions(
		[
			started(1, { flat: { levels: [1, 0, 1] } }),
			started(2, { flat: { levels: [0, 1, 0] } }),
		],
		specs,
		["gateway", "orders"],
	).map(({ name, service, told }) => [name, service, told]);
	assert.deepEqual(told, [
		["restart", "orders", "orders"],
		["adjust", "", "new learning rate 0.1"],
	]);
});

test("An action that was cut off says so; taken up again, it stands there once more.", () => {
	const run = { run_epochs: { num_epochs: 5 } };
	const states = takenActions(
		[
			started(1, run),
			event(2, { action_interrupted: { reason: "CALL_CANCELLED" } }),
			started(3, run),
			completed(4, 1, 0),
		],
		[],
		[],
	).map(({ state }) => state);
	assert.deepEqual(states, ["cut", "done"]);
});
