import type { SessionEvent } from "../../proto/generated/nightshift/v1/SessionEvent.js";
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
	readonly kept: SessionEvent[];
}

/**
 * A session's events: offsets from 0, the last 10,000 kept, any number of readers. Observations are kept in the events of the running episode and
 * of the eight before it, which bounds a session's memory: 10,000 events with the largest ones would take 50 MB.
 */
export class EventLog {
	static readonly CAPACITY = 10_000;
	static readonly EPISODES_WITH_OBSERVATIONS = 8;
	private readonly waiting = new Set<() => void>();
	private closed = false;
	/** Events before this offset have no observations. */
	private bareUntil = 0;

	constructor(readonly record: EventLogRecord) {}

	get nextOffset(): number {
		return this.record.oldest + this.record.kept.length;
	}

	append(nowMs: number, episode: number, body: EventBody): void {
		this.record.kept.push({
			offset: this.nextOffset,
			episode,
			time: toTimestamp(nowMs),
			...body,
		});
		if (this.record.kept.length > EventLog.CAPACITY) {
			this.record.kept.shift();
			this.record.oldest += 1;
		}
		this.bareBefore(episode - EventLog.EPISODES_WITH_OBSERVATIONS);
		this.wake();
	}

	/** Takes the observations out of the events of earlier episodes. */
	private bareBefore(episode: number): void {
		const { kept, oldest } = this.record;
		let index = Math.max(0, this.bareUntil - oldest);
		for (; index < kept.length; index++) {
			const event = kept[index] as SessionEvent;
			if ((event.episode as number) >= episode) break;
			kept[index] = withoutObservation(event);
		}
		this.bareUntil = oldest + index;
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
		signal: AbortSignal,
	): AsyncGenerator<SessionEvent> {
		let offset = from ?? this.record.oldest;
		for (;;) {
			if (offset < this.record.oldest) {
				throw new NightshiftError(
					"EVENTS_DROPPED",
					`Event ${offset} is no longer kept; go on from offset ${this.record.oldest}.`,
					{ metadata: { oldest_offset: String(this.record.oldest) } },
				);
			}
			const event = this.record.kept[offset - this.record.oldest];
			if (event !== undefined) {
				yield event;
				offset += 1;
			} else if (this.closed || signal.aborted) {
				return;
			} else {
				await this.somethingNew(signal);
			}
		}
	}

	private async somethingNew(signal: AbortSignal): Promise<void> {
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
