import type { Progress } from "../../../proto/generated/nightshift/v1/Progress.js";
import type { CallProgress } from "./exchange.js";

/** Makes what a call tells while it runs: each time more than before. Work that takes no time tells nothing. */
export function progressTeller(
	tell: (progress: CallProgress) => void,
): (progress: Progress) => void {
	let last = 0;
	return ({ training }) => {
		if (!training) return;
		const { epoch_of_call, epochs_of_call, batch, epoch } = training;
		const nth = Number(epoch_of_call);
		const progress = epoch
			? nth
			: nth - 1 + Number(batch?.batch) / Number(batch?.batches);
		if (!(progress > last)) return;
		last = progress;
		tell({
			progress,
			total: Number(epochs_of_call),
			message: epoch
				? `Epoch ${nth} of ${epochs_of_call}: ${figures({
						"training loss": epoch.train_loss,
						"validation loss": epoch.val_loss,
						"validation accuracy": epoch.val_accuracy,
					})}.`
				: `Epoch ${nth} of ${epochs_of_call}: batch ${batch?.batch} of ${batch?.batches}.`,
		});
	};
}

function figures(values: Readonly<Record<string, unknown>>): string {
	return Object.entries(values)
		.filter(([, value]) => value !== undefined && value !== null)
		.map(([name, value]) => `${name} ${Number(value).toFixed(3)}`)
		.join(", ");
}
