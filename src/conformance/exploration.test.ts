import assert from "node:assert/strict";
import { test } from "node:test";
import { LowLevelClient } from "../../clients/typescript/low-level.js";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import { listTasks } from "./conformance.js";
import { explore } from "./exploration.js";
import { ServerContext } from "./server-context.js";
import { TaskContext } from "./task-context.js";
import { startBentServer } from "./testing-bent-server.js";
import { SRE, serve } from "./testing-conformance.js";

test("An action that was held up once is done at once all the same.", async (context) => {
	let steps = 0;
	const address = await startBentServer(context, await serve(context, SRE), {
		answer: {
			Step: (answer) => {
				steps += 1;
				if (steps === 1) answer.timing.compute_ms = 50;
			},
		},
	});
	const client = new LowLevelClient(address);
	context.after(() => client.close());
	const tasks = await listTasks(client);
	const task = tasks.find(({ id }) => id === SRE) as Task__Output;
	const { quick, slow } = await explore(
		new TaskContext(new ServerContext(client, tasks, task), task),
	);
	assert.equal(slow, undefined);
	assert.equal(quick, 0);
});
