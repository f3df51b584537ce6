/** The seed's five actions. The first four are numbered in this order everywhere: budgets, masks, columns. */
export const INTERVENTIONS = [
	"restart",
	"scale_up",
	"circuit_break",
	"rollback",
] as const;

export type Intervention = (typeof INTERVENTIONS)[number];

export type ActionName = Intervention | "wait";

/** What an agent does in a step: an intervention at a service (its place in the graph), or nothing. */
export type SreAction =
	| { readonly name: Intervention; readonly service: number }
	| { readonly name: "wait" };

export const WAIT: SreAction = { name: "wait" };
