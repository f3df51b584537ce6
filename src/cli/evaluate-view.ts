import { systemClock } from "../clock.js";
import type { EpisodeJob } from "../evaluation/attempt.js";
import type {
	EpisodeRecord,
	FailedAttempt,
} from "../evaluation/episode-record.js";
import type { EvaluationListener } from "../evaluation/evaluation.js";
import type { EpisodeOutcome } from "../evaluation/evaluation-file.js";
import { Tally } from "../evaluation/tally.js";
import { duration } from "./duration.js";
import { renderTable, tellScore } from "./table.js";

/** Milliseconds between two drawings of the table. */
const REDRAW_MS = 250;
/** Of a terminal that tells no size. */
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

/**
 * Shows episodes as they are played: on a terminal a table that is drawn anew in place, elsewhere a line for each that is over. What went wrong is
 * a line in both. On standard error, so that the result alone is on standard output.
 */
export class EvaluateView implements EvaluationListener {
	readonly tally = new Tally();
	private readonly begunMs: number;
	/** When each attempt that has a session got it. */
	private readonly running = new Map<EpisodeJob, number>();
	/** Finished since the begin of this run. */
	finishedNow = 0;
	/** Lines of the table that stands on the terminal. */
	private drawn = 0;
	private stopRedrawing = () => {};

	/** `atOnce`: episodes that are played side by side. */
	constructor(
		private readonly atOnce: number,
		private readonly output: Pick<
			NodeJS.WriteStream,
			"isTTY" | "columns" | "rows" | "write"
		>,
		private readonly clock = systemClock,
	) {
		this.begunMs = clock.now();
	}

	planned({
		there,
		failures,
		missing,
	}: {
		readonly there: readonly EpisodeOutcome[];
		readonly failures: readonly FailedAttempt[];
		readonly missing: readonly EpisodeJob[];
	}): void {
		for (const outcome of there) this.tally.rowOf(outcome).add(outcome);
		for (const failure of failures) this.tally.rowOf(failure).failedAttempts++;
		for (const job of missing) this.tally.rowOfJob(job).queued++;
		const total = there.length + missing.length;
		this.line(
			missing.length === 0
				? `all ${total} episodes are there`
				: `${there.length} of ${total} episodes are there, ${missing.length} are to be played, ${Math.min(this.atOnce, missing.length)} at once`,
		);
		if (this.output.isTTY && missing.length > 0) this.redraw();
	}

	started(): void {}

	opened(job: EpisodeJob): void {
		const row = this.tally.rowOfJob(job);
		row.queued--;
		row.running++;
		this.running.set(job, this.clock.now());
	}

	acted(): void {}

	finished(job: EpisodeJob, record: EpisodeRecord): void {
		const row = this.tally.rowOfJob(job);
		row.running--;
		row.add(record);
		this.running.delete(job);
		this.finishedNow++;
		const { outcome, error, limit, score, steps, seconds } = record;
		const text = `${nameOf(job)}: score ${score.toFixed(3)}, ${steps.length} actions, ${duration(seconds)}`;
		if (outcome === "agent-failed")
			this.line(`${this.place} ${text}; the agent failed: ${error}`);
		else if (!this.output.isTTY)
			this.line(
				`${this.place} ${text}${outcome === "limit" ? `; stopped by the limit ${limit}` : ""}`,
			);
	}

	failed(job: EpisodeJob, failure: FailedAttempt): void {
		const row = this.tally.rowOfJob(job);
		if (this.running.delete(job)) row.running--;
		else row.queued--;
		row.failedAttempts++;
		if (failure.retried) row.queued++;
		else row.unplayed++;
		this.line(
			`${this.place} ${nameOf(job)}: attempt ${failure.attempt} failed, ${failure.retried ? "it comes again" : "it is given up"}: ${failure.error}`,
		);
	}

	/** Takes the table away. */
	end(): void {
		this.stopRedrawing();
		this.erase();
	}

	private get place(): string {
		const { tally } = this;
		return `[${tally.sum(({ done }) => done)}/${tally.sum(({ total }) => total)}]`;
	}

	private line(text: string): void {
		this.erase();
		this.output.write(`${text}\n`);
		if (this.drawn === 0 && this.running.size > 0) this.draw();
	}

	private redraw(): void {
		this.stopRedrawing = this.clock.after(REDRAW_MS, () => this.redraw());
		this.erase();
		this.draw();
	}

	private draw(): void {
		if (!this.output.isTTY) return;
		const columns = this.output.columns || USUAL_COLUMNS;
		const rows = this.output.rows || USUAL_ROWS;
		const lines = this.lines();
		// A table that is taller than the terminal could not be taken away again.
		const most = Math.max(2, rows - 1);
		const shown =
			lines.length <= most
				? lines
				: [
						...lines.slice(0, most - 2),
						`... ${lines.length - most + 1} more`,
						lines.at(-1) as string,
					];
		for (const line of shown)
			this.output.write(`${line.slice(0, columns - 1).trimEnd()}\n`);
		this.drawn = shown.length;
	}

	private erase(): void {
		if (this.drawn > 0) this.output.write(`\u001b[${this.drawn}A\u001b[J`);
		this.drawn = 0;
	}

	private lines(): string[] {
		const table = renderTable(
			[
				"agent",
				"task",
				"done",
				"score so far",
				"running",
				"queued",
				"agent failed",
				"failed attempts",
			],
			this.tally.rows.map((row) => [
				row.agent,
				row.task,
				`${row.done}/${row.total}`,
				tellScore(row.score),
				String(row.running),
				String(row.queued),
				String(row.agentFailed),
				String(row.failedAttempts),
			]),
		);
		return [...table, this.summary()];
	}

	private summary(): string {
		const nowMs = this.clock.now();
		const minutes = (nowMs - this.begunMs) / 60_000;
		const left = this.tally.timeLeft(this.atOnce);
		const longest = [...this.running].reduce<[EpisodeJob, number] | undefined>(
			(oldest, entry) =>
				oldest === undefined || entry[1] < oldest[1] ? entry : oldest,
			undefined,
		);
		return [
			`${this.place} episodes`,
			...(this.finishedNow > 0
				? [`${(this.finishedNow / minutes).toPrecision(3)} a minute`]
				: []),
			...(left
				? [
						`${left.atLeast ? "more than" : "about"} ${duration(left.seconds)} left`,
					]
				: []),
			...(longest
				? [
						`longest runs for ${duration((nowMs - longest[1]) / 1000)}: ${nameOf(longest[0])}`,
					]
				: []),
		].join("; ");
	}
}

function nameOf({ agent, task, seed }: EpisodeJob): string {
	return `${task.id} ${agent.name} seed ${seed}`;
}
