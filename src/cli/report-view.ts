import type { Progress } from "../../clients/typescript/index.js";
import { systemClock } from "../clock.js";
import type { EpisodeChoice } from "../evaluation/episode-player.js";
import { TimeLeft } from "../evaluation/time-left.js";
import type { TrainingEntry } from "../evaluation/training-entry.js";
import {
	EPISODES_AT_ONCE,
	type MeasurementListener,
} from "../evaluation/training-measurement.js";
import { duration } from "./duration.js";

interface Running {
	readonly startedMs: number;
	epochs: number;
}

/**
 * Shows episodes as they are played: a line for each that is over, and on a terminal a last line that updates itself with what runs, how far it
 * is and how long the rest takes. On standard error, so that the report alone is on standard output.
 */
export class ReportView implements MeasurementListener {
	private readonly timeLeft = new TimeLeft(EPISODES_AT_ONCE);
	private readonly running = new Map<EpisodeChoice, Running>();
	private waiting: EpisodeChoice[] = [];
	private total = 0;
	private done = 0;

	constructor(
		private readonly output: Pick<
			NodeJS.WriteStream,
			"isTTY" | "columns" | "write"
		>,
		private readonly now = () => systemClock.now(),
	) {}

	planned(
		there: readonly TrainingEntry[],
		missing: readonly EpisodeChoice[],
	): void {
		for (const entry of there) this.count(entry);
		this.waiting = [...missing];
		this.done = there.length;
		this.total = there.length + missing.length;
		this.line(
			missing.length === 0
				? `all ${this.total} episodes are there`
				: `${this.done} of ${this.total} episodes are there, ${missing.length} are to be played`,
		);
	}

	started(choice: EpisodeChoice): void {
		this.waiting = this.waiting.filter((other) => other !== choice);
		this.running.set(choice, { startedMs: this.now(), epochs: 0 });
		this.live();
	}

	progress(choice: EpisodeChoice, { training }: Progress): void {
		const running = this.running.get(choice);
		if (!running || !training?.epoch) return;
		running.epochs = training.epoch.epoch;
		this.live();
	}

	finished(choice: EpisodeChoice, entry: TrainingEntry): void {
		this.running.delete(choice);
		this.done += 1;
		this.count(entry);
		const accuracy =
			entry.test_accuracy === undefined
				? "none"
				: `${(100 * entry.test_accuracy).toFixed(2)} %`;
		const left = this.left();
		this.line(
			`[${this.done}/${this.total}] ${nameOf(choice)}: score ${entry.score.toFixed(3)}, test accuracy ${accuracy}, ${entry.epochs} epochs, ${duration(entry.wall_seconds)}${left && !this.output.isTTY ? `; ${left} left` : ""}`,
		);
		this.live();
	}

	/** Takes the line that updates itself away. */
	end(): void {
		if (this.output.isTTY) this.output.write("\r\u001b[K");
	}

	private count({ task, policy, epochs, wall_seconds }: TrainingEntry): void {
		this.timeLeft.played(task, policy, { epochs, seconds: wall_seconds });
	}

	private left(): string | undefined {
		if (this.done === this.total) return undefined;
		const now = this.now();
		const { seconds, atLeast } = this.timeLeft.estimate([
			...this.waiting.map((choice) => ({ ...choice, epochs: 0, seconds: 0 })),
			...[...this.running].map(([choice, { startedMs, epochs }]) => ({
				...choice,
				epochs,
				seconds: (now - startedMs) / 1000,
			})),
		]);
		if (!atLeast) return `about ${duration(seconds)}`;
		return seconds > 0 ? `more than ${duration(seconds)}` : undefined;
	}

	private line(text: string): void {
		this.output.write(`${this.output.isTTY ? "\r\u001b[K" : ""}${text}\n`);
	}

	private live(): void {
		if (!this.output.isTTY || this.done === this.total) return;
		const left = this.left();
		const text = [
			`${this.done} of ${this.total}`,
			...(left ? [`${left} left`] : []),
			...[...this.running].map(
				([choice, { epochs }]) =>
					`${nameOf(choice)} ${epochs}/${choice.task.budget}`,
			),
		].join("; ");
		this.output.write(
			`\r\u001b[K${text.slice(0, (this.output.columns || 80) - 1)}`,
		);
	}
}

function nameOf({ task, policy, seed }: EpisodeChoice): string {
	return `${task.id} ${policy.name} seed ${seed}`;
}
