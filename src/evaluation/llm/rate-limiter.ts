import type { Clock } from "../../clock.js";

const MINUTE_MS = 60_000;

interface Waiter {
	readonly go: () => void;
}

/** Lets requests begin one after the other, evenly spaced, in the order in which they were asked for. Any number of episodes share one. */
export class RateLimiter {
	private readonly spacingMs: number;
	private readonly waiting: Waiter[] = [];
	private nextAt = Number.NEGATIVE_INFINITY;
	private cancelTimer: (() => void) | undefined;

	/** `perMinute`: 0 for no limit. */
	constructor(
		perMinute: number,
		private readonly clock: Clock,
	) {
		this.spacingMs = perMinute === 0 ? 0 : MINUTE_MS / perMinute;
	}

	/** Waits for the turn of one request. A request that is given up while it waits takes no turn. Errors: the signal's reason. */
	take(signal: AbortSignal): Promise<void> {
		return new Promise<void>((resolve, reject) => {
			if (signal.aborted) return reject(signal.reason);
			const giveUp = () => {
				this.waiting.splice(this.waiting.indexOf(waiter), 1);
				reject(signal.reason);
			};
			const waiter: Waiter = {
				go() {
					signal.removeEventListener("abort", giveUp);
					resolve();
				},
			};
			signal.addEventListener("abort", giveUp, { once: true });
			this.waiting.push(waiter);
			this.letOn();
		});
	}

	/** Nothing begins for so many milliseconds: the endpoint asked for a pause, and all share it. */
	hold(ms: number): void {
		this.nextAt = Math.max(this.nextAt, this.clock.now() + ms);
	}

	private letOn(): void {
		if (this.cancelTimer !== undefined) return;
		while (this.waiting.length > 0) {
			const now = this.clock.now();
			if (this.nextAt > now) {
				this.cancelTimer = this.clock.after(this.nextAt - now, () => {
					this.cancelTimer = undefined;
					this.letOn();
				});
				return;
			}
			this.nextAt = now + this.spacingMs;
			this.waiting.shift()?.go();
		}
	}
}
