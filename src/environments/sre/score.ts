import type { Course } from "./simulator/play-out.js";
import type { Worth } from "./simulator/validity.js";

export interface SreScore {
	/** .01..0.99. */
	readonly score: number;
	/** Its parts; their sum is the score. */
	readonly breakdown: Breakdown;
}

/** As the contract's SreRewardBreakdown. */
export interface Breakdown {
	readonly sla_compliance: number;
	readonly cost_penalty: number;
	readonly downtime_penalty: number;
	readonly resolution_bonus: number;
	readonly bound: number;
}

/** With less than this to win back (no fault, or one that heals by itself), a course is measured downwards from the ceiling. */
const LEAST_GAP = 0.15;
/** What may be lost then until nothing is left. */
const LOSS = 0.3;
const OFFSET = 0.01;
const RANGE = 0.98;
const LEAST = 0.01;
const MOST = 0.99;
/** The part of a course's value that counts without a lasting recovery, and the part that needs it. */
const LEVEL_SHARE = 0.4;
const RECOVERY_SHARE = 0.6;

/**
 * The regret of a course: the objective's place v between doing nothing (0) and the ceiling (1) on the same random numbers, times
 * .4 + .6 recovery; .01 + .98 of that, within .01 and .99.
 */
export function scoreCourse(course: Course, worth: Worth): SreScore {
	const { objective, recovery, cost, downtime } = course;
	const gap = worth.ceiling - worth.doNothing;
	const range = gap >= LEAST_GAP ? gap : LOSS;
	const zero = gap >= LEAST_GAP ? worth.doNothing : worth.ceiling - LOSS;
	const value = (objective - zero) / range;
	const score = Math.min(
		MOST,
		Math.max(
			LEAST,
			OFFSET + RANGE * value * (LEVEL_SHARE + RECOVERY_SHARE * recovery),
		),
	);
	const level = (RANGE * LEVEL_SHARE) / range;
	const sla_compliance = level * (objective + cost + downtime - zero);
	const cost_penalty = -level * cost;
	const downtime_penalty = -level * downtime;
	const resolution_bonus = RANGE * RECOVERY_SHARE * value * recovery;
	return {
		score,
		breakdown: {
			sla_compliance,
			cost_penalty,
			downtime_penalty,
			resolution_bonus,
			bound:
				score -
				(sla_compliance + cost_penalty + downtime_penalty + resolution_bonus),
		},
	};
}
