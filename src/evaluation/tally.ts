import type { EpisodeJob } from "./attempt.js";
import type { EpisodeIdentity } from "./episode-record.js";
import type { EpisodeOutcome } from "./evaluation-file.js";
import { type MeanInterval, meanInterval } from "./student-t.js";

/** How far an agent is on a task. */
export class TallyRow {
	/** Episodes without a session: those that no lane has taken, that wait for the server, or for another attempt. */
	queued = 0;
	running = 0;
	/** Attempts that the infrastructure cut off. */
	failedAttempts = 0;
	/** Episodes that were given up after the last of them. */
	unplayed = 0;
	private readonly scores: number[] = [];
	private readonly outcomes = {
		ended: 0,
		left: 0,
		limit: 0,
		"agent-failed": 0,
	};
	private seconds = 0;
	private interval: MeanInterval | undefined;

	constructor(
		readonly agent: string,
		readonly task: string,
	) {}

	add({ outcome, score, seconds }: EpisodeOutcome): void {
		this.scores.push(score);
		this.outcomes[outcome] += 1;
		this.seconds += seconds;
		this.interval = undefined;
	}

	get done(): number {
		return this.scores.length;
	}

	get total(): number {
		return this.done + this.queued + this.running + this.unplayed;
	}

	/** Of the scores; absent before the first. */
	get score(): MeanInterval | undefined {
		if (this.done === 0) return undefined;
		this.interval ??= meanInterval(this.scores);
		return this.interval;
	}

	/** Episodes that a limit of the evaluation stopped. */
	get limited(): number {
		return this.outcomes.limit;
	}

	/** Episodes in which the agent failed. */
	get agentFailed(): number {
		return this.outcomes["agent-failed"];
	}

	/** Of an episode; absent before the first. */
	get meanSeconds(): number | undefined {
		return this.done === 0 ? undefined : this.seconds / this.done;
	}
}

/** A row for each agent on each task, in the order of the first mention. */
export class Tally {
	private readonly byName = new Map<string, TallyRow>();

	rowOf({ agent, task }: Pick<EpisodeIdentity, "agent" | "task">): TallyRow {
		const key = JSON.stringify([agent, task]);
		const row = this.byName.get(key) ?? new TallyRow(agent, task);
		this.byName.set(key, row);
		return row;
	}

	rowOfJob({ agent, task }: EpisodeJob): TallyRow {
		return this.rowOf({ agent: agent.name, task: task.id });
	}

	get rows(): TallyRow[] {
		return [...this.byName.values()];
	}

	/** Sum of a figure over all rows. */
	sum(of: (row: TallyRow) => number): number {
		return this.rows.reduce((sum, row) => sum + of(row), 0);
	}

	/**
	 * Seconds that the episodes that are left take, so many at once, as long as those before; `atLeast` where some agent has not finished one on
	 * some task yet, so that those are not counted. Absent while nothing is known.
	 */
	timeLeft(
		atOnce: number,
	): { readonly seconds: number; readonly atLeast: boolean } | undefined {
		let seconds = 0;
		let atLeast = false;
		for (const { queued, running, meanSeconds } of this.rows) {
			// Those that run are half over.
			const left = queued + running / 2;
			if (left === 0) continue;
			if (meanSeconds === undefined) atLeast = true;
			else seconds += (left * meanSeconds) / atOnce;
		}
		return seconds === 0 ? undefined : { seconds, atLeast };
	}
}
