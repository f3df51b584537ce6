export type { Action } from "../../proto/generated/nightshift/v1/Action.js";
export type { EpisodeResult__Output as EpisodeResult } from "../../proto/generated/nightshift/v1/EpisodeResult.js";
export type { EpochMetrics__Output as EpochMetrics } from "../../proto/generated/nightshift/v1/EpochMetrics.js";
export type { Observation__Output as Observation } from "../../proto/generated/nightshift/v1/Observation.js";
export type { Progress__Output as Progress } from "../../proto/generated/nightshift/v1/Progress.js";
export type { RunPolicyResponse__Output as PolicyEpisode } from "../../proto/generated/nightshift/v1/RunPolicyResponse.js";
export type { SessionEvent__Output as SessionEvent } from "../../proto/generated/nightshift/v1/SessionEvent.js";
export type { SreDeclaration } from "../../proto/generated/nightshift/v1/SreDeclaration.js";
export type { SreObservation__Output as SreObservation } from "../../proto/generated/nightshift/v1/SreObservation.js";
export type { StepResponse__Output as StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
export type { Task__Output as Task } from "../../proto/generated/nightshift/v1/Task.js";
export type { TrainingObservation__Output as TrainingObservation } from "../../proto/generated/nightshift/v1/TrainingObservation.js";
export type { CallControl } from "./calls.js";
export {
	type CreateSessionOptions,
	NightshiftClient,
	type PolicyRunOptions,
} from "./client.js";
export { type FieldViolation, NightshiftRpcError } from "./errors.js";
export {
	type Autoreset,
	type LaneFailure,
	type LaneOptions,
	type LanesResult,
	PlayStream,
} from "./play.js";
export { EnvSession, type StepOptions } from "./session.js";
export { whatIsLost } from "./wire-check.js";
