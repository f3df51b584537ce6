import type { Action__Output } from "../../../proto/generated/nightshift/v1/Action.js";
import type { FaultClass__Output } from "../../../proto/generated/nightshift/v1/FaultClass.js";
import type { SreDeclaration__Output } from "../../../proto/generated/nightshift/v1/SreDeclaration.js";
import { type FieldViolation, NightshiftError } from "../../errors.js";
import {
	type ActionRow,
	type ArgumentRow,
	flatColumns,
	readArguments,
	readFlatAction,
} from "../action-schema.js";
import { type Declaration, type SreAction, WAITING } from "./incident.js";
import { INTERVENTIONS, type Intervention } from "./simulator/actions.js";
import { FAULTS } from "./simulator/faults/catalogue.js";
import { COSTS } from "./simulator/intervene.js";
import { MAX_SERVICES } from "./simulator/scenario.js";
import { BUDGETS } from "./simulator/system-state.js";

/** An action with the diagnosis told beside it. */
export interface OnCallAction {
	readonly action: SreAction;
	readonly declaration: Declaration | undefined;
}

const service: ArgumentRow = {
	name: "service_id",
	description:
		"Service to act on: a name of the observation's metrics; in the flat form its place there.",
	type: "name",
	places: MAX_SERVICES,
	required: true,
};

const EFFECTS: Readonly<Record<Intervention, string>> = {
	restart: "Restart a service: one step of downtime, then a cold start.",
	scale_up:
		"Double a service's capacity: acts after three steps and is taken back after the episode.",
	circuit_break:
		"Open a service's circuit breaker for three steps: its own calls fail, and its failures stop spreading.",
	rollback:
		"Take back a service's last release at once; a service whose release migrated a schema breaks for good, unless that release was the cause.",
};

/** The five actions of the environment's founding document. */
export const sreActions: readonly ActionRow[] = [
	...INTERVENTIONS.map((name, number) => ({
		name,
		description: `${EFFECTS[name]} Costs ${COSTS[name]} of the objective; ${BUDGETS[number]} an episode.${name === "circuit_break" ? "" : " Not possible on an external provider."}`,
		arguments: [service],
	})),
	{ name: "wait", description: "Let one step pass.", arguments: [] },
];

/**
 * Reads an action out of its message, within the bounds of the table; `names` are the services of the episode's graph. Errors: INVALID_FIELD,
 * WRONG_ACTION.
 */
export function readSreAction(
	message: Action__Output,
	names: readonly string[],
): SreAction {
	if (message.action === "flat") {
		const levels = message.flat?.levels ?? [];
		if (levels.length !== COLUMNS.length) readFlatAction(sreActions, levels);
		return readFlatSreAction(levels, 0, names.length);
	}
	const row = sreActions.find(({ name }) => name === message.action);
	if (row === undefined) {
		const known = sreActions.map(({ name }) => name).join(", ");
		throw new NightshiftError(
			"WRONG_ACTION",
			message.action === undefined
				? `No action was given; one of ${known} is needed.`
				: `${message.action} is not an action of the sre environment; one of ${known} is needed.`,
		);
	}
	return toSreAction(
		row,
		message[message.action as keyof Action__Output] as object,
		names,
	);
}

/** Levels of each column of the flat form. */
const COLUMNS = flatColumns(sreActions);

/** Every action there is, once. */
const ACTIONS: readonly (readonly SreAction[])[] = INTERVENTIONS.map((name) =>
	Array.from({ length: MAX_SERVICES }, (_, service) => ({ name, service })),
);

/** Reads a row of levels, which begins at `from`; a place beyond the graph's services is the waiting action. Errors: INVALID_FIELD. */
export function readFlatSreAction(
	levels: ArrayLike<number>,
	from: number,
	services: number,
): SreAction {
	for (let column = 0; column < COLUMNS.length; column++)
		if (!((levels[from + column] as number) < (COLUMNS[column] as number)))
			readFlatAction(
				sreActions,
				Array.from(COLUMNS, (_, at) => levels[from + at] as number),
			);
	const chosen = levels[from] as number;
	if (chosen === INTERVENTIONS.length) return WAITING;
	const service = levels[from + 1 + chosen] as number;
	return service < services
		? (ACTIONS[chosen]?.[service] as SreAction)
		: WAITING;
}

function toSreAction(
	row: ActionRow,
	message: object,
	names: readonly string[],
): SreAction {
	const { service_id } = readArguments(row, message, names);
	const name = row.name as SreAction["name"];
	return name === "wait"
		? WAITING
		: { name, service: names.indexOf(service_id as string) };
}

/** The classes that may be declared, in the order of the catalogue of faults. */
export const FAULT_CLASSES: readonly FaultClass__Output[] = FAULTS.map(
	({ faultClass }) => faultClass,
);

/** Reads a diagnosis, if one was told. A diagnosis of no fault names no service. Errors: INVALID_FIELD. */
export function readDeclaration(
	declared: SreDeclaration__Output | null | undefined,
	names: readonly string[],
): Declaration | undefined {
	if (!declared) return undefined;
	const { service_id, fault_class } = declared;
	const violations: FieldViolation[] = [];
	const place = names.indexOf(service_id);
	const namesNone = fault_class === "FAULT_CLASS_NONE" && service_id === "";
	if (place < 0 && !namesNone)
		violations.push({
			field: "declare.service_id",
			description: `${service_id === "" ? "is missing" : `${service_id} is not allowed`}; one of ${names.join(", ")}, or empty with FAULT_CLASS_NONE.`,
		});
	if (!FAULT_CLASSES.includes(fault_class))
		violations.push({
			field: "declare.fault_class",
			description: `${fault_class === "FAULT_CLASS_UNSPECIFIED" ? "is missing" : `enum value ${String(fault_class)} is not allowed`}; one of ${FAULT_CLASSES.join(", ")}.`,
		});
	if (violations.length > 0) throw NightshiftError.invalid(violations);
	return { service: place, faultClass: fault_class };
}
