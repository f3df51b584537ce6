import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import {
	GridComponent,
	MarkLineComponent,
	TitleComponent,
	TooltipComponent,
} from "echarts/components";
import { type ECharts, type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

use([
	BarChart,
	CustomChart,
	LineChart,
	ScatterChart,
	GridComponent,
	MarkLineComponent,
	TitleComponent,
	TooltipComponent,
	CanvasRenderer,
]);

/** The page's colours (style.css) as they are now, by their names without "--": a canvas does not know them. */
export type Palette = Readonly<Record<(typeof COLOURS)[number], string>>;

const COLOURS = [
	"paper",
	"raised",
	"ink",
	"faint",
	"rule",
	"met",
	"missed",
	"lost",
	"agent-0",
	"agent-1",
	"agent-2",
	"agent-3",
	"agent-4",
	"agent-5",
	"agent-6",
	"agent-7",
] as const;

export const FONT_SIZE = 12;

interface ChartProps {
	/** Read out instead of the picture. */
	readonly label: string;
	readonly height: number;
	/** Made anew when `of` changes, or the colours, or the width. */
	readonly option: (palette: Palette, width: number) => EChartsCoreOption;
	readonly of: readonly unknown[];
}

/** A picture. What it shows must stand in a table or in words beside it, too. */
export function Chart({ label, height, option, of }: ChartProps) {
	const place = useRef<HTMLDivElement>(null);
	const chart = useRef<ECharts | undefined>(undefined);
	const palette = usePalette();
	const width = useWidth(place);
	useEffect(() => {
		const made = init(place.current, null, { renderer: "canvas" });
		chart.current = made;
		return () => made.dispose();
	}, []);
	useEffect(() => {
		if (width === 0) return;
		chart.current?.resize({ width, height });
		chart.current?.setOption(
			{
				animation: false,
				backgroundColor: "transparent",
				textStyle: {
					fontFamily: getComputedStyle(document.body).fontFamily,
					fontSize: FONT_SIZE,
					color: palette.ink,
				},
				...option(palette, width),
			},
			{ notMerge: true },
		);
	}, [...of, palette, width, height]);
	return (
		<div
			ref={place}
			class="chart"
			role="img"
			aria-label={label}
			style={{ height: `${height}px` }}
		/>
	);
}

/** Figures of a picture, for whoever cannot see it or wants them exactly. */
export function Figures({
	caption,
	columns,
	rows,
}: {
	readonly caption: string;
	readonly columns: readonly string[];
	readonly rows: readonly (readonly ComponentChildren[])[];
}) {
	const [isOpen, setOpen] = useState(false);
	return (
		<details
			class="figures"
			onToggle={(event) => setOpen(event.currentTarget.open)}
		>
			<summary>{caption}, as a table</summary>
			{isOpen && <Table caption={caption} columns={columns} rows={rows} />}
		</details>
	);
}

export function Table({
	caption,
	columns,
	rows,
}: {
	readonly caption: string;
	readonly columns: readonly string[];
	readonly rows: readonly (readonly ComponentChildren[])[];
}) {
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
		<section class="wide" aria-label={caption} tabIndex={0}>
			<table>
				<caption class="unseen">{caption}</caption>
				<thead>
					<tr>
						{columns.map((column) => (
							<th key={column} scope="col">
								{column}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((row, k) => (
						<tr key={k}>
							{row.map((cell, column) =>
								column === 0 ? (
									<th key={column} scope="row">
										{cell}
									</th>
								) : (
									<td key={column}>{cell}</td>
								),
							)}
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

/** The width of an element, in CSS pixels; 0 before it is known. */
export function useWidth(place: { readonly current: Element | null }): number {
	const [width, setWidth] = useState(0);
	useEffect(() => {
		const element = place.current;
		if (element === null) return undefined;
		const observer = new ResizeObserver(() =>
			setWidth(Math.floor(element.clientWidth)),
		);
		observer.observe(element);
		setWidth(Math.floor(element.clientWidth));
		return () => observer.disconnect();
	}, []);
	return width;
}

function usePalette(): Palette {
	const dark = useMemo(() => matchMedia("(prefers-color-scheme: dark)"), []);
	const [isDark, setDark] = useState(dark.matches);
	useEffect(() => {
		const change = () => setDark(dark.matches);
		dark.addEventListener("change", change);
		return () => dark.removeEventListener("change", change);
	}, []);
	return useMemo(() => {
		const style = getComputedStyle(document.documentElement);
		return Object.fromEntries(
			COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
		) as Palette;
	}, [isDark]);
}

export function axisLook(palette: Palette) {
	return {
		axisLine: { lineStyle: { color: palette.rule } },
		axisTick: { lineStyle: { color: palette.rule } },
		splitLine: { lineStyle: { color: palette.rule } },
		axisLabel: { color: palette.faint, fontSize: FONT_SIZE },
		nameTextStyle: { color: palette.faint, fontSize: FONT_SIZE },
	};
}

/** A chart's name above it. */
export function titleLook(palette: Palette) {
	return {
		padding: 0,
		textStyle: {
			fontSize: FONT_SIZE,
			fontWeight: "normal",
			color: palette.faint,
		},
	} as const;
}

/** A tooltip drawn inside of the picture: the page's policy lets no styles in from text. */
export function tooltipLook(palette: Palette) {
	return {
		renderMode: "richText",
		confine: true,
		backgroundColor: palette.raised,
		borderColor: palette.rule,
		textStyle: { color: palette.ink, fontSize: FONT_SIZE },
	};
}
