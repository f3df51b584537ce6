import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseSeeds } from "../evaluation/seeds.js";
import { CommandFailure, EXIT } from "./exit-status.js";

/** Those of a list that are asked for by name, separated by commas, in the list's order; without a wish all. Errors: CommandFailure. */
export function choose<Thing>(
	flag: string,
	asked: string | undefined,
	all: readonly Thing[],
	nameOf: (thing: Thing) => string,
): Thing[] {
	if (asked === undefined) return [...all];
	const names = asked.split(",").map((name) => name.trim());
	const unknown = names.find((name) =>
		all.every((thing) => nameOf(thing) !== name),
	);
	if (unknown !== undefined)
		throw wrongUsage(
			`${flag}: "${unknown}" is not allowed; of ${all.map(nameOf).join(", ")}, separated by commas`,
		);
	return all.filter((thing) => names.includes(nameOf(thing)));
}

/** Errors: CommandFailure. */
export function readSeeds(text: string): string[] {
	try {
		return parseSeeds(text);
	} catch (error) {
		throw wrongUsage(`--seeds: ${(error as Error).message}`);
	}
}

/** Writes a file, with its folders, and says so. Errors: CommandFailure. */
export function writeFile(path: string, text: string): void {
	try {
		mkdirSync(dirname(resolve(path)), { recursive: true });
		writeFileSync(path, text);
	} catch (error) {
		throw new CommandFailure((error as Error).message);
	}
	console.error(`wrote ${path}`);
}

export function wrongUsage(sentence: string): CommandFailure {
	return new CommandFailure(`${sentence}.`, EXIT.wrongUsage);
}
