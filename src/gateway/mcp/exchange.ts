import type { Departure } from "../../departure.js";
import type { NightshiftError } from "../../errors.js";
import type { Client } from "../client.js";
import type { Episode } from "../episodes.js";
import type { Mount } from "../mount.js";

/** Who asks, and where: which sessions a call may mean without naming one. */
export interface Asker {
	readonly client: Client;
	/** Where the client's sessions are kept. */
	readonly mount: Mount;
}

/** One call of a tool, as far as its transport knows it. */
export interface Exchange extends Asker {
	/** Absent where calls name their sessions. */
	readonly own?: OwnSession | undefined;
	/** Fires when the answer is no longer wanted. */
	readonly signal: Departure;
	/** Whether the answer went nowhere: the client went away before it was written, or took the call back. */
	readonly isLost: () => boolean;
	/** What the client calls the call, where it names it; the same name again is the same call. */
	readonly requestId: string | undefined;
	/** Told while epochs run: how many are done, of how many. */
	readonly onProgress: ((progress: CallProgress) => void) | undefined;
	/** Told every error that an answer tells. */
	readonly onError: (error: NightshiftError) => void;
}

/** The one session that a connection, or a path, is about. */
export interface OwnSession {
	/** Absent where there is none yet, or no more. */
	readonly episode: Episode | undefined;
	/** Opens it. `given`: the body of a reset. Errors: those of CreateSession. */
	readonly open: (given: unknown) => Promise<Episode>;
}

export interface CallProgress {
	/** Epochs, with shares of the running one; rises. */
	readonly progress: number;
	readonly total: number;
	readonly message: string;
}
