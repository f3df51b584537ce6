import { join } from "node:path";
import { Option } from "commander";
import { sreTasks } from "../environments/sre/tasks.js";
import { trainingTasks } from "../environments/training/tasks.js";
import { exportInspect } from "../evaluation/export/inspect.js";
import { TooLarge } from "../evaluation/export/zip-file.js";
import type { Evaluation } from "../evaluation/results/read-evaluation.js";
import { CommandFailure } from "./exit-status.js";
import { wrongUsage } from "./report-options.js";

export interface ExportOptions {
	readonly export?: "inspect";
	readonly exportTo?: string;
}

export function exportOption(): Option {
	return new Option(
		"--export <FORM>",
		"write the episodes as logs that another tool shows, too: inspect (docs/results.md)",
	).choices(["inspect"]);
}

export function exportToOption(): Option {
	return new Option(
		"--export-to <DIR>",
		"folder of these logs (default: inspect, in the evaluation's folder)",
	);
}

/** Errors: CommandFailure. */
export function checkExport(asked: ExportOptions): void {
	if (asked.exportTo !== undefined && asked.export === undefined)
		throw wrongUsage("--export-to goes with --export inspect");
}

/** Where it is asked for, and says what it wrote. Errors: CommandFailure, UnreadableEvaluation. */
export async function exportEvaluation(
	evaluation: Evaluation,
	folder: string,
	asked: ExportOptions,
): Promise<void> {
	if (asked.export === undefined) return;
	const target = asked.exportTo ?? join(folder, asked.export);
	try {
		const paths = await exportInspect(evaluation, target, askedOf);
		for (const path of paths) console.error(`wrote ${path}`);
	} catch (error) {
		// Those of the file system have a call.
		if (error instanceof TooLarge || (error as NodeJS.ErrnoException).syscall)
			throw new CommandFailure((error as Error).message);
		throw error;
	}
}

const KNOWN = [...sreTasks, ...trainingTasks];

/** A task of another version may have asked for something else. */
function askedOf(task: string, taskVersion: number): string | undefined {
	const known = KNOWN.find(
		({ id, version }) => id === task && version === taskVersion,
	);
	return known && `${known.description}\n\n${known.goal}`;
}
