import type { Comparison, PairedFigures } from "./comparison.js";
import { toInterval } from "./summary-json.js";
import { cell, intervalTold, table } from "./summary-text.js";

/** A comparison as Markdown. */
export function renderComparison(comparison: Comparison): string {
	const { a, b, split, tasks, overall, remarks } = comparison;
	const isSeveral = tasks.filter(({ paired }) => paired).length > 1;
	const unpairedA = sumOf(tasks.map(({ onlyA }) => onlyA));
	const unpairedB = sumOf(tasks.map(({ onlyB }) => onlyB));
	return [
		`# ${cell(a.agent)} against ${cell(b.agent)}`,
		"",
		`- A: ${cell(a.agent)} (${cell(a.version)}) of ${cell(a.path)}`,
		`- B: ${cell(b.agent)} (${cell(b.version)}) of ${cell(b.path)}`,
		`- paired by task, split (${split}) and seed; difference: A's score less B's, mean ± half of its 95 % interval (paired t)`,
		"- p: two-sided, of the paired t test and of the exact sign test (ties left out)",
		...(unpairedA + unpairedB > 0
			? [
					`- left out, since the other has not finished them: ${unpairedA} episodes of A, ${unpairedB} of B`,
				]
			: []),
		...remarks.map((remark) => `- note: ${cell(remark)}`),
		"",
		...(overall
			? table(
					[
						"task",
						"pairs",
						"A",
						"B",
						"difference",
						"wins / ties / losses of A",
						"p (t)",
						"p (sign)",
						"only A",
						"only B",
					],
					[
						...tasks.map(({ task, paired, onlyA, onlyB }) => [
							task,
							...figures(paired),
							String(onlyA),
							String(onlyB),
						]),
						...(isSeveral
							? [
									[
										"all, each task weighing the same",
										...figures(overall),
										String(unpairedA),
										String(unpairedB),
									],
								]
							: []),
					],
				)
			: ["No episode was finished by both, so there is nothing to compare."]),
		"",
	].join("\n");
}

/** A comparison as plain data. */
export function toComparisonJson(comparison: Comparison) {
	const { a, b, split, tasks, overall, remarks } = comparison;
	return {
		a,
		b,
		split,
		tasks: tasks.map(({ task, paired, onlyA, onlyB }) => ({
			task,
			...(paired && toFigures(paired)),
			only_a: onlyA,
			only_b: onlyB,
		})),
		overall: overall && toFigures(overall),
		remarks,
	};
}

function toFigures(paired: PairedFigures) {
	return {
		pairs: paired.pairs,
		mean_a: paired.meanA,
		mean_b: paired.meanB,
		...toInterval("difference", paired.difference),
		wins: paired.wins,
		ties: paired.ties,
		losses: paired.losses,
		p_paired_t: paired.tTest,
		p_sign: paired.signTest,
	};
}

function figures(paired: PairedFigures | undefined): string[] {
	if (!paired) return ["0", "-", "-", "-", "-", "-", "-"];
	const { pairs, meanA, meanB, difference, wins, ties, losses } = paired;
	return [
		String(pairs),
		meanA.toFixed(3),
		meanB.toFixed(3),
		intervalTold(difference),
		`${wins} / ${ties} / ${losses}`,
		probability(paired.tTest),
		probability(paired.signTest),
	];
}

function probability(p: number | undefined): string {
	if (p === undefined) return "-";
	return p < 0.0001 ? "< 0.0001" : p.toFixed(4);
}

function sumOf(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0);
}
