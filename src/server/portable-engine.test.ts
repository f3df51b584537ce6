import assert from "node:assert/strict";
import { after, test } from "node:test";
import { envService } from "../../clients/typescript/contract.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";

/** The tests of the service that train, on the portable engine, whatever engine there is beside it. */

process.env.NIGHTSHIFT_ENGINE = "portable";
for (const name of ["determinism", "env-service", "faults"])
	await import(`./${name}.test.js`);
const { createTinyEnvironment, createTrainer, TINY } = await import(
	"../sessions/testing-training.js"
);
const { startTestServer } = await import("./testing.js");

const trainer = await createTrainer();
after(() => trainer.close());

test("The portable engine names itself in the typed and the text observation, beside a flat one in the step's info, and in the result.", async (context) => {
	assert.equal(trainer.engine.kind, "portable");
	const { name } = trainer.engine;
	assert.match(name, /^portable-\d+ \(/);
	const server = await startTestServer(context, {
		environment: createTinyEnvironment(trainer),
	});
	const open = async (views: ("VIEW_TYPED" | "VIEW_FLAT" | "VIEW_TEXT")[]) => {
		const { session, observation } = await server.ask(
			envService.CreateSession,
			{ task_id: TINY, seed: 7, options: { views } },
		);
		return {
			observation,
			step: (action: Action) =>
				server.ask(envService.Step, {
					session_id: session?.session_id as string,
					action,
				}),
		};
	};
	const seeing = await open(["VIEW_TYPED", "VIEW_TEXT"]);
	const flat = await open(["VIEW_FLAT"]);
	const actions: Action[] = [
		{ configure_training: {} },
		{ run_epochs: { num_epochs: 1 } },
		{ toggle_augmentation: { enabled: true } },
		{ submit_model: {} },
	];
	const namedIn = (observation: typeof seeing.observation) => {
		assert.equal(observation?.training?.engine, name);
		assert.ok(observation?.text?.includes(`\nengine: ${name}\n`));
	};
	namedIn(seeing.observation);
	for (const action of actions) {
		namedIn((await seeing.step(action)).observation);
		const { info, observation, result } = await flat.step(action);
		assert.equal(observation?.training, undefined);
		assert.equal(info?.training?.engine, name);
		if (action.submit_model) assert.equal(result?.training?.engine, name);
	}
});
