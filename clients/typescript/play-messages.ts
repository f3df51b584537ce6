import { loaderOptions, lookupType } from "../../proto/contract-files.js";
import type { EpisodeResult__Output } from "../../proto/generated/nightshift/v1/EpisodeResult.js";
import type { PlayRequest } from "../../proto/generated/nightshift/v1/PlayRequest.js";
import type { ResetResponse__Output } from "../../proto/generated/nightshift/v1/ResetResponse.js";
import type { StepResponse__Output } from "../../proto/generated/nightshift/v1/StepResponse.js";
import { NightshiftRpcError } from "./errors.js";

/** The messages of a play stream, by protobufjs itself: proto-loader's plain objects cost more than the steps that they carry. */

/** A lane that failed in a request; the others went on. */
export interface LaneFailure {
	readonly lane: number;
	readonly error: NightshiftRpcError;
}

/** What lanes came to: a row or an entry for each; see PlayBatchResult in the contract. */
export interface LanesResult {
	/** lanes x columns. */
	readonly observations: Float32Array;
	/** lanes x actions, 0 or 1. */
	readonly actionMasks: Uint8Array;
	readonly rewards: Float64Array;
	/** 0 or 1. */
	readonly terminated: Uint8Array;
	/** 0 or 1. */
	readonly truncated: Uint8Array;
	readonly episodes: Uint32Array;
	readonly steps: Uint32Array;
	/** Lanes whose episode ended, and what it came to. */
	readonly endedLanes: readonly number[];
	readonly results: readonly EpisodeResult__Output[];
	/** Rows of the lanes that ended and started again in this step, and their masks. */
	readonly finalObservations: Float32Array;
	readonly finalActionMasks: Uint8Array;
	/** Lanes whose episode began, and its seed. */
	readonly startedLanes: readonly number[];
	readonly startedSeeds: BigUint64Array;
	readonly errors: readonly LaneFailure[];
}

/** What answers a request. */
export type PlayAnswer =
	| { readonly batch: LanesResult }
	| { readonly step: StepResponse__Output }
	| { readonly reset: ResetResponse__Output }
	| { readonly error: NightshiftRpcError };

interface DecodedStatus {
	readonly code: number;
	readonly message: string;
	readonly details: readonly { type_url: string; value: Uint8Array }[];
}

interface DecodedBatch {
	readonly observations: Uint8Array;
	readonly action_masks: Uint8Array;
	readonly rewards: Uint8Array;
	readonly terminated: Uint8Array;
	readonly truncated: Uint8Array;
	readonly episodes: Uint8Array;
	readonly steps: Uint8Array;
	readonly ended_lanes: readonly number[];
	readonly results: readonly object[];
	readonly final_observations: Uint8Array;
	readonly final_action_masks: Uint8Array;
	readonly started_lanes: readonly number[];
	readonly started_seeds: Uint8Array;
	readonly errors: readonly { lane: number; status: DecodedStatus }[];
}

interface DecodedResponse {
	readonly request_id: { toString(): string };
	readonly response?: "batch" | "step" | "reset" | "error";
	readonly batch: DecodedBatch;
	readonly step: object;
	readonly reset: object;
	readonly error: DecodedStatus;
}

const types = {
	request: lookupType("nightshift.v1.PlayRequest"),
	response: lookupType("nightshift.v1.PlayResponse"),
	step: lookupType("nightshift.v1.StepResponse"),
	reset: lookupType("nightshift.v1.ResetResponse"),
	result: lookupType("nightshift.v1.EpisodeResult"),
};

/** A batch of steps is written as it stands, everything else by way of proto-loader's forms. */
export function encodePlayRequest(request: PlayRequest): Buffer {
	const message = request.batch ? request : types.request.fromObject(request);
	return types.request.encode(message).finish() as Buffer;
}

export function decodePlayResponse(bytes: Buffer): {
	readonly requestId: string;
	readonly answer: PlayAnswer;
} {
	const message = types.response.decode(bytes) as unknown as DecodedResponse;
	return { requestId: String(message.request_id), answer: toAnswer(message) };
}

function toAnswer(message: DecodedResponse): PlayAnswer {
	switch (message.response) {
		case "batch":
			return { batch: toLanes(message.batch) };
		case "step":
			return {
				step: types.step.toObject(
					message.step as never,
					loaderOptions,
				) as StepResponse__Output,
			};
		case "reset":
			return {
				reset: types.reset.toObject(
					message.reset as never,
					loaderOptions,
				) as ResetResponse__Output,
			};
		case "error":
			return { error: NightshiftRpcError.fromStatus(message.error) };
		default:
			return {
				error: NightshiftRpcError.from(
					new Error(
						"The server gave an answer that this client does not know.",
					),
				),
			};
	}
}

function toLanes(batch: DecodedBatch): LanesResult {
	return {
		observations: view(batch.observations, Float32Array),
		actionMasks: batch.action_masks,
		rewards: view(batch.rewards, Float64Array),
		terminated: batch.terminated,
		truncated: batch.truncated,
		episodes: view(batch.episodes, Uint32Array),
		steps: view(batch.steps, Uint32Array),
		endedLanes: batch.ended_lanes,
		results: batch.results.map(
			(result) =>
				types.result.toObject(
					result as never,
					loaderOptions,
				) as EpisodeResult__Output,
		),
		finalObservations: view(batch.final_observations, Float32Array),
		finalActionMasks: batch.final_action_masks,
		startedLanes: batch.started_lanes,
		startedSeeds: view(batch.started_seeds, BigUint64Array),
		errors: batch.errors.map(({ lane, status }) => ({
			lane,
			error: NightshiftRpcError.fromStatus(status),
		})),
	};
}

/** Bytes as numbers: the same memory where they lie as the numbers need it, else a copy. */
function view<Numbers>(
	bytes: Uint8Array,
	type: {
		new (buffer: ArrayBufferLike, at: number, length: number): Numbers;
		readonly BYTES_PER_ELEMENT: number;
	},
): Numbers {
	const size = type.BYTES_PER_ELEMENT;
	const { buffer, byteOffset, byteLength } =
		bytes.byteOffset % size === 0 ? bytes : Uint8Array.from(bytes);
	return new type(buffer, byteOffset, byteLength / size);
}
