import type { ConvergenceSignal__Output as ConvergenceSignal } from "../../../proto/generated/nightshift/v1/ConvergenceSignal.js";
import type { EpochRecord } from "./episode.js";

/** Epochs looked at. */
const WINDOW = 5;
/** Epochs before which a trial is warming up. */
const WARM_UP = 3;
/** Validation losses that differ by less than this have plateaued. */
const PLATEAU = 0.005;

/** What the curves of a trial's epochs look like; the first that fits in the order of the contract's ConvergenceSignal. */
export function convergenceSignal(
	epochs: readonly EpochRecord[],
	diverged: boolean,
): ConvergenceSignal {
	if (diverged) return "CONVERGENCE_SIGNAL_DIVERGED";
	if (epochs.length === 0) return "CONVERGENCE_SIGNAL_NOT_STARTED";
	if (epochs.length < WARM_UP) return "CONVERGENCE_SIGNAL_WARMING_UP";
	const window = epochs.slice(-WINDOW);
	const validation = window.map(
		({ validationLoss }) => validationLoss as number,
	);
	const first = window[0] as EpochRecord;
	const last = window.at(-1) as EpochRecord;
	const rises =
		(last.validationLoss as number) > (first.validationLoss as number);
	if (rises && last.trainLoss < first.trainLoss)
		return "CONVERGENCE_SIGNAL_OVERFITTING";
	if (Math.max(...validation) - Math.min(...validation) < PLATEAU)
		return "CONVERGENCE_SIGNAL_PLATEAUED";
	if ((last.validationLoss as number) < (first.validationLoss as number))
		return "CONVERGENCE_SIGNAL_IMPROVING";
	return "CONVERGENCE_SIGNAL_STALLING";
}
