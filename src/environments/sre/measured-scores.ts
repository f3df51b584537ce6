import type { MeasuredScore } from "./reference-scores.js";

/** Written by `npx nightshift report sre --seeds 1000 --docs`, never by hand. */
export const measuredScores: readonly MeasuredScore[] = [];
