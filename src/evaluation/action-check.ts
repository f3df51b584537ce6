import type { Action, Task } from "../../clients/typescript/index.js";

/**
 * Why an action is not exactly one of the task's: a sentence, or nothing. The client tells of what the wire would drop or change inside it.
 */
export function whyNotOneAction(
	action: Action,
	task: Task,
): string | undefined {
	const names = [...task.actions.map(({ name }) => name), "flat"];
	const given = keysOf(action);
	const [name] = given;
	return given.length !== 1 || name === undefined || !names.includes(name)
		? `action: ${JSON.stringify(given)} is not allowed; exactly one of ${names.join(", ")}, with its arguments as an object.`
		: undefined;
}

/** Those that have a value. */
function keysOf(message: object): string[] {
	return Object.entries(message)
		.filter(([, value]) => value !== undefined && value !== null)
		.map(([key]) => key);
}
