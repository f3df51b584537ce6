/** The one place that reads time. Tests hand in a clock of their own. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Calls back once after some milliseconds, unless the returned function was called before. Keeps no process alive. */
	after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
	now: () => Date.now(),
	after(delayMs, callback) {
		const timer = setTimeout(callback, delayMs);
		timer.unref();
		return () => clearTimeout(timer);
	},
};

/** The same for waits that are the program's work: they keep the process alive. */
export const workClock: Clock = {
	now: () => Date.now(),
	after(delayMs, callback) {
		const timer = setTimeout(callback, delayMs);
		return () => clearTimeout(timer);
	},
};
