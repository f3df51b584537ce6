import type { TestContext } from "node:test";
import type {
	NightshiftClient,
	Task,
} from "../../../clients/typescript/index.js";
import type { Environment } from "../../environments/environment.js";
import { createSreEnvironment } from "../../environments/sre/sre-environment.js";
import type { TrainingTask } from "../../environments/training/tasks.js";
import { ScriptedTrainer } from "../../environments/training/testing.js";
import { startTestServer } from "../../server/testing.js";
import {
	createTinyEnvironment,
	tinyTasks,
} from "../../sessions/testing-training.js";
import type { Trainer } from "../../training/trainer.js";

/** A real server with both environments, the training one small and, unless another trainer is given, scripted. Only tests use it. */
export async function serveBoth(
	context: TestContext,
	trainer: Trainer = new ScriptedTrainer(() => ({})),
	trainings: readonly TrainingTask[] = tinyTasks,
): Promise<{
	readonly address: string;
	readonly client: NightshiftClient;
	readonly task: (id: string) => Task;
}> {
	const server = await startTestServer(context, {
		environment: [
			createTinyEnvironment(trainer, trainings),
			createSreEnvironment() as Environment,
		],
	});
	const client = server.client();
	const tasks = await client.listTasks();
	return {
		address: server.address,
		client,
		task(id) {
			const found = tasks.find((task) => task.id === id);
			if (found === undefined) throw new Error(`no task ${id}`);
			return found;
		},
	};
}
