import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import type { Action } from "../../../proto/generated/nightshift/v1/Action.js";
import type { Network } from "../../../workers/network.js";
import { startTestServer } from "../../server/testing.js";
import {
	convolution,
	dense,
	flatten,
	maxPooling,
} from "../../training/networks.js";
import type { Trainer } from "../../training/trainer.js";
import { createWorkerPool } from "../../training/worker-pool.js";
import type { Environment } from "../environment.js";
import type { Policy } from "../policy.js";
import {
	networksOf,
	noAugmentation,
	type TrainingTask,
	trainingTasks,
} from "./tasks.js";
import {
	Agent,
	configure,
	DrawnDataSets,
	run,
	submit,
} from "./testing-play.js";
import { createTrainingEnvironment } from "./training-environment.js";

/** A fourth task with a fourth network, both nothing but data: the ones that docs/extending.md shows, word for word. */

const leNet: Network = {
	name: "le-net",
	input: [28, 28, 1],
	layers: [
		convolution(6),
		maxPooling,
		convolution(16),
		maxPooling,
		flatten,
		dense(84),
		dense(10),
	],
};

const tasks: readonly TrainingTask[] = [
	...trainingTasks,
	{
		id: "training/short_fashion",
		version: 1,
		description:
			"Train a small convolutional network (67,730 parameters) on 1,000 pictures of clothes. Graded on the accuracy on hidden test images.",
		goal: "Reach a validation accuracy of 0.8 or more within 20 epochs, then submit.",
		difficulty: "easy",
		data: "fashion-mnist",
		network: leNet,
		trainImages: 1000,
		validationImages: 500,
		budget: 20,
		augmentation: { ...noAugmentation, flipProbability: 0.5 },
		score: { kind: "accuracy", floor: 0.3, target: 0.85 },
	},
];
const ID = "training/short_fashion";

process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
const dataSets = new DrawnDataSets({ train: 1500, test: 300 });

/** Plays the task over the wire on one engine: what the service says of it, what the agent sees, and what it came to. */
async function playOn(context: TestContext, trainer: Trainer) {
	const server = await startTestServer(context, {
		environment: createTrainingEnvironment(
			trainer,
			dataSets,
			tasks,
		) as Environment,
	});
	const client = server.client();
	const listed = await client.listTasks("training");
	const session = await client.createSession(ID, {
		seed: 5,
		views: ["typed", "flat", "text"],
	});
	const agent = new Agent(session);
	await agent.act(
		configure({
			dropout: 0.2,
			weight_decay: 1e-4,
			augmentation: true,
			augmentation_strength: 0.5,
		}),
		run(1),
	);
	const trained = session.observation;
	await agent.act(submit);
	await session.close();
	return { listed, trained, seen: agent.seen, result: agent.result };
}

const patient: Policy = {
	name: "patient",
	version: 1,
	environment: "training",
	description:
		"Adam at 0.0003 for the whole budget; submits the best checkpoint.",
	start: () => (observation) => {
		const seen = observation.training;
		if (!seen?.configuration)
			return { configure_training: { learning_rate: 3e-4 } };
		return seen.remaining_budget === 0
			? { submit_model: {} }
			: { run_epochs: { num_epochs: 20 } };
	},
};

function createTrainer(engine: "auto" | "portable"): Promise<Trainer> {
	return createWorkerPool({ engine, threads: 1, networks: networksOf(tasks) });
}

test("A fourth task with a fourth network, given as data, is listed, trained and graded over the wire, and both engines agree on it.", async (context) => {
	const trainer = await createTrainer("auto");
	context.after(() => trainer.close());
	const { listed, trained, seen, result } = await playOn(context, trainer);

	assert.equal(listed.length, trainingTasks.length + 1);
	const task = listed.find(({ id }) => id === ID);
	assert.ok(task);
	assert.deepEqual(
		task.actions.map(({ name }) => name),
		listed[0]?.actions.map(({ name }) => name),
	);
	assert.equal(task.budget, 20);
	assert.equal(task.max_actions, 120);
	assert.equal(task.difficulty, "easy");
	assert.match(task.goal, /0\.8 /);

	assert.equal(trained.flat?.columns.length, task.observation_columns.length);
	assert.match(trained.text ?? "", /short_fashion/);
	assert.equal(seen.data_set?.name, "synthetic-garments");
	assert.equal(seen.remaining_budget, 19);
	// Guessing has 0.1.
	assert.ok((seen.val_accuracy as number) > 0.3, `${seen.val_accuracy}`);
	assert.equal(result?.training?.test_images, 300);
	assert.equal(
		result?.score,
		result?.training?.accuracy_share,
		"the row's own rule scores it",
	);

	await context.test(
		"Both engines come to the same numbers.",
		{
			skip:
				trainer.engine.kind === "portable" &&
				`native TensorFlow is absent, so there is one engine: ${trainer.engine.why}`,
		},
		async (inner) => {
			const portable = await createTrainer("portable");
			inner.after(() => portable.close());
			const other = await playOn(inner, portable);
			assert.notEqual(other.seen.engine, seen.engine);
			for (const name of ["train_loss", "val_loss", "gradient_norm"] as const)
				assertWithin(other.seen[name], seen[name], 1e-3, name);
			for (const name of ["train_accuracy", "val_accuracy"] as const)
				assertWithin(other.seen[name], seen[name], 0.01, name);
			assertWithin(
				other.result?.training?.test_accuracy,
				result?.training?.test_accuracy,
				0.01,
				"test_accuracy",
			);
		},
	);
});

test("The policy that docs/extending.md shows plays a whole episode.", async (context) => {
	const trainer = await createTrainer("auto");
	context.after(() => trainer.close());
	const server = await startTestServer(context, {
		environment: createTrainingEnvironment(
			trainer,
			dataSets,
			tasks,
		) as Environment,
	});
	const client = server.client();
	const [task] = (await client.listTasks()).filter(({ id }) => id === ID);
	assert.ok(task);
	const session = await client.createSession(ID, { seed: 3 });
	const act = patient.start(task, 3n);
	for (;;) {
		const { result } = await session.step(act(session.observation) as Action);
		if (!result) continue;
		assert.equal(result.training?.epochs_charged, 20);
		break;
	}
});

test("What docs/extending.md shows is this task, network and policy, so they work as they stand there.", () => {
	const root = new URL("../../../../", import.meta.url);
	const read = (path: string) =>
		oneLine(readFileSync(new URL(path, root), "utf8"));
	const source = read("src/environments/training/fourth-task.test.ts");
	const guide = readFileSync(new URL("docs/extending.md", root), "utf8");
	const snippets = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
		([, code]) => oneLine(code as string).replace(/^export /, ""),
	);
	assert.equal(snippets.length, 3);
	for (const snippet of snippets)
		assert.ok(source.includes(snippet), `not in this test: ${snippet}`);
});

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();

function assertWithin(
	actual: number | undefined,
	expected: number | undefined,
	distance: number,
	name: string,
): void {
	assert.ok(
		Math.abs((actual as number) - (expected as number)) <= distance,
		`${name}: ${actual} and ${expected}`,
	);
}
