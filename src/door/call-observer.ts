import type { NightshiftError } from "../errors.js";

/** Tells what happened to a call. */
export type CallObserver = (call: {
	readonly method: string;
	readonly error: NightshiftError | undefined;
	readonly durationMs: number;
}) => void;
