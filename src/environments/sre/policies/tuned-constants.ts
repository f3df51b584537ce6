import type { Task__Output } from "../../../../proto/generated/nightshift/v1/Task.js";
import type { ActionName, Intervention } from "../simulator/actions.js";
import { type Rule, SITUATIONS } from "./rule.js";
import { tunedRules } from "./tuned-rules.js";

/** A row of tuned-rules.ts, as scripts/tune-sre-rule.mjs writes it. */
export interface TunedRow extends Omit<Rule, "table"> {
	readonly task: string;
	/** The best constant action at the red root. */
	readonly constant: Intervention;
	/** By situation: the three actions, separated by spaces. */
	readonly table: Readonly<Record<string, string>>;
}

export interface Tuned {
	readonly constant: Intervention;
	readonly rule: Rule;
}

const known = new Map(
	tunedRules.map(({ task, constant, table, ...rule }) => [
		task,
		{
			constant,
			rule: {
				...rule,
				table: SITUATIONS.map(
					(situation) => (table[situation]?.split(" ") ?? []) as ActionName[],
				),
			},
		},
	]),
);

/** What was tuned for a task, or, where it is a new one, for the tier of its difficulty. */
export function tunedFor({
	id,
	difficulty,
}: Pick<Task__Output, "id" | "difficulty">): Tuned {
	return (known.get(id) ?? known.get(`sre/${difficulty}`)) as Tuned;
}
