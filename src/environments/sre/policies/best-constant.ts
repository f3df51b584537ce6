import type { SreObservation__Output } from "../../../../proto/generated/nightshift/v1/SreObservation.js";
import type { Policy } from "../../policy.js";
import type { Intervention } from "../simulator/actions.js";
import { moveAt } from "./moves.js";
import { callsOf, excesses, redRoot } from "./red-root.js";
import { tunedFor } from "./tuned-constants.js";

/** One and the same intervention at the red root, as long as there is one and the budget lasts. */
export function constantAtRedRoot(name: Intervention): Policy["start"] {
	return () => {
		let calls: number[][] | undefined;
		return ({ sre }) => {
			const seen = sre as SreObservation__Output;
			calls ??= callsOf(seen);
			const root = redRoot(excesses(seen), calls);
			return root === undefined ? { wait: {} } : moveAt(seen, name, root);
		};
	};
}

export const bestConstant: Policy = {
	name: "best-constant",
	version: 1,
	environment: "sre",
	description:
		"Always the same action at the service where the red begins: the one of the four that scored best on the split train.",
	start: (task, seed) => constantAtRedRoot(tunedFor(task).constant)(task, seed),
};
