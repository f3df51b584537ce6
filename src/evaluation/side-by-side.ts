/**
 * Does every job, so many at once, in their order. The first failure cuts the others off, waits for them, and is thrown.
 */
export async function sideBySide<Job>(
	jobs: readonly Job[],
	atOnce: number,
	signal: AbortSignal,
	work: (job: Job, signal: AbortSignal) => Promise<void>,
): Promise<void> {
	const failed = new AbortController();
	const either = AbortSignal.any([signal, failed.signal]);
	const waiting = jobs[Symbol.iterator]();
	const errors: unknown[] = [];
	const lane = async () => {
		for (const job of waiting) {
			if (either.aborted) return;
			try {
				await work(job, either);
			} catch (error) {
				errors.push(error);
				failed.abort();
				return;
			}
		}
	};
	await Promise.all(Array.from({ length: atOnce }, lane));
	if (errors.length > 0) throw errors[0];
	signal.throwIfAborted();
}
