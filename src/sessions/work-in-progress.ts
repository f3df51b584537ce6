import type { Progress } from "../../proto/generated/nightshift/v1/Progress.js";
import type { Departure } from "../departure.js";
import type { PerformContext } from "../environments/environment.js";
import { NightshiftError } from "../errors.js";

/** Who asks: whose going away cuts the call off, and who is told progress. */
export interface Caller {
	readonly signal: Departure;
	readonly onProgress: (progress: Progress) => void;
}

interface Call {
	readonly number: string | undefined;
	readonly fingerprint: string;
}

interface Running extends Call {
	readonly controller: AbortController;
	readonly callers: Set<Caller>;
	readonly result: Promise<unknown>;
	readonly timing: { queue_ms: number; compute_ms: number };
}

/**
 * The one piece of work that a session does at a time. Callers that ask for the same numbered call share it; when the last of them goes away
 * it is cancelled.
 */
export class WorkInProgress {
	private running: Running | undefined;

	get isRunning(): boolean {
		return this.running !== undefined;
	}

	/** Whether nothing runs, this very call does, or another. */
	isBusyWith({ number, fingerprint }: Call): "nothing" | "same" | "other" {
		if (this.running === undefined) return "nothing";
		return number !== undefined &&
			this.running.number === number &&
			this.running.fingerprint === fingerprint
			? "same"
			: "other";
	}

	/**
	 * Runs the work, or joins it where the same call is running already, and fills in how long it took. The caller's own promise rejects as
	 * soon as the caller goes away.
	 */
	run<Answer extends object>(
		call: Call,
		caller: Caller,
		work: (context: PerformContext) => Promise<Answer>,
	): Promise<Answer> {
		const running = this.running ?? this.begin(call, work);
		return this.join(running, caller) as Promise<Answer>;
	}

	/** Cancels what runs, for a reason that its callers get. */
	cancel(error: NightshiftError): void {
		this.running?.controller.abort(error);
	}

	/** Waits for work that was cancelled and has not stopped yet. */
	async stopped(): Promise<void> {
		while (this.running?.controller.signal.aborted === true)
			await this.settled();
	}

	/** Waits for what runs, whatever it comes to. */
	async settled(): Promise<void> {
		await this.running?.result.catch(() => {});
	}

	private begin(
		call: Call,
		work: (context: PerformContext) => Promise<object>,
	): Running {
		const controller = new AbortController();
		const callers = new Set<Caller>();
		const timing = { queue_ms: 0, compute_ms: 0 };
		const context: PerformContext = {
			signal: controller.signal,
			onProgress: (progress) => {
				for (const caller of callers) caller.onProgress(progress);
			},
			onTiming: ({ queueMs, computeMs }) => {
				timing.queue_ms += queueMs;
				timing.compute_ms += computeMs;
			},
		};
		// Begun in a later microtask, so that `running` is set before any of it happens.
		const result = Promise.resolve()
			.then(() => work(context))
			.then((answer) => ("timing" in answer ? { ...answer, timing } : answer))
			.finally(() => {
				this.running = undefined;
			});
		result.catch(() => {});
		this.running = { ...call, controller, callers, result, timing };
		return this.running;
	}

	private async join(running: Running, caller: Caller): Promise<unknown> {
		running.callers.add(caller);
		let leave = () => {};
		const left = new Promise<never>((_, reject) => {
			leave = () => {
				running.callers.delete(caller);
				const error = new NightshiftError(
					"CALL_CANCELLED",
					"The call was cancelled, or its deadline passed.",
				);
				if (running.callers.size === 0) running.controller.abort(error);
				reject(error);
			};
		});
		left.catch(() => {});
		if (caller.signal.aborted) leave();
		caller.signal.addEventListener("abort", leave, { once: true });
		try {
			return await Promise.race([running.result, left]);
		} finally {
			caller.signal.removeEventListener("abort", leave);
			running.callers.delete(caller);
		}
	}
}
