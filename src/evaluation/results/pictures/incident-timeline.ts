import type { IncidentHistory, ServiceState } from "../incident-history.js";
import { faultTold } from "./faults-chart.js";
import {
	axisLook,
	type Chart,
	INK,
	namesLook,
	roomFor,
	shortName,
	WIDTH,
} from "./svg-chart.js";

const ROW = 21;
const NAME = 18;

interface RenderApi {
	coord(point: readonly [number, number]): [number, number];
	value(dimension: number): number;
}

const COLOURS: Readonly<Record<ServiceState, string>> = {
	met: "var(--met)",
	missed: "var(--missed)",
	lost: "var(--lost)",
	unknown: "var(--lost)",
};

/** The letter of an action in a timeline; a refused one has it in lower case. */
export const ACTION_LETTERS: Readonly<Record<string, string>> = {
	restart: "R",
	scale_up: "S",
	circuit_break: "C",
	rollback: "B",
	wait: "W",
	flat: "F",
};

/** An incident: a row a service, a column a minute, the letters of the actions, an arrow at the root. */
export function incidentTimeline(
	title: string,
	history: IncidentHistory,
): Chart {
	const { services, actions, maxSteps, root } = history;
	const names = services.map(
		(service) => `${service === root ? "▶ " : ""}${shortName(service, NAME)}`,
	);
	const runs = services.flatMap((_, row) => runsOf(history, row));
	const pills = pillsOf(history);
	return {
		width: WIDTH,
		height: 40 + ROW * services.length,
		label: `${title}: ${root === "" ? "no fault" : `${faultTold(history.fault)} at ${root}`}, ${history.timeToMitigate === undefined ? "not mitigated" : `mitigated after step ${history.timeToMitigate}`}; ${actions.length} actions other than waiting`,
		option: {
			grid: { left: roomFor(names, NAME + 2), right: 12, top: 4, bottom: 34 },
			xAxis: {
				...axisLook,
				type: "value",
				min: 0,
				max: maxSteps + 1,
				interval: 5,
				name: "minute",
				nameLocation: "middle",
				nameGap: 22,
				splitLine: { show: false },
				axisLabel: {
					...axisLook.axisLabel,
					showMaxLabel: false,
				},
			},
			yAxis: {
				...namesLook,
				data: services.map((service, row) => ({
					value: names[row],
					textStyle: {
						color: service === root ? "var(--missed-ink)" : INK,
						fontWeight: service === root ? "bold" : "normal",
					},
				})),
				axisLine: { show: false },
				axisLabel: { ...namesLook.axisLabel, interval: 0 },
			},
			series: [
				{
					type: "custom",
					silent: true,
					data: runs.map(({ row, first, last }) => [first, row, last]),
					renderItem: (
						{ dataIndex }: { dataIndex: number },
						api: RenderApi,
					) => {
						const [left, middle] = api.coord([api.value(0), api.value(1)]);
						const [right] = api.coord([api.value(2) + 1, 0]);
						return {
							type: "rect",
							shape: {
								x: left,
								y: middle - ROW / 2 + 1,
								width: right - left,
								height: ROW - 2,
							},
							style: {
								fill: COLOURS[runs[dataIndex]?.state ?? "unknown"],
							},
						};
					},
				},
				{
					type: "custom",
					silent: true,
					clip: false,
					data: pills.map(({ middle, row }) => [middle, row]),
					renderItem: (
						{ dataIndex }: { dataIndex: number },
						api: RenderApi,
					) => {
						const [x, y] = api.coord([api.value(0), api.value(1)]);
						const letters = pills[dataIndex]?.letters ?? "";
						const width = LETTER * letters.length + 7;
						return {
							type: "group",
							children: [
								{
									type: "rect",
									shape: {
										x: x - width / 2,
										y: y - 7.5,
										width,
										height: 15,
										r: 7.5,
									},
									style: { fill: INK, stroke: "var(--paper)", lineWidth: 1.5 },
								},
								{
									type: "text",
									style: {
										text: letters,
										x,
										y,
										align: "center",
										verticalAlign: "middle",
										fontSize: 11,
										fontWeight: "bold",
										fontFamily: "inherit",
										fill: "var(--paper)",
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

/** Letters of one row that stand too close for signs of their own. */
interface Pill {
	readonly row: number;
	/** On the axis of minutes, between its first and last action. */
	readonly middle: number;
	readonly letters: string;
}

/** Pixels that a letter takes, about. */
const LETTER = 8;
/** Minutes between two actions below which their signs would cover each other. */
const CLOSE = 2.5;

function pillsOf({ actions, services }: IncidentHistory): Pill[] {
	const pills: { row: number; steps: number[]; letters: string }[] = [];
	for (const { service, step, name, refused } of actions) {
		const row = Math.max(0, services.indexOf(service));
		const letter = ACTION_LETTERS[name] ?? "?";
		const told = refused ? letter.toLowerCase() : letter;
		const pill = pills.findLast((one) => one.row === row);
		const end = pill ? (pill.steps.at(-1) as number) : 0;
		if (pill && step - end < CLOSE && pill.letters.length < 8) {
			pill.steps.push(step);
			pill.letters += told;
		} else pills.push({ row, steps: [step], letters: told });
	}
	return pills.map(({ row, steps, letters }) => ({
		row,
		letters,
		middle: ((steps[0] as number) + (steps.at(-1) as number) + 1) / 2,
	}));
}

interface Run {
	readonly row: number;
	readonly first: number;
	readonly last: number;
	readonly state: ServiceState;
}

/** Neighbouring minutes of one state are one rectangle. */
function runsOf({ states }: IncidentHistory, row: number): Run[] {
	const runs: {
		row: number;
		first: number;
		last: number;
		state: ServiceState;
	}[] = [];
	states.forEach((services, step) => {
		const state = services[row] ?? "unknown";
		const run = runs.at(-1);
		if (run?.state === state) run.last = step;
		else runs.push({ row, first: step, last: step, state });
	});
	return runs;
}
