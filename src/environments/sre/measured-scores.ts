import type { MeasuredScore } from "../training/reference-scores.js";

/** Nothing is measured yet. */
export const measuredScores: readonly MeasuredScore[] = [];
