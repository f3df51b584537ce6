const BARS = "▁▂▃▄▅▆▇█";

/** Values as a row of at most `width` bars, scaled from the least to the greatest of them; more values are thinned out. */
export function curve(values: readonly number[], width: number): string {
	if (values.length === 0) return "";
	const least = Math.min(...values);
	const span = Math.max(...values) - least || 1;
	const shown =
		values.length <= width
			? values
			: Array.from(
					{ length: width },
					(_, index) =>
						values[
							Math.round((index * (values.length - 1)) / (width - 1))
						] as number,
				);
	return shown
		.map(
			(value) => BARS[Math.round(((value - least) / span) * (BARS.length - 1))],
		)
		.join("");
}
