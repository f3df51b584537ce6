import type { TestContext } from "node:test";
import { LowLevelClient } from "../../clients/typescript/low-level.js";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import {
	networksOf,
	type TrainingTask,
} from "../environments/training/tasks.js";
import { startTestServer } from "../server/testing.js";
import {
	createTinyEnvironment,
	createTrainer,
	tinyTasks,
} from "../sessions/testing-training.js";
import { checkConformance, listTasks, type RuleResult } from "./conformance.js";
import type { Rule } from "./rule.js";

/** What tests of the rules stand on: our own servers, and asking them. */

export const SRE = "sre/easy";

/** The tiny training task with a network large enough that calls can come while it trains. */
const small: TrainingTask = {
	...(tinyTasks[0] as TrainingTask),
	id: "training/small",
	network: {
		name: "conformance-mlp",
		input: [28, 28, 1],
		layers: [
			{ kind: "flatten" },
			{ kind: "dense", units: 256 },
			{ kind: "dense", units: 10 },
		],
	},
};

export const SMALL = small.id;

/** Serves the SRE environment, or the small training task, until the test is over; gives the address. */
export async function serve(
	context: TestContext,
	task: string,
): Promise<string> {
	if (task === SRE) {
		const environment = createSreEnvironment() as Environment;
		const server = await startTestServer(context, { environment });
		return server.address;
	}
	const trainer = await createTrainer({ networks: networksOf([small]) });
	context.after(() => trainer.close());
	const server = await startTestServer(context, {
		environment: createTinyEnvironment(trainer, [small]),
	});
	return server.address;
}

/** Asks a server for rules over one task. */
export async function ask(
	context: TestContext,
	address: string,
	rules: readonly Rule[],
	task: string,
): Promise<RuleResult[]> {
	const client = new LowLevelClient(address);
	context.after(() => client.close());
	const all = await listTasks(client);
	const results: RuleResult[] = [];
	for await (const result of checkConformance(client, {
		all,
		chosen: all.filter(({ id }) => id === task),
		rules,
	}))
		results.push(result);
	return results;
}
