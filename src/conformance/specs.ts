import { envService } from "../../clients/typescript/low-level.js";
import { lookupType } from "../../proto/contract-files.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { Observation__Output } from "../../proto/generated/nightshift/v1/Observation.js";
import type { StepResponse__Output } from "../../proto/generated/nightshift/v1/StepResponse.js";
import { actionNames, isLawful } from "./actions.js";
import { nameOf } from "./exploration.js";
import { expect, expectRefusal, type Rule, shown } from "./rule.js";
import type { TaskContext } from "./task-context.js";

const SPLITS = ["SPLIT_TRAIN", "SPLIT_VALIDATION", "SPLIT_TEST"];
const LONGEST_TEXT = 4096;
/** What sums of doubles may differ by. */
const ROUNDING = 1e-9;

/** What ListTasks tells, and that an episode keeps to it. */
export const specs: readonly Rule[] = [
	{
		id: "specs.tasks",
		title:
			"ListTasks tells each task's id, version, splits, limits, reward modes and bounds, and scores within 0 and 1.",
		contract: "the service: list tasks",
		counterpart:
			"dm_env_rpc JoinLeaveWorld: observation and action specs for consistency; Gymnasium: spaces and spec are there",
		of: "server",
		async check({ tasks }) {
			expect(tasks.length > 0, "expected at least one task, got none.");
			const ids = new Set(tasks.map(({ id }) => id));
			expect(ids.size === tasks.length, "expected ids of tasks to differ.");
			for (const task of tasks) {
				const wrong = [
					task.id.startsWith(`${task.environment}/`) || "id",
					task.version >= 1 || "version",
					(task.description !== "" && task.goal !== "") || "description, goal",
					SPLITS.every((split) => task.splits.includes(split as never)) ||
						"splits",
					task.max_actions >= 1 || "max_actions",
					(task.max_free_calls >= 1 && task.max_free_calls <= 1000) ||
						"max_free_calls (at most 1,000)",
					task.budget >= 1 || "budget",
					task.reward_minimum <= task.reward_maximum || "reward bounds",
					task.reward_modes.includes("REWARD_MODE_SCORE") ||
						"reward_modes (score only is one)",
					task.reward_modes.includes(task.default_reward_mode) ||
						"default_reward_mode",
					task.reference_scores.every(
						({ policy, score }) => policy !== "" && score >= 0 && score <= 1,
					) || "reference_scores",
				].filter((what) => what !== true);
				expect(
					wrong.length === 0,
					() =>
						`${task.id}: expected lawful values, but wrong are ${wrong.join("; ")}.`,
				);
			}
		},
	},
	{
		id: "specs.filter",
		title:
			"ListTasks gives the tasks of one environment when asked for it, and refuses an environment that there is not.",
		contract: "the service: list tasks",
		counterpart: "none: their worlds are found by other means",
		of: "server",
		async check({ client, tasks }) {
			for (const name of new Set(tasks.map(({ environment }) => environment))) {
				const listed = await client.unary(envService.ListTasks, {
					environment: name,
				});
				const expected = tasks
					.filter(({ environment }) => environment === name)
					.map(({ id }) => id);
				expect(
					listed.tasks.map(({ id }) => id).join() === expected.join(),
					`environment "${name}": expected ${expected.join(", ")}, got ${listed.tasks.map(({ id }) => id).join(", ")}.`,
				);
			}
			await expectRefusal(
				client.unary(envService.ListTasks, { environment: "no-such" }),
				"ListTasks of an environment that there is not",
				{
					code: "INVALID_ARGUMENT",
					reason: "INVALID_FIELD",
					field: "environment",
				},
			);
		},
	},
	{
		id: "specs.actions",
		title:
			"Every action is a field of Action with a description; arguments have distinct names, bounds in order, and flat levels that are lawful values.",
		contract: "a flat form of every action beside the typed one",
		counterpart:
			"dm_env_rpc JoinLeaveWorld: action specs have unique names, and are consistent; Gymnasium: action_space is a space",
		of: "task",
		async check({ task }) {
			const known = actionNames();
			expect(task.actions.length > 0, "expected actions, got none.");
			expectDistinct(
				task.actions.map(({ name }) => name),
				"actions",
			);
			for (const spec of task.actions) {
				expect(
					known.includes(spec.name),
					`${spec.name}: expected a field of Action (${known.join(", ")}).`,
				);
				expect(
					spec.description !== "",
					`${spec.name}: expected a description, got none.`,
				);
				expectDistinct(
					spec.arguments.map(({ name }) => name),
					`arguments of ${spec.name}`,
				);
				for (const argument of spec.arguments) {
					const name = `${spec.name}.${argument.name}`;
					const { minimum, maximum, levels } = argument;
					expect(
						argument.type !== "ARGUMENT_TYPE_UNSPECIFIED",
						`${name}: expected a type, got none.`,
					);
					expect(
						minimum === undefined || maximum === undefined || minimum < maximum,
						`${name}: expected a minimum below its maximum, got ${minimum} and ${maximum}.`,
					);
					expect(
						argument.type !== "ARGUMENT_TYPE_CHOICE" ||
							argument.choices.length > 0,
						`${name}: expected choices, got none.`,
					);
					expect(levels.length > 0, `${name}: expected flat levels, got none.`);
					levels.forEach((level, index) => {
						const value = level.number ?? level.boolean ?? level.choice;
						if (index === 0 && !argument.required)
							expect(
								value === undefined,
								`${name}: expected level 0 of an optional argument to leave it unchanged, got ${shown(value)}.`,
							);
						else
							expect(
								value !== undefined && isLawful(argument, value),
								`${name}: expected level ${index} to be a value that the argument allows, got ${shown(value)}.`,
							);
					});
				}
			}
		},
	},
	{
		id: "specs.columns",
		title:
			"Columns of the flat observation and fields of the typed one have distinct names, and finite bounds in order.",
		contract:
			"a flat form of every observation: named float32 columns with bounds",
		counterpart:
			"dm_env_rpc JoinLeaveWorld: observation specs have unique names, and are consistent; Gymnasium: Box bounds are finite",
		of: "task",
		async check({ task }) {
			expectDistinct(
				task.observation_columns.map(({ name }) => name),
				"columns",
			);
			for (const { name, minimum, maximum } of task.observation_columns)
				expect(
					Number.isFinite(minimum) &&
						Number.isFinite(maximum) &&
						minimum <= maximum,
					`column ${name}: expected finite bounds in order, got ${minimum} and ${maximum}.`,
				);
			expectDistinct(
				task.observation_fields.map(({ name }) => name),
				"observation_fields",
			);
			for (const { name, minimum, maximum } of task.observation_fields)
				expect(
					minimum === undefined || maximum === undefined || minimum <= maximum,
					`field ${name}: expected bounds in order, got ${minimum} and ${maximum}.`,
				);
			const type = lookupType("nightshift.v1.Observation").fields[
				task.environment
			]?.resolvedType as { fields?: object } | null | undefined;
			const unknown = task.observation_fields.filter(
				({ name }) => !(name in (type?.fields ?? {})),
			);
			expect(
				unknown.length === 0,
				() =>
					`expected fields of the environment's message in Observation, got ${unknown.map(({ name }) => name).join(", ")} besides.`,
			);
		},
	},
	{
		id: "specs.typed",
		title:
			"The fields of typed observations are those that ListTasks tells, of their types and within their bounds, and none is NaN.",
		contract:
			"list tasks: observation schema with bounds; what is not finite is absent",
		counterpart:
			"dm_env_rpc Step: all observation dtypes match, all numerical observations in range; Gymnasium: obs inside the space",
		of: "task",
		async check(context) {
			const { task } = context;
			for (const { observation, when } of await observationsOf(context)) {
				const typed = typedOf(observation, task.environment);
				expect(
					typed !== undefined,
					`${when}: expected the field ${task.environment} of the observation, got ${Object.keys(observation).join(", ")}.`,
				);
				expectFinite(typed, when);
				for (const [name, value] of Object.entries(typed)) {
					if (name.startsWith("_")) continue;
					const field = task.observation_fields.find(
						(spec) => spec.name === name,
					);
					expect(
						field !== undefined,
						`${when}: expected fields of observation_fields, got ${name}.`,
					);
					const values = (Array.isArray(value) ? value : [value]) as unknown[];
					expect(
						Array.isArray(value) === field.type.startsWith("repeated ") &&
							values.every((one) => isOfType(one, field.type)),
						`${when}: expected ${name} as ${field.type}, got ${shown(value)}.`,
					);
					for (const number of values)
						expect(
							typeof number !== "number" ||
								(number >= (field.minimum ?? -Infinity) &&
									number <= (field.maximum ?? Infinity)),
							`${when}: expected ${name} within ${field.minimum ?? "-"} and ${field.maximum ?? "-"}, got ${shown(number)}.`,
						);
				}
			}
		},
	},
	{
		id: "specs.flat",
		title:
			"Flat observations have a finite number within its bounds for every column, and a mask entry for every action.",
		contract:
			"a flat form of every observation; in the flat form the observation carries a mask",
		counterpart:
			"dm_env_rpc Step: all numerical observations in range; Gymnasium: obs inside the space, exact dtype",
		of: "task",
		async check(context) {
			const { observation_columns: columns, actions } = context.task;
			for (const { observation, when } of await observationsOf(context)) {
				const { flat } = observation;
				expect(
					flat?.columns.length === columns.length,
					`${when}: expected ${columns.length} columns, got ${flat?.columns.length}.`,
				);
				expect(
					flat.action_mask.length === actions.length,
					`${when}: expected a mask of ${actions.length} entries, got ${flat.action_mask.length}.`,
				);
				flat.columns.forEach((value, index) => {
					const { name, minimum, maximum } = columns[index] as {
						name: string;
						minimum: number;
						maximum: number;
					};
					expect(
						value >= minimum && value <= maximum,
						`${when}: expected column ${name} within ${minimum} and ${maximum}, got ${value}.`,
					);
				});
			}
		},
	},
	{
		id: "specs.text",
		title: "Text observations are not empty, and under 4 kB.",
		contract: "a bounded text of each observation (under 4 kB)",
		counterpart: "none: their observations have no text form",
		of: "task",
		async check(context) {
			for (const { observation, when } of await observationsOf(context)) {
				const bytes = Buffer.byteLength(observation.text ?? "");
				expect(
					bytes > 0 && bytes < LONGEST_TEXT,
					`${when}: expected a text of 1 to ${LONGEST_TEXT - 1} bytes, got ${bytes}.`,
				);
			}
		},
	},
	{
		id: "specs.views",
		title:
			"An observation comes in the forms that were asked for and no other; without a wish it is typed.",
		contract: "create session: views typed, flat, text, default typed",
		counterpart:
			"dm_env_rpc Step: no observations returned if not requested, requested ones are, each individually; duplicates are refused here, not redundant",
		of: "task",
		async check(context) {
			const { environment } = context.task;
			for (const [views, expected] of [
				[[], environment],
				[["VIEW_TYPED"], environment],
				[["VIEW_FLAT"], "flat"],
				[["VIEW_TEXT"], "text"],
				[["VIEW_FLAT", "VIEW_TEXT"], "flat,text"],
			] as const) {
				const seat = await context.open({ options: { views: [...views] } });
				const got = formsOf(seat.first);
				expect(
					got === expected,
					`views ${views.join(", ") || "left out"}: expected ${expected}, got ${got}.`,
				);
			}
		},
	},
	{
		id: "specs.rewards",
		title:
			"Every reward is within the task's bounds and the sum of its parts; an episode's rewards add up to its total.",
		contract: "list tasks: reward range; the terminal reward is carried once",
		counterpart: "Gymnasium: reward is a float, and not NaN",
		of: "task",
		async check(context) {
			const { reward_minimum: least, reward_maximum: most } = context.task;
			let sum = 0;
			for (const { answer, when } of await answersOf(context)) {
				const { reward, reward_breakdown: parts, result } = answer;
				expect(
					reward >= least - ROUNDING && reward <= most + ROUNDING,
					`${when}: expected a reward within ${least} and ${most}, got ${reward}.`,
				);
				const partsSum = parts.reduce((all, { value }) => all + value, 0);
				expect(
					Math.abs(partsSum - reward) <= ROUNDING,
					`${when}: expected parts that sum to the reward ${reward}, got ${partsSum}.`,
				);
				sum += reward;
				expect(
					!result || Math.abs(result.total_reward - sum) <= ROUNDING,
					`${when}: expected the total reward ${sum}, got ${result?.total_reward}.`,
				);
			}
		},
	},
	{
		id: "specs.score-mode",
		title:
			"With rewards of score only, every step pays 0 but the one that ends the episode, which pays the score, from 0 to 1.",
		contract:
			"rewards in the mode the session asked for: score only, whose sum is the score",
		counterpart: "none: Gymnasium has no score beside the rewards",
		of: "task",
		async check(context) {
			const { pass } = await context.explore();
			const seat = await context.open({
				options: { reward_mode: "REWARD_MODE_SCORE" },
			});
			let sum = 0;
			let score: number | undefined;
			for (const action of withoutSlow(await context.explore())) {
				const answer = await seat.step(action).catch(() => undefined);
				if (answer === undefined) continue;
				sum += answer.reward;
				score = answer.result?.score;
				expect(
					answer.result !== null && answer.result !== undefined
						? true
						: answer.reward === 0,
					`${nameOf(action)}: expected no reward before the end, got ${answer.reward}.`,
				);
				if (score !== undefined) break;
			}
			if (score === undefined) {
				const finished = await seat.finish();
				sum += finished.reward;
				score = finished.result?.score;
			}
			expect(
				pass.length > 0 && score !== undefined && score >= 0 && score <= 1,
				`expected a score from 0 to 1, got ${score}.`,
			);
			expect(
				Math.abs(sum - score) <= ROUNDING,
				`expected rewards that sum to the score ${score}, got ${sum}.`,
			);
		},
	},
	{
		id: "specs.flags",
		title:
			"Steps are counted one by one, free ones are not; terminated and truncated exclude each other, and a result comes with either.",
		contract:
			"words: terminated and truncated; `episode` from 1 in every reply",
		counterpart:
			"dm_env_rpc: states RUNNING, TERMINATED, INTERRUPTED; Gymnasium: terminated and truncated are booleans",
		of: "task",
		async check(context) {
			let before = 0;
			for (const { action, answer, when } of await answersOf(context)) {
				const spec = context.task.actions.find(
					({ name }) => name === nameOf(action),
				);
				const expected = before + (spec?.free ? 0 : 1);
				expect(
					answer.step === expected && answer.episode === 1,
					`${when}: expected step ${expected} of episode 1, got ${answer.step} of ${answer.episode}.`,
				);
				before = expected;
				const { terminated, truncated, result } = answer;
				expect(
					!(terminated && truncated),
					`${when}: expected terminated or truncated, got both.`,
				);
				expect(
					(terminated || truncated) === Boolean(result) &&
						(!result ||
							(result.terminated === terminated &&
								result.truncated === truncated &&
								result.steps === answer.step)),
					`${when}: expected a result exactly where the episode ends, with the same flags and steps; got terminated ${terminated}, truncated ${truncated}, result ${shown(result)}.`,
				);
			}
		},
	},
	{
		id: "specs.timing",
		title:
			"Every answer tells its queue and compute time, apart from each other and outside of the observation.",
		contract: "rule 7: replies carry queue and compute time apart",
		counterpart:
			"Gymnasium: info must be equal between equal runs, so times stand elsewhere",
		of: "task",
		async check(context) {
			for (const { answer, when } of await answersOf(context))
				expect(
					answer.timing !== null &&
						answer.timing.queue_ms >= 0 &&
						answer.timing.compute_ms >= 0,
					`${when}: expected queue_ms and compute_ms of at least 0, got ${shown(answer.timing)}.`,
				);
		},
	},
	{
		id: "specs.mask",
		title:
			"An action that the mask rules out is refused as not possible now; one that it allows is not.",
		contract: "rule 5: the observation carries a mask",
		counterpart: "none: their action spaces have no masks",
		of: "task",
		async check(context) {
			const { steps, first } = await context.explore();
			let mask = first?.flat?.action_mask;
			for (const { action, answer, error } of steps) {
				const index = context.task.actions.findIndex(
					({ name }) => name === nameOf(action),
				);
				const spec = context.task.actions[index];
				// A name may be ruled out by itself, which the mask of actions does not tell.
				const isWhole = spec?.arguments.every(
					({ type }) => type !== "ARGUMENT_TYPE_NAME",
				);
				const isRefused = error?.reason === "ACTION_NOT_POSSIBLE";
				expect(
					mask?.[index] !== false || isRefused,
					`${nameOf(action)}: masked, so expected ACTION_NOT_POSSIBLE, got ${error ? error.reason : "an answer"}.`,
				);
				expect(
					mask?.[index] !== true || !isWhole || !isRefused,
					`${nameOf(action)}: the mask allows it, but it was refused with ACTION_NOT_POSSIBLE.`,
				);
				mask = answer?.observation?.flat?.action_mask ?? mask;
			}
		},
	},
];

