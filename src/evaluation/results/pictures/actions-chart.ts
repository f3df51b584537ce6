import type { AgentRow } from "../summary.js";
import {
	agentColour,
	axisLook,
	type Chart,
	INK,
	namesLook,
	roomFor,
	shortName,
	toShort,
	WIDTH,
} from "./svg-chart.js";

const BAR = 8;

/** How often agents take each action, per episode: a group of bars an action, a bar an agent. */
export function actionsChart(
	task: string,
	rows: readonly AgentRow[],
	actions: readonly string[],
	placeOf: (agent: string) => number,
): Chart {
	const names = actions.map((action) => shortName(actionTold(action), 24));
	return {
		width: WIDTH,
		height: 34 + (BAR * rows.length + 12) * actions.length,
		label: `Actions per episode on ${task}, of ${rows.map(({ agent }) => agent).join(", ")}; the table beside it has the figures`,
		option: {
			grid: { left: roomFor(names, 24), right: 20, top: 6, bottom: 28 },
			xAxis: {
				...axisLook,
				type: "value",
				min: 0,
				splitNumber: 4,
				axisLabel: {
					...axisLook.axisLabel,
					formatter: toShort,
					hideOverlap: true,
				},
			},
			yAxis: {
				...namesLook,
				data: names,
				axisLabel: { ...namesLook.axisLabel, color: INK, interval: 0 },
			},
			series: rows.map((row) => ({
				type: "bar",
				silent: true,
				barWidth: BAR - 1,
				barGap: "14%",
				itemStyle: { color: agentColour(placeOf(row.agent)) },
				data: actions.map((name) => perEpisode(row, name)),
			})),
		},
	};
}

export function perEpisode(row: AgentRow, action: string): number {
	return (row.actionCounts[action] ?? 0) / row.episodes;
}

/** "run epochs". */
export function actionTold(action: string): string {
	return action.replaceAll("_", " ");
}
