import { createRequire } from "node:module";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import type { Tool, Toolbox } from "../../proto/tools.js";
import { formOf, type JsonSchema } from "./json-form.js";
import { bareName, type EnvironmentName, type Mount } from "./mount.js";
import { observationSchema, stateSchema } from "./replies.js";
import { environmentsOf } from "./task-api.js";

export const { version } = createRequire(import.meta.url)("#package") as {
	version: string;
};

/** What a mount tells about itself: made from the tasks and the contract. */

export const DESCRIPTIONS: Readonly<Record<EnvironmentName | "root", string>> =
	{
		training:
			"Train real small networks under a budget of epochs: watch the curves, adjust, submit. Graded on hidden test images.",
		sre: "On call for a failing microservice system: read noisy telemetry, mend what cannot be seen. Graded on the service level regained.",
		root: "Agents learn to keep things running, in two environments: real trainings of small networks, and incidents of a microservice system. Each has a full address of its own.",
	};

const TASK = formOf("nightshift.v1.Task");

export function nameOf({ environment }: Mount): string {
	return environment === undefined ? "nightshift" : `nightshift-${environment}`;
}

/** OpenEnv's /metadata, and where the same server speaks gRPC. */
export function metadataOf(
	mount: Mount,
	grpcPort: number | undefined,
): Record<string, unknown> {
	return {
		name: nameOf(mount),
		description: DESCRIPTIONS[mount.environment ?? "root"],
		readme_content: null,
		version,
		author: null,
		documentation_url: null,
		grpc_port: grpcPort ?? null,
	};
}

/** OpenEnv's openenv.yaml, with what `openenv validate` reads. Scalars and lists are written as JSON, which is YAML. */
export function openenvYaml(
	mount: Mount,
	toolboxes: ReadonlyMap<string, Toolbox>,
): string {
	const names = environmentsOf(mount);
	return toYaml({
		spec_version: 1,
		name: nameOf(mount).replaceAll("-", "_"),
		version,
		description: DESCRIPTIONS[mount.environment ?? "root"],
		type: "space",
		runtime: "docker",
		port: 8000,
		variables: { NIGHTSHIFT_HTTP_ENVIRONMENT: mount.otherwise },
		tasks: mount.tasks.map(({ id }) => id),
		validation: {
			reward: {
				range: rewardRange(mount.tasks),
				oracle_tolerance: 0.1,
				floor_margin: 0.1,
			},
			resources: {
				cpu: 2,
				memory_mb: 8192,
				disk_mb: 4096,
				episode_timeout_s: mount.environment === "sre" ? 60 : 3600,
			},
			network: { mode: "no-network" },
			capabilities: {
				verifier: { kind: "reward_channel" },
				task_api: true,
				declared_tools: names.flatMap(
					(name) => toolboxes.get(name)?.tools.map((tool) => tool.name) ?? [],
				),
				declared_task_count: Object.fromEntries(
					["train", "validation", "test"].map((split) => [
						split,
						mount.tasks.length,
					]),
				),
			},
			types: { tags: names },
			execution: {
				kind: "openenv_ws",
				probe_path: "validation/runtime.json",
				dockerfile: "Dockerfile",
				context: ".",
				agent_boundary: "api",
			},
		},
	});
}

/** Over all rewards that a step can have in the mode that is chosen where none is asked for. */
function rewardRange(tasks: readonly Task__Output[]): [number, number] {
	return [
		Math.min(...tasks.map(({ reward_minimum }) => reward_minimum)),
		Math.max(...tasks.map(({ reward_maximum }) => reward_maximum)),
	];
}

function toYaml(object: object, indent = ""): string {
	return Object.entries(object)
		.map(([key, value]) =>
			typeof value === "object" && !Array.isArray(value)
				? `${indent}${key}:\n${toYaml(value as object, `${indent}  `)}`
				: `${indent}${key}: ${JSON.stringify(value)}\n`,
		)
		.join("");
}

/** OpenEnv's /schema: the root's is of either environment. */
export function schemasOf(
	mount: Mount,
	toolboxes: ReadonlyMap<string, Toolbox>,
): Record<
	"action" | "observation" | "state" | "reset_observation",
	JsonSchema
> {
	const names = [...new Set(mount.tasks.map(({ environment }) => environment))];
	const action = either(
		names.map((name) => actionSchema(toolboxes.get(name) as Toolbox)),
	);
	const observation = either(
		names.map((name) => observationSchema(name as EnvironmentName)),
	);
	return {
		action,
		observation,
		state: stateSchema(),
		reset_observation: observation,
	};
}

/** The seeds' /tasks. */
export function tasksOf(
	mount: Mount,
	toolboxes: ReadonlyMap<string, Toolbox>,
): Record<string, unknown> {
	const names = [...new Set(mount.tasks.map(({ environment }) => environment))];
	return {
		tasks: mount.tasks.map(toTask),
		actions: Object.fromEntries(
			names.map((name) => [name, toolboxes.get(name)?.tools]),
		),
		action_schema: either(
			names.map((name) => actionSchema(toolboxes.get(name) as Toolbox)),
		),
	};
}

/** Of a task, what stands elsewhere (actions beside the tasks, the observation in /schema) or serves the flat form alone. */
const ELSEWHERE = ["actions", "observation_columns", "observation_fields"];

function toTask(task: Task__Output): Record<string, unknown> {
	return {
		...Object.fromEntries(
			Object.entries(TASK.toJson(task)).filter(
				([key]) => !ELSEWHERE.includes(key),
			),
		),
		name: bareName(task),
		actions: task.actions.map(({ name }) => name),
	};
}

/** An action in the form of a flat body, one of the tools' with its name beside its arguments. */
export function actionSchema({ tools }: Toolbox): JsonSchema {
	return {
		title: "NightshiftAction",
		type: "object",
		properties: {
			action: { type: "string", enum: tools.map(({ name }) => name) },
			metadata: { type: "object" },
		},
		required: ["action"],
		oneOf: tools.map(toVariant),
	};
}

function toVariant({ name, description, parameters }: Tool): JsonSchema {
	return {
		title: name,
		description,
		type: "object",
		properties: {
			action: { const: name },
			...parameters.properties,
			metadata: { type: "object" },
		},
		required: ["action", ...(parameters.required ?? [])],
		additionalProperties: false,
	};
}

function either(schemas: readonly JsonSchema[]): JsonSchema {
	return schemas.length === 1
		? (schemas[0] as JsonSchema)
		: { type: "object", anyOf: schemas };
}
