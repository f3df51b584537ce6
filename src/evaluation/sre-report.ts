import type { Policy } from "../environments/policy.js";
import {
	type RejectionRate,
	rejectionRates,
} from "../environments/sre/rejection-rates.js";
import type { SreTask } from "../environments/sre/tasks.js";
import type { SplitName } from "./episode-player.js";
import { interquartileMean } from "./interquartile-mean.js";
import type { SreEntry, SreMeasurement } from "./sre-measurement.js";
import { type MeanInterval, meanInterval } from "./student-t.js";

/** What the policies reach on the on-call tasks. */
export interface SreReport {
	/** What makes it again. */
	readonly command: string;
	readonly split: SplitName;
	readonly seeds: readonly string[];
	readonly tasks: readonly SreTaskReport[];
}

export interface SreTaskReport {
	readonly task: SreTask;
	/** In the order of the registry. */
	readonly rows: readonly SrePolicyRow[];
	/** In the order of the catalogue. */
	readonly rejections: readonly RejectionRate[];
}

export interface SrePolicyRow {
	readonly policy: Policy;
	readonly episodes: number;
	readonly score: MeanInterval;
	readonly interquartileMean: MeanInterval;
	/** Share of episodes with a score of at least PASSING_SCORE. */
	readonly passed: number;
	/** Share of episodes in which the objective held from some step to the end. */
	readonly mitigated: number;
	/** Mean first such step over those episodes; absent without any. */
	readonly stepsToMitigate: number | undefined;
	/** Per episode. */
	readonly wrongActions: number;
	/** Per episode. */
	readonly trapActions: number;
	/** Share of the diagnoses that named the root, and the class; absent where none was told. */
	readonly rootHits: number | undefined;
	readonly classHits: number | undefined;
	/** Mean score by the fault's name in the catalogue, for faults that came. */
	readonly byFault: Readonly<
		Record<string, { readonly episodes: number; readonly score: number }>
	>;
}

/** A passed episode won back at least half of what could be won. */
export const PASSING_SCORE = 0.5;

/** Averages entries. Every task and policy needs an entry at least. */
export function createSreReport(
	{ tasks, policies, seeds, split }: SreMeasurement,
	entries: readonly SreEntry[],
	command: string,
): SreReport {
	return {
		command,
		split,
		seeds,
		tasks: tasks.map((task) => ({
			task,
			rejections: rejectionRates(task),
			rows: policies.map((policy) =>
				toRow(
					policy,
					entries.filter(
						(entry) => entry.task === task.id && entry.policy === policy.name,
					),
				),
			),
		})),
	};
}

function toRow(policy: Policy, entries: readonly SreEntry[]): SrePolicyRow {
	const scores = entries.map(({ score }) => score);
	const times = entries.flatMap(({ timeToMitigate }) => timeToMitigate ?? []);
	const faults = [...new Set(entries.map(({ faultClass }) => faultClass))];
	return {
		policy,
		episodes: entries.length,
		score: meanInterval(scores),
		interquartileMean: interquartileMean(scores),
		passed: shareOf(entries, ({ score }) => score >= PASSING_SCORE),
		mitigated: times.length / entries.length,
		stepsToMitigate: meanOf(times),
		wrongActions: meanOf(entries.map((entry) => entry.wrongActions)) ?? 0,
		trapActions: meanOf(entries.map((entry) => entry.trapActions)) ?? 0,
		rootHits: meanOf(entries.flatMap(({ rootHit }) => toNumber(rootHit))),
		classHits: meanOf(entries.flatMap(({ classHit }) => toNumber(classHit))),
		byFault: Object.fromEntries(
			faults.sort().map((faultClass) => {
				const some = entries.filter((entry) => entry.faultClass === faultClass);
				return [
					faultName(faultClass),
					{
						episodes: some.length,
						score: meanOf(some.map(({ score }) => score)) ?? 0,
					},
				];
			}),
		),
	};
}

/** "FAULT_CLASS_SINGLE_OOM" to "single_oom", as the catalogue has it. */
function faultName(faultClass: string): string {
	const name = faultClass.replace("FAULT_CLASS_", "").toLowerCase();
	return name === "none" ? "no_fault" : name;
}

function toNumber(hit: boolean | undefined): number[] {
	return hit === undefined ? [] : [Number(hit)];
}

function shareOf<Thing>(
	things: readonly Thing[],
	is: (thing: Thing) => boolean,
): number {
	return things.filter(is).length / things.length;
}

function meanOf(values: readonly number[]): number | undefined {
	return values.length === 0
		? undefined
		: values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The report as plain data: what `--json` writes. */
export function toSreReportJson({ command, split, seeds, tasks }: SreReport) {
	return {
		command,
		split,
		seeds,
		tasks: tasks.map(({ task, rows, rejections }) => ({
			task: task.id,
			task_version: task.version,
			policies: rows.map((row) => ({
				policy: row.policy.name,
				policy_version: row.policy.version,
				episodes: row.episodes,
				score: row.score.mean,
				score_interval_95: toBounds(row.score),
				interquartile_mean: row.interquartileMean.mean,
				interquartile_mean_interval_95: toBounds(row.interquartileMean),
				passed: row.passed,
				mitigated: row.mitigated,
				steps_to_mitigate: row.stepsToMitigate,
				wrong_actions: row.wrongActions,
				trap_actions: row.trapActions,
				root_hits: row.rootHits,
				class_hits: row.classHits,
				by_fault: row.byFault,
			})),
			rejections,
		})),
	};
}

function toBounds({ mean, halfWidth }: MeanInterval) {
	return halfWidth === undefined
		? undefined
		: [mean - halfWidth, mean + halfWidth];
}
