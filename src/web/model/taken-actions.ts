import type {
	Action,
	ActionSpec,
	Observation,
	RewardPart,
	SessionEvent,
} from "./messages.js";

/** An action of an episode, as far as it has come. */
export interface TakenAction {
	/** Offset of its first event. */
	readonly offset: number;
	readonly name: string;
	/** What was given, "optimizer adam, learning rate 0.002"; empty where nothing was. */
	readonly told: string;
	/** Service that it acts on; empty where it acts on none. */
	readonly service: string;
	readonly time: string;
	readonly state: "running" | "done" | "cut";
	/** Number of the counted action, from 1; absent until it is done. */
	readonly step?: number;
	readonly reward?: number;
	readonly parts?: readonly RewardPart[];
	readonly observation?: Observation | null;
	readonly notice?: string;
}

/** The actions of an episode's events, oldest first. `specs` are the task's actions, which tell what a flat one means; `services` the graph's. */
export function takenActions(
	events: readonly SessionEvent[],
	specs: readonly ActionSpec[],
	services: readonly string[],
): TakenAction[] {
	const taken: TakenAction[] = [];
	for (const event of events) {
		const { action_started, action_completed, action_interrupted } = event;
		const last = taken.at(-1);
		if (action_started)
			taken.push({
				offset: event.offset,
				...readAction(action_started.action ?? {}, specs, services),
				time: event.time,
				state: "running",
			});
		else if (last && action_completed)
			taken[taken.length - 1] = {
				...last,
				state: "done",
				step: action_completed.step,
				reward: action_completed.reward,
				parts: action_completed.reward_breakdown,
				observation: action_completed.observation,
				notice: action_completed.info?.notice ?? "",
			};
		else if (last && action_interrupted)
			taken[taken.length - 1] = {
				...last,
				state: "cut",
				notice: `Cut off (${action_interrupted.reason}); whole epochs are kept.`,
			};
	}
	// One that was cut off and taken up again begins twice.
	return taken.filter(
		({ state, told, name }, k) =>
			!(
				state === "running" &&
				k < taken.length - 1 &&
				taken[k + 1]?.name === name &&
				taken[k + 1]?.told === told
			),
	);
}

function readAction(
	action: Action,
	specs: readonly ActionSpec[],
	services: readonly string[],
): Pick<TakenAction, "name" | "told" | "service"> {
	const [name = "unknown", given = {}] = Object.entries(action)[0] ?? [];
	if (name === "flat")
		return readFlat(given.levels as readonly number[], specs, services);
	const service = typeof given.service_id === "string" ? given.service_id : "";
	return { name, service, told: tellArguments(given) };
}

/** The first level names the action; then come those of every argument of every action. */
function readFlat(
	levels: readonly number[],
	specs: readonly ActionSpec[],
	services: readonly string[],
): Pick<TakenAction, "name" | "told" | "service"> {
	const spec = specs[levels[0] ?? 0];
	if (spec === undefined) return { name: "flat", service: "", told: "" };
	let column =
		1 +
		specs
			.slice(0, specs.indexOf(spec))
			.reduce((sum, { arguments: list }) => sum + list.length, 0);
	let service = "";
	const told: string[] = [];
	for (const argument of spec.arguments) {
		const level = levels[column++] ?? 0;
		if (argument.type === "name") {
			service = services[level] ?? "";
			told.push(service);
			continue;
		}
		const label = argument.levels[level]?.label ?? "";
		if (label !== "unchanged") told.push(`${inWords(argument.name)} ${label}`);
	}
	return { name: spec.name, service, told: told.join(", ") };
}

function tellArguments(given: Readonly<Record<string, unknown>>): string {
	return Object.entries(given)
		.filter(([, value]) => value !== null && value !== undefined)
		.map(([name, value]) =>
			name === "service_id"
				? String(value)
				: typeof value === "object"
					? tellArguments(value as Record<string, unknown>)
					: `${inWords(name)} ${String(value as string | number | boolean).replaceAll("_", " ")}`,
		)
		.filter((text) => text !== "")
		.join(", ");
}

/** "num_epochs" as people read it. */
export function inWords(name: string): string {
	return name
		.replaceAll(/[._]/g, " ")
		.replace(/^num /, "")
		.replace(/\blr\b/, "learning rate")
		.replace(/\bval\b/, "validation");
}
