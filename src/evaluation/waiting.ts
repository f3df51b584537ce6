import type { Clock } from "../clock.js";

/** What a promise comes to, unless the signal is aborted before. Errors: the promise's, the signal's reason. */
export async function within<Value>(
	signal: AbortSignal,
	promise: Promise<Value>,
): Promise<Value> {
	let stop = () => {};
	const aborted = new Promise<never>((_, reject) => {
		stop = () => reject(signal.reason as Error);
		if (signal.aborted) stop();
		signal.addEventListener("abort", stop, { once: true });
	});
	try {
		return await Promise.race([promise, aborted]);
	} finally {
		signal.removeEventListener("abort", stop);
	}
}

/** Waits for some milliseconds. Errors: the signal's reason. */
export async function pause(
	clock: Clock,
	delayMs: number,
	signal: AbortSignal,
): Promise<void> {
	let cancel = () => {};
	try {
		await within(
			signal,
			new Promise<void>((resolve) => {
				cancel = clock.after(delayMs, resolve);
			}),
		);
	} finally {
		cancel();
	}
}
