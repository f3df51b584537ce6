import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import { type FieldViolation, NightshiftError } from "../errors.js";
import { HttpRefusal } from "./http-error.js";

export type EnvironmentName = "training" | "sre";
export const ENVIRONMENT_NAMES: readonly EnvironmentName[] = [
	"training",
	"sre",
];
export const TIERS = ["easy", "medium", "hard"] as const;

/** One full address of the gateway: an environment's own, or the root, which serves all of them. */
export interface Mount {
	/** "" at the root, else "/" and the environment's name. */
	readonly path: string;
	/** Absent at the root. */
	readonly environment: EnvironmentName | undefined;
	/** What is played where nothing says what. */
	readonly otherwise: EnvironmentName;
	/** The tasks that can be played here, in the order of ListTasks. */
	readonly tasks: readonly Task__Output[];
	/** Of a path /s/NAME below an address: whatever is asked there is about one session of the client's. Absent elsewhere. */
	readonly session?: string;
}

const SESSION_NAME = /^[\w.~-]{1,128}$/;

/** The path of one session below an address. Errors: HttpRefusal for what is no name. */
export function ofSession(mount: Mount, name: string): Mount {
	if (!SESSION_NAME.test(name))
		throw new HttpRefusal(
			404,
			"A path /s/NAME has a name of 1 to 128 letters, digits, dots, tildes, hyphens and underscores.",
		);
	return { ...mount, path: `${mount.path}/s/${name}`, session: name };
}

/** Environments without a task are not mounted; the root is there always. */
export function createMounts(
	tasks: readonly Task__Output[],
	otherwise: EnvironmentName,
): Mount[] {
	return [
		{ path: "", environment: undefined, otherwise, tasks },
		...ENVIRONMENT_NAMES.flatMap((environment) => {
			const own = tasks.filter((task) => task.environment === environment);
			return own.length === 0
				? []
				: [
						{
							path: `/${environment}`,
							environment,
							otherwise: environment,
							tasks: own,
						},
					];
		}),
	];
}

/**
 * The task that a request names, if it names one: by its id, by its id without the environment, or by its tier. A tier is the first task of
 * that difficulty; at the root it is one of the sre environment, whose word it is. Violations are of `task_id` and `task_tier`.
 */
export function readTask(
	mount: Mount,
	id: unknown,
	tier: unknown,
	violations: FieldViolation[],
): Task__Output | undefined {
	const byId = given(id) ? findTask(mount, id) : undefined;
	const byTier = given(tier) ? tierTask(mount, tier) : undefined;
	if (given(id) && byId === undefined)
		violations.push({
			field: "task_id",
			description: `${shown(id)} is not allowed; one of ${mount.tasks.map((task) => task.id).join(", ")}.`,
		});
	if (given(tier) && byTier === undefined)
		violations.push({
			field: "task_tier",
			description: `${shown(tier)} is not allowed; one of ${TIERS.join(", ")}.`,
		});
	if (byId !== undefined && byTier !== undefined && byId !== byTier)
		violations.push({
			field: "task_tier",
			description: `${shown(tier)} is ${byTier.id}, and task_id is ${byId.id}; leave one of them out.`,
		});
	return byId ?? byTier;
}

/** The first task of the environment that is played where nothing says what. Errors: UNKNOWN_TASK. */
export function defaultTask({ tasks, otherwise }: Mount): Task__Output {
	const task =
		tasks.find(({ environment }) => environment === otherwise) ?? tasks[0];
	if (task === undefined)
		throw new NightshiftError("UNKNOWN_TASK", "This server has no tasks.");
	return task;
}

/** The tasks of an environment's tiers. */
export function tierTasks(
	mount: Mount,
	environment: EnvironmentName,
): ReadonlyMap<string, Task__Output> {
	return new Map(
		TIERS.flatMap((tier) => {
			const task = mount.tasks.find(
				(one) => one.environment === environment && one.difficulty === tier,
			);
			return task === undefined ? [] : [[tier, task] as const];
		}),
	);
}

function findTask(mount: Mount, id: unknown): Task__Output | undefined {
	return mount.tasks.find((task) => task.id === id || bareName(task) === id);
}

function tierTask(mount: Mount, tier: unknown): Task__Output | undefined {
	return tierTasks(mount, mount.environment ?? "sre").get(tier as string);
}

/** Its id without the environment: as the founding documents name it. */
export function bareName({ id, environment }: Task__Output): string {
	return id.slice(environment.length + 1);
}

function given(value: unknown): boolean {
	return value !== undefined && value !== null;
}

function shown(value: unknown): string {
	return typeof value === "object" ? "what is given" : JSON.stringify(value);
}
