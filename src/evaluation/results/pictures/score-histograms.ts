import {
	agentColour,
	axisLook,
	type Chart,
	FONT_SIZE,
	INK,
	scoreAxis,
	shortName,
	toShort,
	WIDTH,
} from "./svg-chart.js";

export const BINS = 20;
const BAR_HEIGHT = 44;
const ROW = BAR_HEIGHT + 26;

interface RenderApi {
	coord(point: readonly [number, number]): [number, number];
	value(dimension: number): number;
}

export interface ScoresOfAgent {
	readonly agent: string;
	/** 0..1. */
	readonly scores: readonly number[];
}

/** How often scores fall into each twentieth of the scale, of each agent under the other, on the same scales. */
export function scoreHistograms(
	task: string,
	agents: readonly ScoresOfAgent[],
	placeOf: (agent: string) => number,
): Chart {
	const shares = agents.map(({ scores }) => sharesOf(scores));
	const most = Math.max(...shares.flat());
	const last = agents.length - 1;
	return {
		width: WIDTH,
		height: ROW * agents.length + 26,
		label: `Distribution of scores on ${task}, ${agents.map(({ agent, scores }) => `${agent}: ${scores.length} episodes`).join("; ")}`,
		option: {
			title: agents.map(({ agent, scores }, k) => ({
				text: `${shortName(agent, 28)}  (${scores.length})`,
				left: 38,
				top: k * ROW + 2,
				padding: 0,
				textStyle: { fontSize: FONT_SIZE, fontWeight: "normal", color: INK },
			})),
			grid: agents.map((_, k) => ({
				left: 44,
				right: 16,
				top: k * ROW + 20,
				height: BAR_HEIGHT,
			})),
			xAxis: agents.map((_, k) => ({
				...scoreAxis,
				gridIndex: k,
				axisLabel: { ...scoreAxis.axisLabel, show: k === last },
				axisTick: { show: k === last, lineStyle: axisLook.axisTick.lineStyle },
			})),
			yAxis: agents.map((_, k) => ({
				...axisLook,
				type: "value",
				gridIndex: k,
				min: 0,
				max: most,
				interval: most,
				axisLabel: {
					...axisLook.axisLabel,
					formatter: (share: number) => `${toShort(100 * share)}%`,
				},
			})),
			series: agents.map(({ agent }, k) => ({
				type: "custom",
				silent: true,
				xAxisIndex: k,
				yAxisIndex: k,
				data: (shares[k] as number[]).flatMap((share, bin) =>
					share > 0 ? [[bin / BINS, (bin + 1) / BINS, share]] : [],
				),
				renderItem: (_: unknown, api: RenderApi) => {
					const [left, top] = api.coord([api.value(0), api.value(2)]);
					const [right, bottom] = api.coord([api.value(1), 0]);
					return {
						type: "rect",
						shape: {
							x: left + 0.75,
							y: top,
							width: right - left - 1.5,
							height: bottom - top,
						},
						style: { fill: agentColour(placeOf(agent)) },
					};
				},
			})),
		},
	};
}

/** Shares of scores in each bin; a bin has its lower end, the last one both. */
export function sharesOf(scores: readonly number[]): number[] {
	const counts = Array.from({ length: BINS }, () => 0);
	for (const score of scores) {
		// A score of 0.15 is 2.9999999999999996 twentieths.
		const bin = Math.min(BINS - 1, Math.floor(score * BINS + 1e-9));
		counts[bin] = (counts[bin] as number) + 1;
	}
	return counts.map((count) => count / scores.length);
}
