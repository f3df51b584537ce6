import type { Task } from "../../clients/typescript/index.js";
import type { Policy } from "../environments/policy.js";
import type { SplitName } from "./episode-player.js";
import { type MeanInterval, meanInterval } from "./student-t.js";
import type { DataIdentity, TrainingEntry } from "./training-entry.js";

/** What the policies reach on the training tasks of one server. */
export interface TrainingReport {
	/** What makes it again. */
	readonly command: string;
	readonly split: SplitName;
	readonly seeds: readonly string[];
	readonly engine: string;
	readonly tasks: readonly TaskReport[];
}

export interface TaskReport {
	readonly task: Task;
	readonly data: DataIdentity;
	/** Hidden images that submissions are graded on. */
	readonly testImages: number;
	/** In the order of the registry. */
	readonly rows: readonly PolicyRow[];
}

/** Means over the seeds; absent where no episode has the figure. */
export interface PolicyRow {
	readonly policy: Policy;
	readonly episodes: number;
	readonly validationAccuracy: number | undefined;
	readonly testAccuracy: number | undefined;
	readonly gap: number | undefined;
	readonly epochs: number;
	readonly score: MeanInterval;
}

/** Averages entries of one server. Every task and policy needs an entry at least. */
export function createTrainingReport(
	{
		tasks,
		policies,
		seeds,
		split,
	}: {
		readonly tasks: readonly Task[];
		readonly policies: readonly Policy[];
		readonly seeds: readonly string[];
		readonly split: SplitName;
	},
	entries: readonly TrainingEntry[],
	command: string,
): TrainingReport {
	return {
		command,
		split,
		seeds,
		engine: (entries[0] as TrainingEntry).engine,
		tasks: tasks.map((task) => {
			const ofTask = entries.filter((entry) => entry.task === task.id);
			const { data, test_images } = ofTask[0] as TrainingEntry;
			return {
				task,
				data,
				testImages: test_images,
				rows: policies.map((policy) =>
					toRow(
						policy,
						ofTask.filter((entry) => entry.policy === policy.name),
					),
				),
			};
		}),
	};
}

/** Whether every data set of the report is real images. */
export function isOnRealImages({ tasks }: TrainingReport): boolean {
	return tasks.every(({ data }) => !data.name.startsWith("synthetic"));
}

/** The report as plain data: what `--json` writes. */
export function toReportJson({
	command,
	split,
	seeds,
	engine,
	tasks,
}: TrainingReport) {
	return {
		command,
		split,
		seeds,
		engine,
		tasks: tasks.map(({ task, data, testImages, rows }) => ({
			task: task.id,
			task_version: task.version,
			budget: task.budget,
			data: { ...data, test_images: testImages },
			policies: rows.map(({ policy, ...row }) => ({
				policy: policy.name,
				policy_version: policy.version,
				episodes: row.episodes,
				validation_accuracy: row.validationAccuracy,
				test_accuracy: row.testAccuracy,
				gap: row.gap,
				epochs: row.epochs,
				score: row.score.mean,
				score_interval_95:
					row.score.halfWidth === undefined
						? undefined
						: [
								row.score.mean - row.score.halfWidth,
								row.score.mean + row.score.halfWidth,
							],
			})),
		})),
	};
}

function toRow(policy: Policy, entries: readonly TrainingEntry[]): PolicyRow {
	return {
		policy,
		episodes: entries.length,
		validationAccuracy: meanOf(entries, "validation_accuracy"),
		testAccuracy: meanOf(entries, "test_accuracy"),
		gap: meanOf(entries, "gap"),
		epochs: meanOf(entries, "epochs") as number,
		score: meanInterval(entries.map(({ score }) => score)),
	};
}

function meanOf(
	entries: readonly TrainingEntry[],
	figure: "validation_accuracy" | "test_accuracy" | "gap" | "epochs",
): number | undefined {
	const values = entries.flatMap((entry) => entry[figure] ?? []);
	return values.length === 0 ? undefined : meanInterval(values).mean;
}
