import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import { HttpRefusal } from "./http-error.js";
import { bareName, type Mount } from "./mount.js";
import { Reader, toObject } from "./requests.js";

/**
 * OpenEnv's Task API: which tasks there are, split by split. Every task is in every split, since a split is of seeds; a reset with the task_id
 * and the split of an entry plays it.
 */

const SPLITS = ["train", "validation", "test"] as const;

/** The environments of a mount. */
export function environmentsOf({ tasks }: Mount): string[] {
	return [...new Set(tasks.map(({ environment }) => environment))];
}

export function splitsOf(mount: Mount, name: string): object[] {
	tasksOf(mount, name);
	return SPLITS.map((split) => ({ name: split, type: split }));
}

/** Errors: HttpRefusal 404 for an environment that there is not; INVALID_FIELD. */
export function listTasks(mount: Mount, name: string, body: unknown): object {
	const tasks = tasksOf(mount, name);
	const { split } = read(body, []);
	return {
		tasks: tasks.map((task, index) => toEntry(task, index, split)),
		env_name: tasks[0]?.environment,
	};
}

export function countTasks(mount: Mount, name: string, body: unknown): object {
	const tasks = tasksOf(mount, name);
	read(body, []);
	return { num_tasks: tasks.length };
}

/** Errors: also HttpRefusal 400 for an index that there is not. */
export function getTask(mount: Mount, name: string, body: unknown): object {
	const tasks = tasksOf(mount, name);
	const { split, index } = read(body, ["index"]);
	const task = tasks[index as number];
	if (task === undefined)
		throw new HttpRefusal(
			400,
			`Invalid task index: ${index} is not allowed; 0 to ${tasks.length - 1}.`,
		);
	return { task: toEntry(task, index as number, split) };
}

/** From `start` (left out: 0) to before `stop` (left out: the end), of what there is. */
export function getTaskRange(
	mount: Mount,
	name: string,
	body: unknown,
): object {
	const tasks = tasksOf(mount, name);
	const {
		split,
		start = 0,
		stop = tasks.length,
	} = read(body, [], ["start", "stop"]);
	return {
		tasks: tasks
			.map((task, index) => toEntry(task, index, split))
			.slice(start, stop),
	};
}

function tasksOf(mount: Mount, name: string): readonly Task__Output[] {
	const tasks = mount.tasks.filter(
		({ environment }) => environment === name.toLowerCase(),
	);
	if (tasks.length === 0)
		throw new HttpRefusal(
			404,
			`There is no environment ${JSON.stringify(name.slice(0, 100))} here; one of ${environmentsOf(mount).join(", ")}.`,
		);
	return tasks;
}

interface Asked {
	readonly split: string;
	readonly index?: number;
	readonly start?: number;
	readonly stop?: number;
}

function read(
	body: unknown,
	needed: readonly string[],
	possible: readonly string[] = [],
): Asked {
	const from = toObject(body ?? {}, "");
	const reader = new Reader(from);
	reader.refuseOthers(["split", ...needed, ...possible], "this call");
	for (const key of ["split", ...needed])
		if (from[key] === undefined || from[key] === null)
			reader.wrong(
				key,
				key === "split"
					? `is missing; one of ${SPLITS.join(", ")}.`
					: "is missing; a whole number from 0 on.",
			);
	reader.choice("split", "", SPLITS);
	const whole = [...needed, ...possible].flatMap((key) => {
		const value = reader.whole(key);
		return value === undefined ? [] : [[key, Number(value)] as const];
	});
	reader.done();
	return { split: from.split as string, ...Object.fromEntries(whole) };
}

function toEntry(task: Task__Output, index: number, split: string): object {
	return {
		id: `${task.id}/${split}`,
		task_id: task.id,
		split,
		index,
		name: bareName(task),
		difficulty: task.difficulty,
		description: task.description,
		goal: task.goal,
	};
}