/** A short pass, for episodes that are played for their rewards: one slow action is enough. */
function withoutSlow({
	pass,
	slow,
}: {
	readonly pass: readonly Action[];
	readonly slow: number | undefined;
}): readonly Action[] {
	return pass.filter((_, index) => index !== slow);
}

/** The answers of the episode that was played. */
async function answersOf(
	context: TaskContext,
): Promise<{ action: Action; answer: StepResponse__Output; when: string }[]> {
	const { steps } = await context.explore();
	return steps.flatMap(({ action, answer }, index) =>
		answer === undefined
			? []
			: [
					{
						action,
						answer,
						when: `after call ${index + 1} (${nameOf(action)})`,
					},
				],
	);
}

async function observationsOf(
	context: TaskContext,
): Promise<{ observation: Observation__Output; when: string }[]> {
	const { first } = await context.explore();
	const later = await answersOf(context);
	return [
		{ observation: first as Observation__Output, when: "at the start" },
		...later.map(({ answer, when }) => ({
			observation: answer.observation as Observation__Output,
			when,
		})),
	];
}

function typedOf(
	observation: Observation__Output,
	environment: string,
): Record<string, unknown> | undefined {
	const typed = observation[environment as "sre"];
	return (typed ?? undefined) as Record<string, unknown> | undefined;
}

