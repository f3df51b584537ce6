import type { Policy } from "./policy.js";
import { doNothing } from "./training/policies/do-nothing.js";
import { fixedDefault } from "./training/policies/fixed-default.js";
import { heuristic } from "./training/policies/heuristic.js";

/** Every scripted policy, by environment and name. A new one is a file beside its environment and a row here. */
export const policies: readonly Policy[] = [doNothing, fixedDefault, heuristic];

/** Throws with the names there are. */
export function policyOf(environment: string, name: string): Policy {
	const found = policies.find(
		(policy) => policy.environment === environment && policy.name === name,
	);
	if (found !== undefined) return found;
	const names = policies
		.filter((policy) => policy.environment === environment)
		.map((policy) => policy.name);
	throw new Error(
		`no policy of the ${environment} environment is called "${name}"; there are ${names.join(", ")}`,
	);
}
