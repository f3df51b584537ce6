import type { Session } from "./session.js";
import type { Soon } from "./soon.js";

/** Requests of one session take turns, in the order in which they came; those of different sessions do not wait for each other. */
export class Turns {
	private readonly last = new Map<Session, Promise<unknown>>();

	/** Whether nothing runs and nothing waits. */
	get areFree(): boolean {
		return this.last.size === 0;
	}

	/** Does the work when its turn comes: at once where nothing of the session runs. */
	take<T>(session: Session, work: () => Soon<T>): Soon<T> {
		const before = this.last.get(session);
		const value = before === undefined ? work() : before.then(work);
		if (!(value instanceof Promise)) return value;
		const settled: Promise<void> = value.then(
			() => this.leave(session, settled),
			() => this.leave(session, settled),
		);
		this.last.set(session, settled);
		return value;
	}

	private leave(session: Session, settled: Promise<void>): void {
		if (this.last.get(session) === settled) this.last.delete(session);
	}
}
