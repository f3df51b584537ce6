import type { AgentRow } from "../summary.js";
import { intervalTold } from "../summary-text.js";
import {
	agentColour,
	type Chart,
	INK,
	namesLook,
	roomFor,
	scoreAxis,
	shortName,
	WIDTH,
} from "./svg-chart.js";

const ROW = 30;

interface RenderApi {
	coord(point: readonly [number, number]): [number, number];
	value(dimension: number): number;
}

/** Agents on a task side by side: a line over the mean's 95 % interval, a disc at the mean, a short stroke at the interquartile mean. */
export function agentsChart(
	task: string,
	rows: readonly AgentRow[],
	placeOf: (agent: string) => number,
): Chart {
	const shown = rows.filter(({ score }) => score);
	const names = shown.map(({ agent }) => agent);
	return {
		width: WIDTH,
		height: 40 + ROW * shown.length,
		label: `Mean scores on ${task}: ${shown.map((row) => `${row.agent} ${intervalTold(row.score)}`).join("; ")}`,
		option: {
			grid: { left: roomFor(names), right: 16, top: 8, bottom: 28 },
			xAxis: scoreAxis,
			yAxis: {
				...namesLook,
				data: names.map((name) => shortName(name)),
				axisLabel: { ...namesLook.axisLabel, color: INK },
			},
			series: [
				{
					type: "custom",
					silent: true,
					data: shown.map(({ score, interquartileMean }, k) => [
						k,
						score?.mean,
						(score?.mean ?? 0) - (score?.halfWidth ?? 0),
						(score?.mean ?? 0) + (score?.halfWidth ?? 0),
						interquartileMean?.mean,
					]),
					renderItem: (_: unknown, api: RenderApi) => {
						const row = api.value(0);
						const colour = agentColour(placeOf(names[row] as string));
						const [mean, low, high, middle] = [1, 2, 3, 4].map((dimension) =>
							api.coord([within(api.value(dimension)), row]),
						) as [number, number][] as [
							[number, number],
							[number, number],
							[number, number],
							[number, number],
						];
						return {
							type: "group",
							children: [
								stroke(low, high, colour, 3),
								stroke(
									[middle[0], middle[1] - 11],
									[middle[0], middle[1] + 11],
									colour,
									2,
								),
								{
									type: "circle",
									shape: { cx: mean[0], cy: mean[1], r: 5.5 },
									style: {
										fill: colour,
										stroke: "var(--paper)",
										lineWidth: 1.5,
									},
								},
							],
						};
					},
				},
			],
		},
	};
}

function stroke(
	[x1, y1]: readonly [number, number],
	[x2, y2]: readonly [number, number],
	colour: string,
	lineWidth: number,
) {
	return {
		type: "line",
		shape: { x1, y1, x2, y2 },
		style: { stroke: colour, lineWidth },
	};
}

/** Intervals of means may go past the ends of the scale; what is drawn does not. */
function within(score: number): number {
	return Math.min(1, Math.max(0, score));
}
