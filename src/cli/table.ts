import type { MeanInterval } from "../evaluation/student-t.js";

/** A table in plain text, a line a row: columns of equal width, numbers at their right edge. */
export function renderTable(
	header: readonly string[],
	rows: readonly (readonly string[])[],
): string[] {
	const all = [header, ...rows];
	return all.map((row) =>
		row
			.map((cell, column) => {
				const width = Math.max(
					...all.map((cells) => cells[column]?.length ?? 0),
				);
				const isNumber = rows.every((cells) =>
					/^[\d./± -]*$/.test(cells[column] ?? ""),
				);
				return isNumber ? cell.padStart(width) : cell.padEnd(width);
			})
			.join("  ")
			.trimEnd(),
	);
}

/** "0.412 ± 0.031", without the interval where there is none, "-" without a score. */
export function tellScore(score: MeanInterval | undefined): string {
	if (score === undefined) return "-";
	const { mean, halfWidth } = score;
	return halfWidth === undefined
		? mean.toFixed(3)
		: `${mean.toFixed(3)} ± ${halfWidth.toFixed(3)}`;
}
