import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { SreDeclaration } from "../../proto/generated/nightshift/v1/SreDeclaration.js";
import { envService } from "./contract.js";

type Message = Readonly<Record<string, unknown>>;

/**
 * What of an action, or of a diagnosis, would not reach the server as it stands: a sentence, or nothing. The wire drops what it does not know
 * (an argument that does not exist, a choice that is none) and rounds what is no whole number, without a word; who writes actions in a language
 * without types must hear of it. What does reach the server is the server's to judge.
 */
export function whatIsLost(part: {
	readonly action?: Action;
	readonly declare?: SreDeclaration;
}): string | undefined {
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
	for (const [key, value] of Object.entries(given)) {
		const found = firstDifference(
			value,
			(arrived as Message | null)?.[key],
			path === "" ? key : `${path}.${key}`,
		);
		if (found !== undefined) return found;
	}
	return undefined;
}
