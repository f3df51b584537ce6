import type { Clock } from "../clock.js";
import type { Departure } from "../departure.js";
import { NightshiftError } from "../errors.js";
import { HttpRefusal } from "./http-error.js";

/** Work that is given up after some time, as when the client goes away. */
export async function withTimeout<T>(
	clock: Clock,
	timeoutMs: number | undefined,
	signal: Departure,
	work: (signal: Departure) => T | Promise<T>,
): Promise<T> {
	if (timeoutMs === undefined) return work(signal);
	const limited = new AbortController();
	const stop = () => limited.abort();
	const stopTimer = clock.after(timeoutMs, stop);
	signal.addEventListener("abort", stop, { once: true });
	if (signal.aborted) stop();
	try {
		return await work(limited.signal);
	} catch (error) {
		if (
			error instanceof NightshiftError &&
			error.reason === "CALL_CANCELLED" &&
			!signal.aborted
		)
			throw new HttpRefusal(
				504,
				`The step took longer than its timeout_s of ${timeoutMs / 1000} and was cut off; whole epochs are kept. Repeat it with its request_number or request_id to go on with it.`,
			);
		throw error;
	} finally {
		stopTimer();
		signal.removeEventListener("abort", stop);
	}
}
