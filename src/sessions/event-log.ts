import type { ActionStarted } from "../../proto/generated/nightshift/v1/ActionStarted.js";
import type { SessionEvent } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import type { StepInfo } from "../../proto/generated/nightshift/v1/StepInfo.js";
import type { Departure } from "../departure.js";
import { NightshiftError } from "../errors.js";
import { toTimestamp } from "./timestamp.js";

/** What happened, without the fields that the log fills in. */
export type EventBody = Omit<
	SessionEvent,
	"offset" | "episode" | "time" | "event"
>;

/** The log as plain data. */
export interface EventLogRecord {
	/** Offset of the first kept event. */
	oldest: number;
	/** Offset of the next event. */
	next: number;
	/** Events as they are told, by offset; those of `runs` stand between them. */
	readonly kept: SessionEvent[];
	readonly runs: Run[];
}

/**
 * Steps of one episode that followed each other, each of them two events (started, completed) without an observation, in as little room and
 * with as few objects as they can be kept: lanes take hundreds of thousands a second.
 */
export interface Run {
	/** Of its first event. */
	readonly offset: number;
	readonly episode: number;
	/** Number of its first step. */
	readonly firstStep: number;
	/** How many it has, up to RUN_STEPS. */
	steps: number;
	/** Levels of an action; 0 where actions are no levels. */
	readonly width: number;
	/** A row a step: its time in milliseconds, its reward, its action's levels. */
	readonly rows: Float64Array;
	/** How each step started, where actions are no levels. */
	readonly started: ActionStarted[];
	readonly infos: StepInfo[];
}

/** A step that went on with its episode, and whose reward has no parts. */
export interface PlainStep {
	readonly action: FlatAction | ActionStarted;
	/** Number of the step, from 1. */
	readonly step: number;
	readonly reward: number;
	readonly info: StepInfo;
}

/** An action by levels: where they begin, and how many they are. */
export interface FlatAction {
	readonly levels: ArrayLike<number>;
	readonly from: number;
	readonly width: number;
}

export function emptyEventLog(): EventLogRecord {
	return { oldest: 0, next: 0, kept: [], runs: [] };
}

const RUN_STEPS = 32;
const NO_LEVELS: FlatAction = { levels: [], from: 0, width: 0 };
/** Where the levels begin in a row of a run. */
const LEVELS_AT = 2;

/**
 * A session's events: offsets from 0, the last 10,000 kept, any number of readers. Observations are kept in the events of the running episode and
 * of the eight before it, which bounds a session's memory: 10,000 events with the largest ones would take 50 MB.
 */
export class EventLog {
	static readonly CAPACITY = 10_000;
	static readonly EPISODES_WITH_OBSERVATIONS = 8;
	private readonly waiting = new Set<() => void>();
	private readers = 0;
	private closed = false;
	/** Events before this offset have no observations. */
	private bareUntil = 0;
	/** Events of episodes before this one have none. */
	private bareEpisodes = 0;

	constructor(readonly record: EventLogRecord) {}

	get nextOffset(): number {
		return this.record.next;
	}

	/** Whether somebody reads. */
	get isWatched(): boolean {
		return this.readers > 0;
	}

	append(nowMs: number, episode: number, body: EventBody): void {
		const { record } = this;
		record.kept.push({
			offset: record.next,
			episode,
			time: toTimestamp(nowMs),
			...body,
		});
		record.next += 1;
		this.trim();
		this.bareBefore(episode - EventLog.EPISODES_WITH_OBSERVATIONS);
		this.wake();
	}

	/** Appends the two events of a step, without its observation. */
	appendStep(nowMs: number, episode: number, step: PlainStep): void {
		const { record } = this;
		const { action } = step;
		const flat = "levels" in action ? action : NO_LEVELS;
		const last = record.runs.at(-1);
		const run =
			last !== undefined &&
			last.offset + 2 * last.steps === record.next &&
			last.episode === episode &&
			last.firstStep + last.steps === step.step &&
			last.width === flat.width &&
			last.steps < RUN_STEPS
				? last
				: this.newRun(episode, step.step, flat.width);
		const { width, from, levels } = flat;
		const { rows } = run;
		let at = run.steps * (LEVELS_AT + width);
		rows[at++] = nowMs;
		rows[at++] = step.reward;
		for (let column = 0; column < width; column++)
			rows[at++] = levels[from + column] as number;
		if (!("levels" in action)) run.started.push(action);
		run.infos.push(step.info);
		run.steps += 1;
		record.next += 2;
		this.trim();
		this.wake();
	}

	private newRun(episode: number, firstStep: number, width: number): Run {
		const run: Run = {
			offset: this.record.next,
			episode,
			firstStep,
			steps: 0,
			width,
			rows: new Float64Array(RUN_STEPS * (LEVELS_AT + width)),
			started: [],
			infos: [],
		};
		this.record.runs.push(run);
		return run;
	}

