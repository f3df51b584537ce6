import { testSequences } from "./testing-random-sequences.js";
import { drawSequences } from "./testing-sequences.js";

testSequences(drawSequences(1, 200), [
	"RUN_STOP_COMPLETED",
	"RUN_STOP_BUDGET_SPENT",
	"RUN_STOP_DIVERGED",
	"RUN_STOP_NO_IMPROVEMENT",
	"RUN_STOP_ACCURACY_REACHED",
	"END_REASON_SUBMITTED",
	"END_REASON_FINISHED",
	"EPISODE_ENDED",
	"INVALID_FIELD",
	"WRONG_ACTION",
	"ACTION_NOT_POSSIBLE",
]);
