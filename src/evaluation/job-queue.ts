import type { Clock } from "../clock.js";

interface Waiting<Job> {
	readonly job: Job;
	/** Its place among all. */
	readonly place: number;
}

interface Group<Job> {
	readonly ready: Waiting<Job>[];
	running: number;
}

/**
 * Jobs in groups. The next one is of the group of which the fewest run, and there the first in order: slow ones do not fill every lane while quick
 * ones wait. A job that comes again waits for a while first, and holds nobody meanwhile.
 */
export class JobQueue<Job> {
	private readonly groups = new Map<string, Group<Job>>();
	/** Lanes that wait for a job. */
	private readonly lanes = new Set<() => void>();
	private readonly timers = new Set<() => void>();
	/** Jobs that are not over. */
	private open: number;
	private places = 0;

	constructor(
		jobs: readonly Job[],
		private readonly groupOf: (job: Job) => string,
		private readonly clock: Clock,
		private readonly signal: AbortSignal,
	) {
		this.open = jobs.length;
		for (const job of jobs) this.add(job);
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
			const group = this.nextGroup();
			if (group !== undefined) {
				group.running += 1;
				return group.ready.shift()?.job;
			}
			await new Promise<void>((resolve) => this.lanes.add(resolve));
		}
	}

	/** A job that was given out is over. */
	over(job: Job): void {
		this.group(job).running -= 1;
		this.open -= 1;
		if (this.open === 0) this.wake();
	}

	/** A job that was given out comes again after some milliseconds, behind those that wait now. */
	again(job: Job, delayMs: number): void {
		this.group(job).running -= 1;
		const cancel = this.clock.after(delayMs, () => {
			this.timers.delete(cancel);
			this.add(job);
			this.wake();
		});
		this.timers.add(cancel);
	}

	private nextGroup(): Group<Job> | undefined {
		const placeOf = ({ ready }: Group<Job>) => (ready[0] as Waiting<Job>).place;
		let best: Group<Job> | undefined;
		for (const group of this.groups.values()) {
			if (group.ready.length === 0) continue;
			const isBetter =
				best === undefined ||
				group.running < best.running ||
				(group.running === best.running && placeOf(group) < placeOf(best));
			if (isBetter) best = group;
		}
		return best;
	}

	private add(job: Job): void {
		this.group(job).ready.push({ job, place: this.places });
		this.places += 1;
	}

	private group(job: Job): Group<Job> {
		const name = this.groupOf(job);
		const group = this.groups.get(name) ?? { ready: [], running: 0 };
		this.groups.set(name, group);
		return group;
	}

	private wake(): void {
		for (const go of this.lanes) go();
		this.lanes.clear();
	}
}
