import assert from "node:assert/strict";
import { test } from "node:test";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import { episodeKey } from "../environments/episode-key.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import type { Episode } from "./episodes.js";
import { toStepReply, writeStepReply } from "./replies.js";

function observe() {
	const sre = createSreEnvironment();
	const taskId = "sre/hard";
	const source = { taskId, taskVersion: 1, split: "train", seed: "3" } as const;
	const state = sre.start(taskId, episodeKey(source), "train");
	assert.ok(!(state instanceof Promise));
	return { sre, state };
}

test("The text of a step's reply is the reply as JSON, with every view, at an episode's end too, and for a stored answer.", () => {
	const { sre, state } = observe();
	const episode = { id: 'mine "1"' } as Episode;
	const views = [
		sre.observe(state),
		{ flat: sre.flatten(state) },
		{ text: sre.describe(state) },
		{
			...sre.observe(state),
			flat: sre.flatten(state),
			text: 'line "1"\nline 2',
		},
		{ training: { epochs_used: 3, notice: "plain" } },
		{},
	];
	const more: Partial<StepResponse>[] = [
		{ info: Object.freeze({ notice: "", sre: { cost: 0.04 } }) },
		{ info: { notice: "again", training: { engine: "portable" } } },
		{ reward_breakdown: [{ name: "progress", value: 0.5 }], replayed: true },
		{
			reward: Number.NaN,
			terminated: true,
			result: {
				score: 0.9,
				end_reason: "END_REASON_LAST_STEP",
				sre: { recovery: 1 },
			},
		},
		{ truncated: true, timing: { queue_ms: 1.5, compute_ms: 0.25 } },
	];
	let compared = 0;
	for (const observation of views)
		for (const fields of more)
			for (const twice of [1, 2]) {
				const response = {
					episode: 1,
					step: 7 * twice,
					reward: 0.25,
					observation,
					...fields,
				} as StepResponse;
				assert.equal(
					writeStepReply(episode, response),
					JSON.stringify(toStepReply(episode, response)),
				);
				compared += 1;
			}
	assert.equal(compared, 60);
});
