import type { EnvSession } from "../../clients/typescript/index.js";
import type { Clock } from "../clock.js";

/** Where a server tells no lease. */
const USUAL_LEASE_SECONDS = 600;
/** A renewal that takes longer is given up; the next one follows. */
const RENEWAL_TIMEOUT_MS = 10_000;

/** Renews a session's lease three times in its length, so that an agent may think for longer than that. */
export class LeaseKeeper {
	private cancel: () => void = () => {};

	constructor(
		private readonly session: EnvSession,
		private readonly clock: Clock,
	) {
		this.wait();
	}

	stop(): void {
		this.cancel();
		this.cancel = () => {};
		this.wait = () => {};
	}

	private wait = (): void => {
		const { seconds } = this.session.info.options?.lease ?? {};
		const lease = Number(seconds ?? USUAL_LEASE_SECONDS);
		this.cancel = this.clock.after((lease * 1000) / 3, () => {
			// Where it fails, the next call tells why.
			void this.session
				.renew(undefined, { timeoutMs: RENEWAL_TIMEOUT_MS })
				.catch(() => {})
				.finally(() => this.wait());
		});
	};
}
