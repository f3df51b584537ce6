import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { createTrainingEnvironment } from "../environments/training/training-environment.js";
import { createTinyEnvironment } from "../sessions/testing-training.js";
import { startTestGateway } from "./testing.js";

const both = () => [
	createTinyEnvironment(new ScriptedTrainer(() => ({}))),
	createSreEnvironment() as Environment,
];

test("The Task API tells environments, splits and tasks, and a reset with an entry's task and split plays it.", async (context) => {
	const { ask } = await startTestGateway(context, { environments: both() });
	assert.deepEqual((await ask("/list_environments")).json, ["training", "sre"]);
	assert.deepEqual((await ask("/sre/list_environments")).json, ["sre"]);
	assert.deepEqual((await ask("/SRE/splits")).json, [
		{ name: "train", type: "train" },
		{ name: "validation", type: "validation" },
		{ name: "test", type: "test" },
	]);
	const split = "validation";
	const { json } = await ask("/sre/tasks", { split });
	assert.equal(json.env_name, "sre");
	const { json: count } = await ask("/sre/sre/num_tasks", { split });
	assert.equal(json.tasks.length, count.num_tasks);
	const { json: one } = await ask("/sre/task", { split, index: 2 });
	assert.deepEqual(one.task, json.tasks[2]);
	const { json: range } = await ask("/sre/task_range", {
		split,
		start: 1,
		stop: 3,
	});
	assert.deepEqual(range.tasks, json.tasks.slice(1, 3));
	const { json: rest } = await ask("/sre/task_range", { split, start: 5 });
	assert.deepEqual(rest.tasks, json.tasks.slice(5));
	const { task_id } = one.task;
	const reset = await ask("/reset", { task_id, split });
	assert.equal(reset.json.metadata.task_id, task_id);
	assert.equal(reset.json.metadata.split, split);
});

test("What the Task API cannot tell is refused as OpenEnv refuses it: 404, 400 and 422.", async (context) => {
	const { ask } = await startTestGateway(context, { environments: both() });
	for (const [path, body, status, told] of [
		["/none/splits", undefined, 404, /no environment "none" here; one of/],
		["/sre/training/tasks", { split: "test" }, 404, /one of sre/],
		["/sre/task", { split: "test", index: 99 }, 400, /Invalid task index/],
		["/sre/task", { split: "test" }, 422, /body\.index: is missing/],
		["/sre/task", { split: "test", index: -1 }, 422, /body\.index/],
		["/sre/tasks", {}, 422, /body\.split: is missing/],
		["/sre/tasks", { split: "tset" }, 422, /one of train, validation, test/],
		["/sre/num_tasks", { split: "test", x: 1 }, 422, /extra_forbidden/],
		["/sre/task_range", { split: "test", stop: "x" }, 422, /body\.stop/],
	] as const) {
		const answer = await ask(path, body);
		assert.equal(answer.status, status, path);
		assert.match(answer.text.replaceAll("\\", ""), told);
	}
});

test("An environment's own address has an OpenAPI document of its own paths, and a page.", async (context) => {
	const { ask } = await startTestGateway(context, { environments: both() });
	const { json: whole } = await ask("/openapi.json");
	const { json: own } = await ask("/sre/openapi.json");
	assert.equal(own.info.version, "1.0.0");
	assert.deepEqual(own.servers, [{ url: "/sre" }]);
	assert.deepEqual(own.paths["/step"], whole.paths["/sre/step"]);
	assert.equal(own.paths["/sre/step"], undefined);
	assert.ok(own.paths["/{env_name}/task_range"]);
	assert.match((await ask("/training/docs")).text, /POST \/step/);
});

test("The manifests of the folder spaces are those that the server tells.", async (context) => {
	const { ask } = await startTestGateway(context, {
		environments: [
			createTrainingEnvironment(
				new ScriptedTrainer(() => ({})),
				undefined as never,
			) as Environment,
			createSreEnvironment() as Environment,
		],
	});
	for (const environment of ["training", "sre"]) {
		const file = fileURLToPath(
			new URL(
				`spaces/${environment}/openenv.yaml`,
				import.meta.resolve("#package"),
			),
		);
		const { text } = await ask(`/${environment}/openenv.yaml`);
		assert.equal(readFileSync(file, "utf8"), text, environment);
	}
});
