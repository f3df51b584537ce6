import assert from "node:assert/strict";
import { test } from "node:test";
import { serveBoth } from "../src/evaluation/llm/testing-tasks.js";
import { TINY } from "../src/sessions/testing-training.js";
import { type JsonSchema, Toolbox, WrongCall } from "./tools.js";

const SERVICES = ["api_gateway", "user_db"];

test("The tools are the task's actions, with types, ranges, choices and nested objects as ListTasks tells them.", async (context) => {
	const { task } = await serveBoth(context);
	const { actions } = task(TINY);
	const { tools } = new Toolbox(task(TINY));
	assert.deepEqual(
		tools.map(({ name, description }) => [name, description]),
		actions.map(({ name, description }) => [name, description]),
	);
	const parametersOf = (name: string) =>
		tools.find((tool) => tool.name === name)?.parameters as JsonSchema;
	const configure = parametersOf("configure_training").properties ?? {};
	assert.deepEqual(
		Object.keys(configure),
		actions
			.find(({ name }) => name === "configure_training")
			?.arguments.map(({ name }) => name),
	);
	assert.deepEqual(configure.optimizer?.enum, ["sgd", "adam", "adamw"]);
	assert.equal(configure.learning_rate?.type, "number");
	assert.equal(configure.learning_rate?.minimum, 1e-6);
	assert.equal(configure.learning_rate?.maximum, 1);
	assert.match(
		configure.learning_rate?.description ?? "",
		/Left out: 0\.001 at first/,
	);
	assert.equal(configure.batch_size?.type, "integer");
	assert.equal(configure.batch_size?.enum, undefined);
	assert.match(
		configure.batch_size?.description ?? "",
		/One of 32, 64, 128, 256\./,
	);
	assert.equal(configure.augmentation?.type, "boolean");
	const run = parametersOf("run_epochs");
	assert.deepEqual(run.required, ["num_epochs"]);
	assert.equal(run.properties?.stop?.type, "object");
	assert.deepEqual(Object.keys(run.properties?.stop?.properties ?? {}), [
		"patience_epochs",
		"val_accuracy",
	]);
	assert.deepEqual(parametersOf("submit_model").properties?.checkpoint?.enum, [
		"best",
		"last",
	]);
});

test("Each action of an incident takes a diagnosis, whose classes come from the contract.", async (context) => {
	const { task } = await serveBoth(context);
	const { tools, notes } = new Toolbox(task("sre/easy"), SERVICES);
	assert.match(notes.join(), /single_oom: A service ran out of memory\./);
	assert.deepEqual(new Toolbox(task(TINY)).notes, []);
	for (const { parameters } of tools) {
		const declare = parameters.properties?.declare;
		assert.deepEqual(declare?.properties?.service_id?.enum, SERVICES);
		const { fault_class } = declare?.properties ?? {};
		assert.equal(fault_class?.enum?.length, 13);
		assert.ok(fault_class?.enum?.includes("single_oom"));
		assert.ok(!fault_class?.enum?.includes("unspecified"));
		assert.equal(parameters.required?.includes("declare") ?? false, false);
	}
	assert.deepEqual(
		tools.find(({ name }) => name === "restart")?.parameters.required,
		["service_id"],
	);
});

