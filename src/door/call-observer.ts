import type { NightshiftError } from "../errors.js";

/** What happened to a call, or to a request within a stream. */
export interface ObservedCall {
	readonly method: string;
	readonly error: NightshiftError | undefined;
	readonly durationMs: number;
	/** A request of a stream, or a lane of it, failed, and the stream goes on. It has no duration of its own. */
	readonly isInBand?: boolean;
}

/** Tells what happened to a call. */
export type CallObserver = (call: ObservedCall) => void;
