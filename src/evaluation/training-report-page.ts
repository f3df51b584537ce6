import type { PolicyRow, TrainingReport } from "./training-report.js";

/** A report as a page of Markdown: how it was measured, the policies, and a table for each task. */
export function renderTrainingReport(report: TrainingReport): string {
	return [
		"# Scores of the policies in the training environment",
		"",
		`Made by \`${report.command}\`, which plays what its results file lacks and makes this page again.`,
		"",
		`- episodes: split ${report.split}, seed${report.seeds.length === 1 ? "" : "s"} ${rangesOf(report.seeds)}`,
		`- engine: ${report.engine}`,
		...report.tasks.map(
			({ task, data, testImages }) =>
				`- images of ${task.id}: ${data.name} (${data.digest}), ${data.train_images} for training, ${data.validation_images} for validation, ${testImages} hidden for testing`,
		),
		"",
		"Accuracies are those of the submitted weights, in percent, as means over the seeds: on the validation images that a policy sees, and on the",
		"hidden test images that it is scored on. The gap is training accuracy less test accuracy, in percentage points. Epochs are those charged. The",
		"score, 0 to 1, is a mean with its 95 % confidence interval over the seeds, by Student's t.",
		"",
		...policyLines(report),
		"",
		...report.tasks.flatMap(({ task, rows }) => [
			`## ${task.id}`,
			"",
			`Version ${task.version}, a budget of ${task.budget} epochs. ${task.description}`,
			"",
			...table(rows),
			"",
		]),
	]
		.join("\n")
		.trimEnd()
		.concat("\n");
}

/** Seeds in their order, neighbours as ranges: "1..3,7". */
export function rangesOf(seeds: readonly string[]): string {
	const ranges: { first: bigint; last: bigint }[] = [];
	for (const seed of seeds.map(BigInt)) {
		const range = ranges.at(-1);
		if (range && seed === range.last + 1n) range.last = seed;
		else ranges.push({ first: seed, last: seed });
	}
	return ranges
		.map(({ first, last }) =>
			first === last ? `${first}` : `${first}..${last}`,
		)
		.join(",");
}

function policyLines({ tasks }: TrainingReport): string[] {
	return (tasks[0]?.rows ?? []).map(
		({ policy }) =>
			`- \`${policy.name}\` (version ${policy.version}): ${policy.description}`,
	);
}

function table(rows: readonly PolicyRow[]): string[] {
	return [
		"| policy | seeds | validation accuracy | test accuracy | gap | epochs | score |",
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
		...rows.map((row) =>
			[
				"",
				row.policy.name,
				row.episodes,
				percent(row.validationAccuracy),
				percent(row.testAccuracy),
				percent(row.gap),
				Number(row.epochs.toFixed(1)),
				scoreOf(row),
				"",
			]
				.join(" | ")
				.trim(),
		),
	];
}

function percent(value: number | undefined): string {
	return value === undefined ? "-" : (100 * value).toFixed(2);
}

function scoreOf({ score: { mean, halfWidth } }: PolicyRow): string {
	return halfWidth === undefined
		? mean.toFixed(3)
		: `${mean.toFixed(3)} ± ${halfWidth.toFixed(3)}`;
}
