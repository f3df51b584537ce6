import type { SessionEvent } from "./messages.js";

/** A session's events as they have come so far, each once and in order, whatever a stream that was cut and taken up again repeats. */
export interface EventFeed {
	/** By episode, oldest first. */
	readonly episodes: ReadonlyMap<number, readonly SessionEvent[]>;
	/** Offset of the next event; absent before the first. */
	readonly next: number | undefined;
	/** Events that the server no longer kept when they were asked for. */
	readonly missed: number;
	/** Why the session ended. */
	readonly ended: string | undefined;
}

export const EMPTY_FEED: EventFeed = {
	episodes: new Map(),
	next: undefined,
	missed: 0,
	ended: undefined,
};

/** Adds events in the order in which they came. Those before `next` are known and left out; a jump ahead is counted as missed. */
export function extendFeed(
	feed: EventFeed,
	arrived: readonly SessionEvent[],
): EventFeed {
	const episodes = new Map(feed.episodes);
	const grown = new Map<number, SessionEvent[]>();
	let { next, missed, ended } = feed;
	for (const event of arrived) {
		if (next !== undefined && event.offset < next) continue;
		missed += event.offset - (next ?? 0);
		next = event.offset + 1;
		ended = event.session_ended?.reason ?? ended;
		let list = grown.get(event.episode);
		if (list === undefined) {
			list = [...(episodes.get(event.episode) ?? [])];
			grown.set(event.episode, list);
			episodes.set(event.episode, list);
		}
		list.push(event);
	}
	return { episodes, next, missed, ended };
}
