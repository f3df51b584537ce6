import type protobuf from "protobufjs";
import { lookupType } from "../../proto/contract-files.js";
import type { EpisodeResult } from "../../proto/generated/nightshift/v1/EpisodeResult.js";
import type { ResetRequest__Output } from "../../proto/generated/nightshift/v1/ResetRequest.js";
import type { ResetResponse } from "../../proto/generated/nightshift/v1/ResetResponse.js";
import type { StepRequest__Output } from "../../proto/generated/nightshift/v1/StepRequest.js";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { NightshiftError } from "../errors.js";
import type { LaneColumns } from "../sessions/lane-columns.js";
import { toRpcStatus } from "./status.js";

/**
 * The messages of a play stream, read from bytes and written to bytes by protobufjs itself: proto-loader's plain objects cost more than the
 * steps that they carry.
 */

type LongNumber = { toString(): string };

/** As protobufjs decodes it; what is not in the bytes is a default of the prototype. */
export interface DecodedPlayRequest {
	readonly request_id: LongNumber;
	/** Which of these it is. */
	readonly request?: "lanes" | "batch" | "step" | "reset" | "reset_lanes";
	readonly lanes: {
		readonly lanes: readonly {
			readonly session_id: string;
			readonly autoreset_mode: number;
			readonly seeds: readonly LongNumber[];
		}[];
		readonly columns: readonly number[];
	};
	readonly batch: {
		readonly levels: readonly number[];
		readonly seeds: readonly {
			readonly lane: number;
			readonly seeds: readonly LongNumber[];
		}[];
	};
	readonly reset_lanes: {
		readonly lanes: readonly number[];
		readonly seeds: readonly LongNumber[];
	};
	readonly step: protobuf.Message;
	readonly reset: protobuf.Message;
}

const types = {
	request: lookupType("nightshift.v1.PlayRequest"),
	response: lookupType("nightshift.v1.PlayResponse"),
	step: lookupType("nightshift.v1.StepRequest"),
	reset: lookupType("nightshift.v1.ResetRequest"),
	result: lookupType("nightshift.v1.EpisodeResult"),
};

/** Of messages that the unary calls share, the form in which they get them. */
const asLoaded = {
	longs: String,
	enums: String,
	defaults: true,
	oneofs: true,
} as const;

/** Throws for bytes that are no PlayRequest. */
export function decodePlayRequest(bytes: Buffer): DecodedPlayRequest {
	return types.request.decode(bytes) as unknown as DecodedPlayRequest;
}

/** A step's request in the form in which the unary call gets it. */
export function toStepRequest({
	step,
}: DecodedPlayRequest): StepRequest__Output {
	return types.step.toObject(step, asLoaded) as StepRequest__Output;
}

/** A reset's request, likewise. */
export function toResetRequest({
	reset,
}: DecodedPlayRequest): ResetRequest__Output {
	return types.reset.toObject(reset, asLoaded) as ResetRequest__Output;
}

/** The answer to a request about lanes: columns as bytes, and the few lanes of which there is more to tell. */
export function encodeLanes(
	request: DecodedPlayRequest,
	told: LaneColumns,
): Buffer {
	return encode(request, { batch: toMessage(told) });
}

/** The answer to a request that failed. */
export function encodeError(
	request: DecodedPlayRequest,
	error: NightshiftError,
): Buffer {
	return encode(request, { error: toRpcStatus(error) });
}

/** An answer that unary calls give too: with enums by name and 64-bit numbers in decimal. */
export function encodeLoaded(
	{ request_id }: DecodedPlayRequest,
	answer: { step: StepResponse } | { reset: ResetResponse },
): Buffer {
	return types.response
		.encode(types.response.fromObject({ request_id, ...answer }))
		.finish() as Buffer;
}

function encode({ request_id }: DecodedPlayRequest, answer: object): Buffer {
	return types.response
		.encode({ request_id, ...answer } as object)
		.finish() as Buffer;
}

function toMessage(told: LaneColumns): object {
	const { form, width, results, startedSeeds, errors } = told;
	const lanes = Array.from({ length: form.lanes }, (_, lane) => lane);
	const ended = lanes.filter((lane) => results[lane] !== undefined);
	const started = lanes.filter((lane) => startedSeeds[lane] !== undefined);
	const both = ended.filter((lane) => startedSeeds[lane] !== undefined);
	const failed = lanes.filter((lane) => errors[lane] !== undefined);
	return {
		observations: toBytes(told.observations),
		action_masks: told.masks,
		rewards: toBytes(told.rewards),
		terminated: told.terminated,
		truncated: told.truncated,
		episodes: toBytes(told.episodes),
		steps: toBytes(told.steps),
		final_observations: Buffer.concat(
			both.map((lane) =>
				rowOf(toBytes(told.finalObservations), lane, 4 * width),
			),
		),
		final_action_masks: Buffer.concat(
			both.map((lane) => rowOf(told.finalMasks, lane, form.actions)),
		),
		ended_lanes: ended,
		results: ended.map((lane) =>
			types.result.fromObject(results[lane] as EpisodeResult),
		),
		started_lanes: started,
		started_seeds: toSeedBytes(
			started.map((lane) => startedSeeds[lane] as string),
		),
		errors: failed.map((lane) => ({
			lane,
			status: toRpcStatus(errors[lane] as NightshiftError),
		})),
	};
}

/** The columns' own bytes: little-endian, as all machines are that Node.js runs on. */
function toBytes({
	buffer,
	byteOffset,
	byteLength,
}: Float32Array | Float64Array | Uint32Array): Uint8Array {
	return new Uint8Array(buffer, byteOffset, byteLength);
}

function rowOf(bytes: Uint8Array, row: number, length: number): Uint8Array {
	return bytes.subarray(row * length, (row + 1) * length);
}

function toSeedBytes(seeds: readonly string[]): Uint8Array {
	const bytes = Buffer.allocUnsafe(8 * seeds.length);
	seeds.forEach((seed, place) => {
		bytes.writeBigUInt64LE(BigInt(seed), 8 * place);
	});
	return bytes;
}
