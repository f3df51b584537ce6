import type { EndReason } from "../../proto/generated/nightshift/v1/EndReason.js";

/**
 * What has happened in one environment since the server started, in plain numbers that are read when somebody asks: a step takes microseconds, so
 * it is counted by an addition and nothing else.
 */
export interface EnvironmentCounts {
	/** Sessions that a client opened. */
	sessionsOpened: number;
	/** Actions that counted, also those of policies that the server plays. */
	steps: number;
	/** Episodes that ended, by why. */
	readonly episodesEnded: Map<EndReason, number>;
}

export function noCounts(): EnvironmentCounts {
	return { sessionsOpened: 0, steps: 0, episodesEnded: new Map() };
}

/** How much of a limit is taken. */
export interface Occupancy {
	readonly taken: number;
	readonly limit: number;
}
