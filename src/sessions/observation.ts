import type { Observation } from "../../proto/generated/nightshift/v1/Observation.js";
import type { Environment } from "../environments/environment.js";
import type { SessionOptions } from "./session-record.js";

/** A state in the forms that a session asked for. */
export function observationOf(
	environment: Environment,
	state: unknown,
	views: SessionOptions["views"],
): Observation {
	return {
		...(views.includes("typed") && environment.observe(state)),
		...(views.includes("flat") && { flat: environment.flatten(state) }),
		...(views.includes("text") && { text: environment.describe(state) }),
	};
}
