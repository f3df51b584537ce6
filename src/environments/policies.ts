import type { Policy } from "./policy.js";
import { bestConstant } from "./sre/policies/best-constant.js";
import { doNothing as waiting } from "./sre/policies/do-nothing.js";
import { naiveTable } from "./sre/policies/naive-table.js";
import { oracle } from "./sre/policies/oracle.js";
import { random as randomOnCall } from "./sre/policies/random.js";
import { tunedRule } from "./sre/policies/tuned-rule.js";
import { cosineDefault } from "./training/policies/cosine-default.js";
import { doNothing } from "./training/policies/do-nothing.js";
import { expert } from "./training/policies/expert.js";
import { fixedDefault } from "./training/policies/fixed-default.js";
import { heuristic } from "./training/policies/heuristic.js";
import { hopelessRate } from "./training/policies/hopeless-rate.js";
import { instantSubmit } from "./training/policies/instant-submit.js";
import { random } from "./training/policies/random.js";
import { randomSearch } from "./training/policies/random-search.js";
import { successiveHalving } from "./training/policies/successive-halving.js";
import { tpe } from "./training/policies/tpe.js";

/** Every scripted policy, by environment and from the least skill to the most. A new one is a file beside its environment and a row here. */
export const policies: readonly Policy[] = [
	doNothing,
	instantSubmit,
	hopelessRate,
	random,
	fixedDefault,
	cosineDefault,
	tpe,
	randomSearch,
	successiveHalving,
	heuristic,
	expert,
	waiting,
	randomOnCall,
	bestConstant,
	naiveTable,
	tunedRule,
	oracle,
];

/** The policies of an environment, in the registry's order. */
export function policiesOf(environment: string): Policy[] {
	return policies.filter((policy) => policy.environment === environment);
}

/** Throws with the names there are. */
export function policyOf(environment: string, name: string): Policy {
	const all = policiesOf(environment);
	const found = all.find((policy) => policy.name === name);
	if (found !== undefined) return found;
	throw new Error(
		`no policy of the ${environment} environment is called "${name}"; there are ${all.map(({ name }) => name).join(", ")}`,
	);
}
