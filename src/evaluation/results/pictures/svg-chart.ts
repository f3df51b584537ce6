import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import {
	GridComponent,
	MarkLineComponent,
	TitleComponent,
} from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { escapeMarkup, Markup, printable } from "../markup.js";

use([
	BarChart,
	CustomChart,
	LineChart,
	ScatterChart,
	GridComponent,
	MarkLineComponent,
	TitleComponent,
	SVGRenderer,
]);

/** A picture and what it is called. */
export interface Chart {
	/** Pixels at which its letters are as large as the page's; the page scales it to its column. */
	readonly width: number;
	readonly height: number;
	/** Read out where the picture cannot be seen. */
	readonly label: string;
	/** Colours are the page's, as var(--name). */
	readonly option: EChartsCoreOption;
}

/** What every picture of one column is as wide as. */
export const WIDTH = 380;

export const INK = "var(--ink)";
export const FAINT = "var(--faint)";
export const RULE = "var(--rule)";

/** Letters in pictures, in pixels at WIDTH. */
export const FONT_SIZE = 12;

const COLOURS = 8;
const SYMBOLS = ["circle", "rect", "triangle", "diamond"];

/** The colour of an agent by its place in the header; they come again from the ninth agent on. */
export function agentColour(place: number): string {
	return `var(--agent-${place % COLOURS})`;
}

/** A sign that tells agents apart without colours; another one for the agents of the same colour. */
export function agentSymbol(place: number): string {
	return SYMBOLS[
		(place + Math.floor(place / COLOURS)) % SYMBOLS.length
	] as string;
}

export const axisLook = {
	axisLine: { lineStyle: { color: RULE } },
	axisTick: { lineStyle: { color: RULE } },
	splitLine: { lineStyle: { color: RULE } },
	axisLabel: { color: FAINT, fontSize: FONT_SIZE },
	nameTextStyle: { color: FAINT, fontSize: FONT_SIZE },
};

/** An axis of names, the first on top. */
export const namesLook = {
	...axisLook,
	type: "category",
	inverse: true,
	axisTick: { show: false },
	splitLine: { show: false },
};

/** An axis of scores. */
export const scoreAxis = {
	...axisLook,
	type: "value",
	min: 0,
	max: 1,
	interval: 0.25,
	axisLabel: { ...axisLook.axisLabel, formatter: toShort },
};

/** 0.25, 0.5, 1: a number without noughts at its end. */
export function toShort(value: number): string {
	return String(Number(value.toPrecision(3)));
}

/** A name as it fits into a picture; tables have it whole. */
export function shortName(name: string, most = 20): string {
	const signs = Array.from(printable(name).replace(/\s+/g, " "));
	return signs.length > most
		? `${signs.slice(0, most - 1).join("")}…`
		: signs.join("");
}

/** Pixels that the longest of some names takes on an axis, about. */
export function roomFor(names: readonly string[], most = 20): number {
	const longest = Math.max(
		0,
		...names.map((name) => Array.from(shortName(name, most)).length),
	);
	return 14 + Math.ceil(longest * FONT_SIZE * 0.62);
}

/**
 * Draws a chart as an SVG element of a page. The same chart and number give the same bytes; numbers keep the names inside apart from those of
 * the page's other pictures.
 */
export function drawChart(
	{ width, height, label, option }: Chart,
	number: number,
): Markup {
	const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
	try {
		chart.setOption({
			animation: false,
			textStyle: { fontFamily: "inherit", fontSize: FONT_SIZE, color: INK },
			...option,
		});
		return new Markup(toElement(chart.renderToSVGString(), label, number));
	} finally {
		chart.dispose();
	}
}

/** Texts are escaped in what the library gives, quotes too, so that nothing of a record can look like one of these attributes. */
function toElement(svg: string, label: string, number: number): string {
	const inside = svg
		.slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"))
		.replace(/<style[\s\S]*?<\/style>/g, "")
		.replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, "")
		.replace(/("|#)zr\d+-/g, `$1p${number}-`)
		.replace(/\n/g, "");
	const viewBox = /viewBox="([^"]*)"/.exec(svg)?.[1] ?? "";
	return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeMarkup(label)}" viewBox="${viewBox}">${inside}</svg>`;
}
