import { useEffect, useState } from "preact/hooks";
import { EMPTY_FEED, type EventFeed, extendFeed } from "../model/event-feed.js";
import type { Session, SessionEvent } from "../model/messages.js";
import { eventsAddress, getSession, Refusal, toSentence } from "./api.js";

/** How the stream of events is. */
export type Link = "connecting" | "live" | "lost" | "over";

export interface SessionState {
	readonly session: Session | undefined;
	readonly feed: EventFeed;
	readonly link: Link;
	/** Why there is nothing to show. */
	readonly error: string | undefined;
}

/** Events that come at once are drawn at once. */
const GATHER_MS = 40;
const AGAIN_MS = 2000;

/** Watches a session: its events as they come, each once, however often the stream is cut. */
export function useSession(id: string): SessionState {
	const [state, setState] = useState<SessionState>(beginning);
	useEffect(() => {
		setState(beginning);
		const watch = new SessionWatch(id, (change) =>
			setState((before) => ({ ...before, ...change })),
		);
		return () => watch.stop();
	}, [id]);
	return state;
}

const beginning: SessionState = {
	session: undefined,
	feed: EMPTY_FEED,
	link: "connecting",
	error: undefined,
};

class SessionWatch {
	private source: EventSource | undefined;
	private feed = EMPTY_FEED;
	private waiting: SessionEvent[] = [];
	private timer: ReturnType<typeof setTimeout> | undefined;
	private again: ReturnType<typeof setTimeout> | undefined;
	private isStopped = false;

	constructor(
		private readonly id: string,
		private readonly onChange: (change: Partial<SessionState>) => void,
	) {
		this.open(undefined);
		void this.look();
	}

	stop(): void {
		this.isStopped = true;
		this.source?.close();
		clearTimeout(this.timer);
		clearTimeout(this.again);
	}

	private open(from: number | undefined): void {
		if (this.isStopped) return;
		const source = new EventSource(eventsAddress(this.id, from));
		this.source = source;
		source.addEventListener("open", () => this.onChange({ link: "live" }));
		source.addEventListener("message", ({ data }: MessageEvent<string>) => {
			this.waiting.push(JSON.parse(data) as SessionEvent);
			this.timer ??= setTimeout(() => this.flush(), GATHER_MS);
		});
		source.addEventListener("end", () => {
			source.close();
			this.flush();
			this.onChange({ link: "over" });
		});
		source.addEventListener("dropped", ({ data }: MessageEvent<string>) => {
			source.close();
			this.open((JSON.parse(data) as { readonly oldest: number }).oldest);
		});
		source.addEventListener("error", () => {
			this.onChange({ link: "lost" });
			// The browser asks again by itself, but not where it was refused.
			if (source.readyState !== EventSource.CLOSED || this.isStopped) return;
			void this.look();
			this.again = setTimeout(() => this.open(this.feed.next), AGAIN_MS);
		});
	}

	private flush(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
		if (this.waiting.length === 0 || this.isStopped) return;
		const arrived = this.waiting.splice(0);
		this.feed = extendFeed(this.feed, arrived);
		this.onChange({ feed: this.feed });
		if (arrived.some((event) => event.progress === undefined)) void this.look();
	}

	/** The session itself: its state, lease and last number. */
	private async look(): Promise<void> {
		try {
			const { session } = await getSession(this.id);
			if (!this.isStopped) this.onChange({ session, error: undefined });
		} catch (error) {
			if (this.isStopped) return;
			// Its results are no longer kept, or it never was.
			if (error instanceof Refusal && [404, 422].includes(error.status)) {
				this.stop();
				this.onChange({ error: toSentence(error), link: "over" });
			}
		}
	}
}
