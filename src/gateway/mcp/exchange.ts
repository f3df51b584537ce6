import type { NightshiftError } from "../../errors.js";
import type { Client } from "../client.js";

/** One call of a tool, as far as its transport knows it. */
export interface Exchange {
	readonly client: Client;
	/** Fires when the answer is no longer wanted. */
	readonly signal: AbortSignal;
	/** Whether the answer went nowhere: the client went away before it was written, or took the call back. */
	readonly isLost: () => boolean;
	/** What the client calls the call, where it names it; the same name again is the same call. */
	readonly requestId: string | undefined;
	/** Told while epochs run: how many are done, of how many. */
	readonly onProgress: ((progress: CallProgress) => void) | undefined;
	/** Told every error that an answer tells. */
	readonly onError: (error: NightshiftError) => void;
}

export interface CallProgress {
	/** Epochs, with shares of the running one; rises. */
	readonly progress: number;
	readonly total: number;
	readonly message: string;
}
