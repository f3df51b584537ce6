import { existsSync, readFileSync } from "node:fs";
import { NightshiftError } from "../../errors.js";
import {
	drawCause,
	drawScenario,
	MOST_ATTEMPTS,
	type ScenarioOrigin,
	type Split,
	scenarioSeed,
} from "./simulator/generate.js";
import type { Scenario } from "./simulator/scenario.js";
import {
	judge,
	type RejectionReason,
	type Worth,
} from "./simulator/validity.js";
import type { SreTask } from "./tasks.js";

/**
 * The accepted scenarios of a task's split, in columns, one row a scenario: which attempt at its row was accepted, its fault, and what it is
 * worth. From a row the whole scenario is drawn again in microseconds, without judging it anew.
 */
export interface ScenarioTable {
	readonly attempt: Uint16Array;
	/** Place in the catalogue. */
	readonly fault: Uint8Array;
	readonly doNothing: Float32Array;
	readonly ceiling: Float32Array;
}

export interface TableRow {
	readonly scenario: Scenario;
	readonly worth: Worth;
}

/** A row as it was found, with the reasons for which earlier attempts were rejected. */
export interface FoundRow extends Worth {
	readonly attempt: number;
	readonly fault: number;
	readonly rejections: readonly RejectionReason[];
}

const loaded = new Map<string, ScenarioTable>();

/** The table of a task's split, read from its file at the first call. Errors: DATA_UNAVAILABLE. */
export function loadTable(task: SreTask, split: Split): ScenarioTable {
	const name = tableName(task, split);
	const known = loaded.get(name);
	if (known !== undefined) return known;
	const file = new URL(`./tables/${name}`, import.meta.url);
	if (!existsSync(file))
		throw new NightshiftError(
			"DATA_UNAVAILABLE",
			`The table of scenarios ${name} is missing; run node scripts/sre-tables.mjs, then node scripts/build.mjs.`,
		);
	const table = decodeTable(readFileSync(file));
	loaded.set(name, table);
	return table;
}

/** File name of a table; a new version of the task has a new one. */
export function tableName({ id, version }: SreTask, split: Split): string {
	return `${id.replace("sre/", "")}.v${version}.${split}.bin`;
}

/** Draws the scenario of a row. */
export function drawRow(
	table: ScenarioTable,
	task: SreTask,
	split: Split,
	row: number,
): TableRow {
	const origin = originOf(task, split, row, table.attempt[row] as number);
	return {
		scenario: drawScenario(
			task.scenarios,
			drawCause(task.scenarios, origin),
			scenarioSeed(origin),
		),
		worth: {
			doNothing: table.doNothing[row] as number,
			ceiling: table.ceiling[row] as number,
		},
	};
}

/** Finds the first attempt at a row that is accepted. Throws when none of `most` is. */
export function findRow(
	task: SreTask,
	split: Split,
	row: number,
	most = MOST_ATTEMPTS,
): FoundRow {
	const rejections: RejectionReason[] = [];
	const cause = drawCause(task.scenarios, originOf(task, split, row, 0));
	for (let attempt = 0; attempt < most; attempt++) {
		const seed = scenarioSeed(originOf(task, split, row, attempt));
		const verdict = judge(drawScenario(task.scenarios, cause, seed));
		if (verdict.accepted)
			return { attempt, fault: cause.fault, rejections, ...verdict.worth };
		rejections.push(verdict.reason);
	}
	throw new Error(
		`no valid scenario of ${task.id} was found in row ${row} of ${split}; ease the task's rules`,
	);
}

function originOf(
	task: SreTask,
	split: Split,
	row: number,
	attempt: number,
): ScenarioOrigin {
	return {
		taskNumber: task.number,
		taskVersion: task.version,
		split,
		row,
		attempt,
	};
}

const MAGIC = 0x5453_534e;
const HEADER_BYTES = 8;
const ROW_BYTES = 2 + 1 + 4 + 4;

/** Header (magic and number of rows, 32 bits each), then the columns; little-endian. */
export function encodeTable(rows: readonly FoundRow[]): Uint8Array {
	const bytes = new Uint8Array(HEADER_BYTES + rows.length * ROW_BYTES);
	const view = new DataView(bytes.buffer);
	view.setUint32(0, MAGIC, true);
	view.setUint32(4, rows.length, true);
	const at = columnsAt(rows.length);
	rows.forEach((row, index) => {
		view.setUint16(at.attempt + 2 * index, row.attempt, true);
		view.setUint8(at.fault + index, row.fault);
		view.setFloat32(at.doNothing + 4 * index, row.doNothing, true);
		view.setFloat32(at.ceiling + 4 * index, row.ceiling, true);
	});
	return bytes;
}

/** Throws for bytes that are no table. */
export function decodeTable(bytes: Uint8Array): ScenarioTable {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const rows = bytes.length < HEADER_BYTES ? 0 : view.getUint32(4, true);
	if (
		rows === 0 ||
		view.getUint32(0, true) !== MAGIC ||
		bytes.length !== HEADER_BYTES + rows * ROW_BYTES
	)
		throw new Error(
			"these bytes are no table of scenarios; run node scripts/sre-tables.mjs",
		);
	const at = columnsAt(rows);
	const indices = { length: rows };
	return {
		attempt: Uint16Array.from(indices, (_, index) =>
			view.getUint16(at.attempt + 2 * index, true),
		),
		fault: Uint8Array.from(indices, (_, index) =>
			view.getUint8(at.fault + index),
		),
		doNothing: Float32Array.from(indices, (_, index) =>
			view.getFloat32(at.doNothing + 4 * index, true),
		),
		ceiling: Float32Array.from(indices, (_, index) =>
			view.getFloat32(at.ceiling + 4 * index, true),
		),
	};
}

/** The columns of four bytes come first, so that each stands on a multiple of its size. */
function columnsAt(rows: number) {
	const doNothing = HEADER_BYTES;
	const ceiling = doNothing + 4 * rows;
	const attempt = ceiling + 4 * rows;
	return { doNothing, ceiling, attempt, fault: attempt + 2 * rows };
}
