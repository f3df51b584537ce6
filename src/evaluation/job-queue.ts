import type { Clock } from "../clock.js";

/** Jobs in their order; one that comes again waits for a while first, and holds nobody meanwhile. */
export class JobQueue<Job> {
	private readonly ready: Job[];
	private readonly waiting = new Set<() => void>();
	private readonly timers = new Set<() => void>();
	/** Jobs that are not over. */
	private open: number;

	constructor(
		jobs: readonly Job[],
		private readonly clock: Clock,
		private readonly signal: AbortSignal,
	) {
		this.ready = [...jobs];
		this.open = jobs.length;
		signal.addEventListener(
			"abort",
			() => {
				for (const cancel of this.timers) cancel();
				this.wake();
			},
			{ once: true },
		);
	}

	/** The next job, as soon as there is one; nothing when all are over, or the signal is aborted. */
	async next(): Promise<Job | undefined> {
		for (;;) {
			if (this.open === 0 || this.signal.aborted) return undefined;
			const job = this.ready.shift();
			if (job !== undefined) return job;
			await new Promise<void>((resolve) => this.waiting.add(resolve));
		}
	}

	/** A job that was given out is over. */
	over(): void {
		this.open -= 1;
		if (this.open === 0) this.wake();
	}

	/** A job that was given out comes again after some milliseconds, behind those that wait now. */
	again(job: Job, delayMs: number): void {
		const cancel = this.clock.after(delayMs, () => {
			this.timers.delete(cancel);
			this.ready.push(job);
			this.wake();
		});
		this.timers.add(cancel);
	}

	private wake(): void {
		for (const go of this.waiting) go();
		this.waiting.clear();
	}
}
