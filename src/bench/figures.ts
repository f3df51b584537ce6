import { writeFileSync } from "node:fs";

/** One number that a benchmark came to. */
export interface Figure {
	/** What was measured, for example "cnn, 2 threads: nightshift / pytorch usual". */
	readonly figure: string;
	/** Absent from no figure: what could not be measured is not in the list. */
	readonly value: number;
	/** "ms", "ratio", "GFLOP/s", "share", "MB", "steps/s", "calls/s", "episodes/s", "kB", "threads". */
	readonly unit: string;
	/** Least and greatest of the rounds whose middle the value is. */
	readonly range?: readonly [number, number];
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1
		? (sorted[middle] as number)
		: ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** The value below which the share of all values lies (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const rank = Math.max(1, Math.ceil(share * sorted.length));
	return sorted[rank - 1] as number;
}

/** Middle of the ratios of what was measured in the same rounds, so that what slows a whole round down cancels. */
export function medianRatio(
	ours: readonly number[],
	theirs: readonly number[],
): number {
	return median(ours.map((value, round) => value / (theirs[round] as number)));
}

/** Three digits that count. */
export function format(value: number): string {
	if (value === 0 || Math.abs(value) >= 1000) return value.toFixed(0);
	return value.toPrecision(3);
}

export function tell({ figure, value, unit, range }: Figure): string {
	const line = `  ${figure.padEnd(64)} ${format(value).padStart(8)} ${unit}`;
	return range === undefined
		? line
		: `${line} (${range.map(format).join(" to ")})`;
}

/** The figure of several rounds: their median, and how far they lie apart. */
export function figureOf(
	figure: string,
	rounds: readonly number[],
	unit: string,
): Figure {
	return {
		figure,
		value: median(rounds),
		unit,
		...(rounds.length > 1 && {
			range: [Math.min(...rounds), Math.max(...rounds)] as const,
		}),
	};
}

export function writeFigures(file: string, figures: readonly Figure[]): void {
	writeFileSync(file, `${JSON.stringify(figures, undefined, 2)}\n`);
}
