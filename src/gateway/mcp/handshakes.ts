type Cancel = () => void;

/**
 * Calls that run in the handshake's era, where a client takes a call back by a message of its own. The id that it got at its handshake says
 * whose call is meant, and nothing else: it is drawn, and not kept. A client without it cannot take a call back.
 */
export class Handshakes {
	private readonly running = new Map<string, Map<unknown, Cancel>>();

	/** Does the work of a call, until that is done or taken back. */
	async run<T>(
		handshake: string | undefined,
		id: unknown,
		work: (signal: AbortSignal) => Promise<T>,
	): Promise<T> {
		const controller = new AbortController();
		if (handshake === undefined) return work(controller.signal);
		const own = this.running.get(handshake) ?? new Map<unknown, Cancel>();
		this.running.set(handshake, own);
		const cancel = () => controller.abort();
		own.set(id, cancel);
		try {
			return await work(controller.signal);
		} finally {
			if (own.get(id) === cancel) own.delete(id);
			if (own.size === 0) this.running.delete(handshake);
		}
	}

	/** Cancels the call that a message takes back, where it is such a message. */
	cancelWhereAsked(handshake: string | undefined, message: unknown): void {
		if (handshake === undefined) return;
		const { method, params } = (message ?? {}) as {
			method?: unknown;
			params?: { requestId?: unknown };
		};
		if (method !== "notifications/cancelled") return;
		this.running.get(handshake)?.get(params?.requestId)?.();
	}

	/** Cancels all calls of a handshake that its client ends. */
	end(handshake: string | undefined): void {
		if (handshake === undefined) return;
		for (const cancel of this.running.get(handshake)?.values() ?? []) cancel();
	}
}
