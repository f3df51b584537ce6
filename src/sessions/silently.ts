import type { PerformContext } from "../environments/environment.js";

/** For work that nobody waits for and that nothing cuts off. */
export const silently: PerformContext = {
	signal: new AbortController().signal,
	onProgress: () => {},
	onTiming: () => {},
};
