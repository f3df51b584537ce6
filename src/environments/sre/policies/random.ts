import type { SreObservation__Output } from "../../../../proto/generated/nightshift/v1/SreObservation.js";
import { RandomStream } from "../../../../workers/random-stream.js";
import type { Policy } from "../../policy.js";
import { type ActionName, INTERVENTIONS } from "../simulator/actions.js";
import { isOpen, moveAt } from "./moves.js";

const NAMES: readonly ActionName[] = [...INTERVENTIONS, "wait"];

/** Draws one of the five actions, then one of the services at which it is possible; waits where there is none. The same seed plays the same. */
export const random: Policy = {
	name: "random",
	version: 1,
	environment: "sre",
	description:
		"Each of the five actions equally likely, at any service at which it is possible.",
	start(task, seed) {
		const stream = new RandomStream(
			new TextEncoder().encode(`random/${task.id}/${seed}`),
			"policy",
		);
		return ({ sre }) => {
			const seen = sre as SreObservation__Output;
			const name = NAMES[stream.nextBelow(NAMES.length)] as ActionName;
			if (name === "wait") return { wait: {} };
			const places = [...seen.metrics.keys()].filter((place) =>
				isOpen(seen, name, place),
			);
			if (places.length === 0) return { wait: {} };
			return moveAt(
				seen,
				name,
				places[stream.nextBelow(places.length)] as number,
			);
		};
	},
};