test("A call becomes the action that the server takes, and is told as the same call again.", async (context) => {
	const { client, task } = await serveBoth(context);
	const training = new Toolbox(task(TINY));
	const configured = training.read("configure_training", {
		optimizer: "AdamW",
		learning_rate: "0.01",
		batch_size: 128,
		augmentation: "true",
		lr_schedule: "LEARNING_RATE_SCHEDULE_COSINE",
		dropout: null,
	});
	assert.deepEqual(configured, {
		action: {
			configure_training: {
				optimizer: "OPTIMIZER_ADAMW",
				learning_rate: 0.01,
				batch_size: 128,
				augmentation: true,
				lr_schedule: "LEARNING_RATE_SCHEDULE_COSINE",
			},
		},
	});
	assert.equal(
		training.describe(configured),
		'configure_training({"optimizer":"adamw","learning_rate":0.01,"batch_size":128,"lr_schedule":"cosine","augmentation":true})',
	);
	const session = await client.createSession(TINY, { seed: 1 });
	const { observation } = await session.step(configured.action);
	assert.equal(
		observation?.training?.configuration?.optimizer,
		"OPTIMIZER_ADAMW",
	);
	assert.equal(
		observation?.training?.configuration?.lr_schedule,
		"LEARNING_RATE_SCHEDULE_COSINE",
	);
	for (const given of [
		{ num_epochs: 2, stop: { patience_epochs: 1 } },
		{ num_epochs: 2, "stop.patience_epochs": 1 },
	])
		assert.deepEqual(training.read("run_epochs", given), {
			action: { run_epochs: { num_epochs: 2, stop: { patience_epochs: 1 } } },
		});
	const incident = new Toolbox(task("sre/easy"), SERVICES);
	const restart = incident.read("restart", {
		service_id: "user_db",
		declare: { service_id: "user_db", fault_class: "memory_leak" },
	});
	assert.deepEqual(restart, {
		action: { restart: { service_id: "user_db" } },
		declare: { service_id: "user_db", fault_class: "FAULT_CLASS_MEMORY_LEAK" },
	});
	assert.equal(
		incident.describe(restart),
		'restart({"service_id":"user_db","declare":{"service_id":"user_db","fault_class":"memory_leak"}})',
	);
	assert.equal(incident.describe({ action: { wait: {} } }), "wait({})");
});

test("A call that means no action is refused in a sentence that says what is allowed.", async (context) => {
	const { task } = await serveBoth(context);
	const toolbox = new Toolbox(task(TINY));
	const wrong: readonly [string, unknown, RegExp][] = [
		[
			"train",
			{},
			/^There is no tool "train"; call one of configure_training, run_epochs, .*submit_model\.$/,
		],
		[
			"run_epochs",
			{ epochs: 3 },
			/^run_epochs has no argument "epochs"; it takes num_epochs \(a whole number from 1 to 20, required\), stop\.patience_epochs/,
		],
		["run_epochs", {}, /^run_epochs needs num_epochs; it takes/],
		["run_epochs", [3], /must be one JSON object/],
		["run_epochs", 3, /must be one JSON object/],
		[
			"run_epochs",
			{ num_epochs: 2.5 },
			/num_epochs cannot be 2\.5; a whole number from 1 to 20/,
		],
		["run_epochs", { num_epochs: -1 }, /num_epochs cannot be -1/],
		["run_epochs", { num_epochs: "many" }, /num_epochs cannot be "many"/],
		["run_epochs", { num_epochs: 1, stop: 2 }, /no argument "stop"/],
		[
			"configure_training",
			{ optimizer: "lion" },
			/optimizer cannot be "lion"; one of sgd, adam, adamw\./,
		],
		["configure_training", { augmentation: "yes" }, /true or false/],
		["submit_model", { constructor: 1 }, /no argument/],
	];
	for (const [name, given, expected] of wrong)
		assert.throws(
			() => toolbox.read(name, given),
			(error: unknown) =>
				error instanceof WrongCall && expected.test(error.message),
			`${name} ${JSON.stringify(given)}`,
		);
	assert.throws(
		() =>
			toolbox.read("run_epochs", { epochs: 3, stop: { patience_epochs: 1.5 } }),
		(error: unknown) => {
			assert.deepEqual(
				(error as WrongCall).violations.map(({ field, description }) => [
					field,
					description.split(";")[0],
				]),
				[
					["epochs", "is no argument of run_epochs"],
					["num_epochs", "is missing"],
					["stop.patience_epochs", "1.5 is not allowed"],
				],
			);
			return true;
		},
	);
	// Ranges are the server's to judge.
	assert.deepEqual(toolbox.read("run_epochs", { num_epochs: 99 }).action, {
		run_epochs: { num_epochs: 99 },
	});
});
