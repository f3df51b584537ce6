import { envService } from "../../clients/typescript/contract.js";
import type {
	Action,
	SreDeclaration,
	Task,
} from "../../clients/typescript/index.js";

type Message = Readonly<Record<string, unknown>>;

/**
 * Why an action, or a diagnosis beside it, would not reach the server as it stands: a sentence, or nothing. The wire drops what it does not
 * know (another action's name, an argument that does not exist, a choice that is none) and rounds what is no whole number, without a word;
 * who writes actions in a language without types must hear of it. What does reach the server is the server's to judge.
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

function whatIsLost(part: Message): string | undefined {
	const { requestSerialize, requestDeserialize } = envService.Step;
	let arrived: unknown;
	try {
		arrived = requestDeserialize(requestSerialize(part));
	} catch (error) {
		// Of protobufjs: ".nightshift.v1.Action.wait: object expected".
		return `${(error as Error).message.replace(/^\.nightshift\.v1\./, "")}.`;
	}
	const path = firstDifference(part, arrived, "");
	if (path === undefined) return undefined;
	const value = path
		.split(".")
		.reduce<unknown>((inner, key) => (inner as Message)[key], part);
	return `${path}: ${JSON.stringify(value)} is not allowed; the contract knows no such field, or another kind of value for it (enums by their full names, whole numbers where it says so).`;
}

/** Path of the first value of `given` that is not in `arrived`. */
function firstDifference(
	given: unknown,
	arrived: unknown,
	path: string,
): string | undefined {
	if (given === undefined || given === null) return undefined;
	if (typeof given !== "object")
		return Object.is(given, arrived) || (given === 0 && arrived === 0)
			? undefined
			: path;
	const isList = Array.isArray(given);
	if (typeof arrived !== "object" || Array.isArray(arrived) !== isList)
		return path;
	for (const key of keysOf(given)) {
		const found = firstDifference(
			(given as Message)[key],
			(arrived as Message | null)?.[key],
			path === "" ? key : `${path}.${key}`,
		);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** Those that have a value. */
function keysOf(message: object): string[] {
	return Object.entries(message)
		.filter(([, value]) => value !== undefined && value !== null)
		.map(([key]) => key);
}
