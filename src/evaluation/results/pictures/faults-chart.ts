import type { SreSummary } from "../summary.js";
import {
	agentColour,
	agentSymbol,
	type Chart,
	INK,
	namesLook,
	roomFor,
	scoreAxis,
	shortName,
	WIDTH,
} from "./svg-chart.js";

/** Pixels between the signs of two agents in a row. */
const SIGN = 11;

/** Mean scores by the fault that came: a row a fault, a sign an agent. */
export function faultsChart(
	task: string,
	agents: readonly { readonly agent: string; readonly sre: SreSummary }[],
	faults: readonly string[],
	placeOf: (agent: string) => number,
): Chart {
	const row = Math.max(24, SIGN * agents.length + 8);
	const names = faults.map((fault) => shortName(faultTold(fault), 24));
	return {
		width: WIDTH,
		height: 40 + row * faults.length,
		label: `Mean scores on ${task} by fault, of ${agents.map(({ agent }) => agent).join(", ")}; the table beside it has the figures`,
		option: {
			grid: { left: roomFor(names, 24), right: 16, top: 8, bottom: 28 },
			xAxis: scoreAxis,
			yAxis: {
				...namesLook,
				data: names,
				axisLabel: { ...namesLook.axisLabel, color: INK, interval: 0 },
				splitLine: { show: true, lineStyle: { color: "var(--rule)" } },
			},
			series: agents.map(({ agent, sre }, k) => ({
				type: "scatter",
				silent: true,
				symbol: agentSymbol(placeOf(agent)),
				symbolSize: 8,
				symbolOffset: [0, (k - (agents.length - 1) / 2) * SIGN],
				itemStyle: { color: agentColour(placeOf(agent)) },
				data: sre.faults.map(({ fault, score }) => [
					score.mean,
					faults.indexOf(fault),
				]),
			})),
		},
	};
}

/** "memory leak". */
export function faultTold(fault: string): string {
	return fault.replaceAll("_", " ");
}
