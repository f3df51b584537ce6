import {
	type Action,
	type SreDeclaration,
	type Task,
	whatIsLost,
} from "../../clients/typescript/index.js";

/**
 * Why an action, or a diagnosis beside it, cannot be sent as it stands: a sentence, or nothing. An agent hears of it as of a refusal.
 */
export function whyNotSendable(
	action: Action,
	declare: SreDeclaration | undefined,
	task: Task,
): string | undefined {
	const names = [...task.actions.map(({ name }) => name), "flat"];
	const given = keysOf(action);
	const [name] = given;
	if (given.length !== 1 || name === undefined || !names.includes(name))
		return `action: ${JSON.stringify(given)} is not allowed; exactly one of ${names.join(", ")}, with its arguments as an object.`;
	return (
		whatIsLost({ action }) ?? (declare ? whatIsLost({ declare }) : undefined)
	);
}

/** The same for a diagnosis beside a finish. */
export function whyNotDeclarable(declare: SreDeclaration): string | undefined {
	return whatIsLost({ declare });
}

/** Those that have a value. */
function keysOf(message: object): string[] {
	return Object.entries(message)
		.filter(([, value]) => value !== undefined && value !== null)
		.map(([key]) => key);
}
