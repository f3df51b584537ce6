import { once } from "node:events";
import { type Trainer, WorkInterrupted } from "../training/trainer.js";

/** A trainer of which an epoch can be asked not to end before its caller goes away, so that a cut comes in its middle however quick it is. */
export class CutTrainer implements Trainer {
	/** Epochs that were cut. */
	cut = 0;
	/** The last epoch that was held. A repetition that comes before its end joins the call instead. */
	held: Promise<unknown> = Promise.resolve();
	private epochsToCut = Number.POSITIVE_INFINITY;

	constructor(private readonly inner: Trainer) {}

	get engine() {
		return this.inner.engine;
	}

	/** Holds the n-th epoch from now on, from 1. */
	hold(epoch: number): void {
		this.epochsToCut = epoch;
	}

	/** Holds none, where the call had fewer epochs. */
	holdNone(): void {
		this.epochsToCut = Number.POSITIVE_INFINITY;
	}

	async trainEpoch(...[request, options]: Parameters<Trainer["trainEpoch"]>) {
		this.epochsToCut -= 1;
		if (this.epochsToCut !== 0) return this.inner.trainEpoch(request, options);
		const epoch = this.trainUntilCut(request, options);
		this.held = epoch.catch(() => {});
		return epoch;
	}

	private async trainUntilCut(
		...[request, options]: Parameters<Trainer["trainEpoch"]>
	) {
		let told = false;
		const outcome = await this.inner.trainEpoch(request, {
			...options,
			onProgress: (progress) => {
				if (!told) this.cut += 1;
				told = true;
				options.onProgress(progress);
			},
		});
		// It diverged in its first batch, so nobody knows that it ran.
		if (!told) return outcome;
		const { signal } = options;
		if (!signal.aborted) await once(signal, "abort");
		throw new WorkInterrupted("cancelled", true);
	}

	grade(...call: Parameters<Trainer["grade"]>) {
		return this.inner.grade(...call);
	}

	async close(): Promise<void> {}
}
