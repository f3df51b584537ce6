import {
	type EnvSession,
	type NightshiftClient,
	NightshiftRpcError,
} from "../../clients/typescript/index.js";
import type { Clock } from "../clock.js";
import type { EpisodeJob } from "./attempt.js";
import { EvaluationFailure, fullForMs, toCreationFailure } from "./failures.js";
import { pause } from "./waiting.js";

/** For how long a server may be away before an evaluation is given up. */
const AWAY_MS = 60_000;
/** Between two looks for it. */
const LOOK_MS = 500;

/**
 * Opens an episode's session. A server that is full is waited for as long as it takes, one that cannot be reached for a minute: neither is a
 * failed attempt. Errors: AttemptFailure, EvaluationFailure, the signal's reason.
 */
export async function openSession(
	client: NightshiftClient,
	{ agent, task, seed, split }: EpisodeJob,
	clock: Clock,
	signal: AbortSignal,
): Promise<EnvSession> {
	let awaySinceMs: number | undefined;
	for (;;) {
		let error: NightshiftRpcError;
		try {
			return await client.createSession(task.id, {
				seed,
				split,
				views: agent.wantsText ? ["typed", "text"] : ["typed"],
				signal,
			});
		} catch (thrown) {
			signal.throwIfAborted();
			error = NightshiftRpcError.from(thrown);
		}
		const fullMs = fullForMs(error);
		if (fullMs !== undefined) {
			awaySinceMs = undefined;
			await pause(clock, fullMs, signal);
		} else if (error.code === "UNAVAILABLE") {
			awaySinceMs ??= clock.now();
			if (clock.now() - awaySinceMs >= AWAY_MS)
				throw new EvaluationFailure(
					`the server at ${client.address} has not answered for ${AWAY_MS / 1000} s (${error.message})`,
					{ cause: error },
				);
			await pause(clock, LOOK_MS, signal);
		} else throw toCreationFailure(error);
	}
}
