import { cpus } from "node:os";
import {
	act,
	type IncidentState,
	observe,
	openIncident,
	WAITING,
} from "../environments/sre/incident.js";
import {
	drawRow,
	loadTable,
	type TableRow,
} from "../environments/sre/scenario-table.js";
import { warmUp } from "../environments/sre/simulator/generate.js";
import { step } from "../environments/sre/simulator/play-out.js";
import { newSystemState } from "../environments/sre/simulator/system-state.js";
import { keepTruth, measure } from "../environments/sre/simulator/telemetry.js";
import { EPISODE_STEPS } from "../environments/sre/simulator/tick.js";
import { type SreTask, sreTask } from "../environments/sre/tasks.js";
import { type Figure, median } from "./figures.js";

/**
 * The simulator: steps a second of processor time, all of this process's threads counted, so that other work on the machine does not count
 * against it; resets from the tables included. Nobody acts.
 */

export interface SimulatorOptions {
	readonly quick: boolean;
	readonly progress: (text: string) => void;
	readonly emit: (figure: Figure) => void;
}

const TASKS = ["sre/easy", "sre/medium", "sre/hard", "sre/hard_aliased"];
const PASSES = 2;
/** Every figure is the middle of so many rounds. */
const ROUNDS = { quick: 3, full: 7 };
const ROUND_MS = { quick: 300, full: 1500 };
/** Rows of the table, one after the other. */
const ROWS = 1024;

/** Plays one episode of a row. */
type Play = (row: TableRow, task: SreTask, noise: number) => void;

const system = newSystemState();

const withoutTelemetry: Play = ({ scenario }) => {
	warmUp(system, scenario, 0);
	for (let t = 0; t < EPISODE_STEPS; t++) step(system, scenario, WAITING);
};

const withTelemetry: Play = ({ scenario, worth }, { id, telemetry }, low) => {
	const noise = { low, high: 0 };
	const state = openIncident(id, telemetry, scenario, worth, noise);
	for (let t = 0; t < EPISODE_STEPS; t++) {
		step(state.system, scenario, WAITING);
		keepTruth(state.telemetry, state.system);
		measure(state.telemetry, state.system, scenario, telemetry);
	}
};

const graded: Play = (row, task, low) => playThrough(row, task, low, () => {});

const observed: Play = (row, task, low) => playThrough(row, task, low, observe);

function playThrough(
	{ scenario, worth }: TableRow,
	{ id, telemetry }: SreTask,
	low: number,
	look: (state: IncidentState) => unknown,
): void {
	const noise = { low, high: 0 };
	const state = openIncident(id, telemetry, scenario, worth, noise);
	look(state);
	while (state.ended === undefined) {
		act(state, WAITING);
		look(state);
	}
}

const PLAYS: Readonly<Record<string, Play>> = {
	"telemetry off": withoutTelemetry,
	"telemetry on": withTelemetry,
	"telemetry on, hints and grade": graded,
	"telemetry on, hints, grade and typed observations": observed,
};

/** Figures name the services, the relaxation passes of a step, and what else a step does. */
export function benchSimulator({
	quick,
	progress,
	emit,
}: SimulatorOptions): void {
	const size = quick ? "quick" : "full";
	progress(`simulator, one thread of ${cpus()[0]?.model ?? "this machine"}`);
	for (const id of TASKS) {
		const task = sreTask(id);
		const table = loadTable(task, "train");
		const label = `${id}, ${servicesOf(task)} services, ${PASSES} passes`;
		progress(label);
		for (const [name, play] of Object.entries(PLAYS)) {
			let row = 0;
			const reset = () =>
				drawRow(
					table,
					task,
					"train",
					row++ % Math.min(ROWS, table.fault.length),
				);
			const round = () => {
				const begun = performance.now();
				const before = process.cpuUsage();
				let episodes = 0;
				while (performance.now() - begun < ROUND_MS[size]) {
					play(reset(), task, episodes);
					episodes++;
				}
				const { user, system } = process.cpuUsage(before);
				return (episodes * EPISODE_STEPS) / ((user + system) / 1e6);
			};
			round();
			emit({
				figure: `${label}, ${name}`,
				value: median(Array.from({ length: ROUNDS[size] }, round)),
				unit: "steps/s",
			});
		}
	}
}

function servicesOf({ scenarios: { graph } }: SreTask): string {
	return graph === "fixed" ? "7" : `${graph.fewest}-${graph.most}`;
}
