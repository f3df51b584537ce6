import type {
	Action,
	EpisodeResult,
	Observation,
	SreDeclaration,
	Task,
} from "../../clients/typescript/index.js";
import type { SplitName } from "./episode-player.js";

/** What a decision cost, where a language model made it. */
export interface Usage {
	/** Requests that reached the model's endpoint, failed ones included. */
	readonly requests: number;
	readonly inputTokens: number;
	readonly outputTokens: number;
	/** US dollars; absent where no price is known. */
	readonly cost?: number;
}

/** What an agent is shown before it acts. */
export interface Turn {
	/** 0 before the first action. */
	readonly index: number;
	/** Typed, and as text where the agent asked for it. */
	readonly observation: Observation;
	/** Of the last action; 0 before the first. */
	readonly reward: number;
	/** Why the server did not take the last action, in a sentence; the episode is where it was. */
	readonly refusal?: string;
}

/** What an agent does. */
export interface Decision {
	/** Absent: the agent leaves the episode, which is graded as it is (Finish). */
	readonly action?: Action;
	/** sre: a diagnosis beside the action, or beside the finish. */
	readonly declare?: SreDeclaration;
	readonly usage?: Usage;
	/** What it said or thought, for people who read the record. */
	readonly note?: string;
}

/** Which episode an agent plays. */
export interface Episode {
	readonly task: Task;
	/** 0..2^64-1, in decimal. */
	readonly seed: string;
	readonly split: SplitName;
}

/** An agent in one episode. Whatever it throws, unless the signal cut it off, is the agent's own failure: the episode is graded as it is. */
export interface EpisodePlayer {
	act(turn: Turn, signal: AbortSignal): Promise<Decision> | Decision;
	/** Called once, also after a failure and where nothing was graded; what it throws is of no consequence. */
	end?(result: EpisodeResult | undefined): Promise<void> | void;
}

/** A player of tasks. Each episode gets a player of its own; several are under way at once. */
export interface Agent {
	/** Lower case with hyphens; stands in results. */
	readonly name: string;
	/** Changes whenever it plays otherwise, so that results of before are not taken for its own. */
	readonly version: string;
	readonly description: string;
	/** Whether it reads Observation.text. */
	readonly wantsText: boolean;
	/** Whether it can play the task. */
	plays(task: Task): boolean;
	start(
		episode: Episode,
		signal: AbortSignal,
	): Promise<EpisodePlayer> | EpisodePlayer;
	/** Gives back what it holds (processes, connections); called once, after the last episode. */
	close?(): Promise<void>;
}

/** An infrastructure failure that an agent met (a model's endpoint that stays unreachable, say): the episode is played anew, and counted apart. */
export class InfrastructureFailure extends Error {
	override readonly name = "InfrastructureFailure";
}

/** No episode can be played by this agent at all (its model's endpoint refuses the key, say): whatever plays it ends at once with this sentence. */
export class AgentUnusable extends Error {
	override readonly name = "AgentUnusable";
}
