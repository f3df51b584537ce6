import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { after, before, test } from "node:test";
import {
	type Action,
	NightshiftClient,
	type StepResponse,
} from "../../clients/typescript/index.js";
import { readServerConfiguration } from "../configuration.js";
import { policyOf } from "../environments/policies.js";
import { createLog } from "../log.js";
import { type Service, startService } from "../serve.js";

/** Real images, real networks, real sizes: minutes, so these run by command. */

const data = resolve("../shared/datasets");
const skip = !existsSync(data) && `no real images in ${data}`;
const tasks = [
	"training/easy_mnist",
	"training/medium_fashion",
	"training/hard_cifar",
];
const actions: readonly Action[] = [
	{
		configure_training: {
			dropout: 0.3,
			weight_decay: 1e-4,
			augmentation: true,
			augmentation_strength: 0.8,
		},
	},
	{ run_epochs: { num_epochs: 2 } },
	{
		configure_training: {
			optimizer: "OPTIMIZER_SGD",
			learning_rate: 0.01,
			resume_from: "RESUME_FROM_BEST_CHECKPOINT",
		},
	},
	{ run_epochs: { num_epochs: 1 } },
	{ submit_model: {} },
];

let service: Service;
let client: NightshiftClient;

before(async () => {
	service = await startService(
		readServerConfiguration({ port: "0", ...(skip ? {} : { data }) }, {}),
		createLog("silent"),
	);
	client = new NightshiftClient(service.address);
});

after(async () => {
	client.close();
	await service.drain();
});

test("Each task gives the same answers alone and while the other two train.", {
	skip,
}, async () => {
	const alone: string[] = [];
	for (const task of tasks) alone.push(await play(task));
	assert.deepEqual(await Promise.all(tasks.map(play)), alone);
	assert.deepEqual(
		await Promise.all(tasks.toReversed().map(play)),
		alone.toReversed(),
	);
});

test("The heuristic scores at least 0.8 on real digits, doing nothing 0.", {
	skip,
}, async () => {
	const scores = [];
	for (const name of ["heuristic", "do-nothing"]) {
		const task = (await client.listTasks()).find(({ id }) => id === tasks[0]);
		assert.ok(task);
		const act = policyOf("training", name).start(task, 1n);
		const session = await client.createSession(task.id, { seed: 1 });
		let result: StepResponse["result"];
		for (;;) {
			const action = act(session.observation);
			result = action
				? (await session.step(action)).result
				: (await session.finish()).result;
			if (result) break;
		}
		scores.push(result.score);
		await session.close();
	}
	assert.ok((scores[0] as number) >= 0.8, `the heuristic scored ${scores[0]}`);
	assert.equal(scores[1], 0);
});

/** Every answer of the episode, without how long it took. */
async function play(taskId: string): Promise<string> {
	const session = await client.createSession(taskId, {
		seed: 11,
		views: ["typed", "flat", "text"],
	});
	const answers = [JSON.stringify(session.observation)];
	for (const action of actions) {
		const { timing: _timing, ...answer } = await session.step(action);
		answers.push(JSON.stringify(answer));
	}
	await session.close();
	return answers.join("\n");
}
