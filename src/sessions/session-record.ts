import type { CreateSessionResponse } from "../../proto/generated/nightshift/v1/CreateSessionResponse.js";
import type { EpisodeResult } from "../../proto/generated/nightshift/v1/EpisodeResult.js";
import type { Observation } from "../../proto/generated/nightshift/v1/Observation.js";
import type { ResetResponse } from "../../proto/generated/nightshift/v1/ResetResponse.js";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { Outcome, SplitName } from "../environments/environment.js";
import type { EventLogRecord } from "./event-log.js";

/** The one place that holds a session's state: plain data, so that a session can be written to bytes, copied, and go on elsewhere. */
export interface SessionRecord {
	readonly id: string;
	readonly ownerKey: string;
	readonly createdAtMs: number;
	/** The call that created it, where it had an idempotency key: a call that repeats it gets its answer. */
	created:
		| {
				readonly key: string;
				readonly fingerprint: string;
				readonly response: CreateSessionResponse;
		  }
		| undefined;
	options: SessionOptions;
	leaseExpiresAtMs: number;
	/** The current or last episode. */
	episode: EpisodeRecord;
	/** The last numbered call that was answered. */
	answered: AnsweredCall | undefined;
	/** The highest request number taken, in decimal. */
	highestNumber: string | undefined;
	/** A call that has begun and has not come to its end: it is running, or it was cut off. */
	begun: BegunCall | undefined;
	readonly events: EventLogRecord;
	/** Set when the session is over. */
	ended: { readonly reason: string; readonly atMs: number } | undefined;
}

export interface SessionOptions {
	readonly rewardMode: "shaped" | "score";
	readonly views: readonly ("typed" | "flat" | "text")[];
	readonly leaseMs: number;
}

export interface EpisodeRecord {
	/** From 1. */
	readonly number: number;
	readonly environment: string;
	readonly taskId: string;
	readonly taskVersion: number;
	readonly split: SplitName;
	/** 0..2^64-1, in decimal. */
	readonly seed: string;
	/** The environment's own state; absent once the session is over. */
	state: unknown;
	/** The last observation, once the session is over. */
	lastObservation: Observation | undefined;
	/** Counted actions. */
	step: number;
	/** Refused and free calls. */
	freeCalls: number;
	totalReward: number;
	result: EpisodeResult | undefined;
}

export interface AnsweredCall {
	/** Request number, in decimal. */
	readonly number: string;
	/** What was asked: equal contents give equal fingerprints. */
	readonly fingerprint: string;
	readonly answer:
		| { readonly step: StepResponse }
		| { readonly reset: ResetResponse };
}

export interface BegunCall {
	readonly number: string | undefined;
	readonly fingerprint: string;
	/** The action as the environment read it when it began: plain data. What it has spent since does not make it impossible. */
	readonly action: unknown;
	/** The action is done, and only the grading that its limit demands is not. */
	performed: Outcome | undefined;
}
