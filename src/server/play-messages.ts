import type protobuf from "protobufjs";
import { loaderOptions, lookupType } from "../../proto/contract-files.js";
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
	batch: lookupType("nightshift.v1.PlayBatchResult"),
	error: lookupType("nightshift.v1.PlayLaneError"),
	result: lookupType("nightshift.v1.EpisodeResult"),
};

/** Throws for bytes that are no PlayRequest. */
export function decodePlayRequest(bytes: Buffer): DecodedPlayRequest {
	return types.request.decode(bytes) as unknown as DecodedPlayRequest;
}

/** A step's request in the form in which the unary call gets it. */
export function toStepRequest({
	step,
}: DecodedPlayRequest): StepRequest__Output {
	return types.step.toObject(step, loaderOptions) as StepRequest__Output;
}

/** A reset's request, likewise. */
export function toResetRequest({
	reset,
}: DecodedPlayRequest): ResetRequest__Output {
	return types.reset.toObject(reset, loaderOptions) as ResetRequest__Output;
}

/**
 * The answer to a request about lanes: columns as bytes, and the few lanes of which there is more to tell. Written by hand: the columns are
 * copied once, and a lane alone costs no more than its bytes.
 */
export function encodeLanes(
	{ request_id }: DecodedPlayRequest,
	told: LaneColumns,
): Buffer {
	const more = toFields(told);
	let length = 0;
	for (const bytes of told.bytes) length += fieldLength(bytes);
	for (const [, bytes] of more) length += fieldLength(bytes);
	const id = types.response.encode({ request_id } as object).finish();
	const message = Buffer.allocUnsafe(
		id.length + 1 + varintLength(length) + length,
	);
	message.set(id, 0);
	let at = id.length;
	message[at++] = BATCH;
	at = writeVarint(message, at, length);
	for (let column = 0; column < COLUMNS.length; column++)
		at = writeField(
			message,
			at,
			COLUMNS[column] as number,
			told.bytes[column] as Uint8Array,
		);
	for (const [tag, bytes] of more) at = writeField(message, at, tag, bytes);
	return message;
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

/** Tags of fields that hold bytes or messages: number and wire type 2. */
const field = (type: protobuf.Type, name: string) =>
	((type.fields[name]?.id as number) << 3) | 2;
const tag = (name: string) => field(types.batch, name);
const BATCH = field(types.response, "batch");
/** In the order of `LaneColumns.bytes`. */
const COLUMNS = [
	"observations",
	"action_masks",
	"rewards",
	"terminated",
	"truncated",
	"episodes",
	"steps",
].map(tag);
const TAGS = {
	finalObservations: tag("final_observations"),
	errors: tag("errors"),
	finalActionMasks: tag("final_action_masks"),
	endedLanes: tag("ended_lanes"),
	results: tag("results"),
	startedLanes: tag("started_lanes"),
	startedSeeds: tag("started_seeds"),
} as const;

type Field = readonly [tag: number, bytes: Uint8Array];

const NOTHING: readonly Field[] = [];

/** What there is to tell of lanes that ended, started or failed. */
function toFields(told: LaneColumns): readonly Field[] {
	const { form, width } = told;
	if (told.ended.length + told.started.length + told.failed.length === 0)
		return NOTHING;
	const fields: Field[] = [];
	const ended = inOrder(told.ended);
	if (ended.length > 0) {
		const again = ended.filter(({ hasStarted }) => hasStarted);
		const final = Buffer.from(told.finalObservations.buffer);
		fields.push(
			[TAGS.endedLanes, toIndexBytes(ended)],
			...ended.map(
				({ result }) => [TAGS.results, encodeResult(result)] as const,
			),
			[
				TAGS.finalObservations,
				Buffer.concat(again.map(({ lane }) => rowOf(final, lane, 4 * width))),
			],
			[
				TAGS.finalActionMasks,
				Buffer.concat(
					again.map(({ lane }) => rowOf(told.finalMasks, lane, form.actions)),
				),
			],
		);
	}
	const started = inOrder(told.started);
	if (started.length > 0)
		fields.push(
			[TAGS.startedLanes, toIndexBytes(started)],
			[TAGS.startedSeeds, toSeedBytes(started.map(({ seed }) => seed))],
		);
	for (const { lane, error } of inOrder(told.failed))
		fields.push([
			TAGS.errors,
			types.error
				.encode({ lane, status: toRpcStatus(error) } as object)
				.finish(),
		]);
	return fields;
}

/** Lanes that did not act at once come in the order in which they were done. */
function inOrder<One extends { readonly lane: number }>(
	lanes: readonly One[],
): readonly One[] {
	return lanes.toSorted((a, b) => a.lane - b.lane);
}

/** Packed numbers of lanes. */
function toIndexBytes(lanes: readonly { readonly lane: number }[]): Uint8Array {
	const bytes = Buffer.allocUnsafe(2 * lanes.length);
	let at = 0;
	for (const { lane } of lanes) at = writeVarint(bytes, at, lane);
	return bytes.subarray(0, at);
}

function encodeResult(result: EpisodeResult): Uint8Array {
	return types.result.encode(types.result.fromObject(result)).finish();
}

/** An empty field is not written. */
function fieldLength({ length }: Uint8Array): number {
	return length === 0 ? 0 : 1 + varintLength(length) + length;
}

function writeField(
	message: Uint8Array,
	at: number,
	tag: number,
	bytes: Uint8Array,
): number {
	if (bytes.length === 0) return at;
	message[at] = tag;
	const start = writeVarint(message, at + 1, bytes.length);
	message.set(bytes, start);
	return start + bytes.length;
}

function varintLength(value: number): number {
	let length = 1;
	for (let left = value; left > 127; left >>>= 7) length++;
	return length;
}

/** Writes a number under 2^32; gives the place after it. */
function writeVarint(bytes: Uint8Array, at: number, value: number): number {
	let left = value;
	for (; left > 127; left >>>= 7) bytes[at++] = (left & 127) | 128;
	bytes[at++] = left;
	return at;
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
