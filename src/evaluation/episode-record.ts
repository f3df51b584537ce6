import type {
	Action,
	EpisodeResult,
	EpochMetrics,
	Observation,
	SreDeclaration,
} from "../../clients/typescript/index.js";
import type { Usage } from "./agent.js";
import type { SplitName } from "./episode-player.js";

/**
 * The lines of an evaluation's one file, evaluation.jsonl: first what was asked, then a line for each episode that is over and for each attempt
 * that the infrastructure cut off, in the order of their ends. Everything else (summary, report, comparison) is made from these lines.
 */
export type EvaluationLine = EvaluationHeader | EpisodeRecord | FailedAttempt;

/** Limits of one episode; absent ones do not hold. */
export interface EpisodeLimits {
	/** Actions sent to the server, refused ones included. */
	readonly steps?: number;
	readonly wallSeconds?: number;
	/** Input and output together. */
	readonly tokens?: number;
	/** US dollars. */
	readonly cost?: number;
}

/** What was asked. The same question goes on with the same file; another one is refused. */
export interface EvaluationHeader {
	readonly kind: "evaluation";
	readonly format: 1;
	/** ISO 8601, UTC. */
	readonly createdAt: string;
	readonly agents: readonly {
		readonly name: string;
		readonly version: string;
	}[];
	readonly tasks: readonly string[];
	/** In decimal. */
	readonly seeds: readonly string[];
	readonly split: SplitName;
	readonly limits: EpisodeLimits;
}

/** Which episode a line is of. */
export interface EpisodeIdentity {
	readonly agent: string;
	readonly agentVersion: string;
	readonly task: string;
	readonly taskVersion: number;
	readonly split: SplitName;
	/** In decimal. */
	readonly seed: string;
}

/** An episode that is over. */
export interface EpisodeRecord extends EpisodeIdentity {
	readonly kind: "episode";
	/** 1, and one more for each attempt that the infrastructure cut off before. */
	readonly attempt: number;
	/** ISO 8601, UTC. */
	readonly startedAt: string;
	/** From the session's creation to the result. */
	readonly seconds: number;
	/** Before the first action. */
	readonly firstObservation: Observation;
	readonly steps: readonly StepRecord[];
	/**
	 * How it ended: the environment ended it, the agent left it, a limit of the evaluation stopped it, or the agent failed (`error` says how).
	 * In each case it was graded.
	 */
	readonly outcome: "ended" | "left" | "limit" | "agent-failed";
	/** Which limit. */
	readonly limit?: keyof EpisodeLimits;
	readonly error?: string;
	/** 0..1, the result's. */
	readonly score: number;
	readonly result: EpisodeResult;
	/** A declaration beside the finish. */
	readonly declare?: SreDeclaration;
	/** What the agent said as it left. */
	readonly note?: string;
	/** Of all decisions; absent where none told any. */
	readonly usage?: Usage;
}

/** One action of an episode. */
export interface StepRecord {
	readonly action: Action;
	readonly declare?: SreDeclaration;
	/** After it, or the one before where it was refused. Absent where it is the same as the last step's. */
	readonly observation?: Observation;
	/** 0 where it was refused. */
	readonly reward: number;
	/** Why it was refused, in a sentence. */
	readonly refusal?: string;
	/** Seconds that the agent took to decide, and the server to answer. */
	readonly decideSeconds: number;
	readonly stepSeconds: number;
	/** training: the whole epochs that it trained, as they were told. */
	readonly epochs?: readonly EpochMetrics[];
	readonly usage?: Usage;
	readonly note?: string;
}

/** An attempt that the infrastructure cut off: never scored. */
export interface FailedAttempt extends EpisodeIdentity {
	readonly kind: "failed-attempt";
	readonly attempt: number;
	/** ISO 8601, UTC. */
	readonly startedAt: string;
	readonly seconds: number;
	/** Of a gRPC status or the agent's InfrastructureFailure, in a sentence. */
	readonly error: string;
	/** Whether another attempt follows. */
	readonly retried: boolean;
}
