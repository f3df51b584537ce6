import type {
	Action,
	EnvSession,
	EpisodeResult,
	NightshiftClient,
	Observation,
	Progress,
	StepResponse,
	Task,
} from "../../clients/typescript/index.js";
import type { Policy } from "../environments/policy.js";

export type SplitName = "train" | "validation" | "test";

/** Which episode is played, and by whom. */
export interface EpisodeChoice {
	readonly task: Task;
	readonly policy: Policy;
	/** 0..2^64-1, in decimal. */
	readonly seed: string;
	readonly split: SplitName;
}

/** Told what happens while an episode is played; each of them may be left out. */
export interface EpisodeListener {
	readonly started?: (session: EnvSession) => void;
	readonly acting?: (action: Action) => void;
	/** While a long action runs. */
	readonly progress?: (progress: Progress) => void;
	readonly acted?: (answer: StepResponse) => void;
}

export interface PlayedEpisode {
	readonly result: EpisodeResult;
	/** The last one. */
	readonly observation: Observation;
}

/** How long the server is given to take a session back; past it the session's lease ends it. */
const CLOSE_TIMEOUT_MS = 5000;

/**
 * Plays one whole episode over gRPC in a session of its own, which is closed at the end, also where it was cut off.
 * Errors: NightshiftRpcError; CANCELLED where the signal cut it off.
 */
export async function playEpisode(
	client: NightshiftClient,
	{ task, policy, seed, split }: EpisodeChoice,
	signal: AbortSignal,
	listener: EpisodeListener = {},
): Promise<PlayedEpisode> {
	const session = await client.createSession(task.id, { seed, split, signal });
	try {
		listener.started?.(session);
		const act = policy.start(task, BigInt(seed));
		for (;;) {
			const action = act(session.observation);
			if (action === undefined) {
				const { result } = await session.finish({ signal });
				return toPlayed(result, session);
			}
			listener.acting?.(action);
			const answer = await session.step(action, {
				signal,
				...(listener.progress && { onProgress: listener.progress }),
			});
			listener.acted?.(answer);
			if (answer.result) return toPlayed(answer.result, session);
		}
	} finally {
		await session.close({ timeoutMs: CLOSE_TIMEOUT_MS }).catch(() => {});
	}
}

function toPlayed(
	result: EpisodeResult | null,
	{ observation }: EnvSession,
): PlayedEpisode {
	return { result: result as EpisodeResult, observation };
}