/** Which forms an observation has, in the order of the contract's fields. */
function formsOf(observation: Observation__Output | null): string {
	return Object.entries(observation ?? {})
		.filter(
			([name, value]) =>
				!name.startsWith("_") && value !== null && value !== undefined,
		)
		.map(([name]) => name)
		.join();
}

function isOfType(value: unknown, type: string): boolean {
	const plain = type.replace(/^repeated /, "");
	if (plain === "bool") return typeof value === "boolean";
	if (plain === "string") return typeof value === "string";
	if (/^u?int/.test(plain)) return Number.isInteger(Number(value));
	if (/^(double|float)$/.test(plain)) return typeof value === "number";
	if (plain.startsWith("enum "))
		return typeof value === "string" && !value.endsWith("_UNSPECIFIED");
	return typeof value === "object" && value !== null;
}

function expectFinite(value: unknown, when: string, path = ""): void {
	expect(
		typeof value !== "number" || Number.isFinite(value),
		`${when}: expected finite numbers, got ${String(value)} at ${path}.`,
	);
	if (typeof value === "object" && value !== null)
		for (const [key, inner] of Object.entries(value))
			expectFinite(inner, when, path === "" ? key : `${path}.${key}`);
}

function expectDistinct(names: readonly string[], what: string): void {
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	expect(
		twice === undefined && !names.includes(""),
		`expected ${what} with distinct names, got ${twice === undefined ? "an empty one" : `"${twice}" twice`}.`,
	);
}