	private trim(): void {
		const { record } = this;
		const { kept, runs, next } = record;
		if (next - record.oldest <= EventLog.CAPACITY) return;
		record.oldest = next - EventLog.CAPACITY;
		while (kept.length > 0 && Number(kept[0]?.offset) < record.oldest)
			kept.shift();
		while (runs.length > 0 && endOf(runs[0] as Run) <= record.oldest)
			runs.shift();
	}

	/** Takes the observations out of the events of earlier episodes. */
	private bareBefore(episode: number): void {
		if (episode <= this.bareEpisodes) return;
		this.bareEpisodes = episode;
		const { kept } = this.record;
		let index = firstFrom(kept, this.bareUntil);
		for (; index < kept.length; index++) {
			const event = kept[index] as SessionEvent;
			if ((event.episode as number) >= episode) break;
			kept[index] = withoutObservation(event);
			this.bareUntil = Number(event.offset) + 1;
		}
	}

	/** A kept event. */
	private at(offset: number): SessionEvent | undefined {
		const { kept, runs } = this.record;
		const event = kept[firstFrom(kept, offset)];
		if (event !== undefined && Number(event.offset) === offset) return event;
		const run = runs[firstFrom(runs, offset + 1) - 1];
		return run !== undefined && offset < endOf(run)
			? eventOf(run, offset)
			: undefined;
	}

	/** The events of an event's episode before it, from the episode's start on; none where that is no longer kept. */
	sinceEpisodeStart({ offset, episode }: SessionEvent): SessionEvent[] {
		const earlier: SessionEvent[] = [];
		for (let at = Number(offset) - 1; at >= this.record.oldest; at--) {
			const event = this.at(at);
			if (event?.episode !== episode) break;
			earlier.push(event as SessionEvent);
			if (event?.episode_started) return earlier.reverse();
		}
		return [];
	}

	/** No event comes after this: readers end once they have read what there is. */
	close(): void {
		this.closed = true;
		this.wake();
	}

	/**
	 * The events from an offset on, or from the oldest kept one; waits for those to come until the log is closed. A reader that falls more
	 * than the log's capacity behind gets EVENTS_DROPPED, as does an offset before the oldest.
	 */
	async *read(
		from: number | undefined,
		signal: Departure,
	): AsyncGenerator<SessionEvent> {
		let offset = from ?? this.record.oldest;
		this.readers += 1;
		try {
			for (;;) {
				if (offset < this.record.oldest) {
					throw new NightshiftError(
						"EVENTS_DROPPED",
						`Event ${offset} is no longer kept; go on from offset ${this.record.oldest}.`,
						{ metadata: { oldest_offset: String(this.record.oldest) } },
					);
				}
				const event = this.at(offset);
				if (event !== undefined) {
					yield event;
					offset += 1;
				} else if (this.closed || signal.aborted) {
					return;
				} else {
					await this.somethingNew(signal);
				}
			}
		} finally {
			this.readers -= 1;
		}
	}

	private async somethingNew(signal: Departure): Promise<void> {
		let wake = () => {};
		try {
			await new Promise<void>((resolve) => {
				wake = resolve;
				this.waiting.add(wake);
				signal.addEventListener("abort", wake, { once: true });
			});
		} finally {
			this.waiting.delete(wake);
			signal.removeEventListener("abort", wake);
		}
	}

	private wake(): void {
		for (const wake of this.waiting) wake();
	}
}

/** The event itself is left as it is: a reader may hold it. */
function withoutObservation(event: SessionEvent): SessionEvent {
	const { episode_started, action_completed } = event;
	if (episode_started?.observation)
		return {
			...event,
			episode_started: { ...episode_started, observation: null },
		};
	if (action_completed?.observation)
		return {
			...event,
			action_completed: { ...action_completed, observation: null },
		};
	return event;
}

/** Offset after its last event. */
function endOf({ offset, steps }: Run): number {
	return offset + 2 * steps;
}

/** Index of the first that begins at an offset or after it. */
function firstFrom(
	list: readonly { offset?: unknown }[],
	offset: number,
): number {
	let low = 0;
	let high = list.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (Number(list[middle]?.offset) < offset) low = middle + 1;
		else high = middle;
	}
	return low;
}

function eventOf(run: Run, offset: number): SessionEvent {
	const index = (offset - run.offset) >> 1;
	const { width, infos, firstStep, episode } = run;
	const row = (LEVELS_AT + width) * index;
	const [timeMs, reward, ...levels] = run.rows.subarray(
		row,
		row + LEVELS_AT + width,
	);
	const event = { offset, episode, time: toTimestamp(timeMs as number) };
	return (offset - run.offset) % 2 === 0
		? {
				...event,
				action_started: run.started[index] ?? { action: { flat: { levels } } },
			}
		: {
				...event,
				action_completed: {
					step: firstStep + index,
					reward: reward as number,
					reward_breakdown: [],
					terminated: false,
					truncated: false,
					info: infos[index] as StepInfo,
				},
			};
}
