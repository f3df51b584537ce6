import type { EngineDescription } from "./job-result.js";

/**
 * What the pool and its workers share while these load their engines. Entry 0 is the thread whose turn it is, or 0: tfjs-node's binding
 * keeps a process-wide set without a lock, so workers load and warm up one after the other. Entry 1 is the kind of engine that the first of
 * them came to, or 0.
 */
export type EngineLoading = Int32Array<SharedArrayBuffer>;

const KINDS = { tensorflow: 1, portable: 2 } as const;

export function createEngineLoading(): EngineLoading {
	return new Int32Array(new SharedArrayBuffer(8));
}

/** For a worker: loads once every other thread that loads is done. Never on the main thread, since it blocks. */
export async function loadInTurn<T>(
	loading: EngineLoading,
	threadId: number,
	load: () => Promise<T>,
): Promise<T> {
	for (;;) {
		const holder = Atomics.compareExchange(loading, 0, 0, threadId);
		if (holder === 0) break;
		Atomics.wait(loading, 0, holder);
	}
	try {
		return await load();
	} finally {
		endTurn(loading, threadId);
	}
}

/** For the pool: gives the turn on when the thread that had it has ended. */
export function endTurnOfLost(
	loading: EngineLoading,
	alive: readonly { readonly threadId: number }[],
): void {
	const holder = Atomics.load(loading, 0);
	if (holder !== 0 && !alive.some(({ threadId }) => threadId === holder))
		endTurn(loading, holder);
}

/**
 * For a worker: any worker continues any session, so all must have the same kind of engine. Throws in one that came to another than the
 * first, because the disk was full say.
 */
export function agreeOnKind(
	loading: EngineLoading,
	{ kind, why }: Pick<EngineDescription, "kind" | "why">,
): void {
	const first = Atomics.compareExchange(loading, 1, 0, KINDS[kind]);
	if (first !== 0 && first !== KINDS[kind])
		throw new Error(
			`this worker came to the ${kind} engine and the first one did not${why === undefined ? "" : `: ${why}`}`,
		);
}

/** Whether some worker has come to an engine. */
export function someoneHasLoaded(loading: EngineLoading): boolean {
	return Atomics.load(loading, 1) !== 0;
}

function endTurn(loading: EngineLoading, holder: number): void {
	if (Atomics.compareExchange(loading, 0, holder, 0) === holder)
		// All of them: one that is woken may be about to end itself.
		Atomics.notify(loading, 0);
}
