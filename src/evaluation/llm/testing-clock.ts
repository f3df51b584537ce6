import { ManualClock } from "../../sessions/testing.js";

/** A clock on which short waits are over as soon as everything else is done; longer ones are limits, which end when time gets there. Only tests use it. */
export class LeapingClock extends ManualClock {
	/** Of the waits that were leapt over, in milliseconds, as they were asked for. */
	readonly leaps: number[] = [];

	constructor(private readonly longestLeapMs: number) {
		super();
	}

	override after(delayMs: number, callback: () => void): () => void {
		const cancel = super.after(delayMs, callback);
		if (delayMs > this.longestLeapMs) return cancel;
		const end = this.now() + delayMs;
		const leap = setImmediate(() => {
			this.leaps.push(delayMs);
			this.advance(Math.max(0, end - this.now()));
		});
		return () => {
			clearImmediate(leap);
			cancel();
		};
	}
}
