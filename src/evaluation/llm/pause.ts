import type { Clock } from "../../clock.js";

/** Waits. Errors: the signal's reason. */
export function pause(
	clock: Clock,
	ms: number,
	signal: AbortSignal,
): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) return reject(signal.reason);
		const giveUp = () => {
			cancel();
			reject(signal.reason);
		};
		const cancel = clock.after(ms, () => {
			signal.removeEventListener("abort", giveUp);
			resolve();
		});
		signal.addEventListener("abort", giveUp, { once: true });
	});
}
