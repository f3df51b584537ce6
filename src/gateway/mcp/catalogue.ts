import type { Tool } from "../../../proto/tools.js";
import type { Calls } from "../calls.js";
import type { JsonSchema } from "../json-form.js";
import type { EnvironmentName, Mount } from "../mount.js";
import { observationSchema, stateSchema } from "../replies.js";
import { resetSchema } from "../routes.js";

/** A tool as MCP lists it. */
export interface ListedTool {
	readonly name: string;
	readonly description: string;
	readonly inputSchema: ObjectSchema;
	readonly outputSchema: ObjectSchema;
	readonly annotations: {
		readonly readOnlyHint?: boolean;
		readonly destructiveHint?: boolean;
		readonly idempotentHint?: boolean;
		readonly openWorldHint: false;
	};
}

type ObjectSchema = JsonSchema & { readonly type: "object" };

/** What concerns a session and is no action: the calls of the same names that HTTP has. */
export const SESSION_TOOLS = ["reset", "state", "finish", "close"] as const;
export type SessionTool = (typeof SESSION_TOOLS)[number];

/** The handle of a session is an argument of each call. */
export const SESSION = "session";
const HANDLE: JsonSchema = {
	type: "string",
	description: "Which session, as reset told it.",
};

const PATHS_OWN: JsonSchema = {
	type: "string",
	description: "Leave it out: the session is this address's own.",
};

/** Keys of a reset that mean something else here, or nothing. */
const NOT_HERE = ["episode_id", "request_number", "request_id"];

/** All tools of a mount: of sessions, then the actions, by their plain names. `isOfSession`: those of a session's path, which need no handle. */
export function listTools(
	mount: Mount,
	{ toolboxes }: Pick<Calls, "toolboxes">,
	isOfSession: boolean,
): ListedTool[] {
	const ofSession = takesSession(isOfSession);
	const names = environmentsOf(mount);
	const anyReply = either(names.map(replySchemaOf));
	return [
		{
			name: "reset",
			description: isOfSession
				? "Starts an episode: the next one, where there is one."
				: "Starts an episode and tells its session, which every other tool takes. With a session it starts that one's next episode.",
			inputSchema: resetTool(mount, isOfSession),
			outputSchema: anyReply,
			annotations: { destructiveHint: false, openWorldHint: false },
		},
		{
			name: "state",
			description: "Where a session is: its task, seed, steps and result.",
			inputSchema: ofSession(),
			outputSchema: stateToolSchema(),
			annotations: { readOnlyHint: true, openWorldHint: false },
		},
		{
			name: "finish",
			description:
				"Ends the episode now, as truncated, and scores it. Asked again, it gives the same result.",
			inputSchema: ofSession(),
			outputSchema: anyReply,
			annotations: { idempotentHint: true, openWorldHint: false },
		},
		{
			name: "close",
			description:
				"Ends a session and gives its place back; an episode under way is not scored.",
			inputSchema: ofSession(),
			outputSchema: {
				type: "object",
				properties: { session: HANDLE, closed: { type: "boolean" } },
				required: ["session", "closed"],
			},
			annotations: { idempotentHint: true, openWorldHint: false },
		},
		...names.flatMap((name) =>
			(toolboxes.get(name)?.tools ?? []).map((tool) =>
				actionTool(tool, ofSession, replySchemaOf(name)),
			),
		),
	];
}

export function environmentsOf({ tasks }: Mount): EnvironmentName[] {
	return [
		...new Set(tasks.map(({ environment }) => environment as EnvironmentName)),
	];
}

function actionTool(
	{ name, description, parameters }: Tool,
	ofSession: ReturnType<typeof takesSession>,
	outputSchema: ObjectSchema,
): ListedTool {
	return {
		name,
		description,
		inputSchema: ofSession(parameters.properties, parameters.required),
		outputSchema,
		annotations: { openWorldHint: false },
	};
}

/** Schemas of arguments with the session among them. */
function takesSession(isOfSession: boolean) {
	const handle = isOfSession ? PATHS_OWN : HANDLE;
	const needed = isOfSession ? [] : [SESSION];
	return (
		properties: Readonly<Record<string, unknown>> = {},
		required: readonly string[] = [],
	): ObjectSchema => ({
		type: "object",
		properties: { [SESSION]: handle, ...properties },
		required: [...needed, ...required],
		additionalProperties: false,
	});
}

/** The body of HTTP's reset, with a session in place of an episode_id. */
function resetTool(mount: Mount, isOfSession: boolean): ObjectSchema {
	const properties = without(resetSchema(mount).properties, NOT_HERE);
	return {
		type: "object",
		properties: {
			...Object.fromEntries(
				Object.entries(properties).map(([key, schema]) => [
					key,
					withoutNull(schema),
				]),
			),
			[SESSION]: isOfSession
				? PATHS_OWN
				: {
						...HANDLE,
						description:
							"Whose next episode to start; left out: of a new session.",
					},
		},
		additionalProperties: false,
	};
}

/** Of what is told of an episode: HTTP's reply, with a session in place of an episode_id. */
function replySchemaOf(environment: EnvironmentName): ObjectSchema {
	const {
		properties,
		title: _,
		...observation
	} = observationSchema(environment);
	const fields = without(properties, ["reward", "done"]);
	return {
		type: "object",
		properties: {
			[SESSION]: HANDLE,
			observation: { ...observation, properties: fields, required: [] },
			reward: { type: ["number", "null"] },
			done: { type: "boolean" },
			step_count: { type: "integer", minimum: 0 },
			metadata: { type: "object" },
			replayed: { type: "boolean" },
		},
		required: [
			SESSION,
			"observation",
			"reward",
			"done",
			"step_count",
			"metadata",
		],
	};
}

function stateToolSchema(): ObjectSchema {
	const properties = without(stateSchema().properties, ["episode_id"]);
	return {
		type: "object",
		properties: { [SESSION]: HANDLE, ...properties },
		required: [SESSION, "step_count", "environment"],
	};
}

function without(
	properties: unknown,
	names: readonly string[],
): Record<string, JsonSchema> {
	return Object.fromEntries(
		Object.entries(properties as Record<string, JsonSchema>).filter(
			([name]) => !names.includes(name),
		),
	);
}

function either(schemas: readonly ObjectSchema[]): ObjectSchema {
	return schemas.length === 1
		? (schemas[0] as ObjectSchema)
		: { type: "object", anyOf: schemas };
}

/** Arguments are left out rather than null, and some hosts read only plain types. */
function withoutNull(schema: JsonSchema): JsonSchema {
	const { type, enum: values } = schema;
	const types = [type].flat().filter((one) => one !== "null");
	return {
		...schema,
		...(type !== undefined && { type: types.length === 1 ? types[0] : types }),
		...(Array.isArray(values) && {
			enum: values.filter((value) => value !== null),
		}),
	};
}
