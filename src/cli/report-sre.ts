import { systemClock } from "../clock.js";
import { policiesOf } from "../environments/policies.js";
import { sreTasks } from "../environments/sre/tasks.js";
import type { SplitName } from "../evaluation/episode-player.js";
import { measureSre } from "../evaluation/sre-measurement.js";
import { createSreReport, toSreReportJson } from "../evaluation/sre-report.js";
import { renderSreReport } from "../evaluation/sre-report-page.js";
import { writeDocs } from "./report-docs.js";
import { choose, readSeeds, writeFile, wrongUsage } from "./report-options.js";

export interface SreReportOptions {
	readonly seeds?: string;
	readonly split: SplitName;
	readonly tasks?: string;
	readonly policies?: string;
	readonly address?: string;
	readonly data?: string;
	readonly json?: string;
	/** The folder that was named, or true for this checkout. */
	readonly docs?: string | true;
}

const SEEDS = "1000";

/** `nightshift report sre`: plays the policies in this process and tells what they score. */
export function reportSre(options: SreReportOptions): void {
	const { json, docs, split } = options;
	for (const name of ["address", "data"] as const)
		if (options[name] !== undefined)
			throw wrongUsage(
				`--${name} goes only with the training environment; a report on sre plays in its own process, on no images`,
			);
	if (docs !== undefined && (options.tasks ?? options.policies))
		throw wrongUsage(
			"--docs goes only with all tasks and policies; leave out --tasks and --policies",
		);
	const tasks = choose("--tasks", options.tasks, sreTasks, ({ id }) => id);
	const policies = choose(
		"--policies",
		options.policies,
		policiesOf("sre"),
		({ name }) => name,
	);
	const seeds = readSreSeeds(options.seeds ?? SEEDS);
	const measurement = { tasks, policies, seeds, split };
	const total = tasks.length * policies.length * seeds.length;
	const entries = measureSre(measurement, showProgress(total));
	const report = createSreReport(measurement, entries, commandOf(options));
	const asJson = () =>
		`${JSON.stringify(toSreReportJson(report), undefined, 2)}\n`;
	process.stdout.write(json === "-" ? asJson() : renderSreReport(report));
	if (json !== undefined && json !== "-") writeFile(json, asJson());
	if (docs === undefined) return;
	writeDocs(docs, "sre", report, renderSreReport(report));
}

/** A lone number is how many: 1 to N. Else as everywhere. */
function readSreSeeds(text: string): string[] {
	return readSeeds(/^\s*\d+\s*$/.test(text) ? `1..${text.trim()}` : text);
}

/** The command that makes the same report again. */
function commandOf({
	seeds = SEEDS,
	split,
	tasks,
	policies,
	docs,
}: SreReportOptions): string {
	return [
		`npx nightshift report sre --seeds ${seeds} --split ${split}`,
		...(tasks === undefined ? [] : [`--tasks ${tasks}`]),
		...(policies === undefined ? [] : [`--policies ${policies}`]),
		...(docs === undefined ? [] : ["--docs"]),
	].join(" ");
}

/** Milliseconds between two looks of the line that updates itself. */
const REFRESH_MS = 200;

/** A line on a terminal that updates itself; elsewhere a line for each policy on a task. */
function showProgress(total: number) {
	const { stderr } = process;
	const begunMs = systemClock.now();
	let toldMs = 0;
	let done = 0;
	let playing = "";
	return ({ task, policy }: { task: string; policy: string }) => {
		const before = playing;
		playing = `${task} ${policy}`;
		const nowMs = systemClock.now();
		if (!stderr.isTTY && playing !== before)
			stderr.write(`[${done}/${total}] ${playing}\n`);
		done++;
		if (!stderr.isTTY) return;
		if (done === total) stderr.write("\r\u001b[K");
		else if (nowMs - toldMs >= REFRESH_MS) {
			toldMs = nowMs;
			const secondsLeft = ((nowMs - begunMs) / 1000 / done) * (total - done);
			stderr.write(
				`\r\u001b[K${done} of ${total} episodes; ${playing}; about ${Math.ceil(secondsLeft)} s left`,
			);
		}
	};
}
